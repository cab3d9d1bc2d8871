"""Locust's history: the run's course, and what its last row says of the whole."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.perf.readers.reading import LOCUST, facts, read, read_data, values
from trivigil.core.measurement import OVERALL

if TYPE_CHECKING:
    from pathlib import Path


def test_a_full_history_is_a_course_and_not_a_result() -> None:
    """With endpoints in it, percentiles are of the last seconds: windows have them, the run not."""
    reading = read(LOCUST / "v2.47-run/run_stats_history.csv")
    assert (reading.format, reading.state, reading.problem) == (
        "history-csv",
        "complete",
        None,
    )
    assert (reading.count, reading.unit, reading.notes) == (30, "rows", ())
    overall = [window for window in facts(reading).timeline if window.subject == OVERALL]
    assert [window.total_requests for window in overall] == [0, 33, 69, 106]
    assert [window.users for window in overall] == [0, 3, 3, 3]
    assert overall[0].percentiles == ()
    assert dict(overall[-1].percentiles)["latency.p95"] > 0
    assert facts(reading).started == overall[1].at
    assert facts(reading).ended == overall[-1].at
    assert set(values(reading)) == {
        "requests",
        "failures",
        "error_rate",
        "latency.mean",
        "latency.min",
        "latency.max",
        "latency.p50",
    }


def test_without_endpoints_the_percentiles_are_the_runs() -> None:
    """A history of the whole run alone is cumulative, and agrees with the table of the same run."""
    history = values(read(LOCUST / "v2.47-cumulative/run_stats_history.csv"))
    table = values(read(LOCUST / "v2.47-cumulative/run_stats.csv"))
    del table["throughput"]
    assert history == table


@pytest.mark.parametrize(
    ("file", "rows", "last"),
    [
        pytest.param("v1.0/run_stats_history.csv", 5, (1600000004.0, 3, 54.0), id="1.0, quoted"),
        pytest.param(
            "v0.14/run_stats_history.csv", 2, (1580000002.0, None, 54.0), id="0.14, reordered"
        ),
    ],
)
def test_old_ones(file: str, rows: int, last: tuple[float, int | None, float]) -> None:
    """Older histories have the same facts in another order; their percentiles are of a moment."""
    reading = read(LOCUST / file)
    assert (reading.state, reading.problem, reading.count) == ("complete", None, rows)
    window = facts(reading).timeline[-1]
    assert (window.at, window.users, window.throughput) == last
    assert values(reading)["requests"] == 270
    assert "latency.p95" not in values(reading)


def test_no_requests_is_empty() -> None:
    """A run that rested has a course without values."""
    reading = read(LOCUST / "v2.47-zero/run_stats_history.csv")
    assert (reading.state, reading.problem, reading.count) == ("empty", None, 3)
    assert values(reading) == {"requests": 0, "failures": 0}


def _lines() -> list[bytes]:
    path = LOCUST / "v2.47-cumulative/run_stats_history.csv"
    return path.read_bytes().splitlines(keepends=True)


def test_a_clock_that_goes_backwards_is_noted(tmp_path: Path) -> None:
    """The rows are kept as they are; the note names the line."""
    header, *rows = _lines()
    reading = read_data(b"".join([header, *reversed(rows)]), tmp_path)
    assert reading.problem is None
    assert reading.notes == ("The clock goes backwards in line 3.",)


def test_a_header_alone_is_empty(tmp_path: Path) -> None:
    """Locust stopped before its first second wrote no damage."""
    reading = read_data(_lines()[0], tmp_path)
    assert (reading.state, reading.problem, reading.count) == ("empty", None, 0)
    assert reading.notes[0].startswith("It has a header and no rows")


def test_a_row_cut_anywhere_is_noticed(tmp_path: Path) -> None:
    """A lost last line end is damage here: every Locust writes it, and the last cell proves nothing."""
    whole = b"".join(_lines())
    last = len(whole) - len(_lines()[-1])
    for length in range(last + 1, len(whole) - 1):
        reading = read_data(whole[:length], tmp_path)
        assert reading.state == "partial"
        assert (reading.problem or "").startswith("x.csv:5: ")


def test_impossible_counts_are_a_problem(tmp_path: Path) -> None:
    """More failures than requests cannot be."""
    header, *rows = _lines()
    text = rows[-1].split(b",")
    position = header.split(b",").index(b"Total Failure Count")
    text[position] = b"99999"
    reading = read_data(b"".join([header, b",".join(text)]), tmp_path)
    assert (reading.problem or "").startswith("x.csv:2: the row has more failures (99999)")
