"""What a reader of a performance report sees, as whole texts and in its order."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.hostile.corpus import ATTACKS
from tests.render.golden import same
from tests.render.pages import page
from tests.render.reports import (
    REPORTS,
    budget,
    failing,
    hostile,
    invalid,
    many,
    passing,
    report,
    several,
)
from trivigil.core.gate import Conclusion, conclude
from trivigil.core.measurement import Measurement, metric
from trivigil.core.report import Origin
from trivigil.core.result import Location, Result, Rule, Severity, Suppression
from trivigil.render import headline, html, text
from trivigil.render.figures import endpoint_metrics
from trivigil.render.markdown import compose, render
from trivigil.render.perf import document
from trivigil.render.places import file_url

if TYPE_CHECKING:
    from trivigil.core.report import Report

EACH = pytest.mark.parametrize("name", REPORTS)


def markdown(shown: Report, chars: int = 60_000) -> str:
    return render(document(shown), chars=chars, bytes_=3 * chars)


@EACH
def test_the_whole_comment(name: str) -> None:
    """The Markdown of each report is the one that was looked at."""
    same(f"{name}.md", markdown(REPORTS[name](), 12_000))


@EACH
def test_the_whole_terminal_text(name: str) -> None:
    """The terminal's text of each report is the one that was looked at."""
    same(f"{name}.txt", text.render(REPORTS[name](), width=100, colour=False) + "\n")


@EACH
@pytest.mark.parametrize("chars", [60_000, 12_000, 4_000, 1_200])
def test_every_report_is_whole_and_dead(name: str, chars: int) -> None:
    """By GitHub's parser: nothing unclosed, no link but to the repository, nothing live, no comment."""
    found = page(markdown(REPORTS[name](), chars))
    assert not found.unbalanced
    assert not found.live
    assert not found.comments
    assert all(link.startswith("https://github.com/acme/shop/") for link in found.links)
    assert {"img", "script", "input", "del", "em"}.isdisjoint(found.elements)
    assert found.elements[0] == "h3"


@EACH
def test_html_is_whole_and_dead(name: str) -> None:
    """The same holds of the HTML that needs no Markdown parser."""
    from tests.render.pages import Page

    found = Page(html.render(document(REPORTS[name]())))
    assert not found.unbalanced
    assert not found.live
    assert all(link.startswith("https://github.com/acme/shop/") for link in found.links)
    assert {"img", "script", "input"}.isdisjoint(found.elements)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("passing", "Performance: all 8 budgets hold"),
        ("failing", "Performance: 4 of 14 budgets fail, 1 is undecided, 1 warning"),
        ("many", "Performance: 299 of 1,000 budgets fail, 28 warnings"),
        ("neutral", "Performance: facts only, no budgets given"),
        ("invalid", "Performance: the input could not be used"),
    ],
)
def test_the_headline_is_the_verdict(name: str, expected: str) -> None:
    """One line of plain text says what came out, and the document begins with it."""
    shown = REPORTS[name]()
    assert headline(shown) == expected
    assert markdown(shown).partition("\n")[0].endswith(expected)


def _verdict(results: list[Result]) -> str:
    return headline(report((), results)).removeprefix("Performance: ")


BROKEN = budget("a", "latency.p95", 9, "<=", 1, 1)
HELD = budget("b", "latency.p95", 1, "<=", 9, 1)
UNDECIDED = budget("c", "latency.p95", None, "<=", 9, 1)
WARNING = budget("d", "latency.p95", 9, "<=", 1, 1, gates=False)
ACCEPTED = BROKEN._replace(suppression=Suppression("known"))
NO_REQUESTS = Result(
    Rule("run.no-requests", "the run made no requests"),
    "fail",
    Severity.HIGH,
    "None.",
    Location("OVERALL"),
)


@pytest.mark.parametrize(
    ("results", "expected"),
    [
        pytest.param([HELD], "its one budget holds", id="one"),
        pytest.param([BROKEN], "1 of 1 budget fails", id="one fails"),
        pytest.param([BROKEN, HELD], "1 of 2 budgets fails", id="one of two fails"),
        pytest.param([BROKEN, BROKEN, HELD], "2 of 3 budgets fail", id="two fail"),
        pytest.param([UNDECIDED, HELD], "1 of 2 budgets is undecided", id="undecided alone"),
        pytest.param([UNDECIDED, UNDECIDED], "2 of 2 budgets are undecided", id="all undecided"),
        pytest.param(
            [WARNING, HELD], "1 of 2 budgets holds, 1 warning", id="a warning is no failure"
        ),
        pytest.param([ACCEPTED, HELD], "1 of 2 budgets holds, 1 failure accepted", id="accepted"),
        pytest.param([NO_REQUESTS], "the run made no requests", id="the run proves nothing"),
        pytest.param(
            [NO_REQUESTS, BROKEN], "the run made no requests, 1 of 1 budget fails", id="both"
        ),
    ],
)
def test_the_verdict_in_words(results: list[Result], expected: str) -> None:
    """Failed, undecided, warned, accepted: each is counted, in correct English."""
    assert _verdict(results) == expected


def test_a_hostile_name_is_harmless_in_the_headline() -> None:
    """The name of a watch may come from a matrix: no command, no control character, bounded."""
    line = headline(passing()._replace(name="x\n::error::y ##[add-mask]z\x1b[31m" + "w" * 500))
    assert "\n" not in line
    assert "::" not in line
    assert "##[" not in line
    assert "\x1b" not in line
    assert len(line) <= 250


def test_worst_first() -> None:
    """Failures stand in the order of how far they are beyond their budget; a budget of 0 is the worst."""
    rows = re.findall(r"^\| (.*?) \| .*\+|^\| (.*?) \| .* — ", markdown(failing()), re.MULTILINE)
    assert [first or second for first, second in rows][:3] == [
        "`GET /health`",
        "`POST /checkout`",
        "`GET /search`",
    ]


def test_a_failure_says_where_its_budget_is() -> None:
    """The line of the budget's file is linked at the commit, because annotations outside the diff do not show."""
    link = "https://github.com/acme/shop/blob/4f2c9a17be03d5566e8f00a1b2c3d4e5f6a7b8c9/perf/budgets.json#L8"
    assert f"[`budgets.json:8`]({link})" in markdown(failing())


def test_without_an_origin_the_place_is_still_named() -> None:
    """On a laptop no commit is known; the path and line stand as they are."""
    local = markdown(failing()._replace(origin=Origin()))
    assert "`perf/budgets.json:8`" in local
    assert not page(local).links


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        pytest.param(
            "a b/c#d?e%f.json",
            "https://ghe.example/o/r/blob/abc/a b/c%23d%3Fe%25f.json#L3",
            id="odd names",
        ),
        pytest.param(
            "perf\\budgets.json",
            "https://ghe.example/o/r/blob/abc/perf/budgets.json#L3",
            id="Windows",
        ),
        pytest.param("/etc/passwd", None, id="absolute"),
        pytest.param("../secret", None, id="outside"),
        pytest.param("C:/x", None, id="a drive"),
    ],
)
def test_only_files_of_the_repository_are_linked(path: str, expected: str | None) -> None:
    """The server is the run's own, GitHub Enterprise Server too; other files have no page."""
    origin = Origin("abc", "https://ghe.example/o/r/actions/runs/1", "o/r")
    assert file_url(path, 3, origin) == expected


def test_it_is_short_when_all_is_well() -> None:
    """A passing report shows few lines; the rest is folded away."""
    openly = re.sub(r"<details>.*?</details>", "", markdown(passing()), flags=re.DOTALL)
    assert len(openly.split("\n")) < 25
    assert "What to do" not in openly


def test_it_says_how_to_judge_again() -> None:
    """A failed report holds the command for the reader's own machine, its words quoted."""
    shown = failing()
    odd = shown.sources[0]._replace(path="$(rm -rf x).csv")
    short = compose(document(shown._replace(sources=(odd,))))
    line = "trivigil perf analyze '$(rm -rf x).csv' --thresholds perf/budgets.json"
    assert f"{line} --profile smoke" in short
    long = compose(document(shown._replace(sources=(odd, odd))))
    path = "  '$(rm -rf x).csv' \\\n"
    assert (
        f"trivigil perf analyze \\\n{path}{path}  --thresholds perf/budgets.json \\\n  --profile smoke\n```"
        in long
    )


def test_the_artifact_is_linked() -> None:
    """Where the run's files are kept, a failed report links them."""
    url = "https://github.com/acme/shop/actions/runs/1/artifacts/2"
    assert url in page(compose(document(failing(), artifact_url=url))).links


def test_owners_are_named_once_and_not_mentioned() -> None:
    """One line for an owner and reason, however many budgets they stand for; the name is code."""
    results = [
        budget(f"GET /{i}", "latency.p95", 9, "<=", 1, 1, owner="@acme/all", reason="Because.")
        for i in range(9)
    ]
    shown = markdown(report((), results))
    assert shown.count("`@acme/all`") == 1
    assert "About `GET /0`, `GET /1`, `GET /2` and 6 more, ask `@acme/all`: Because." in shown


def test_many_failures_are_folded_after_the_tenth() -> None:
    """The comment stays readable with hundreds of failures."""
    openly = re.sub(r"<details>.*?</details>", "", markdown(many()), flags=re.DOTALL)
    assert len(re.findall(r"\| p95 latency \| [\d,]+", openly)) == 10
    assert openly.count("- ⚠️ ") == 10
    assert "<summary>289 more</summary>" in markdown(many())


def test_the_run_is_told_before_the_eleventh_failure() -> None:
    """Where room is short, folded failures go before the key numbers, the advice and the course."""
    shown = markdown(many(), 12_000)
    assert "| Requests | Errors | Throughput |" in shown
    assert "trivigil perf analyze" in shown
    assert "| throughput | `" in shown


def test_accepted_failures_are_shown_with_their_reason() -> None:
    """What somebody accepted is neither hidden nor counted as a failure."""
    shown = markdown(report((), [ACCEPTED, HELD]))
    assert "#### Accepted" in shown
    assert "Accepted: known" in shown


@pytest.mark.parametrize(
    "facts",
    [
        pytest.param(
            {"errors": 3, "timeline": {"a": 1}, "exceptions": None, "thresholds": [], "profile": 7},
            id="other types",
        ),
        pytest.param(
            {"errors": ["x", {}], "timeline": [{}] * 9, "exceptions": [{"count": "x"}]},
            id="empty entries",
        ),
        pytest.param(
            {"timeline": [{"p95": True, "at": "x", "throughput": None}] * 9}, id="no numbers"
        ),
        pytest.param({}, id="nothing"),
    ],
)
def test_foreign_facts_are_left_out(facts: dict[str, object]) -> None:
    """Facts may come from a file that somebody else wrote: what does not fit is not shown, and nothing breaks."""
    assert markdown(failing()._replace(facts=facts)).startswith("### ❌ Performance")


def test_evidence_without_numbers_is_told_in_words() -> None:
    """A failure whose evidence is not of numbers is shown by its message."""
    odd = BROKEN._replace(
        evidence={"value": "9", "limit": None, "excess": float("nan"), "owner": 3}
    )
    assert "- ❌ `a`: p95 latency is 9" in markdown(report((), [odd]))


def test_a_problem_is_the_first_thing_said() -> None:
    """With unusable input the sentence that mends it comes right after the verdict."""
    assert markdown(invalid()).split("\n")[2].startswith("- ⛔ results/\\*.csv: no file matches.")


def test_a_failure_without_results_still_says_failed() -> None:
    """A conclusion that no result explains is not called a success."""
    assert (
        headline(passing()._replace(results=(), conclusion=Conclusion("failure", 1)))
        == "Performance: failed"
    )
    assert conclude((), (), 0).passed


def test_every_attack_is_still_there() -> None:
    """Hostile words are not dropped: a reader sees what the file says."""
    assert "<script>alert(1)</script>" in "".join(page(markdown(hostile())).code)


def test_parts_of_the_run_have_a_table_of_their_own() -> None:
    """They go across endpoints, so they are not counted among them, nor in `endpoint_metrics`."""
    values = (
        Measurement("GET /", metric("latency.p95"), 10.0, 5),
        Measurement("{scenario:reads}", metric("latency.p95"), 20.0, 5),
        Measurement("{scenario:writes}", metric("latency.p95"), 30.0, 5),
    )
    shown = passing()._replace(measurements=values)
    said = text.render(shown, width=100, colour=False)
    assert re.search(r"1 endpoint\n.*Endpoint.*\n.*GET /", said)
    assert re.search(r"All 2 parts of the run\n.*Part.*\n.*\{scenario:writes\}.*\n.*reads", said)
    assert set(endpoint_metrics(values)) == {"GET /"}


def test_hostile_profiles_are_only_words() -> None:
    """Names, questions and numbers of profiles come out of a file, which anybody may have written."""
    shown = several()
    names = dict(zip(("smoke", "load", "stress"), ATTACKS, strict=False))
    planned = [
        {**entry, "name": names[entry["name"]], "question": ATTACKS[3], "knee": ATTACKS[4]}
        for entry in shown.facts["profiles"]  # type: ignore[attr-defined]
    ]
    planned[0]["steps"] = [{"users": ATTACKS[5], "p95": None}, 7]
    evil = shown._replace(
        measurements=tuple(m._replace(profile=names[str(m.profile)]) for m in shown.measurements),
        results=tuple(r._replace(profile=names[str(r.profile)]) for r in shown.results),
        facts={**shown.facts, "profiles": planned},
    )
    found = page(markdown(evil))
    assert not found.unbalanced
    assert not found.live
    assert not found.comments
