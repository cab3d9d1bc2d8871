"""Benchmarks of JavaScript and Python: benchmark.js, tinybench, mitata, Vitest, pyperf, asv and CodSpeed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.perf.readers.reading import PERF, facts, read, read_data, subjects, values

if TYPE_CHECKING:
    from pathlib import Path

BENCHMARKJS, TINYBENCH = PERF / "benchmarkjs" / "v2.1", PERF / "tinybench" / "v6.2"
MITATA, VITEST = PERF / "mitata" / "v1.0", PERF / "vitest" / "v3.2"
VITEST5 = PERF / "vitest" / "v5.1" / "plain.json"
PYPERF, ASV, CODSPEED = (
    PERF / "pyperf" / "v2.10",
    PERF / "asv" / "v0.6.6",
    PERF / "codspeed" / "v5.0",
)


def rounds(path: Path, subject: str, metric: str = "time.mean") -> tuple[float, ...]:
    measured = facts(read(path)).measurements
    return next(m.rounds for m in measured if (m.subject, m.metric.name) == (subject, metric))


class TestBenchmarkJs:
    def test_a_rate_is_better_when_higher(self) -> None:
        """The tool gives a rate and no time, so there is no time."""
        reading = read(BENCHMARKJS / "plain.txt")
        (measured, *_) = facts(reading).measurements
        assert (measured.metric.name, measured.metric.better) == ("throughput", "higher")
        assert set(values(reading, "RegExp#test")) == {"throughput"}

    def test_the_last_x_separates(self) -> None:
        """A name may hold one, and commas and quotes."""
        assert subjects(read(BENCHMARKJS / "plain.txt"))[1] == 'indexOf x 2, "quoted" é'

    def test_a_name_and_a_colon_is_a_throw(self) -> None:
        """It is all that benchmark.js prints of it."""
        reading = read(BENCHMARKJS / "failed.txt")
        assert facts(reading).invalid == (
            "`throws` failed and was not measured: it threw an error.",
        )

    @pytest.mark.parametrize(
        "line",
        [
            "a x 1,234.50 ops/sec \u00b11.12% (91 runs sampled)",
            "a x 1,234.50 ops/sec +-1.12% (1 run sampled)",
        ],
        ids=["plus-minus", "a console without the sign"],
    )
    def test_lines(self, line: str, tmp_path: Path) -> None:
        """Thousands have commas; the margin's sign depends on the platform."""
        assert values(read_data(f"{line}\n".encode(), tmp_path), "a") == {"throughput": 1234.5}


class TestTinybench:
    def test_milliseconds_and_rates(self) -> None:
        """`latency` and `throughput` since version 3."""
        task = json.loads((TINYBENCH / "plain.json").read_bytes())["tasks"][0]["result"]
        found = values(read(TINYBENCH / "plain.json"), "loop")
        assert found["time.mean"] == pytest.approx(task["latency"]["mean"] / 1000)
        assert found["time.median"] == pytest.approx(task["latency"]["p50"] / 1000)
        assert found["time.p99_5"] == pytest.approx(task["latency"]["p995"] / 1000)
        assert found["throughput"] == pytest.approx(task["throughput"]["mean"])

    def test_version_2_is_flat(self) -> None:
        """`hz` and times side by side, and samples."""
        path = PERF / "tinybench" / "v2.9" / "plain.json"
        found = values(read(path), "loop")
        assert found["time.mean"] == pytest.approx(0.0005)
        assert found["throughput"] == 2000
        assert rounds(path, "loop") == pytest.approx((0.0004, 0.0005, 0.0005, 0.0006))

    def test_an_error_is_an_empty_object(self) -> None:
        """The state says what the error cannot."""
        assert facts(read(TINYBENCH / "failed.json")).invalid == (
            "`throws` failed and was not measured: its state is errored.",
        )

    def test_no_tasks_are_the_tools_where_it_is_named(self, tmp_path: Path) -> None:
        """Nothing in the file says whose it is."""
        assert read_data(b'{"tasks": []}', tmp_path).tool is None
        assert read(tmp_path / "x.csv", "tinybench").state == "empty"


class TestMitata:
    def test_nanoseconds_and_filled_names(self) -> None:
        """`alias` is the template of `sum 100`."""
        reading = read(MITATA / "plain.json")
        assert subjects(reading) == ["noop", "sum 100", "sum 1000", "array"]
        runs = json.loads((MITATA / "plain.json").read_bytes())["benchmarks"][1]["runs"]
        found = values(reading, "sum 100")
        assert found["time.mean"] == pytest.approx(runs[0]["stats"]["avg"] * 1e-9)
        assert found["time.p99_9"] == pytest.approx(runs[0]["stats"]["p999"] * 1e-9)
        assert found["memory.allocated"] == pytest.approx(runs[0]["stats"]["heap"]["avg"])

    def test_an_error_replaces_the_statistics(self) -> None:
        """The exit code is 0."""
        assert facts(read(MITATA / "failed.json")).invalid == (
            "`throws` failed and was not measured: on purpose.",
        )

    def test_one_name_in_two_groups(self, tmp_path: Path) -> None:
        """The group tells them apart."""
        stats = {"avg": 1, "p50": 1, "min": 1, "max": 1}
        data = {
            "layout": [{"name": "a", "types": []}, {"name": "b", "types": []}],
            "benchmarks": [
                {"alias": "x", "group": group, "runs": [{"name": "x", "stats": stats}]}
                for group in (0, 1)
            ],
        }
        assert subjects(read_data(json.dumps(data).encode(), tmp_path)) == ["a > x", "b > x"]


class TestVitest:
    def test_file_and_groups_are_in_the_name(self) -> None:
        """Times in ms become seconds, `hz` is the rate."""
        reading = read(VITEST / "plain.json")
        assert sorted(subjects(reading)) == [
            "t/sort.bench.js > sleep 2 ms",
            "t/sort.bench.js > sort é > normal",
            't/sort.bench.js > sort é > reverse "q" > x',
        ]
        found = values(reading, "t/sort.bench.js > sleep 2 ms")
        assert 0.002 <= found["time.mean"] < 0.1
        assert found["throughput"] == pytest.approx(1 / found["time.mean"])

    def test_a_throw_has_no_numbers(self) -> None:
        """The exit code of Vitest 1 to 4 is 0."""
        reading = read(VITEST / "failed.json")
        assert facts(reading).invalid == (
            "`t/err.bench.js > errors > throws` failed and was not measured: it threw an error or was skipped.",
        )
        assert subjects(reading) == ["t/err.bench.js > errors > fine"]

    def test_vitest_5_has_another_report(self) -> None:
        """Tasks stand in the benchmarks of tests; a throw is a failed test."""
        reading = read(VITEST5)
        assert (reading.tool, reading.format) == ("vitest", "report-json")
        assert sorted(subjects(reading)) == [
            "sleep > sleep 2 ms",
            "sort é > compare sorts > normal",
            'sort é > compare sorts > reverse "q" > x',
        ]
        assert values(reading, "sleep > sleep 2 ms")["time.mean"] >= 0.002
        assert facts(reading).invalid == ("`throws` failed and was not measured: its test failed.",)

    def test_jests_report_is_not_vitests(self, tmp_path: Path) -> None:
        """It has the same shape, and no benchmarks."""
        data = json.loads(VITEST5.read_bytes())
        for file in data["testResults"]:
            for test in file["assertionResults"]:
                del test["benchmarks"]
        assert read_data(json.dumps(data).encode(), tmp_path).tool is None


class TestPyperf:
    def test_a_process_is_a_round(self) -> None:
        """The mean is of all values; warm-ups and the calibration are none."""
        benchmark = json.loads((PYPERF / "plain.json").read_bytes())["benchmarks"][0]
        runs = [run["values"] for run in benchmark["runs"] if "values" in run]
        own = [value for run in runs for value in run]
        found = values(read(PYPERF / "plain.json"), "join, 100")
        assert found["time.mean"] == pytest.approx(sum(own) / len(own))
        assert rounds(PYPERF / "plain.json", "join, 100") == pytest.approx(
            [sum(run) / len(run) for run in runs]
        )

    def test_a_single_benchmark_has_its_name_in_the_file(self) -> None:
        """Its own metadata are empty then."""
        assert subjects(read(PYPERF / "one.json")) == ["timeit"]

    def test_memory_is_no_time(self) -> None:
        """The unit says so."""
        assert set(values(read(PYPERF / "memory.json"), "sorted")) == {"memory.peak"}

    @pytest.mark.parametrize(
        ("unit", "state", "said"),
        [
            pytest.param("integer", "empty", "which way is better", id="a count"),
            pytest.param("parsec", "partial", "the unit `parsec` where second", id="no unit"),
        ],
    )
    def test_other_units(self, unit: str, state: str, said: str, tmp_path: Path) -> None:
        """What has no direction, or no meaning, is left out with a note."""
        data: dict[str, Any] = json.loads((PYPERF / "one.json").read_bytes())
        data["metadata"]["unit"] = unit
        reading = read_data(json.dumps(data).encode(), tmp_path)
        assert reading.state == state
        assert said in reading.notes[0]


class TestAsv:
    def test_every_combination_of_parameters(self) -> None:
        """Named as asv's own comparison names them."""
        assert "bench.TimeSuite.time_sorted(10, 'b c')" in subjects(read(ASV / "plain.json"))

    def test_nan_is_skipped_and_null_failed(self) -> None:
        """A bare NaN is no JSON, and the file is read all the same."""
        assert b"NaN" in (ASV / "plain.json").read_bytes()
        reading = read(ASV / "plain.json")
        assert reading.state == "complete"
        assert facts(reading).invalid == (
            "`bench.time_broken` failed and was not measured: asv has null for it.",
        )
        skipped = [note for note in reading.notes if note.endswith("was skipped (NaN).")]
        assert len(skipped) == 2
        assert "bench.TimeSuite.time_sorted(300, 'b c')" not in subjects(reading)

    def test_the_name_says_the_kind(self) -> None:
        """The tool runs a function by the beginning of its name; what is tracked has no direction."""
        reading = read(ASV / "plain.json")
        assert set(values(reading, "bench.mem_list")) == {"memory.size"}
        assert set(values(reading, "bench.TimeSuite.peakmem_list(10, 'a')")) == {"memory.peak"}
        assert [note for note in reading.notes if "track_size" in note]

    def test_samples_are_rounds_and_the_result_is_the_median(self) -> None:
        """Samples are there with `--record-samples`."""
        data = json.loads((ASV / "plain.json").read_bytes())
        cells = dict(
            zip(
                data["result_columns"], data["results"]["bench.TimeSuite.time_sorted"], strict=False
            )
        )
        name = "bench.TimeSuite.time_sorted(10, 'a')"
        assert rounds(ASV / "plain.json", name) == pytest.approx(cells["samples"][0])
        assert values(read(ASV / "plain.json"), name)["time.median"] == cells["result"][0]

    @pytest.mark.parametrize(
        ("change", "said"),
        [
            pytest.param({"version": 1}, "`version` is `1`", id="an old version"),
            pytest.param({"result_columns": None}, "`result_columns` is null", id="no columns"),
        ],
    )
    def test_another_version_is_refused(
        self, change: dict[str, Any], said: str, tmp_path: Path
    ) -> None:
        """The file is named, and nothing is guessed."""
        data = json.loads((ASV / "plain.json").read_bytes()) | change
        assert said in (read_data(json.dumps(data).encode(), tmp_path).problem or "")

    def test_results_that_do_not_fit_their_parameters(self, tmp_path: Path) -> None:
        """Nobody could say which is whose."""
        data = json.loads((ASV / "plain.json").read_bytes())
        data["results"] = {"a.time_x": [[1.0, 2.0], [["1", "2", "3"]]]}
        reading = read_data(json.dumps(data).encode(), tmp_path)
        assert (reading.state, subjects(reading)) == ("partial", [])
        assert "has not 3 results" in reading.notes[0]


class TestCodSpeed:
    def test_nanoseconds_of_an_iteration(self) -> None:
        """What the console divides a second time is not divided here."""
        stats = json.loads((CODSPEED / "plain.json").read_bytes())["benchmarks"][0]["stats"]
        found = values(read(CODSPEED / "plain.json"), "test_join")
        assert found["time.min"] == pytest.approx(stats["min_ns"] * 1e-9)
        assert found["time.mean"] == pytest.approx(stats["mean_ns"] * 1e-9)

    def test_one_name_in_two_files(self, tmp_path: Path) -> None:
        """The address of the test tells them apart."""
        data = json.loads((CODSPEED / "plain.json").read_bytes())
        data["benchmarks"] = [
            data["benchmarks"][0] | {"uri": f"{file}.py::test_join"} for file in ("a", "b")
        ]
        found = subjects(read_data(json.dumps(data).encode(), tmp_path))
        assert found == ["a.py::test_join", "b.py::test_join"]
