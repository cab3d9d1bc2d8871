"""Artillery 1 and 2: first bytes, rates of their own, endpoints, checks that only the console has."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.perf.readers.reading import PERF, facts, read, read_data, subjects, values
from trivigil.core.histogram import Histogram
from trivigil.core.measurement import OVERALL
from trivigil.perf.runs import reconcile

TWO = PERF / "artillery" / "v2.0.21"
ONE = PERF / "artillery" / "v1.7.9"
FIRST_BYTE = "Artillery's response time ends at the first byte of the answer, not at its end."


def report(counters: dict[str, int], **aggregate: object) -> bytes:
    """A report of Artillery 2 that ran for ten seconds."""
    times = {"firstCounterAt": 1000000, "lastCounterAt": 1010000}
    whole: dict[str, Any] = {"counters": counters, "summaries": {}, **times, **aggregate}
    return json.dumps({"aggregate": whole, "intermediate": []}).encode()


def test_counts_and_times_of_a_run() -> None:
    """Answers from 400 on are failures; a failed capture is not: its request was answered."""
    reading = read(TWO / "plain.json")
    assert (reading.state, reading.count, reading.unit) == ("complete", 3, "endpoints")
    assert reading.notes == (FIRST_BYTE,)
    found = values(reading)
    assert (found["requests"], found["failures"], found["error_rate"]) == (48, 12, 25)
    assert (found["latency.p95"], found["latency.p99_9"]) == (50.9, 53)
    assert (found["latency.mean"], found["latency.max"]) == (13.4, 54)
    assert [(e.text, e.count) for e in facts(reading).errors] == [("HTTP 500", 12)]
    raised = [(e.message, e.count) for e in facts(reading).exceptions]
    assert raised == [("Failed capture or match", 12)]


def test_rates_are_counted_anew() -> None:
    """The file's own rate is a mean of rounded means; requests by the time between first and last is the rate."""
    data = json.loads((TWO / "plain.json").read_bytes())["aggregate"]
    seconds = (data["lastCounterAt"] - data["firstCounterAt"]) / 1000
    found = values(read(TWO / "plain.json"))["throughput"]
    assert found == pytest.approx(48 / seconds)
    assert found != data["rates"]["http.request_rate"]


def test_endpoints_are_those_of_the_plugin() -> None:
    """Names keep their dots, quotes and `codes`; statuses make an endpoint's failures."""
    reading = read(TWO / "plain.json")
    slow = 'slow "page", v1.codes.2'
    assert subjects(reading) == [OVERALL, "/fast", f"/slow ({slow})", "/err"]
    assert values(reading, f"/slow ({slow})")["latency.p50"] == 50.9
    assert (values(reading, "/err")["requests"], values(reading, "/err")["failures"]) == (12, 12)


def test_no_request_is_no_proof() -> None:
    """Users that only rest give an empty reading without a rate or a time."""
    reading = read(TWO / "zero.json")
    assert reading.state == "empty"
    assert values(reading) == {"requests": 0, "failures": 0}


@pytest.mark.parametrize("path", [TWO / "down.json", ONE / "down.json"], ids=["2", "1"])
def test_a_dead_target_is_all_failures(path: Path) -> None:
    """Where nothing answers there are requests and failures, and no latency is invented."""
    reading = read(path)
    found = values(reading)
    assert (reading.state, found["requests"], found["error_rate"]) == ("complete", 6, 100)
    assert not [name for name in found if name.startswith("latency")]
    assert [(e.text, e.count) for e in facts(reading).errors] == [("ECONNREFUSED", 6)]
    assert reading.notes == ()


def test_skipped_users_make_a_run_invalid() -> None:
    """A load that `maxVusers` held back is not the load that was asked for."""
    (sentence,) = facts(read(TWO / "skipped.json")).invalid
    assert sentence.startswith("15 of 20 virtual users were not started")


def test_the_course_adds_up() -> None:
    """The periods count as much as the whole, in order, and nobody is left at the end."""
    last = facts(read(TWO / "plain.json")).timeline[-1]
    assert (last.total_requests, last.total_failures, last.users) == (48, 12, 0)


def test_endpoints_that_do_not_add_up_are_said(tmp_path: Path) -> None:
    """An expectation that fails hides its request from the plugin that counts endpoints."""
    counters = {
        "http.requests": 5,
        "http.responses": 5,
        "plugins.metrics-by-endpoint./a.codes.200": 3,
    }
    (note,) = read_data(report(counters), tmp_path, "r.json").notes
    assert note.startswith("The endpoints add up to 3 of 5 requests")


def test_no_endpoints_are_said(tmp_path: Path) -> None:
    """Without the plugin only the whole run is known."""
    reading = read_data(report({"http.requests": 5, "http.responses": 5}), tmp_path, "r.json")
    assert reading.notes == (
        "There are no endpoints in it: the plugin metrics-by-endpoint was not on.",
    )
    assert values(reading)["throughput"] == 0.5


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        pytest.param(
            report({"http.requests": -1}),
            "`aggregate.counters.http.requests` is `-1` where a whole number",
            id="a negative count",
        ),
        pytest.param(
            report({"http.requests": 1, "http.responses": 1, "http.codes.500": 2}),
            "`OVERALL` has more failures (2) than requests (1)",
            id="more failures than requests",
        ),
        pytest.param(
            report({}, summaries={"http.response_time": {"count": 1, "p95": "NaN"}}),
            "`aggregate.summaries.http.response_time.p95` is `NaN` where a number",
            id="a text as a time",
        ),
        pytest.param(
            report({}, lastCounterAt=5),
            "`aggregate.lastCounterAt` is `5` where a time after the first",
            id="a clock that went back",
        ),
        pytest.param(
            report({"http.requests": 1, "plugins.metrics-by-endpoint.OVERALL.codes.200": 1}),
            "an endpoint is called OVERALL",
            id="an endpoint with the name of the whole run",
        ),
        pytest.param(b'{"aggregate": {"counters": {', "r.json:1: the JSON is damaged", id="cut"),
    ],
)
def test_damage_is_a_sentence(data: bytes, problem: str, tmp_path: Path) -> None:
    """What cannot be is named with its field, and nothing is measured."""
    reading = read_data(data, tmp_path, "r.json")
    assert (reading.state, reading.facts, reading.tool) == ("partial", None, "artillery")
    assert problem in (reading.problem or "")


def test_artillery_1_has_its_own_names() -> None:
    """The times of `latency` are ms and the single ones ns, and agree; there are no endpoints."""
    reading = read(ONE / "one.json")
    found = values(reading)
    assert subjects(reading) == [OVERALL]
    assert (found["requests"], found["failures"], found["throughput"]) == (18, 6, 8.33)
    assert (found["latency.p50"], found["latency.max"]) == (1, 52)
    assert found["latency.mean"] == 17.5
    (p50,) = [m for m in facts(reading).measurements if m.metric.name == "latency.p50"]
    assert isinstance(p50.histogram, Histogram)
    assert p50.histogram.total == 18
    assert p50.histogram.quantile(1) == pytest.approx(52, rel=0.005)
    last = facts(reading).timeline[-1]
    assert (last.total_requests, last.total_failures) == (18, 6)


def test_the_checks_are_on_the_console_only() -> None:
    """`ok:` and `fail:` lines after `Checks:` are the tool's own verdicts, beside the report of the run."""
    console = read(TWO / "plain.txt")
    assert (console.format, console.count, console.unit) == ("console", 2, "checks")
    run = reconcile([console, read(TWO / "plain.json")])
    assert [(r.kind, r.message) for r in run.facts.verdicts] == [
        ("pass", "Artillery's check `http.response_time.p95 < 500` holds."),
        ("fail", "Artillery's check `http.codes.500 < 3` does not hold."),
    ]
    assert len({r.fingerprint for r in run.facts.verdicts}) == 2
    assert run.state == "complete"


def test_colours_of_a_terminal_do_not_hide_a_check(tmp_path: Path) -> None:
    """A captured terminal has escape sequences around the words."""
    text = "All VUs finished\n\nChecks:\n\x1b[31mfail\x1b[39m: p95 < 1\n"
    (verdict,) = facts(read_data(text.encode(), tmp_path, "out.txt")).verdicts
    assert verdict.kind == "fail"
