"""Locust's table of what the load script raised."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.perf.readers.reading import LOCUST, facts, read, read_data

if TYPE_CHECKING:
    from pathlib import Path


def test_a_real_file() -> None:
    """Messages and tracebacks keep their lines and quotes."""
    reading = read(LOCUST / "v2.47-run/run_exceptions.csv")
    assert (reading.format, reading.state) == ("exceptions-csv", "complete")
    assert (reading.count, reading.unit, reading.problem) == (1, "exceptions", None)
    (exception,) = facts(reading).exceptions
    assert (exception.message, exception.count) == ('bad "row", 42\nsecond line', 9)
    assert exception.traceback.splitlines()[-1].strip().startswith("raise ValueError")


def test_a_header_alone_says_that_nothing_was_raised() -> None:
    """That is a complete answer."""
    reading = read(LOCUST / "v2.47-zero/run_exceptions.csv")
    assert (reading.state, reading.problem, reading.count) == ("complete", None, 0)


def test_a_row_cut_anywhere_is_noticed(tmp_path: Path) -> None:
    """A traceback of many lines that ends too early is damage, named by the row's first line."""
    whole = (LOCUST / "v2.47-run/run_exceptions.csv").read_bytes()
    first = whole.index(b"\n") + 1
    for length in range(first + 1, len(whole) - 1):
        reading = read_data(whole[:length], tmp_path)
        assert reading.state == "partial"
        assert (reading.problem or "").startswith("x.csv:2: ")


def test_a_count_that_is_none_is_damage(tmp_path: Path) -> None:
    """Letters where a count is due are named with their line."""
    reading = read_data(b"Count,Message,Traceback,Nodes\r\nmany,boom,,local\r\n", tmp_path)
    assert reading.state == "partial"
    assert (reading.problem or "").startswith("x.csv:2: the count is `many`")
