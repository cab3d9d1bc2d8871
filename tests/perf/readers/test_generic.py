"""Trivigil's own format: names of the vocabulary, units, and what is left out."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from tests.perf.readers.reading import PERF, facts, read, read_data, values
from trivigil import schemas
from trivigil.cli import main
from trivigil.core import measurement

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


def valid(document: object) -> bool:
    """By the published schema alone."""
    schema = json.loads(schemas.text("measurements"))
    return jsonschema.Draft202012Validator(schema).is_valid(document)


@pytest.mark.parametrize("name", ["plain", "empty", "partial"])
def test_the_schema_holds_our_examples_as_the_reader_does(name: str) -> None:
    """A file is valid where nothing of it is left out."""
    found = json.loads((DATA / f"{name}.json").read_bytes())
    assert valid(found) is (read(DATA / f"{name}.json").state != "partial")


@pytest.mark.parametrize(
    "entry",
    [
        pytest.param(one(), id="the least"),
        pytest.param(one(value="4"), id="a text for a number"),
        pytest.param(one(value=True), id="a truth for a number"),
        pytest.param(one(value=None), id="no value"),
        pytest.param(one(value=-1), id="below zero"),
        pytest.param(one(subject=7), id="a number for a subject"),
        pytest.param(one(metric="speed"), id="no metric of ours"),
        pytest.param(one(metric="latency.p99_99", unit="s"), id="any percentile"),
        pytest.param(one(metric="latency.p101"), id="no percentile"),
        pytest.param(one(metric="requests", value=1.5), id="half a request"),
        pytest.param(one(metric="requests", value=2.0), id="a whole number as a fraction"),
        pytest.param(one(n=1.5), id="half an observation"),
        pytest.param(one(n=None, rounds=None), id="null for nothing"),
        pytest.param(one(rounds=[1, "x"]), id="a text among rounds"),
        pytest.param(one(unit=3), id="a number for a unit"),
        pytest.param(one(unit=None), id="null for a unit"),
        pytest.param(one(more=1), id="a key of their own"),
    ],
)
def test_the_schema_refuses_what_the_reader_leaves_out(
    entry: dict[str, Any], tmp_path: Path
) -> None:
    """Neither takes what the other does not."""
    data = document(entry)
    assert valid(json.loads(data)) is (read_data(data, tmp_path).state == "complete")


def test_names_and_units_of_the_schema_are_those_of_the_vocabulary(tmp_path: Path) -> None:
    """Every metric with every unit: 600 pairs, taken by both or by none."""
    names = (*measurement.names(), "time.p50")
    units = sorted({measurement.metric(name).unit for name in names} | {"ns", "us", "µs", "m"})
    every = [
        one(metric=name, unit=unit, subject=f"{name} {unit}") for name in names for unit in units
    ]
    kept = {each.subject for each in facts(read_data(document(*every), tmp_path)).measurements}
    schema = json.loads(schemas.text("measurements"))
    entry = {"$defs": schema["$defs"], "$ref": "#/$defs/measurement"}
    validator = jsonschema.Draft202012Validator(entry)
    assert {each["subject"] for each in every if validator.is_valid(each)} == kept
    assert len(kept) > len(names)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (document(one()), "x.json: valid measurements"),
        (document(one(), one()), "trivigil: x.json: `latency.p95` of `OVERALL` is there twice."),
        (
            document(one(value=-1)),
            "trivigil: x.json:1: measurements.0.value: -1 is less than the minimum of 0",
        ),
    ],
    ids=["good", "twice", "below zero"],
)
def test_validate_knows_measurements(
    data: bytes,
    said: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """By its `schema` key; what no schema can say is checked, too."""
    monkeypatch.chdir(tmp_path)
    Path("x.json").write_bytes(data)
    assert main(["validate", "x.json"], {}) == (0 if "valid" in said else 2)
    assert capsys.readouterr().err.splitlines()[-1] == said
