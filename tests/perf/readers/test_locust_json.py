"""Locust's JSON: its own arithmetic, its empty list, its log around it, its drift."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.perf.readers.reading import LOCUST, facts, read, read_data, subjects, values
from trivigil.core.measurement import OVERALL
from trivigil.perf.readers.locust_tally import percentile

RECORD: dict[str, Any] = {
    "name": "/a",
    "method": "GET",
    "last_request_timestamp": 1700000010.0,
    "start_time": 1700000000.0,
    "num_requests": 5,
    "num_none_requests": 1,
    "num_failures": 2,
    "total_response_time": 50.0,
    "max_response_time": 21.4,
    "min_response_time": 1.5,
    "total_content_length": 10,
    "response_times": {"2": 1, "10": 1, "17": 1, "21": 1},
    "num_reqs_per_sec": {"1700000000": 5},
    "num_fail_per_sec": {},
}


def record(**fields: object) -> dict[str, Any]:
    return RECORD | fields


def dump(*records: object) -> bytes:
    return json.dumps(records, indent=4).encode()


def test_a_record_in_locusts_own_arithmetic(tmp_path: Path) -> None:
    """Mean and percentiles are of the timed requests, rates of the whole run's time."""
    later = record(name="/b", start_time=1700000005.0, last_request_timestamp=1700000020.0)
    reading = read_data(dump(record(), later), tmp_path, "run.json")
    assert (reading.state, reading.count, reading.unit) == ("complete", 2, "endpoints")
    assert (reading.problem, reading.notes) == (None, ())
    assert subjects(reading) == [OVERALL, "GET /a", "GET /b"]
    found = values(reading, "GET /a")
    assert found["latency.mean"] == 50 / 4
    assert found["throughput"] == 5 / 20
    assert found["error_rate"] == 40
    assert (found["latency.p50"], found["latency.p66"], found["latency.p95"]) == (17, 17, 21)
    overall = values(reading)
    assert (overall["requests"], overall["failures"], overall["throughput"]) == (10, 4, 0.5)
    assert (facts(reading).started, facts(reading).ended) == (1700000000.0, 1700000020.0)


@pytest.mark.parametrize(
    ("counts", "quantile", "expected"),
    [
        pytest.param({1: 1, 2: 1, 3: 1, 4: 1}, 0.5, 3, id="half of four: the upper middle"),
        pytest.param({1: 99, 500: 1}, 0.99, 500, id="the slowest of a hundred is p99"),
        pytest.param({1: 199, 500: 1}, 0.99, 1, id="the slowest of two hundred is beyond it"),
        pytest.param({7: 1}, 0.9999, 7, id="one value is every percentile"),
        pytest.param({1: 2, 9: 1}, 0.66, 1, id="int(1.98) is 1, so the slowest is passed"),
    ],
)
def test_percentile(counts: dict[float, int], quantile: float, expected: float) -> None:
    """From the slowest down, until no more than int(requests * quantile) are left."""
    assert percentile(counts, sum(counts.values()), quantile) == expected


def test_agrees_with_the_csv_of_the_same_run() -> None:
    """Where both files count the same requests, Locust's numbers and ours are equal, rates aside."""
    table, listed = (read(LOCUST / "v2.47-run" / name) for name in ("run_stats.csv", "run.json"))
    compared = 0
    for subject in subjects(table):
        ours, theirs = values(listed, subject), values(table, subject)
        if ours["requests"] == theirs["requests"]:
            del ours["throughput"], theirs["throughput"]
            assert ours == pytest.approx(theirs, rel=1e-12)
            compared += 1
    assert compared >= 5


def test_histograms_are_kept() -> None:
    """`latency.p50` of every subject carries all its times, and the endpoints' merge to the run's."""
    reading = read(LOCUST / "v2.47-run/run.json")
    histograms = {
        m.subject: m.histogram for m in facts(reading).measurements if m.histogram is not None
    }
    assert set(histograms) == set(subjects(reading))
    overall = histograms.pop(OVERALL)
    parts = list(histograms.values())
    merged = parts[0]
    for part in parts[1:]:
        merged = merged.merge(part)
    assert merged == overall
    assert overall.quantile(0.95) == pytest.approx(values(reading)["latency.p95"], rel=0.01)
    assert {m.metric.name for m in facts(reading).measurements if m.histogram} == {"latency.p50"}


def test_log_lines_around_the_list_do_not_matter() -> None:
    """Captured output with errors, a traceback and tables around the list is read as the list."""
    reading = read(LOCUST / "v2.47-both/stdout.txt")
    assert (reading.state, reading.problem, reading.count) == ("complete", None, 13)


def test_an_empty_list_is_a_whole_file_that_says_nothing() -> None:
    """`[]` is valid, and the note says how it comes about."""
    reading = read(LOCUST / "v2.47-both/run.json")
    assert (reading.state, reading.problem, reading.count) == ("empty", None, 0)
    assert "`--json` and `--json-file` were used together" in reading.notes[0]


LOG = b"[2026-01-01 00:00:00,000] host/INFO/locust.main: Starting Locust 2.47.0\n"


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(json.dumps([RECORD], separators=(",", ":")).encode(), id="compact"),
        pytest.param(LOG + json.dumps([RECORD]).encode() + b"\n" + LOG, id="compact in a log"),
        pytest.param(b"\n  " + json.dumps([RECORD], indent=2).encode() + b"\n\n", id="indented"),
        pytest.param(b"\xef\xbb\xbf" + json.dumps([RECORD]).encode(), id="with a mark"),
        pytest.param(json.dumps([dict(sorted(RECORD.items()))]).encode(), id="other order"),
    ],
)
def test_other_layouts_are_the_same(data: bytes, tmp_path: Path) -> None:
    """What passed through another program is read too."""
    reading = read_data(data, tmp_path, "run.json")
    assert (reading.problem, reading.state) == (None, "complete")
    assert values(reading)["requests"] == 5


def test_one_drifted_record_does_not_lose_the_file(tmp_path: Path) -> None:
    """The others are read, the drifted one is noted, and the run is not called complete."""
    drifted = record(name="/b", response_times=[1, 2, 3])
    reading = read_data(dump(record(), drifted), tmp_path, "run.json")
    assert (reading.state, reading.problem, reading.count) == ("partial", None, 1)
    assert reading.notes[0].startswith(
        "Record 2 is not as expected and left out: Expected `object`"
    )


def test_unknown_and_missing_fields_are_no_drift(tmp_path: Path) -> None:
    """New fields are passed over, and what only some versions write is not asked for."""
    plain = record(brand_new={"x": 1}, name=None, method=None)
    del plain["num_none_requests"], plain["num_reqs_per_sec"]
    reading = read_data(dump(plain | {"num_requests": 4}), tmp_path, "run.json")
    assert (reading.state, reading.notes) == ("complete", ())


@pytest.mark.parametrize(
    ("records", "problem"),
    [
        pytest.param(
            [record(num_requests=-1)], "the record of GET /a has a number below zero", id="negative"
        ),
        pytest.param([record(response_times={"2": -4})], "has a number below zero", id="histogram"),
        pytest.param([record(num_none_requests=6)], "has a number below zero", id="untimed"),
        pytest.param(
            [record(num_failures=6)], "more failures (6) than requests (5)", id="failures"
        ),
        pytest.param([record(), record()], "`GET /a` is there twice", id="twice"),
        pytest.param([record(name=OVERALL, method="")], "is called OVERALL", id="our own name"),
        pytest.param(
            [record(num_requests="5")], "no record is as Locust writes it", id="all drifted"
        ),
    ],
)
def test_what_cannot_be_true(records: list[object], problem: str, tmp_path: Path) -> None:
    """Counts that contradict each other are a problem that names the record."""
    reading = read_data(dump(*records), tmp_path, "run.json")
    assert reading.state == "partial"
    assert problem in (reading.problem or "")


def test_a_histogram_of_another_size_is_noted(tmp_path: Path) -> None:
    """Times of fewer requests than were timed are said."""
    reading = read_data(dump(record(response_times={"2": 1})), tmp_path, "run.json")
    assert reading.notes == ("GET /a: the times are of 1 requests, but 4 were timed.",)


def test_two_lists_are_two_runs(tmp_path: Path) -> None:
    """Output that was appended to is not half read."""
    data = dump(record()) + b"\n" + dump(record())
    reading = read_data(data, tmp_path, "run.json")
    assert "a second list begins here" in (reading.problem or "")
    assert reading.state == "partial"


def test_a_log_without_json_says_so(tmp_path: Path) -> None:
    """The usual mistake, the log instead of the results, gets its own sentence."""
    reading = read_data(LOG * 3, tmp_path, "log.txt")
    assert "is Locust's log, and there is no JSON in it" in (reading.problem or "")


def test_a_cut_list_names_its_last_line(tmp_path: Path) -> None:
    """The line is where the text ends."""
    data = dump(record())
    half = data[: len(data) // 2]
    reading = read_data(half, tmp_path, "run.json")
    assert reading.facts is None
    line = half.count(b"\n") + 1
    assert (reading.problem or "").startswith(f"run.json:{line}: the JSON is damaged or cut")


@pytest.mark.parametrize("around", [b"", LOG])
def test_json_cut_anywhere_is_never_whole(around: bytes, tmp_path: Path) -> None:
    """However much is lost from the end, it is noticed."""
    whole = around + dump(record(), record(name='say "hello"\n]\n[')) + b"\n"
    for length in range(len(around) + 1, len(whole) - 1):
        reading = read_data(whole[:length], tmp_path, "run.json")
        assert reading.problem is not None, whole[:length][-40:]
    assert read_data(whole[:-1], tmp_path, "run.json").state == "complete"


def test_what_is_read_by_content_needs_no_ending(tmp_path: Path) -> None:
    """A file's name decides nothing."""
    (tmp_path / "results").write_bytes(dump(record()))
    assert read(tmp_path / "results").format == "json"


def test_deep_nesting_is_a_problem_and_not_a_crash(tmp_path: Path) -> None:
    """A file made to exhaust the parser's stack gets its sentence."""
    reading = read_data(b'[{"num_requests": ' + b"[" * 200_000, tmp_path, "run.json")
    assert (reading.problem or "").endswith("the JSON is nested too deeply to be Locust's.")
