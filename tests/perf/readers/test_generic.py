"""Trivigil's own format: names of the vocabulary, units, and what is left out."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.perf.readers.reading import PERF, facts, read, read_data, values

DATA = PERF / "generic" / "v1"


def document(*measurements: dict[str, Any]) -> bytes:
    return json.dumps({"schema": "trivigil/measurements/1", "measurements": measurements}).encode()


def one(**changes: Any) -> dict[str, Any]:
    return {"subject": "OVERALL", "metric": "latency.p95", "value": 4, **changes}


def test_what_stands_there_is_read() -> None:
    """Times in another unit of time are converted, rounds too; nothing is added."""
    reading = read(DATA / "plain.json")
    assert (reading.state, reading.count, reading.tool_version) == ("complete", 5, "bench 2.1")
    found = values(reading)
    assert found == {"requests": 1200, "failures": 12, "error_rate": 1, "latency.p95": 412}
    assert values(reading, "encode")["time.mean"] == pytest.approx(12.5e-6)
    (p95,) = (m for m in facts(reading).measurements if m.metric.name == "latency.p95")
    assert (p95.n, p95.rounds) == (1200, (400, 420))
    assert [(e.text, e.count) for e in facts(reading).errors] == [("HTTP 503", 12)]


def test_an_empty_list_is_no_proof() -> None:
    """Nothing was measured."""
    assert read(DATA / "empty.json").state == "empty"


def test_what_is_not_as_due_is_left_out_and_said() -> None:
    """An unknown metric, a unit of another kind and a number below 0: the rest is kept, the reading partial."""
    reading = read(DATA / "partial.json")
    assert (reading.state, values(reading)) == ("partial", {"requests": 3})
    assert len(reading.notes) == 3
    assert "`unit` is `requests` where `ms` is due" in reading.notes[0].replace(
        "measurements[1].", ""
    )


@pytest.mark.parametrize(
    "entry",
    [
        one(value="4"), one(value=None), one(value=True), one(subject=7), one(n=1.5),
        one(rounds=[1, "x"]), one(metric="requests", value=1.5), one(unit=3),
    ],
)  # fmt: skip
def test_another_type_is_left_out(entry: dict[str, Any], tmp_path: Path) -> None:
    """No value is guessed from a text."""
    reading = read_data(document(entry), tmp_path)
    assert (reading.state, facts(reading).measurements) == ("partial", ())


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (document(one(), one()), "`latency.p95` of `OVERALL` is there twice"),
        (
            document(one(metric="requests", value=3), one(metric="failures", value=4)),
            "more failures (4) than requests (3)",
        ),
        (document().replace(b"measurements/1", b"measurements/2"), "`trivigil/measurements/2`"),
        (document(one()).replace(b": 4", b": NaN"), "the JSON is damaged"),
        (b'{"schema": "trivigil/measurements/1"}', "`measurements` is missing"),
    ],
)
def test_contradictions_are_a_problem(data: bytes, problem: str, tmp_path: Path) -> None:
    """One sentence, and no facts."""
    reading = read_data(data, tmp_path)
    assert reading.state == "partial"
    assert problem in (reading.problem or "")
