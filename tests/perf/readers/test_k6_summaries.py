"""k6's three summaries: one run, three shapes, the same facts; and what may be wrong with them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.perf.readers.reading import K6, facts, read, read_data, subjects, values
from trivigil.perf.readers import k6_outline

if TYPE_CHECKING:
    from pathlib import Path

    from trivigil.core.reading import Reading
    from trivigil.perf.facts import RunFacts

RUN = K6 / "v1.5-run"
EXPORT, HANDLED = RUN / "summary.json", RUN / "handle_summary.json"
MACHINE = K6 / "v1.5-machine/summary.json"


def verdicts(reading: Reading[RunFacts], rule: str = "k6.threshold") -> dict[str, str]:
    return {v.location.name: v.kind for v in facts(reading).verdicts if v.rule.id == rule}


def doctored(path: Path, folder: Path, **changes: Any) -> Reading[RunFacts]:
    """The reading of a summary with some of its metrics replaced."""
    data = json.loads(path.read_bytes())
    data["metrics"].update(changes)
    return read_data(json.dumps(data).encode(), folder, "x.json")


@pytest.mark.parametrize(
    ("path", "form"),
    [
        pytest.param(EXPORT, "summary-export", id="values directly"),
        pytest.param(HANDLED, "handle-summary", id="values under values"),
        pytest.param(MACHINE, "machine-readable", id="lists"),
    ],
)
def test_each_shape_is_known_by_its_content(path: Path, form: str) -> None:
    """All three can be called summary.json."""
    reading = read(path)
    assert (reading.format, reading.state, reading.problem) == (form, "complete", None)
    assert values(reading)["requests"] == 20


def test_the_whole_run_as_k6_says_it() -> None:
    """Every number of the export, under the public names, to the last digit."""
    own = json.loads(EXPORT.read_bytes())["metrics"]
    times = own["http_req_duration"]
    assert values(read(EXPORT)) == {
        "requests": 20,
        "failures": 5,
        "error_rate": 25,
        "throughput": own["http_reqs"]["rate"],
        "latency.mean": times["avg"],
        "latency.min": times["min"],
        "latency.max": times["max"],
        "latency.p50": times["med"],
        "latency.p90": times["p(90)"],
        "latency.p95": times["p(95)"],
        "latency.p99": times["p(99)"],
        "latency.p99_9": times["p(99.9)"],
    }


def test_two_shapes_of_one_run_say_the_same() -> None:
    """The export turns booleans around and flattens values; the facts are those of handleSummary."""
    ours, theirs = facts(read(EXPORT)), facts(read(HANDLED))
    assert set(ours.measurements) == set(theirs.measurements)
    assert {v.fingerprint: v for v in ours.verdicts} == {v.fingerprint: v for v in theirs.verdicts}


@pytest.mark.parametrize("path", [EXPORT, HANDLED], ids=["export", "handleSummary"])
def test_thresholds_are_as_k6_judged_them(path: Path) -> None:
    """`true` means crossed in one shape and held in the other (grafana/k6#1498); k6 ended with 99."""
    assert verdicts(read(path)) == {
        "http_req_duration: p(95)<500": "pass",
        "http_req_duration: max<60000": "pass",
        "http_req_failed: rate<0.10": "fail",
        "http_req_duration{status:500}: p(95)<1000": "pass",
        "http_reqs{kind:static}: count>=5": "pass",
        "http_req_duration{kind:none}: p(95)<1": "pass",
        "checks: rate>0.99": "fail",
        "orders: count<5": "fail",
    }
    assert all(v.gates for v in facts(read(path)).verdicts if v.rule.id == "k6.threshold")
    said = [v.message for v in facts(read(path)).verdicts]
    assert "k6's threshold http_req_failed: rate<0.10 was crossed: rate is 0.25" in said


def test_checks_are_shown_and_do_not_gate() -> None:
    """A check that fails does not fail k6 either; its place is its groups and its name."""
    place = 'browse::café, "quoted"::status is 200'
    assert verdicts(read(EXPORT), "k6.check") == {"status is 200": "pass", place: "fail"}
    checks = [v for v in facts(read(EXPORT)).verdicts if v.rule.id == "k6.check"]
    assert not any(check.gates for check in checks)
    assert any(check.message.endswith("failed 5 of 5 times") for check in checks)


@pytest.mark.parametrize("path", [EXPORT, HANDLED, MACHINE], ids=lambda path: path.stem)
def test_submetrics_are_parts_of_the_run(path: Path) -> None:
    """Their subject is what stands in the braces; one that was never requested measures nothing."""
    found = subjects(read(path))
    assert set(found) == {"OVERALL", "{status:500}", "{kind:static}", "{expected_response:true}"}
    assert found[0] == "OVERALL"
    assert values(read(path), "{kind:static}")["requests"] == 5
    assert "latency.p95" in values(read(path), "{status:500}")


def test_the_new_shape_has_neither_thresholds_nor_p99() -> None:
    """What it lacks is said, not invented; rate is requests by the run's length, as k6 computes it."""
    reading = read(MACHINE)
    found = values(reading)
    assert "latency.p95" in found
    assert not {"latency.p99", "latency.p99_9"} & found.keys()
    assert verdicts(reading) == {}
    notes = " ".join(reading.notes)
    assert "does not have the run's thresholds" in notes
    assert "It has no p(99)" in notes
    assert reading.tool_version == "1.5.0"
    told = json.loads(MACHINE.read_bytes())
    assert found["throughput"] == 20 / told["config"]["duration"]
    ran = facts(reading)
    assert ran.started is not None
    assert ran.ended is not None
    assert ran.ended - ran.started == pytest.approx(told["config"]["duration"], abs=1e-3)


def test_the_new_shapes_other_spelling_is_read(tmp_path: Path) -> None:
    """k6's Go types are tagged `p(95)`, `k6Version`, `generatedAt`; a later k6 may write those."""
    text = MACHINE.read_text(encoding="utf-8")
    for written, tagged in (
        ('"p95"', '"p(95)"'),
        ('"p90"', '"p(90)"'),
        ("k6_version", "k6Version"),
        ("generated_at", "generatedAt"),
    ):
        assert written in text
        text = text.replace(written, tagged)
    other = read_data(text.encode(), tmp_path, "x.json")
    assert other == read(MACHINE)._replace(path="x.json")


def test_no_requests_are_empty_and_measure_nothing() -> None:
    """k6 writes times of 0 and thresholds that hold for a run without requests."""
    reading = read(K6 / "v1.5-zero/summary.json")
    assert reading.state == "empty"
    assert facts(reading).measurements == ()
    assert any("no HTTP requests" in note for note in reading.notes)


def test_requests_without_an_answer_have_no_times() -> None:
    """A refused connection takes 0 ms in k6; that is no latency, and no budget passes on it."""
    reading = read(K6 / "v1.5-down/summary.json")
    found = values(reading)
    assert found.pop("throughput") > 0
    assert found == {"requests": 2, "failures": 2, "error_rate": 100}
    assert "No request got an answer, so there are no times." in reading.notes


def test_dropped_iterations_make_a_run_invalid() -> None:
    """The load was lower than the script asks for, so the run proves nothing."""
    own = json.loads((K6 / "v1.5-dropped/summary.json").read_bytes())["metrics"]
    (sentence,) = facts(read(K6 / "v1.5-dropped/summary.json")).invalid
    assert sentence.startswith(f"k6 dropped {own['dropped_iterations']['count']} iterations:")


def test_the_scripts_own_metrics_are_named_and_left_out() -> None:
    """There is no public name for them; thresholds on them are judged all the same."""
    note = "The script's own metrics are not measured here: drawn_ms, orders."
    assert note in read(EXPORT).notes


def test_what_an_old_k6_did_not_write_is_not_there(tmp_path: Path) -> None:
    """Before 0.31 there was no http_req_failed: failures are unknown, not zero."""
    data = json.loads(EXPORT.read_bytes())
    del data["metrics"]["http_req_failed"]
    found = values(read_data(json.dumps(data).encode(), tmp_path, "x.json"))
    assert found["requests"] == 20
    assert not {"failures", "error_rate"} & found.keys()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        pytest.param(
            {"http_reqs": {"count": -1, "rate": 1}},
            "count of http_reqs is -1, which cannot be.",
            id="negative",
        ),
        pytest.param(
            {"http_req_failed": {"passes": 21, "fails": 0, "value": 1}},
            "OVERALL has more failures (21) than requests (20).",
            id="more failures than requests",
        ),
        pytest.param(
            {"http_req_duration": {"avg": 5, "max": 9, "p(90)": 8, "p(95)": 7, "med": 3}},
            "p(95) of OVERALL is less than the percentile before it.",
            id="percentiles fall",
        ),
    ],
)
def test_what_cannot_be_is_damage(changes: dict[str, Any], words: str, tmp_path: Path) -> None:
    """The sentence names the metric and what is wrong."""
    reading = doctored(EXPORT, tmp_path, **changes)
    assert (reading.state, reading.facts) == ("partial", None)
    assert words in (reading.problem or "")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        pytest.param({"avg": "fast"}, "has a `avg` that is no number", id="a text"),
        pytest.param([], "has no values", id="a list"),
        pytest.param({"thresholds": {"p(95)<1": 0}}, "not true or false", id="a threshold"),
    ],
)
def test_one_drifted_metric_does_not_lose_the_file(
    change: object, words: str, tmp_path: Path
) -> None:
    """It is left out and said, and the reading is partial, so that nothing passes on it."""
    reading = doctored(EXPORT, tmp_path, http_req_blocked=change)
    assert reading.state == "partial"
    assert values(reading) == values(read(EXPORT))
    assert any(words in note for note in reading.notes)


@pytest.mark.parametrize("path", [EXPORT, HANDLED, MACHINE], ids=lambda path: path.stem)
@pytest.mark.parametrize("share", [0.2, 0.5, 0.99])
def test_a_cut_summary_is_said_with_its_line(share: float, path: Path, tmp_path: Path) -> None:
    """A document that ends in its middle is damaged."""
    data = path.read_bytes()
    reading = read_data(data[: int(len(data) * share)], tmp_path, "cut.json")
    assert (reading.problem or "").startswith("cut.json")
    assert reading.state in ("partial", "missing")


def test_a_long_script_does_not_hide_the_shape(tmp_path: Path) -> None:
    """The new shape begins with the whole script, which may be longer than what is looked at."""
    data = json.loads(MACHINE.read_bytes())
    data["config"]["script"] = 'const a = "{[";\n' * 20_000
    reading = read_data(json.dumps(data).encode(), tmp_path, "x.json")
    assert reading.format == "machine-readable"
    assert values(reading) == values(read(MACHINE))


@pytest.mark.parametrize(
    ("path", "form"), [(EXPORT, "summary-export"), (HANDLED, "handle-summary")]
)
def test_many_checks_do_not_hide_the_shape(path: Path, form: str, tmp_path: Path) -> None:
    """Groups may stand before the metrics and be longer than what is looked at."""
    data = json.loads(path.read_bytes())
    one = {"name": "x" * 200, "path": "::" + "x" * 200, "passes": 1, "fails": 0}
    many = [one] * 1000
    data["root_group"]["checks"] = many if form == "handle-summary" else dict(enumerate(many))
    ordered = {"root_group": data["root_group"], **data}
    assert read_data(json.dumps(ordered).encode(), tmp_path, "x.json").format == form


@pytest.mark.parametrize(
    "text",
    [
        pytest.param('{"metrics": {"x": {"value": 1}}}', id="another tool's metrics"),
        pytest.param('{"metrics": []}', id="a list"),
        pytest.param('{"results": {"metrics": []}}', id="results alone"),
        pytest.param('{"root_group": {}}', id="an empty group"),
        pytest.param('[{"metrics": {"http_reqs": {"count": 1}}}]', id="in a list"),
    ],
)
def test_other_json_is_not_taken_for_k6(text: str, tmp_path: Path) -> None:
    """A key that k6 has too does not make a file k6's."""
    assert read_data(text.encode(), tmp_path, "x.json").tool is None


@given(st.binary(max_size=300) | st.text('{}[]":,\\ metricsroot_group', max_size=200))
@settings(max_examples=150, deadline=None)
def test_any_beginning_is_looked_at_without_an_error(data: bytes | str) -> None:
    """Recognition is a yes or a no, whatever the bytes."""
    head = b'{"metrics"' + (data.encode() if isinstance(data, str) else data)
    assert sum(ask(head) for ask in (k6_outline.export, k6_outline.handled, k6_outline.machine)) < 2
