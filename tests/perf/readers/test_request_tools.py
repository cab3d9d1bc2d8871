"""Tools that send requests to one address: vegeta, autocannon, oha, hey, wrk. Each has a trap of its own."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.perf.readers.reading import PERF, facts, read, read_data, subjects, values
from trivigil.core.measurement import OVERALL

VEGETA, AUTOCANNON = PERF / "vegeta" / "v12", PERF / "autocannon" / "v9"
OHA, HEY, WRK = PERF / "oha" / "v1.16", PERF / "hey" / "v0.1.4", PERF / "wrk" / "v4.1"


def errors(path: Path) -> dict[str, int]:
    return {error.text: error.count for error in facts(read(path)).errors}


@pytest.mark.parametrize(
    ("path", "requests", "failures", "p99"),
    [
        pytest.param(VEGETA / "plain.json", 100, 14, 4, id="vegeta: nanoseconds"),
        pytest.param(VEGETA / "every.txt", 70, 0, 4, id="vegeta: the last of several reports"),
        pytest.param(AUTOCANNON / "plain.json", 60, 0, 153, id="autocannon: milliseconds"),
        pytest.param(AUTOCANNON / "refused.json", 20, 20, 60, id="autocannon: status 500"),
        pytest.param(OHA / "plain.json", 100, 10, 9, id="oha: a successRate of 1 hides 500"),
        pytest.param(HEY / "refused.csv", 10, 10, 48.7, id="hey: status 500"),
        pytest.param(WRK / "plain.txt", 44, 0, 49.22, id="wrk: a unit at each number"),
        pytest.param(WRK / "wrk2.txt", 60018, 0, 11.18, id="wrk2: not its detailed spectrum"),
    ],
)
def test_one_run_in_our_units(path: Path, requests: int, failures: int, p99: float) -> None:
    """Counts, failures by status, and times in ms, of the whole run only."""
    reading = read(path)
    found = values(reading)
    assert (reading.state, subjects(reading)) == ("complete", [OVERALL])
    assert (found["requests"], found["failures"]) == (requests, failures)
    assert found["error_rate"] == 100 * failures / requests
    assert found["latency.p99"] == pytest.approx(p99)


@pytest.mark.parametrize(
    ("path", "requests"),
    [
        pytest.param(AUTOCANNON / "down.json", 6691, id="autocannon: nobody listens"),
        pytest.param(AUTOCANNON / "timeout.json", 2, id="autocannon: timeouts are in errors"),
        pytest.param(OHA / "down.json", 10, id="oha: null in place of times"),
    ],
)
def test_a_dead_target_has_no_times(path: Path, requests: int) -> None:
    """Every request failed; zeros and nulls are no latency."""
    reading = read(path)
    found = values(reading)
    assert (reading.state, found["requests"], found["error_rate"]) == ("complete", requests, 100)
    assert not [name for name in found if name.startswith("latency")]


@pytest.mark.parametrize(
    "path",
    [VEGETA / "empty.json", OHA / "empty.json", HEY / "empty.csv", WRK / "empty.txt"],
    ids=lambda path: path.parts[-3],
)
def test_no_requests_are_no_proof(path: Path) -> None:
    """An empty reading, without a rate or a time."""
    reading = read(path)
    assert (reading.state, reading.problem) == ("empty", None)
    assert values(reading) == {"requests": 0, "failures": 0}


@pytest.mark.parametrize(
    ("path", "problem"),
    [
        pytest.param(VEGETA / "malformed.json", ":1: the JSON is damaged or cut", id="vegeta"),
        pytest.param(AUTOCANNON / "malformed.json", ":1: the JSON is damaged", id="autocannon"),
        pytest.param(OHA / "malformed.json", ":16: the JSON is damaged or cut", id="oha"),
        pytest.param(HEY / "malformed.csv", ":11: the row has 5 cells where 8 are due", id="hey"),
        pytest.param(WRK / "malformed.txt", ":6: wrk's totals are missing", id="wrk"),
    ],
)
def test_damage_is_a_sentence_with_its_line(path: Path, problem: str) -> None:
    """A cut file is never taken for a whole one."""
    reading = read(path)
    assert reading.state == "partial"
    assert problem in (reading.problem or "")


@pytest.mark.parametrize(
    ("path", "note"),
    [
        pytest.param(AUTOCANNON / "plain.json", "no p95: budget p97_5", id="autocannon"),
        pytest.param(WRK / "plain.txt", "no p95: budget p90", id="wrk"),
        pytest.param(WRK / "refused.txt", "no percentiles: run wrk with `--latency`", id="wrk"),
    ],
)
def test_a_percentile_that_is_not_there_is_not_invented(path: Path, note: str) -> None:
    """A note says what to budget in its place."""
    reading = read(path)
    assert "latency.p95" not in values(reading)
    assert note in reading.notes[0]


def test_what_the_end_interrupted_is_no_failure() -> None:
    """Oha lists it among the errors, one for each busy connection."""
    reading = read(OHA / "plain.json")
    assert reading.notes[0].startswith("2 requests were interrupted by the end")
    assert errors(OHA / "plain.json") == {"HTTP 500": 10}


def test_a_redirect_is_an_answer() -> None:
    """Vegeta counts statuses up to 399 as successes, and no answer as status 0."""
    assert errors(VEGETA / "plain.json") == {"no answer": 4, "HTTP 503": 10}


def test_a_wrong_body_is_the_scripts_finding() -> None:
    """Autocannon's mismatches are answers: they are said, and not among the failures."""
    reading = read(AUTOCANNON / "mismatch.json")
    assert values(reading)["failures"] == 0
    assert [exception.count for exception in facts(reading).exceptions] == [20]


def test_requests_without_an_answer_are_missing_in_heys_csv() -> None:
    """The note says so on every file: nothing in it shows whether there were any."""
    assert "so there may be more failures" in read(HEY / "plain.csv").notes[0]


WRK_TEXT = """Running 5s test @ http://127.0.0.1:8080/
  1 threads and 4 connections
  Thread Stats   Avg      Stdev     Max   +/- Stdev
    Latency     {latency}
    Req/Sec     3.00      0.00     3.00    100.00%
  12 requests in 5.01s, 480.00B read
  Socket errors: connect 1, read 2, write 0, timeout {timeout}
Requests/sec:      2.39
Transfer/sec:      95.77B
"""


def test_socket_errors_are_requests_that_failed(tmp_path: Path) -> None:
    """A late request may be counted as an answer too, so timeouts add failures and no requests."""
    text = WRK_TEXT.format(latency="1.50s     0.50m    1.00h    97.13%", timeout=4)
    found = values(read_data(text.encode(), tmp_path))
    assert (found["requests"], found["failures"]) == (15, 7)
    assert (found["latency.mean"], found["latency.stddev"]) == (1500, 30_000)
    assert found["latency.max"] == 3_600_000


def test_times_of_zero_are_no_times(tmp_path: Path) -> None:
    """Wrk prints 0.00us where every request was late."""
    text = WRK_TEXT.format(latency="0.00us    0.00us   0.00us    -nan%", timeout=99)
    found = values(read_data(text.encode(), tmp_path))
    assert found["error_rate"] == 100
    assert "latency.max" not in found


def test_counts_that_contradict_each_other(tmp_path: Path) -> None:
    """Vegeta's statuses add up to its requests, or the file is damaged."""
    data = (VEGETA / "plain.json").read_bytes().replace(b'"requests":100', b'"requests":99')
    assert "add up to 100, but there are 99" in (read_data(data, tmp_path).problem or "")
