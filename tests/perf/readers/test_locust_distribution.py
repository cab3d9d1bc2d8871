"""The percentiles that Locust 0.11 wrote into a file of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.perf.readers.reading import LOCUST, read, read_data, subjects, values
from trivigil.core.measurement import OVERALL

if TYPE_CHECKING:
    from pathlib import Path

FILE = LOCUST / "v0.11/run_distribution.csv"


def test_reads_percentiles_by_subject() -> None:
    """Names hold their method already; the last row is the whole run."""
    reading = read(FILE)
    assert (reading.format, reading.state) == ("distribution-csv", "complete")
    assert (reading.count, reading.unit, reading.problem) == (2, "endpoints", None)
    assert subjects(reading) == ["GET /fast", "POST /login", OVERALL]
    assert values(reading)["latency.p95"] == 12
    assert values(reading, "GET /fast")["requests"] == 200


def test_a_file_cut_anywhere_is_never_whole(tmp_path: Path) -> None:
    """The old style has no last line end; the run's slowest must be some endpoint's slowest."""
    whole = FILE.read_bytes()
    for length in range(1, len(whole)):
        reading = read_data(whole[:length], tmp_path)
        assert reading.problem is not None, whole[:length][-40:]
        assert reading.state != "complete"


@pytest.mark.parametrize(
    ("before", "after", "problem"),
    [
        pytest.param(
            b'"POST /login"', b'"GET /fast"', "x.csv:3: a name is there twice", id="twice"
        ),
        pytest.param(b"200,3,3,3", b"200,9,3,3", "x.csv:2: the 66 % cell is less", id="falling"),
    ],
)
def test_damage(before: bytes, after: bytes, problem: str, tmp_path: Path) -> None:
    """What cannot be true is named with its line."""
    reading = read_data(FILE.read_bytes().replace(before, after), tmp_path)
    assert reading.state == "partial"
    assert (reading.problem or "").startswith(problem)
