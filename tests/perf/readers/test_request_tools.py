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


AB, SIEGE, AUTOCANNON7 = PERF / "ab" / "v2.3", PERF / "siege" / "v4.0", PERF / "autocannon" / "v7"


@pytest.mark.parametrize(
    ("path", "requests", "failures", "metric", "value"),
    [
        pytest.param(AB / "plain.txt", 60, 0, "latency.mean", 35, id="ab"),
        pytest.param(AB / "flaky.txt", 50, 10, "latency.max", 8, id="ab: Non-2xx are failures"),
        pytest.param(AB / "one.txt", 1, 0, "latency.max", 33, id="ab: one request"),
        pytest.param(SIEGE / "plain.json", 30, 0, "latency.mean", 40, id="siege: seconds"),
        pytest.param(SIEGE / "plain.txt", 30, 0, "latency.max", 40, id="siege: text"),
        pytest.param(
            SIEGE / "plain.log", 10, 0, "latency.mean", 30, id="siege: its log's last run"
        ),
        pytest.param(SIEGE / "flaky.json", 40, 8, "throughput", 500, id="siege: 5xx are apart"),
        pytest.param(SIEGE / "missing.json", 10, 10, "throughput", 500, id="siege: 404 is neither"),
        pytest.param(HEY / "plain.txt", 40, 0, "latency.min", 32.1, id="hey: seconds"),
        pytest.param(HEY / "flaky.txt", 40, 8, "latency.min", 1.7, id="hey: status 500"),
        pytest.param(OHA / "plain.txt", 103, 13, "latency.min", 0.8, id="oha: a unit each"),
        pytest.param(OHA / "plain.csv", 4, 1, "latency.p50", 4, id="oha: rows"),
        pytest.param(VEGETA / "run.txt", 40, 4, "latency.p99", 106.539, id="vegeta: durations"),
        pytest.param(
            AUTOCANNON7 / "plain.txt", 60, 0, "latency.p97_5", 83, id="autocannon: tables"
        ),
        pytest.param(
            AUTOCANNON7 / "flaky.txt", 94, 18, "latency.max", 56, id="autocannon: non 2xx"
        ),
    ],
)
def test_what_is_printed_in_our_units(
    path: Path, requests: int, failures: int, metric: str, value: float
) -> None:
    """Texts and tables of one run, as the tools print them."""
    reading = read(path)
    found = values(reading)
    assert (reading.state, subjects(reading)) == ("complete", [OVERALL])
    assert (found["requests"], found["failures"]) == (requests, failures)
    assert found[metric] == pytest.approx(value)


@pytest.mark.parametrize(
    ("path", "requests"),
    [
        pytest.param(AB / "down.txt", 10, id="ab: more failed than complete"),
        pytest.param(SIEGE / "down.json", 6, id="siege: no transactions"),
        pytest.param(HEY / "down.txt", 4, id="hey: NaN"),
        pytest.param(OHA / "down.txt", 10, id="oha: NaN ns"),
    ],
)
def test_a_dead_target_has_no_times_in_print(path: Path, requests: int) -> None:
    """Every request failed; zeros and NaN are no latency."""
    found = values(read(path))
    assert (found["requests"], found["error_rate"]) == (requests, 100)
    assert not [name for name in found if name.startswith("latency")]


@pytest.mark.parametrize(
    "path", [AB / "empty.tsv", SIEGE / "empty.log", OHA / "empty.csv"], ids=lambda path: path.name
)
def test_a_header_alone_is_no_proof(path: Path) -> None:
    """An empty reading without a time."""
    reading = read(path)
    assert (reading.state, reading.problem) == ("empty", None)
    assert values(reading)["requests"] == 0


@pytest.mark.parametrize(
    ("path", "problem"),
    [
        (AB / "malformed.txt", ":21: ab's totals are missing"),
        (SIEGE / "malformed.txt", ":8: `Successful transactions` of siege's summary is missing"),
        (SIEGE / "malformed.json", ":6: the JSON is damaged or cut"),
        (HEY / "malformed.txt", ":31: hey's status codes are missing"),
        (OHA / "malformed.txt", ":16: oha's status codes are missing"),
        (OHA / "malformed.csv", ":5: the row has 2 cells where 7 are due"),
        (AUTOCANNON7 / "malformed.txt", ":13: autocannon's totals are missing"),
        (VEGETA / "malformed.csv", ":7: the last row has no line end"),
        (VEGETA / "malformed.ndjson", ":5: the line is not as vegeta writes it"),
    ],
    ids=lambda given: "/".join(given.parts[-3:]) if isinstance(given, Path) else "",
)
def test_what_is_cut_is_said_with_its_line(path: Path, problem: str) -> None:
    """A cut text is never taken for a whole one."""
    reading = read(path)
    assert reading.state == "partial"
    assert problem in (reading.problem or "")


TEXTS = [
    AB / "plain.txt", SIEGE / "plain.txt", HEY / "plain.txt", OHA / "plain.txt",
    AUTOCANNON7 / "flaky.txt", VEGETA / "run.txt", VEGETA / "hdrplot.txt", VEGETA / "hist.txt",
    AB / "plain.csv",
]  # fmt: skip


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: "/".join(path.parts[-3:]))
def test_a_text_cut_at_any_line_is_not_whole(path: Path, tmp_path: Path) -> None:
    """What the tool counted is in it, or it says that it is cut."""
    whole = values(read(path))
    lines = path.read_bytes().splitlines(keepends=True)
    for count in range(1, len(lines)):
        reading = read_data(b"".join(lines[:count]), tmp_path)
        if reading.state in ("missing", "partial", "empty"):
            continue
        assert values(reading).get("requests") == whole.get("requests"), count
        assert set(values(reading)) == set(whole), count


@pytest.mark.parametrize(
    ("path", "old", "new", "problem"),
    [
        (SIEGE / "plain.json", b"0.04,", b"-0.04,", "`response_time` is `-0.04`"),
        (SIEGE / "plain.json", b"0.04,", b"NaN,", "the JSON is damaged"),
        (SIEGE / "plain.json", b'          30,\n\t"failed', b'          31,\n\t"failed', "31 of 30"),
        (SIEGE / "plain.log", b"0.17,           0,       0.03", b"-nan,           0,       0.03", ":4: `-nan`"),
        (AB / "plain.csv", b"50,", b"51,", ":52: `51,"),
        (AB / "plain.csv", b"0,", b"0,nan", ":2: `0,nan"),
        (AB / "plain.tsv", b"\t31\t", b"\t-31\t", "`-31` stands where a whole number"),
        (VEGETA / "run.txt", b"200:36", b"200:35", "add up to 39, but there are 40"),
        (VEGETA / "run.txt", b"45.029ms", b"soon", ":3: `soon` stands where a duration is due"),
        (VEGETA / "hdrplot.txt", b"0.868390 ", b"NaN      ", ":3: `NaN"),
        (VEGETA / "hdrplot.txt", b"0.868390", b"0.000001", ":3: its values do not ascend"),
        (VEGETA / "hist.txt", b"25.00%", b"-25.00%", ":2: the row is no bucket"),
    ],
)  # fmt: skip
def test_numbers_that_cannot_be(
    path: Path, old: bytes, new: bytes, problem: str, tmp_path: Path
) -> None:
    """Each is a sentence, with the line where a text has one."""
    data = path.read_bytes()
    assert old in data
    reading = read_data(data.replace(old, new, 1), tmp_path)
    assert reading.state == "partial"
    assert problem in (reading.problem or "")


def test_another_length_is_no_failure_of_ab(tmp_path: Path) -> None:
    """`Failed requests` of a page that varies counts nearly all of them; a lost connection is one."""
    text = (AB / "flaky.txt").read_text(encoding="utf-8")
    start = text.index("   (Connect:")
    end = text.index("\n", start)
    said = "   (Connect: 0, Receive: 3, Length: 45, Exceptions: 3)"
    found = read_data(f"{text[:start]}{said}{text[end:]}".encode(), tmp_path)
    assert values(found)["failures"] == 13
    assert found.notes[0].startswith("45 answers are of another length than the first")


def test_what_ab_does_not_say_is_not_there() -> None:
    """Its rows have no outcome, its percentiles no counts."""
    rows, table = values(read(AB / "plain.tsv")), values(read(AB / "plain.csv"))
    assert rows["requests"] == 60
    assert not {"failures", "error_rate"} & set(rows)
    assert set(table) >= {"latency.p50", "latency.p95", "latency.min", "latency.max"}
    assert not {"requests", "failures", "error_rate", "throughput"} & set(table)


def test_vegetas_other_reports_say_less() -> None:
    """A plot and a histogram know no statuses, the histogram no percentiles either."""
    plot, histogram = read(VEGETA / "hdrplot.txt"), read(VEGETA / "hist.txt")
    assert values(plot)["latency.p95"] == pytest.approx(93.664, rel=1e-3)
    assert not {"failures", "latency.p99", "latency.mean"} & set(values(plot))
    assert values(histogram) == {"requests": 40}


def test_heys_percentile_of_nothing_is_left_out() -> None:
    """One request is printed with `0% in 0.0000 secs`."""
    assert not [name for name in values(read(HEY / "one.txt")) if name.startswith("latency.p")]


def test_siege_cannot_tell_below_ten_milliseconds() -> None:
    """0.00 is no time."""
    reading = read(SIEGE / "flaky.json")
    assert "latency.mean" not in values(reading)
    assert "what it prints as 0.00 is left out" in reading.notes[-1]


def test_siege_may_print_milliseconds(tmp_path: Path) -> None:
    """A unit that stands there counts."""
    text = (SIEGE / "plain.txt").read_bytes().replace(b"0.03 secs", b"33.25 ms")
    assert values(read_data(text, tmp_path))["latency.mean"] == 33.25


@pytest.mark.parametrize("name", ["plain.log", "plain.txt"])
def test_several_runs_of_siege_are_said(name: str, tmp_path: Path) -> None:
    """Its log grows; the last run is read."""
    data = (SIEGE / name).read_bytes()
    reading = read_data(data + (b"" if name.endswith("log") else data), tmp_path)
    assert reading.notes[0] == "It has 2 runs; the last one is read."


def test_rounded_counts_are_said(tmp_path: Path) -> None:
    """Autocannon prints `45k requests`."""
    data = (AUTOCANNON7 / "plain.txt").read_bytes().replace(b"60 requests in", b"45k requests in")
    reading = read_data(data, tmp_path)
    assert values(reading)["requests"] == 45_000
    assert any("above a thousand rounded" in note for note in reading.notes)


@pytest.mark.parametrize(
    ("written", "ms"),
    [("1m2.5s", 62_500), ("1h0m1s", 3_601_000), ("12µs", 0.012), ("900ns", 0.0009)],
)
def test_durations_of_go(written: str, ms: float, tmp_path: Path) -> None:
    """Parts of several units add up."""
    text = (VEGETA / "run.txt").read_text(encoding="utf-8").replace("45.029ms", written)
    assert values(read_data(text.encode(), tmp_path))["latency.mean"] == pytest.approx(ms)


def test_ohas_breakdown_by_success_is_not_the_whole(tmp_path: Path) -> None:
    """With `--stats-success-breakdown` the distribution follows once more, of answers of 2xx only."""
    text = (OHA / "plain.txt").read_text(encoding="utf-8")
    more = "Response time distribution (2xx only):\n  95.00% in 1.0000 ms\n\n\nDetails"
    reading = read_data(text.replace("\nDetails", f"\n{more}", 1).encode(), tmp_path)
    assert values(reading)["latency.p95"] == 9
