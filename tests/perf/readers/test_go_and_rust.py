"""Benchmarks of Go and Rust: text that programs print, with lines of their own in between."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING

import pytest

from tests.perf.readers.reading import PERF, facts, read, read_data, subjects, values

if TYPE_CHECKING:
    from pathlib import Path

GO, CARGO = PERF / "go-bench" / "v1.26", PERF / "cargo-bench" / "v1.95"
CRITERION, FLAT = PERF / "criterion" / "v0.8", PERF / "criterion" / "v0.8-flat"
DIVAN, IAI = PERF / "divan" / "v0.1.21", PERF / "iai-callgrind" / "v0.16"
HEAD = b"goos: linux\npkg: example.com/a\n"


def rounds(path: Path, subject: str, metric: str = "time.mean") -> tuple[float, ...]:
    measured = facts(read(path)).measurements
    return next(m.rounds for m in measured if (m.subject, m.metric.name) == (subject, metric))


class TestGo:
    def test_repeated_lines_are_rounds(self) -> None:
        """`-count=3` prints each name three times."""
        assert rounds(GO / "plain.txt", "BenchmarkJoin/n=10-8-2") == pytest.approx(
            (79.20e-9, 77.92e-9, 95.44e-9)
        )
        found = values(read(GO / "plain.txt"), "BenchmarkJoin/n=10-8-2")
        assert found["time.mean"] == pytest.approx((79.20e-9 + 77.92e-9 + 95.44e-9) / 3)

    def test_a_name_keeps_its_end(self) -> None:
        """`-8-2` may be a part of the name and GOMAXPROCS, and nothing tells them apart."""
        assert "BenchmarkJoin/n=10-8-2" in subjects(read(GO / "plain.txt"))

    def test_units_have_their_own_metrics_and_directions(self) -> None:
        """More MB/s is better, more bytes are not; a unit of the benchmark's own has no direction."""
        reading = read(GO / "plain.txt")
        found = values(reading, "BenchmarkJoin/n=10-8-2")
        assert found["data_rate"] == pytest.approx((126.26 + 128.34 + 104.78) / 3 * 1e6)
        assert (found["memory.allocated"], found["memory.allocations"]) == (16, 1)
        better = {m.metric.name: m.metric.better for m in facts(reading).measurements}
        assert (better["data_rate"], better["memory.allocated"]) == ("higher", "lower")
        assert reading.notes == (
            "`hit-ratio` is left out: the file does not say which way is better.",
        )

    def test_output_between_a_name_and_its_result(self) -> None:
        """A benchmark that prints splits its own line."""
        assert rounds(GO / "plain.txt", "BenchmarkTalks-2") == pytest.approx(
            (122.4e-9, 97.22e-9, 332.9e-9)
        )

    def test_one_name_in_two_packages(self) -> None:
        """Its package tells which one it is."""
        found = subjects(read(GO / "plain.txt"))
        assert "example.com/shop BenchmarkOwn-2" in found
        assert "example.com/shop/other BenchmarkOwn-2" in found

    def test_a_benchmark_that_fails(self) -> None:
        """The others are measured, and the run proves nothing."""
        reading = read(GO / "failed.txt")
        assert facts(reading).invalid == (
            "`BenchmarkBroken` failed and was not measured: go test says FAIL.",
            "go test ended with FAIL in `example.com/shop`, so benchmarks may be missing.",
        )
        assert len(subjects(reading)) == 4

    def test_events_give_what_the_text_gives(self) -> None:
        """A result is split over events, and packages stand between each other."""
        reading = read(GO / "plain.ndjson")
        assert sorted(subjects(reading)) == sorted(subjects(read(GO / "plain.txt")))
        assert (reading.state, facts(reading).host["goos"]) == ("complete", "linux")

    def test_a_package_that_failed_in_events(self, tmp_path: Path) -> None:
        """Its event says so, whatever it printed."""
        lines = (
            {"Action": "start", "Package": "a"},
            {"Action": "output", "Package": "a", "Output": "BenchmarkX-2 \t 5\t 1.0 ns/op\n"},
            {"Action": "fail", "Package": "a"},
        )
        data = "\n".join(json.dumps(each, separators=(",", ":")) for each in lines).encode()
        assert facts(read_data(data, tmp_path)).invalid == (
            "go test ended with FAIL in `a`, so benchmarks may be missing.",
        )

    @pytest.mark.parametrize(
        ("data", "said"),
        [
            pytest.param(b"BenchmarkX-2 5 1.0 ns/op 3\n", "are no pairs", id="a unit is cut off"),
            pytest.param(b"BenchmarkX-2 5 -1.0 ns/op\n", "`-1.0` stands", id="negative"),
            pytest.param(b"BenchmarkX-2 5 NaN ns/op\n", "`NaN` stands", id="NaN"),
            pytest.param(HEAD + b"BenchmarkX-2 5 1 ns/op\n", "neither PASS nor FAIL", id="no end"),
        ],
    )
    def test_damage(self, data: bytes, said: str, tmp_path: Path) -> None:
        """Said with its line, and the reading is partial."""
        reading = read_data(data, tmp_path)
        assert reading.state == "partial"
        assert said in reading.notes[0]

    def test_one_package_of_several_ends_with_a_failed_build(self, tmp_path: Path) -> None:
        """Results before it stay, and the run proves nothing."""
        data = HEAD + b"BenchmarkX-2 5 1 ns/op\nPASS\nok  \ta\t1s\nFAIL\tb [build failed]\nFAIL\n"
        reading = read_data(data, tmp_path)
        assert (reading.state, subjects(reading)) == ("complete", ["BenchmarkX-2"])
        assert "go test ended with FAIL" in facts(reading).invalid[0]


class TestCargoBench:
    def test_the_number_is_the_median(self) -> None:
        """What stands after `+/-` is the width from end to end, and no deviation."""
        found = values(read(CARGO / "plain.txt"), "tests::bench_fib")
        assert found == {"time.median": pytest.approx(3023.16e-9)}

    def test_no_iteration_is_no_measurement(self) -> None:
        """A benchmark that never calls `iter` has 0.00 ns."""
        reading = read(CARGO / "plain.txt")
        assert values(reading, "tests::bench_no_iter") == {}
        assert reading.notes[0].endswith("has a time of 0, which is no measurement.")

    def test_megabytes_are_decimal_in_both_forms(self) -> None:
        """The JSON says `mib_per_second` of the same number."""
        rate = values(read(CARGO / "plain.txt"), "tests::bench_bytes")["data_rate"]
        assert rate == 5902e6
        event = next(
            json.loads(line)
            for line in (CARGO / "plain.ndjson").read_text().splitlines()
            if "mib_per_second" in line
        )
        found = values(read(CARGO / "plain.ndjson"), "tests::bench_bytes")
        assert found["data_rate"] == event["mib_per_second"] * 1e6
        assert event["mib_per_second"] == pytest.approx(4096 * 1000 / event["median"], rel=0.01)

    def test_a_panic_makes_the_run_invalid(self) -> None:
        """The other benchmarks are measured."""
        reading = read(CARGO / "failed.txt")
        assert "bench_boom` failed and was not measured" in facts(reading).invalid[0]
        assert reading.count == 3

    def test_a_failed_suite_in_events(self, tmp_path: Path) -> None:
        """Events say which test failed."""
        data = (CARGO / "plain.ndjson").read_text()
        extra = '{ "type": "test", "name": "a", "event": "failed", "stdout": "x" }\n'
        reading = read_data((data + extra).encode(), tmp_path)
        assert facts(reading).invalid == ("`a` failed and was not measured: it panicked.",)

    def test_a_benchmark_that_prints_splits_its_line(self, tmp_path: Path) -> None:
        """With `--nocapture` its output stands before the number."""
        data = (
            b"\nrunning 1 test\ntest a ... bench:  1.50 ns/iter (+/- 0.10)\n"
            b"test b ... hello\nworld bench:       2,500.50 ns/iter (+/- 1,000.00)\n\n"
            b"test result: ok. 0 passed; 0 failed; 0 ignored; 2 measured; 0 filtered out\n"
        )
        reading = read_data(data, tmp_path)
        assert values(reading, "b") == {"time.median": pytest.approx(2500.5e-9)}
        assert reading.state == "complete"


class TestCriterion:
    def test_the_name_is_in_the_file_beside(self) -> None:
        """Folders are cleaned of quotes and slashes, `benchmark.json` is not."""
        assert subjects(read(CRITERION / "estimates.json")) == ['sizes/é/rec "x": y/12']

    def test_the_samples_are_the_rounds(self) -> None:
        """Nanoseconds of many iterations, divided by their number."""
        sample = json.loads((CRITERION / "sample.json").read_bytes())
        own = [t * 1e-9 / n for n, t in zip(sample["iters"], sample["times"], strict=True)]
        name = 'sizes/é/rec "x": y/12'
        assert rounds(CRITERION / "estimates.json", name) == pytest.approx(own)
        assert rounds(CRITERION / "sample.json", name) == pytest.approx(own)

    def test_estimates(self) -> None:
        """Mean, median and deviation in seconds; bytes of an iteration give a data rate."""
        said = json.loads((CRITERION / "estimates.json").read_bytes())
        found = values(read(CRITERION / "estimates.json"), 'sizes/é/rec "x": y/12')
        mean = said["mean"]["point_estimate"] * 1e-9
        assert found == pytest.approx(
            {
                "time.mean": mean,
                "time.median": said["median"]["point_estimate"] * 1e-9,
                "time.stddev": said["std_dev"]["point_estimate"] * 1e-9,
                "data_rate": 1024 / mean,
            }
        )

    def test_flat_sampling_has_no_slope(self) -> None:
        """The mean is there all the same; without neighbours the folder is the name."""
        assert json.loads((FLAT / "estimates.json").read_bytes())["slope"] is None
        reading = read(FLAT / "estimates.json")
        assert reading.state == "partial"
        assert "`benchmark.json` is not beside the file" in (reading.problem or "")

    def test_the_folder_is_the_name_where_nothing_else_is(self, tmp_path: Path) -> None:
        """`target/criterion/slow/sleep 2 ms/new/estimates.json` says as much."""
        folder = tmp_path / "criterion" / "slow" / "sleep 2 ms" / "new"
        folder.mkdir(parents=True)
        shutil.copy(FLAT / "estimates.json", folder)
        assert subjects(read(folder / "estimates.json")) == ["slow/sleep 2 ms"]

    def test_a_link_out_of_the_folder_is_not_followed(self, tmp_path: Path) -> None:
        """The fence around the sources holds for what lies beside them."""
        outside = tmp_path / "outside.json"
        outside.write_text('{"group_id": "g", "full_id": "stolen"}')
        folder = tmp_path / "criterion" / "a" / "new"
        folder.mkdir(parents=True)
        shutil.copy(FLAT / "estimates.json", folder)
        (folder / "benchmark.json").symlink_to(outside)
        assert subjects(read(folder / "estimates.json")) == ["a"]

    @pytest.mark.parametrize("name", ["benchmark.json", "tukey.json", "change.json"])
    def test_what_lies_beside_is_no_stranger(self, name: str) -> None:
        """It measures nothing, and a change is a ratio that nobody takes for a time."""
        reading = read(CRITERION / name)
        assert (reading.tool, reading.state, facts(reading).measurements) == (
            "criterion",
            "complete",
            (),
        )
        assert "no times" in reading.notes[0]

    def test_messages(self) -> None:
        """cargo-criterion's messages have samples, and of what one iteration does."""
        reading = read(CRITERION / "messages.ndjson")
        assert subjects(reading) == ["fib 10", "sizes/é/rec/12", "sizes/é/flat"]
        found = values(reading, "fib 10")
        assert found["time.mean"] == pytest.approx((188 + 188 + 190) / 3 * 1e-9)
        assert rounds(CRITERION / "messages.ndjson", "fib 10") == pytest.approx(
            (188e-9, 188e-9, 190e-9)
        )
        assert values(reading, "sizes/é/rec/12")["data_rate"] == pytest.approx(
            1024 / 481.67e-9, 1e-4
        )
        assert values(reading, "sizes/é/flat")["throughput"] == pytest.approx(7 / 2.13e-3)

    def test_a_stream_without_the_end_of_its_group_is_cut(self, tmp_path: Path) -> None:
        """The run panicked there, or its plotter did."""
        lines = (CRITERION / "messages.ndjson").read_text().splitlines()
        reading = read_data("\n".join(lines[:3]).encode(), tmp_path)
        assert reading.state == "partial"
        assert "ends within the group of `sizes/é/rec/12`" in reading.notes[0]

    def test_bencher_output_is_criterions(self) -> None:
        """The lines are libtest's, but outside of its frame, and the width is a deviation."""
        reading = read(CRITERION / "bencher.txt")
        assert (reading.tool, reading.format) == ("criterion", "bencher")
        assert values(reading, "slow/sleep 2 ms") == pytest.approx(
            {"time.median": 2151317e-9, "time.stddev": 11325e-9}
        )

    def test_text(self) -> None:
        """The middle of the three times; the rates below are not taken for times."""
        reading = read(CRITERION / "plain.txt")
        assert subjects(reading) == ["fib 10", 'sizes/é/rec "x": y/12', "slow/sleep 2 ms"]
        assert values(reading, "fib 10") == {"time.mean": pytest.approx(189.52e-9)}

    def test_a_second_run_says_what_changed(self, tmp_path: Path) -> None:
        """Below `change:` stand ratios, once with `time:` before them."""
        data = (
            "long name that has a line of its own\n"
            "                        time:   [6.8 ns 8.0 ns 8.9 ns]\n"
            "                        thrpt:  [789 Melem/s 875 Melem/s 1.0 Gelem/s]\n"
            "                 change:\n"
            "                        time:   [+77.173% +549.99% +1180.8%] (p = 0.05 < 0.05)\n"
            "                        Performance has regressed.\n"
            "b                       time:   [1.0 ms 2.0 ms 3.0 ms]\n"
            "                        change: [\u221210.6% \u22126.4% \u22121.9%] (p = 0.01 < 0.05)\n"
        )
        reading = read_data(data.encode(), tmp_path)
        assert values(reading, "long name that has a line of its own") == pytest.approx(
            {"time.mean": 8e-9}
        )
        assert (subjects(reading)[1:], reading.state) == (["b"], "complete")


class TestDivan:
    def test_a_leaf_has_its_way_from_the_root(self) -> None:
        """What was ignored has no measurement."""
        assert subjects(read(DIVAN / "plain.txt")) == [
            "tree::add",
            "tree::group::copy",
            "tree::group::fib::5",
            "tree::group::fib::12",
            "tree::group::sleep 2 ms",
        ]

    def test_each_cell_has_its_unit(self) -> None:
        """Fastest, slowest, median and mean of one leaf may have four."""
        found = values(read(DIVAN / "plain.txt"), "tree::group::copy")
        assert found == pytest.approx(
            {
                "time.min": 99.64e-9,
                "time.max": 7.502e-6,
                "time.median": 122.1e-9,
                "time.mean": 908e-9,
                "data_rate": 4.51e9,
            }
        )

    def test_lines_below_a_leaf(self) -> None:
        """Rates of items and allocations; what is given back is no metric."""
        found = values(read(DIVAN / "allocations.txt"), "counted::copy")
        others = {name: value for name, value in found.items() if not name.startswith("time.")}
        assert others == pytest.approx(
            {
                "throughput": 13.17e6,
                "memory.peak": 2500,
                "memory.allocations": 1.5,
                "memory.allocated": 1024,
            }
        )

    @pytest.mark.parametrize("lines", [3, 5, 7])
    def test_a_tree_without_its_last_branch_is_cut(self, lines: int, tmp_path: Path) -> None:
        """The last branch of every level is drawn with a corner, and a group has leaves."""
        text = (DIVAN / "plain.txt").read_text().lstrip("\n")
        reading = read_data("".join(text.splitlines(keepends=True)[:lines]).encode(), tmp_path)
        assert reading.state == "partial"
        assert "the text is cut" in reading.notes[-1]


class TestIaiCallgrind:
    def test_the_new_count_is_the_runs(self) -> None:
        """`new|old`: the old one is of the run before, or `N/A`; counts are never times."""
        found = values(read(IAI / "limit.txt"), "i::fibs::bench_fib short:8")
        assert found == {"instructions": 2420, "cycles": 4357, "ram_hits": 25}
        assert values(read(IAI / "plain.txt"), "i::fibs::no_args")["instructions"] == 166

    @pytest.mark.parametrize("name", ["plain", "limit"])
    def test_both_forms_have_one_name_and_one_count(self, name: str) -> None:
        """The program is the same, and its counts are deterministic."""
        text, events = (facts(read(IAI / f"{name}.{end}")) for end in ("txt", "ndjson"))
        assert [m for m in text.measurements if m.metric.name == "instructions"] == [
            m for m in events.measurements if m.metric.name == "instructions"
        ]

    @pytest.mark.parametrize(
        ("file", "kinds"),
        [
            pytest.param("plain.txt", ["pass"], id="text, held"),
            pytest.param("limit.txt", ["fail"], id="text, broken"),
            pytest.param("plain.ndjson", [], id="json, held"),
            pytest.param("limit.ndjson", ["fail", "fail"], id="json, broken"),
        ],
    )
    def test_its_own_limits_are_verdicts(self, file: str, kinds: list[str]) -> None:
        """A broken limit ends iai-callgrind with 3, and fails the gate."""
        verdicts = facts(read(IAI / file)).verdicts
        assert [verdict.kind for verdict in verdicts] == kinds
        assert all(verdict.gates for verdict in verdicts)

    @pytest.mark.parametrize(
        ("line", "said"),
        [
            pytest.param(b"  Instructions:   -5|N/A   (*)", "`-5` stands", id="negative"),
            pytest.param(
                b"  Instructions:   5|5\n  Instructions:   5|5", "there twice", id="twice"
            ),
        ],
    )
    def test_damage(self, line: bytes, said: str, tmp_path: Path) -> None:
        """Said with its line."""
        data = b"a::b\n  L1 Hits:    3|N/A    (*)\n" + line + b"\n"
        reading = read_data(data, tmp_path)
        assert reading.state == "partial"
        assert said in reading.notes[0]
