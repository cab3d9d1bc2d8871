"""Benchmarks of other tools: hyperfine, Google Benchmark, and two formats that say little."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.perf.readers.reading import PERF, facts, read, read_data, subjects, values

HYPERFINE, GOOGLE = PERF / "hyperfine" / "v1.15", PERF / "google-benchmark" / "v1.9"
CUSTOM, BENCHER = PERF / "github-action-benchmark" / "v1", PERF / "bencher" / "v0"


def rounds(path: Path, subject: str) -> tuple[float, ...]:
    return next(
        m.rounds
        for m in facts(read(path)).measurements
        if (m.subject, m.metric.name) == (subject, "time.mean")
    )


def test_hyperfine_has_every_run() -> None:
    """Seconds, with the time of each run."""
    (result, _) = json.loads((HYPERFINE / "plain.json").read_bytes())["results"]
    found = values(read(HYPERFINE / "plain.json"), 'a "name"')
    assert found == {
        "time.mean": result["mean"],
        "time.median": result["median"],
        "time.min": result["min"],
        "time.max": result["max"],
        "time.stddev": result["stddev"],
    }
    assert rounds(HYPERFINE / "plain.json", 'a "name"') == tuple(result["times"])


def test_one_run_of_hyperfine_has_no_spread() -> None:
    """The file says null there."""
    assert "time.stddev" not in values(read(HYPERFINE / "one.json"), "sleep 0.01")


def test_parameters_tell_equal_names_apart() -> None:
    """A name is given with `-n` once, for all values of a parameter."""
    assert subjects(read(HYPERFINE / "parameters.json")) == ["nap (d=1)", "nap (d=2)"]


def test_a_command_that_fails_is_said() -> None:
    """With `--ignore-failure` hyperfine measures it all the same."""
    (note,) = read(HYPERFINE / "codes.json").notes
    assert note == "`sleep 0.01; exit 3` ended with another code than 0 in 3 of 3 runs."


def test_a_time_of_zero_is_no_measurement(tmp_path: Path) -> None:
    """The shell's time is subtracted; what remains of a quick command can be nothing."""
    result = {"command": "true", "mean": 0.0, "times": [0.0, 0.0]}
    reading = read_data(json.dumps({"results": [result]}).encode(), tmp_path)
    assert facts(reading).measurements == ()
    assert "took no longer than the shell" in reading.notes[0]


def test_repetitions_are_rounds() -> None:
    """Google Benchmark's entries have a unit each; aggregates repeat them, ratios are no times."""
    reading = read(GOOGLE / "plain.json")
    assert subjects(reading) == ["BM_Sort/8", "BM_Read", "BM_Only"]
    assert (reading.count, reading.tool_version) == (3, "1.9.1")
    assert values(reading, "BM_Sort/8")["time.mean"] == pytest.approx(13e-9)
    assert values(reading, "BM_Sort/8")["time.median"] == pytest.approx(12e-9)
    assert rounds(GOOGLE / "plain.json", "BM_Sort/8") == pytest.approx((10e-9, 12e-9, 17e-9))
    assert values(reading, "BM_Read")["time.mean"] == pytest.approx(0.0025)
    assert "host" not in facts(reading).host.values()


def test_aggregates_are_used_where_there_is_nothing_else() -> None:
    """`--benchmark_report_aggregates_only` leaves mean, median and deviation."""
    found = values(read(GOOGLE / "plain.json"), "BM_Only")
    assert found == pytest.approx({"time.mean": 4e-6, "time.median": 3.5e-6, "time.stddev": 5e-7})


def test_google_benchmarks_rates(tmp_path: Path) -> None:
    """Items a second are a throughput, bytes a second a data rate: the mean of the repetitions, else the aggregate's."""
    assert values(read(GOOGLE / "plain.json"), "BM_Sort/8")["throughput"] == 1e6
    data = json.loads((GOOGLE / "plain.json").read_bytes())
    for number, record in enumerate(data["benchmarks"]):
        record["bytes_per_second"] = 100.0 * (number + 1)
    only = read_data(json.dumps(data).encode(), tmp_path, "x.json")
    assert values(only, "BM_Sort/8")["data_rate"] == 200
    mean = next(each for each in data["benchmarks"] if each["name"] == "BM_Only_mean")
    assert values(only, "BM_Only")["data_rate"] == mean["bytes_per_second"]
    data["benchmarks"][0]["items_per_second"] = "many"
    odd = read_data(json.dumps(data).encode(), tmp_path, "x.json")
    assert (odd.state, "items_per_second" in odd.notes[0]) == ("partial", True)


def test_before_run_types_the_name_tells_an_aggregate() -> None:
    """Up to 1.4 an aggregate is an entry like any other, but for the end of its name."""
    reading = read(GOOGLE / "old.json")
    assert subjects(reading) == ["BM_Old"]
    assert rounds(GOOGLE / "old.json", "BM_Old") == pytest.approx((3e-6, 5e-6))


def test_a_benchmark_that_failed_makes_the_run_invalid() -> None:
    """The program ends with 0 and writes a time of 0."""
    reading = read(GOOGLE / "failed.json")
    assert facts(reading).invalid == ("`BM_Skip` failed and was not measured.",)
    assert [(one.subject, one.text) for one in facts(reading).errors] == [
        ("BM_Skip", 'fixture missing, "x"')
    ]
    assert subjects(reading) == ["BM_Read"]
    assert [note.split()[1] for note in reading.notes] == ["benchmark", "processor's"]


def test_the_unit_says_which_way_is_better() -> None:
    """A time is a time and a rate is a rate; of anything else the file does not say enough."""
    reading = read(CUSTOM / "plain.json")
    assert subjects(reading) == ["sort", "parse", "write"]
    assert values(reading, "sort") == {"time.mean": pytest.approx(1.5e-6)}
    assert values(reading, "write") == {"throughput": 1200.5}
    better = {m.metric.name: m.metric.better for m in facts(reading).measurements}
    assert better == {"time.mean": "lower", "throughput": "higher"}
    left = [note.split("`")[1] for note in reading.notes]
    assert left == ["CPU load", "Memory", "disk"]


@pytest.mark.parametrize(
    ("unit", "measured"),
    [
        *((unit, ("time.mean", 1e-9)) for unit in ("ns", "ns/iter", "ns/op", "nanoseconds")),
        *((unit, ("time.mean", 1e-6)) for unit in ("us", "\u00b5s", "\u03bcs")),
        ("s", ("time.mean", 1)),
        *((unit, ("throughput", 1)) for unit in ("ops/s", "iter/sec", "req/second")),
        *((unit, None) for unit in ("MB/s", "KiB/s", "bytes", "Percent", "ns/s", "%", "", "S")),
    ],
)
def test_units(unit: str, measured: tuple[str, float] | None, tmp_path: Path) -> None:
    """Units are read as people write them; a rate of bytes is no rate of operations."""
    data = json.dumps([{"name": "a", "unit": unit, "value": 1}]).encode()
    found = values(read_data(data, tmp_path), "a")
    assert found == ({measured[0]: pytest.approx(measured[1])} if measured else {})


def test_bencher_measures() -> None:
    """Latency is in nanoseconds; a measure without a unit is left out, with a note."""
    reading = read(BENCHER / "plain.json")
    assert values(reading, "GET /login") == pytest.approx({"time.mean": 0.015, "throughput": 900})
    assert reading.notes == ("The measure `file-size` is left out: the file has no unit of it.",)


@pytest.mark.parametrize(
    ("path", "said", "subject"),
    [
        pytest.param(CUSTOM / "partial.json", "`[0].value` is `12`", "ok", id="custom"),
        pytest.param(BENCHER / "partial.json", "`a.latency.value` is missing", "b", id="bencher"),
    ],
)
def test_a_drifted_record_does_not_lose_the_file(path: Path, said: str, subject: str) -> None:
    """The others are read, and the reading is partial."""
    reading = read(path)
    assert (reading.state, subjects(reading)) == ("partial", [subject])
    assert said in reading.notes[0]


@pytest.mark.parametrize(
    ("data", "tool"),
    [
        pytest.param(b'{"results": []}\n', "hyperfine", id="hyperfine"),
        pytest.param(b"[]", "github-action-benchmark", id="custom"),
        pytest.param(b"{}\n", "bencher", id="bencher"),
    ],
)
def test_an_empty_file_is_the_tools_where_it_is_named(
    data: bytes, tool: str, tmp_path: Path
) -> None:
    """Nothing in it says whose it is, so the user has to."""
    assert read_data(data, tmp_path).tool != tool
    named = read(tmp_path / "x.csv", tool)
    assert (named.tool, named.state, named.problem) == (tool, "empty", None)


@pytest.mark.parametrize(
    "path",
    [folder / "malformed.json" for folder in (HYPERFINE, GOOGLE, CUSTOM, BENCHER)],
    ids=lambda path: path.parts[-3],
)
def test_a_cut_file_is_a_sentence_with_its_line(path: Path) -> None:
    """Never taken for a whole one."""
    reading = read(path)
    assert (reading.state, reading.facts) == ("partial", None)
    assert "the JSON is damaged or cut" in (reading.problem or "")


def test_hyperfines_csv_has_no_runs() -> None:
    """Parameters tell equal names apart there too; one run has no spread, and no time is no measurement."""
    reading = read(HYPERFINE / "plain.csv")
    assert subjects(reading) == ["nap (d=1)", "nap (d=2)", 'a, "quoted" name']
    assert "time.stddev" not in values(reading, 'a, "quoted" name')
    assert reading.notes[0] == "`true` has a time of 0, which is no measurement."
    assert not any(m.rounds for m in facts(reading).measurements)


def test_google_benchmarks_csv() -> None:
    """Repetitions are rounds, aggregates and complexities repeat them, a failure makes the run invalid."""
    path = GOOGLE / "plain.csv"
    reading = read(path)
    assert subjects(reading) == ["BM_Sort/8", "BM_Read"]
    assert rounds(path, "BM_Sort/8") == pytest.approx((14e-9, 16e-9))
    assert values(reading, "BM_Sort/8")["data_rate"] == pytest.approx(6.5e8)
    assert values(reading, "BM_Read")["throughput"] == 4000
    assert facts(reading).invalid == ("`BM_Skip` failed and was not measured: fixture missing.",)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        pytest.param((b",14,", b",NaN,"), "(line 2) is left out: `NaN`", id="NaN"),
        pytest.param((b",14,", b",-14,"), "(line 2) is left out: `-14`", id="negative"),
        pytest.param((b"ns,6.4", b"parsec,6.4"), "`parsec` is not a unit", id="no unit"),
        pytest.param((b"13,2.5,", b"13,"), "it has 9 cells in place of 10", id="a cell is missing"),
    ],
)
def test_damaged_rows(change: tuple[bytes, bytes], said: str, tmp_path: Path) -> None:
    """Each with its line; the others are read."""
    reading = read_data((GOOGLE / "plain.csv").read_bytes().replace(*change, 1), tmp_path)
    assert (reading.state, reading.count) == ("partial", 1)
    assert said in reading.notes[0]


def test_a_cut_csv(tmp_path: Path) -> None:
    """Its last line has no end, or ends within quotes."""
    data = (HYPERFINE / "plain.csv").read_bytes()
    assert "no end: the file is cut" in read_data(data[:-1], tmp_path).notes[0]
    within = data[: data.index(b"quoted")]
    assert "damaged or cut" in (read_data(within, tmp_path).problem or "")


@pytest.mark.parametrize(
    "data",
    [
        b'[{"name": "a", "unit": "ms", "value": 1}, {"name": "a", "unit": "ms", "value": 2}]',
        b'{"results": [{"command": "a", "mean": 1}, {"command": "a", "mean": 2}]}',
    ],
    ids=["custom", "hyperfine"],
)
def test_one_name_twice_is_refused(data: bytes, tmp_path: Path) -> None:
    """Nobody could say which of them a budget means."""
    assert "is there twice" in (read_data(data, tmp_path).problem or "")
