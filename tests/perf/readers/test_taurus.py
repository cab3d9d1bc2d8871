"""Taurus: its final statistics as CSV and XML, and its log of requests."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.perf.readers.reading import PERF, facts, read, read_data, subjects, values
from trivigil.core.measurement import OVERALL

DATA = PERF / "taurus" / "v1.17"


@pytest.mark.parametrize("name", ["plain.csv", "plain.xml"])
def test_both_forms_say_the_same(name: str) -> None:
    """The total has no label and is not the last row; seconds become ms; `throughput` is a count."""
    reading = read(DATA / name)
    found = values(reading)
    assert (reading.state, subjects(reading)[0], len(subjects(reading))) == ("complete", OVERALL, 4)
    assert (found["requests"], found["failures"]) == (22, 2)
    assert (found["latency.mean"], found["latency.p95"], found["latency.max"]) == (19.5, 47, 56)
    assert "throughput" not in found


def test_a_target_that_is_not_there_has_no_times() -> None:
    """Taurus times refused requests as 0 s; of a label that only has those nothing is known."""
    reading = read(DATA / "plain.csv")
    assert values(reading, "http://127.0.0.1:9/") == {
        "requests": 2,
        "failures": 2,
        "error_rate": 100,
    }
    assert any("timed as 0 s" in note for note in reading.notes)
    found = values(read(DATA / "down.csv"))
    assert (found["requests"], found["error_rate"]) == (2, 100)
    assert not [name for name in found if name.startswith("latency")]


def test_what_taurus_forgives_is_said() -> None:
    """Without an assertion apiritif takes a status of 500 for a success: its count is kept, with a note."""
    reading = read(DATA / "plain.csv")
    assert [(e.text, e.count) for e in facts(reading).errors] == [("no answer", 2)]
    assert any("a status from 400 on as successes" in note for note in reading.notes)


@pytest.mark.parametrize(("name", "requests"), [("kpi.csv", 20), ("kpi.jtl", 5)])
def test_the_logs_of_requests(name: str, requests: int) -> None:
    """Columns are found by their names; the log of a Locust has another order."""
    reading = read(DATA / name)
    assert (reading.tool, reading.format, values(reading)["requests"]) == (
        "taurus", "kpi-csv", requests,
    )  # fmt: skip
    assert facts(reading).timeline


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        (b"18,2,2", b"18,2,2,7", "cells where 20 are due"),
        (b"0.03930", b"NaN", ":2: `avg_rt` is `NaN` where a number that is not negative is due"),
        (b"0.03930", b"-1", ":2: `avg_rt` is `-1`"),
        (b",20,22,", b",20,23,", "has 20 and 2 requests, which are not 23"),
        (b"http://127.0.0.1:9/", b"", "there are 2 rows of the total"),
        (b"http://127.0.0.1:9/", b"http://127.0.0.1:8799/slow", "is there twice"),
    ],
)
def test_what_cannot_be(old: bytes, new: bytes, problem: str, tmp_path: Path) -> None:
    """The line and the key are named."""
    data = (DATA / "plain.csv").read_bytes().replace(old, new, 1)
    reading = read_data(data, tmp_path)
    assert reading.state == "partial"
    assert problem in (reading.problem or "")


def test_labels_and_total_belong_together(tmp_path: Path) -> None:
    """A row that is missing in the middle is noticed."""
    rows = (DATA / "plain.csv").read_bytes().splitlines(keepends=True)
    reading = read_data(b"".join(rows[:1] + rows[2:]), tmp_path)
    assert "the labels have 12 requests together, and the total 22" in (reading.problem or "")


def test_a_long_run_has_a_rate(tmp_path: Path) -> None:
    """The XML has the run's length in whole seconds; below ten they say too little."""
    data = (DATA / "plain.xml").read_bytes()
    start, end = data.index(b"<TestDuration>"), data.index(b"</TestDuration>")
    longer = data[:start] + b"<TestDuration>11.0" + data[end:]
    assert values(read_data(longer, tmp_path))["throughput"] == 2


@pytest.mark.parametrize(
    "data",
    [
        b"<?xml version='1.0'?><FinalStatus><Group label=",
        b"<FinalStatus><TestDuration>nan</TestDuration></FinalStatus>",
        b"<FinalStatus></FinalStatus>",
    ],
)
def test_damaged_xml(data: bytes, tmp_path: Path) -> None:
    """Cut, without a total, or with a length that is none."""
    assert read_data(data, tmp_path).state == "partial"


def test_entities_are_refused(tmp_path: Path) -> None:
    """An entity could grow without end, so a document type is no part of the format."""
    data = b'<?xml version="1.0"?><FinalStatus>&a;</FinalStatus>'
    assert read_data(data, tmp_path).state == "partial"
    bomb = b'<FinalStatus x="1"><!DOCTYPE a></FinalStatus>'
    assert read_data(bomb, tmp_path).state == "partial"
