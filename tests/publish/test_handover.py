"""The hand-over: there and back, never too large, and nothing believed that is not exactly one."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any
from unicodedata import category

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from referencing import Registry, Resource

from tests.hostile.corpus import ATTACKS
from tests.hostile.places import everywhere
from tests.render.reports import REPORTS
from tests.render.test_json import PLAIN, REPORTS_OF_ANYTHING
from trivigil.core.errors import InputError, PublishError
from trivigil.core.histogram import Histogram
from trivigil.core.measurement import OVERALL, Measurement, metric
from trivigil.core.report import Origin, Report, SourceRecord
from trivigil.core.result import Location, Result, Rule, Severity, Suppression
from trivigil.publish import Wanted, payloads, plan, prepare
from trivigil.publish import handover as handovers
from trivigil.publish.handover import LIMIT, MEMBER, Handover, artifact_name, dump, parse
from trivigil.render import headline

from .scene import CHECKOUT, finding, report
from .test_plan import PULL

SHA = "a" * 40
ORIGIN = Origin(SHA, "https://github.com/octo/shop/actions/runs/4242", "octo/shop")
SCHEMAS = [
    json.loads(path.read_text(encoding="utf-8"))
    for path in (Path(__file__).parents[2] / "schemas").glob("*.json")
]
VALIDATOR = jsonschema.Draft202012Validator(
    next(schema for schema in SCHEMAS if schema["$id"].endswith("/handover.schema.json")),
    registry=Registry().with_resources(
        (schema["$id"], Resource.from_contents(schema)) for schema in SCHEMAS
    ),
)


def handed(told: Report | None = None, **changes: Any) -> Handover:
    """A hand-over of a report, which is about the same run."""
    told = told or report(results=(finding(), finding(1)))
    whole = Handover(
        "perf", told.name, "octo/shop", SHA, 8, 4242, 1, "performance", "pull_request",
        ("check-run", "comment"), "always", told._replace(origin=ORIGIN),
    )  # fmt: skip
    return whole._replace(**changes)


NAMES = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=100).filter(
    lambda name: bool(name.strip())
)


@given(
    REPORTS_OF_ANYTHING,
    NAMES,
    st.integers(1, 2**31 - 1),
    st.integers(1, 10**18 - 1),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=50),
    st.lists(st.sampled_from(["check-run", "status", "comment"]), min_size=1, unique=True),
    st.sampled_from(["always", "on-change", "on-failure", "never"]),
)
def test_there_and_back(
    told: Report, name: str, pull: int, attempt: int, workflow: str, channels: list[str], mode: Any
) -> None:
    """What is written is read back equal, and is what the published schema says."""
    one = handed(told._replace(name=name), watch=told.action, pull=pull, run_attempt=attempt,
                 workflow=workflow, channels=tuple(channels), comment=mode)  # fmt: skip
    text = dump(one)
    assert parse(text) == one
    assert [error.message for error in VALIDATOR.iter_errors(json.loads(text))] == []


@pytest.mark.parametrize("name", REPORTS)
def test_real_reports_come_whole(name: str) -> None:
    """A report of usual size loses nothing on the way."""
    told = REPORTS[name]()
    text = dump(handed(told))
    assert dump(parse(text)) == text
    assert len(parse(text).report.results) == len(told.results)
    assert len(text.encode()) <= LIMIT


@pytest.mark.parametrize("attack", ATTACKS)
def test_hostile_text_is_only_text(attack: str) -> None:
    """An attack at every place of the report comes through as the very text it was, on one line of plain JSON."""
    told = everywhere(attack)
    told = told._replace(name=told.name if told.name.strip() else "perf")
    text = dump(handed(told))
    assert text.count("\n") == 1
    assert not [sign for sign in text[:-1] if category(sign) == "Cc"]
    back = parse(text).report
    assert back.problems == told.problems
    assert [one.location.name for one in back.results] == [
        one.location.name for one in told.results
    ]


def measured(subject: str, **more: Any) -> Measurement:
    return Measurement(subject, metric("latency.p95"), 400.0, 100, **more)


def judged(count: int, kind: Any, size: int, **more: Any) -> tuple[Result, ...]:
    """Results with messages of a size; a greater number is a greater excess."""
    return tuple(
        Result(
            Rule("budget.latency.p95", "budget for p95 latency"), kind, Severity.HIGH, "m" * size,
            Location(f"GET /{kind}/{number}", "budgets.json", number + 1),
            evidence={"excess": number / 100}, **more,
        )
        for number in range(count)
    )  # fmt: skip


MEBI = 1024 * 1024
OF_SIX = Histogram(dict.fromkeys(range(2000), 10**6))
HEAVY: dict[str, Callable[[Report], Report]] = {
    "distributions": lambda told: told._replace(
        measurements=tuple(
            measured(f"GET /{number}", histogram=OF_SIX, rounds=(0.123456789,) * 500)
            for number in range(100)
        )
    ),
    "course of the run": lambda told: told._replace(
        facts={**told.facts, "timeline": [{"at": 1.0, "note": "t" * MEBI}] * 3}
    ),
    "lists of errors": lambda told: told._replace(
        facts={**told.facts, "errors": [{"subject": "x", "text": "e" * 3 * MEBI, "count": 1}]}
    ),
    "measurements of other": lambda told: told._replace(
        measurements=(
            measured(OVERALL),
            *(measured(f"GET /{number}/{'x' * 100}") for number in range(8000)),
        )
    ),
    "passed results": lambda told: told._replace(
        results=(finding(), *judged(4000, "pass", 100))
    ),
    "details of the run": lambda told: told._replace(
        sources=(SourceRecord("results.csv", None, None, "complete"),) * 30,
        notes=("n" * 100_000,) * 30,
        facts={"host": {"cpu": "c" * MEBI}},
    ),
    "failed or open": lambda told: told._replace(results=judged(3000, "fail", 1000)),
}  # fmt: skip
"""What is too large, by the words of the note that it leaves."""


@pytest.mark.parametrize("what", HEAVY)
def test_what_is_too_much_is_left_out(what: str) -> None:
    """Each kind of weight goes by itself, with a note that says what; the verdict stays, and it fits."""
    heavy = HEAVY[what](report(results=(finding(),)))
    text = dump(handed(heavy))
    assert len(text.encode()) <= LIMIT
    back = parse(text).report
    assert back.conclusion == heavy.conclusion
    said = [
        note for note in back.notes if note.startswith("Left out to keep the hand-over small: ")
    ]
    assert what in said[-1]
    assert all(len(note) < 200 for note in said)


def test_the_order_in_which_things_go() -> None:
    """Of a report that is too heavy in every way, what people miss least goes first, and the worst failures stay."""
    told = report()
    for make in HEAVY.values():
        part = make(told)
        told = part._replace(
            facts={**told.facts, **part.facts}, results=(*told.results, *part.results)
        )
    accepted = judged(3, "fail", 1000, suppression=Suppression("known", None, None))
    told = told._replace(measurements=HEAVY["distributions"](told).measurements)
    told = told._replace(results=(*accepted, *told.results))
    back = parse(dump(handed(told))).report
    said = [note.partition(": ")[2] for note in back.notes if note.startswith("Left out")]
    found = [next(what for what in HEAVY if what in note) for note in said]
    assert found == [what for what in HEAVY if what in found]
    assert {"distributions", "passed results", "details of the run", "failed or open"} <= {*found}
    failed = [one for one in back.results if one.kind == "fail"]
    assert 100 < len(failed) < 3000
    assert not any(one.suppression for one in failed)
    worst = {one.location.name for one in judged(3000, "fail", 1)[-500:]}
    assert worst <= {one.location.name for one in failed}
    assert sum(one.kind == "pass" for one in back.results) == 100


def test_a_light_report_stays_as_it_is() -> None:
    """What is just within the limit keeps everything, to the last byte."""
    told = report(results=(finding(),))
    room = LIMIT - len(dump(handed(told._replace(notes=("",)))).encode())
    full = handed(told._replace(notes=("n" * room,)))
    assert len(dump(full).encode()) == LIMIT
    assert parse(dump(full)) == full
    over = handed(told._replace(notes=("n" * (room + 1),)))
    [cut, said] = parse(dump(over)).report.notes
    assert (len(cut), said.startswith("Left out")) == (1000, True)


def test_what_cannot_be_made_small_enough() -> None:
    """A single long message is cut; where a single result is still too much, it is said, and nothing is written."""
    [only] = judged(1, "fail", 3 * MEBI)
    back = parse(dump(handed(report(results=(only,))))).report
    assert [len(one.message) for one in back.results] == [1000]
    told = report(results=(only._replace(evidence={"text": "e" * 3 * MEBI}),))
    with pytest.raises(PublishError, match="larger than the 2 MiB of a hand-over"):
        dump(handed(told))


def test_a_passed_report_still_counts_its_budgets() -> None:
    """A gate that let everything through does not read as if it had had no budgets."""
    told = report(results=judged(4000, "pass", 100))
    back = parse(dump(handed(told))).report
    assert "100" in headline(back)
    assert "no budgets" not in headline(back)


def changed(**values: Any) -> Callable[[dict[str, Any]], None]:
    return lambda whole: whole.update(values)


def in_report(**values: Any) -> Callable[[dict[str, Any]], None]:
    return lambda whole: whole["report"].update(values)


WRONG = [
    ("schema", changed(schema="trivigil/handover/2"), "it must be 'trivigil/handover/1'"),
    ("schema", changed(schema=None), "it must be a string, not null"),
    ("schema", changed(schema="trivigil/report/1"), "no hand-over that this version knows"),
    ("token", changed(token="x"), "a hand-over has no such key"),
    ("watch", changed(watch="smoke"), "one of perf, security, monitor"),
    ("watch", changed(watch=["perf"]), "one of perf, security, monitor"),
    ("name", changed(name=" \n"), "1 to 100 characters"),
    ("name", changed(name="x" * 101), "1 to 100 characters"),
    ("name", changed(name=7), "a string"),
    ("repository", changed(repository="octo"), "it must be owner/name"),
    ("repository", changed(repository="octo/shop/x"), "it must be owner/name"),
    ("repository", changed(repository="octo/shop\n"), "it must be owner/name"),
    ("head_sha", changed(head_sha="A" * 40), "it must be a full commit id"),
    ("head_sha", changed(head_sha="a" * 39), "it must be a full commit id"),
    ("pull", changed(pull="8"), 'a whole number, not "8"'),
    ("pull", changed(pull=True), "a whole number, not true"),
    ("pull", changed(pull=8.0), "a whole number"),
    ("pull", changed(pull=0), "above zero"),
    ("pull", changed(pull=2**31), "below 2147483648"),
    ("run_id", changed(run_id=-1), "above zero"),
    ("run_id", changed(run_id=10**18), "below"),
    ("run_attempt", changed(run_attempt=0), "above zero"),
    ("workflow", changed(workflow="w" * 1001), "0 to 1000 characters"),
    ("event", changed(event="pull_request_target"), "one of pull_request"),
    ("channels", changed(channels=[]), "some of check-run, status, comment"),
    ("channels", changed(channels=["comment", "comment"]), "each once"),
    ("channels", changed(channels=["sarif"]), "some of check-run, status, comment"),
    ("channels", changed(channels="comment"), "a list"),
    ("channels[0]", changed(channels=[["comment"]]), "a string"),
    ("comment", changed(comment="sometimes"), "one of always"),
    ("report", changed(report=[]), "an object"),
    ("report.schema", in_report(schema="trivigil/report/2"), "'trivigil/report/1'"),
    ("report.results[0].kind", lambda whole: whole["report"]["results"][0].update(kind="good"), "one of pass, fail, open"),
    ("report.action", in_report(action="security"), "contradicts the rest"),
    ("report.name", in_report(name="other"), "contradicts the rest"),
    ("report.commit", in_report(commit="b" * 40), "contradicts the rest"),
    ("report.commit", in_report(commit=None), "contradicts the rest"),
    ("report.repository", in_report(repository="octo/other"), "contradicts the rest"),
    ("report.run_url", in_report(run_url="https://github.com/octo/shop/actions/runs/1"), "contradicts the rest"),
    ("report.run_url", in_report(run_url=None), "contradicts the rest"),
    ("report.run_url", in_report(run_url="javascript:alert(1)//octo/shop/actions/runs/4242"), "contradicts the rest"),
    ("report.run_url", in_report(run_url="https://a@evil.example/octo/shop/actions/runs/4242"), "contradicts the rest"),
    ("report.run_url", in_report(run_url="https://evil.example/x/octo/shop/actions/runs/4242"), "contradicts the rest"),
]  # fmt: skip


@pytest.mark.parametrize(("key", "change", "sentence"), WRONG, ids=range(len(WRONG)))
def test_what_is_wrong_is_said(key: str, change: Callable[[Any], None], sentence: str) -> None:
    """Each wrong field is an error that names its key and says what it must be."""
    whole = json.loads(dump(handed()))
    change(whole)
    with pytest.raises(InputError) as caught:
        parse(json.dumps(whole))
    assert caught.value.key == key
    assert sentence in caught.value.message


@pytest.mark.parametrize(("key", "change", "sentence"), WRONG, ids=range(len(WRONG)))
def test_the_schema_refuses_the_same(
    key: str, change: Callable[[Any], None], sentence: str
) -> None:
    """The published schema refuses what the reader refuses; it cannot compare two keys, and 8.0 is whole to it.

    A line end before the end is the end to Python's `$`, and not to the dialect that the schema is written in.
    """
    whole = json.loads(dump(handed()))
    change(whole)
    beyond = (
        "contradicts" in sentence
        or isinstance(whole["pull"], float)
        or whole["repository"].endswith("\n")
    )
    assert VALIDATOR.is_valid(whole) is beyond, key


@pytest.mark.parametrize("key", sorted(json.loads(dump(handed()))))
def test_no_key_may_be_missing(key: str) -> None:
    """Each key is needed, by the reader as by the schema."""
    whole = json.loads(dump(handed()))
    del whole[key]
    with pytest.raises(InputError) as caught:
        parse(json.dumps(whole))
    assert (caught.value.key, caught.value.message) in {
        (key, "it is missing."), ("channels", "it must name some of check-run, status, comment, each once."),
    }  # fmt: skip
    assert not VALIDATOR.is_valid(whole)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        pytest.param("", "not JSON", id="empty"),
        pytest.param("[]", "must hold a JSON object", id="a list"),
        pytest.param('{"schema": ', "not JSON", id="cut"),
        pytest.param("[" * 100_000, "nested too deeply", id="deep"),
        pytest.param('{"a":' * 60 + "1" + "}" * 60, "nested too deeply", id="deep, and whole"),
        pytest.param('{"a": NaN}', "not a JSON number", id="NaN"),
        pytest.param('{"a": 1e999}', "too large", id="a number without end"),
        pytest.param(f'{{"a": {"9" * 5000}}}', "not JSON", id="a whole number without end"),
        pytest.param(f'{{"a": [{"9" * 400}]}}', "too large", id="a whole number beyond all floats"),
        pytest.param(" " * (LIMIT + 1), "larger than the 2 MiB", id="too large"),
        pytest.param("\u20ac" * (LIMIT // 2), "larger than the 2 MiB", id="too large in bytes only"),
        pytest.param("PK\x03\x04", "not JSON", id="a zip file"),
        pytest.param('"\ud800"', "must hold a JSON object", id="half a character"),
    ],
)  # fmt: skip
def test_no_hand_over(text: str, sentence: str) -> None:
    """A text that is no hand-over at all is one sentence."""
    with pytest.raises(InputError, match=sentence) as caught:
        parse(text)
    assert len(str(caught.value)) < 400


HUGE = 10**298


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"facts": {"errors": [{"subject": {}, "text": [], "count": "x"}], "timeline": 5}}, id="facts"),
        pytest.param({"facts": {"errors": [{"subject": "a", "text": "b", "count": HUGE}]}}, id="a huge count"),
        pytest.param({"facts": {"timeline": [{"at": HUGE, "users": None, "p95": {}}, {"at": -HUGE}] * 9}}, id="a huge time"),
        pytest.param({"facts": {"thresholds": [], "profile": {}, "host": 3}}, id="other facts"),
        pytest.param({"generated_at": "x" * 10_000}, id="time"),
    ],
)  # fmt: skip
def test_strange_reports_are_rendered(change: dict[str, Any]) -> None:
    """What a stranger put into the report's free parts renders without a fault."""
    whole = json.loads(dump(handed()))
    whole["report"].update(change)
    told = parse(json.dumps(whole)).report
    assert prepare(told, PULL, CHECKOUT).section.texts


@pytest.mark.parametrize(
    "evidence",
    [
        {"excess": HUGE, "value": HUGE, "limit": 1, "unit": "ms", "operator": "<="},
        {"excess": "much", "value": [], "limit": {}, "unit": 4, "operator": None, "n": -1},
        {"excess": True, "owner": ["x"], "reason": 5, "expires": {}, "count": "many"},
    ],
    ids=["huge", "other kinds", "words"],
)
def test_strange_evidence_is_rendered(evidence: dict[str, Any]) -> None:
    """The same for the free part of a result, and for places that no file has."""
    whole = json.loads(dump(handed()))
    for place in (
        {"name": "x", "path": "a/../../../x", "line": -5},
        {"name": "", "path": "", "line": 2**62},
    ):
        whole["report"]["results"][0].update(evidence=evidence, location=place)
        assert prepare(parse(json.dumps(whole)).report, PULL, CHECKOUT).check_run.body


@pytest.mark.parametrize(
    "names",
    [
        pytest.param(["perf", "Perf", "perf ", "perf-"], id="nearly alike"),
        pytest.param(["a/b", "a-b", "a b", "a:b", "a\nb"], id="characters that no artifact's name has"),
        pytest.param(["x" * 99, "x" * 100], id="long"),
        pytest.param(["a b", artifact_name("a b").removeprefix(handovers.PREFIX)], id="a name that is another's slug"),
        pytest.param(["é", "ü", "漢", "..", ".", "\ud800", "\ud801"], id="nothing that could stay"),
    ],
)  # fmt: skip
def test_artifact_names(names: list[str]) -> None:
    """An artifact's name says which watch, has only plain characters, and is no other watch's."""
    made = [artifact_name(name) for name in names]
    assert len({*made}) == len(names)
    for name in made:
        assert name.startswith("trivigil-handover-")
        assert len(name) < 100
        assert set(name) <= set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-")


def test_a_plain_name_stays() -> None:
    """What is plain already is read in the artifact's name as it is."""
    assert artifact_name("perf") == "trivigil-handover-perf"


def test_a_dry_run_shows_it() -> None:
    """Among the payloads is the very file that is handed over, about the event's commit and run."""
    fork = PULL._replace(is_fork=True, run_id=4242, workflow="performance")
    told = report(results=(finding(),))
    chosen = plan(told, fork, Wanted(), {})
    back = parse(payloads(chosen, prepare(told, fork, CHECKOUT))[MEMBER])
    assert back == handed(told, pull=7)
    unwanted = plan(told, fork, Wanted(frozenset({"summary"})), {})
    assert MEMBER not in payloads(unwanted, prepare(told, fork, CHECKOUT))


def places_in(value: Any, way: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The way to every value of a JSON document."""
    inner = (
        value.items()
        if isinstance(value, dict)
        else enumerate(value)
        if isinstance(value, list)
        else ()
    )
    return [way, *(place for key, each in inner for place in places_in(each, (*way, key)))]


SAMPLES = [json.loads(dump(handed(REPORTS[name]()))) for name in ("failing", "neutral", "passing")]


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from(SAMPLES),
    st.randoms(use_true_random=False),
    PLAIN | st.integers(-(10**290), 10**290),
)
def test_one_value_changed_by_a_stranger(sample: Any, chance: Random, value: Any) -> None:
    """Whatever stands in place of any one value: a sentence that refuses it, or a hand-over that renders."""
    whole = json.loads(json.dumps(sample))
    *way, last = chance.choice(places_in(whole)[1:])
    place = whole
    for key in way:
        place = place[key]
    place[last] = value
    try:
        told = parse(json.dumps(whole)).report
    except InputError:
        pass
    else:
        ready = prepare(told, PULL, CHECKOUT)
        assert ready.section.texts
        assert ready.check_run.body
