"""pytest-benchmark: seconds, rounds, the machine, and what its stored files lack."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.perf.readers.reading import PERF, facts, read, read_data, subjects, values
from trivigil.core.histogram import Histogram
from trivigil.core.measurement import MAX_ROUNDS, Measurement

DATA = PERF / "pytest-benchmark" / "v5.3.1"
STATS = {"min": 1.0, "max": 3.0, "mean": 2.0, "median": 2.0, "stddev": 1.0, "rounds": 3}


def dump(*benchmarks: object) -> bytes:
    return json.dumps({"machine_info": {}, "commit_info": {}, "benchmarks": benchmarks}).encode()


def bench(name: str = "t.py::a", **stats: object) -> dict[str, Any]:
    return {"fullname": name, "stats": STATS | stats}


def means(path: Path) -> dict[str, Measurement]:
    return {m.subject: m for m in facts(read(path)).measurements if m.metric.name == "time.mean"}


def test_a_file_says_seconds_by_test() -> None:
    """Subjects are the tests' full names; every value is the file's own, of as many rounds as it says."""
    reading = read(DATA / "plain.json")
    assert (reading.state, reading.count, reading.unit) == ("complete", 4, "benchmarks")
    assert (reading.tool_version, reading.notes) == ("5.3.1", ())
    assert subjects(reading)[0] == "test_plain.py::test_join[small, comma]"
    stats = json.loads((DATA / "plain.json").read_bytes())["benchmarks"][2]["stats"]
    names = ("mean", "median", "min", "max", "stddev")
    assert values(reading, "test_plain.py::test_sleep") == {f"time.{n}": stats[n] for n in names}
    sleep = means(DATA / "plain.json")["test_plain.py::test_sleep"]
    assert (sleep.n, sleep.metric.unit, sleep.metric.better) == (3, "s", "lower")
    assert sleep.rounds == tuple(stats["data"])


def test_one_round_has_no_spread() -> None:
    """The file says 0 there, which is no measurement."""
    assert "time.stddev" not in values(read(DATA / "plain.json"), "test_plain.py::test_once")


def test_many_rounds_are_thinned_and_counted() -> None:
    """A report stays small: some rounds in their order, and all of them in a histogram."""
    mean = means(DATA / "many.json")["test_many.py::test_many"]
    data = json.loads((DATA / "many.json").read_bytes())["benchmarks"][0]["stats"]["data"]
    assert len(data) == 700
    assert mean.n == 700
    assert len(mean.rounds) == MAX_ROUNDS
    assert [each for each in data if each in set(mean.rounds)][:3] == list(mean.rounds[:3])
    assert isinstance(mean.histogram, Histogram)
    assert mean.histogram.total == 700


def test_a_stored_file_lacks_its_rounds() -> None:
    """The same numbers as `--benchmark-json`, and a note on what is missing."""
    stored, whole = read(DATA / "saved.json"), read(DATA / "plain.json")
    (note,) = stored.notes
    assert "--benchmark-save-data" in note
    for subject in subjects(whole):
        assert values(stored, subject) == values(whole, subject)


def test_the_machine_is_kept_without_its_name() -> None:
    """Like is compared with like later; the name of a runner changes from run to run."""
    host = facts(read(DATA / "plain.json")).host
    assert host["system"] == "Linux"
    assert {"cpu", "cores", "python_version"} <= set(host)
    assert "host" not in host.values()


def test_nothing_measured_is_empty() -> None:
    """A list of no benchmarks is whole, and proves nothing."""
    reading = read(DATA / "empty.json")
    assert (reading.state, reading.problem, facts(reading).measurements) == ("empty", None, ())


@pytest.mark.parametrize(
    ("stats", "said"),
    [
        pytest.param({"mean": None}, "`benchmarks[1].stats.mean` is null", id="no mean"),
        pytest.param({"median": -1}, "is `-1` where a number that is not", id="negative"),
        pytest.param({"rounds": 2.5}, "is `2.5` where a whole number", id="half a round"),
        pytest.param({"data": [1, "x"]}, "where a list of numbers", id="a round that is a text"),
        pytest.param({"stddev": True}, "is `True` where a number", id="a truth value"),
    ],
)
def test_a_drifted_record_does_not_lose_the_file(
    stats: dict[str, object], said: str, tmp_path: Path
) -> None:
    """The others are read, the reading is partial, and the record's place is named."""
    reading = read_data(dump(bench(), bench("t.py::b", **stats)), tmp_path, "b.json")
    assert (reading.state, subjects(reading)) == ("partial", ["t.py::a"])
    assert said in reading.notes[0]


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        pytest.param(dump(bench(), bench()), ":a` is there twice", id="one name twice"),
        pytest.param(dump("x"), "`benchmarks[0]` is `x` where an object", id="no object"),
        pytest.param(dump(bench())[:-2], "b.json:1: the JSON is damaged or cut", id="cut"),
        pytest.param(
            dump(bench()).replace(b"2.0", b"NaN", 1), "b.json:1: the JSON is damaged", id="NaN"
        ),
        pytest.param(
            dump(bench()).replace(b"2.0", b"1e999", 1), "b.json:1: the JSON is", id="overflow"
        ),
    ],
)
def test_damage_is_a_sentence(data: bytes, problem: str, tmp_path: Path) -> None:
    """What cannot be is named, with the line or the field."""
    reading = read_data(data, tmp_path, "b.json")
    assert (reading.state, reading.facts) == ("partial", None)
    assert problem in (reading.problem or "")
