"""Benchmarks of the JVM, .NET and C++: JMH, BenchmarkDotNet and Catch2."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.perf.readers.reading import PERF, facts, read, read_data, subjects, values

if TYPE_CHECKING:
    from pathlib import Path

JMH, DOTNET = PERF / "jmh" / "v1.37", PERF / "benchmarkdotnet" / "v0.13"
CATCH2, CATCH3 = PERF / "catch2" / "v2.13", PERF / "catch2" / "v3.7"


def rounds(path: Path, subject: str, metric: str = "time.mean") -> tuple[float, ...]:
    measured = facts(read(path)).measurements
    return next(m.rounds for m in measured if (m.subject, m.metric.name) == (subject, metric))


def jmh(**changes: Any) -> bytes:
    metric = {"score": 2.0, "scoreError": "NaN", "scoreUnit": "ms/op", "rawData": [[1.0, 3.0]]}
    record = {"benchmark": "a.B.c", "mode": "avgt", "primaryMetric": metric, "secondaryMetrics": {}}
    metric |= {key: value for key, value in changes.items() if key in metric or key == "raw"}
    record |= {key: value for key, value in changes.items() if key not in metric}
    return json.dumps([record]).encode()


class TestJmh:
    def test_the_unit_says_which_way_is_better(self) -> None:
        """`ops/ms` is a rate, whatever tool-wide rule others have; `us/op` is a time."""
        records = json.loads((JMH / "plain.json").read_bytes())
        score = {
            (r["benchmark"], r["params"]["size"]): r["primaryMetric"]["score"] for r in records
        }
        reading = read(JMH / "plain.json")
        assert values(reading, "bench.Work.rate (size=10)") == {
            "throughput": pytest.approx(score["bench.Work.rate", "10"] * 1000)
        }
        found = values(reading, "bench.Work.time (size=10)")
        assert found["time.mean"] == pytest.approx(score["bench.Work.time", "10"] * 1e-6)
        better = {m.metric.name: m.metric.better for m in facts(reading).measurements}
        assert (better["throughput"], better["time.mean"]) == ("higher", "lower")

    def test_a_fork_is_a_round(self) -> None:
        """Iterations of one JVM depend on each other; of a single fork they are all there is."""
        records = json.loads((JMH / "plain.json").read_bytes())
        rate = next(r for r in records if r["benchmark"].endswith("rate"))["primaryMetric"]
        own = [sum(fork) / len(fork) * 1000 for fork in rate["rawData"]]
        assert len(own) == 2
        assert rounds(
            JMH / "plain.json", "bench.Work.rate (size=10)", "throughput"
        ) == pytest.approx(own)
        assert len(rounds(JMH / "plain.json", "bench.Work.shot (size=10)")) == 3

    def test_single_calls_have_percentiles(self) -> None:
        """In mode `sample` they are of calls; elsewhere they would be of iterations."""
        reading = read(JMH / "plain.json")
        sampled = values(reading, "bench.Work.sampled (size=10)")
        records = json.loads((JMH / "plain.json").read_bytes())
        said = next(r for r in records if r["mode"] == "sample")["primaryMetric"]
        assert sampled["time.p95"] == pytest.approx(said["scorePercentiles"]["95.0"] * 1e-9)
        assert "time.p95" not in values(reading, "bench.Work.time (size=10)")
        count = sum(n for fork in said["rawDataHistogram"] for each in fork for _, n in each)
        mean = next(
            m for m in facts(reading).measurements
            if m.subject == "bench.Work.sampled (size=10)" and m.metric.name == "time.mean"
        )  # fmt: skip
        assert mean.n == count

    def test_what_cannot_be_said_is_a_text(self) -> None:
        """With one iteration the error is `"NaN"`, and nothing needs it; allocations are a metric."""
        reading = read(JMH / "one.json")
        assert reading.state == "complete"
        assert set(values(reading, "bench.Work.time (size=10)")) >= {
            "time.mean",
            "memory.allocated",
        }
        assert "`gc.alloc.rate`" in reading.notes[0]

    def test_labels_of_a_group_are_subjects(self, tmp_path: Path) -> None:
        """`read` and `write` of one `@Group` have scores of their own; a counter has no direction."""
        metric = {"score": 4.0, "scoreUnit": "ns/op", "rawData": [[4.0]]}
        secondary = {"read": metric, "hits": metric | {"scoreUnit": "#"}, "p0.50": metric}
        reading = read_data(jmh(secondaryMetrics=secondary), tmp_path)
        assert subjects(reading) == ["a.B.c", "a.B.c:read"]
        assert "`hits`" in reading.notes[0]

    def test_one_benchmark_in_two_modes(self, tmp_path: Path) -> None:
        """The mode tells them apart."""
        record = json.loads(jmh())[0]
        other = record | {"mode": "ss"}
        reading = read_data(json.dumps([record, other]).encode(), tmp_path)
        assert subjects(reading) == ["a.B.c [avgt]", "a.B.c [ss]"]

    @pytest.mark.parametrize(
        ("changes", "said"),
        [
            pytest.param({"score": "NaN"}, "score` is `NaN`", id="the score is NaN"),
            pytest.param({"score": -1}, "score` is `-1`", id="negative"),
            pytest.param({"scoreUnit": "apples"}, "scoreUnit` is `apples`", id="no unit of time"),
        ],
    )
    def test_damage(self, changes: dict[str, Any], said: str, tmp_path: Path) -> None:
        """A score that is none is said, and the reading is partial."""
        reading = read_data(jmh(**changes), tmp_path)
        assert (reading.state, facts(reading).measurements) == ("partial", ())
        assert said in reading.notes[0]

    def test_the_csv_has_six_decimals(self) -> None:
        """Scores of 0.2 us in seconds have no digit left: that is no measurement."""
        reading = read(JMH / "plain.csv")
        assert values(reading, "bench.Work.rate (size=10)") == {"throughput": 7505820.933}
        assert values(reading, "bench.Work.time (size=10)") == {
            "time.mean": pytest.approx(93.397e-9)
        }
        assert len(subjects(reading)) == 6
        empty = read(JMH / "seconds.csv")
        assert (empty.state, facts(empty).measurements) == ("empty", ())
        assert "has a time of 0, which is no measurement" in empty.notes[0]

    def test_a_score_of_the_csv_that_is_none(self, tmp_path: Path) -> None:
        """Said with its line, and the others are read."""
        data = (JMH / "plain.csv").read_bytes().replace(b"7505.820933", b"NaN", 1)
        reading = read_data(data, tmp_path)
        assert (reading.state, reading.count) == ("partial", 5)
        assert "(line 2) is left out: `NaN`" in reading.notes[0]

    def test_what_threw_is_absent(self) -> None:
        """The file does not show it, so every reading says what would."""
        assert read(JMH / "plain.json").notes[-1].endswith("run it with `-foe true`.")


class TestBenchmarkDotNet:
    def test_full_and_brief(self) -> None:
        """Times in seconds and bytes; only the full form has the values of the rounds."""
        name = "Shop.Sorting.Quick(N: 10)"
        assert values(read(DOTNET / "full.json"), name) == values(read(DOTNET / "brief.json"), name)
        assert values(read(DOTNET / "full.json"), name) == pytest.approx(
            {
                "time.mean": 121.25e-9,
                "time.median": 120.875e-9,
                "time.min": 118.25e-9,
                "time.max": 125e-9,
                "time.stddev": 2.806e-9,
                "memory.allocated": 64,
            },
            rel=1e-3,
        )
        assert rounds(DOTNET / "full.json", name) == pytest.approx(
            (120.5e-9, 118.25e-9, 125e-9, 121.25e-9)
        )
        assert rounds(DOTNET / "brief.json", name) == ()
        assert read(DOTNET / "full.json").tool_version == "0.13.12"

    def test_no_allocation_is_a_measurement(self) -> None:
        """A time of 0 is none, but 0 bytes are what a budget may ask for."""
        found = values(read(DOTNET / "full.json"), 'Shop.Sorting.Named(Text: "é, q")')
        assert found["memory.allocated"] == 0

    def test_no_statistics_is_a_failure(self) -> None:
        """A bare `NaN` of a single value does not lose the file; a debug build is said."""
        reading = read(DOTNET / "failed.json")
        assert facts(reading).invalid == (
            "`Shop.Sorting.Throws` failed and was not measured: it has no statistics.",
        )
        assert subjects(reading) == ["Shop.Sorting.Once"]
        assert "time.stddev" not in values(reading, "Shop.Sorting.Once")
        assert [note.split()[1] for note in reading.notes] == ["debugger", "program"]

    def test_two_jobs_of_one_benchmark(self) -> None:
        """The job tells them apart."""
        assert subjects(read(DOTNET / "jobs.json")) == [
            "Shop.Sorting.Quick (Sorting.Quick: .NET 6.0(Runtime=.NET 6.0))",
            "Shop.Sorting.Quick (Sorting.Quick: .NET 8.0(Runtime=.NET 8.0))",
        ]


class TestCatch2:
    def test_test_case_and_sections_are_in_the_name(self) -> None:
        """One name may stand in several of them."""
        assert subjects(read(CATCH2 / "plain.xml")) == [
            "Fibonacci / fib 10",
            'Fibonacci / a, "quoted" <name> é',
            "Fibonacci / inner / sleep",
        ]
        assert subjects(read(CATCH3 / "plain.xml")) == ["Fibonacci / inner / fib 10"]

    def test_values_are_nanoseconds(self) -> None:
        """Only a comment says so; numbers may be in scientific form."""
        assert values(read(CATCH3 / "plain.xml"), "Fibonacci / inner / fib 10") == pytest.approx(
            {"time.mean": 2.08e-6, "time.stddev": 14.2e-9}
        )
        assert read(CATCH3 / "plain.xml").tool_version == "3.7.1"

    def test_without_analysis_there_is_no_deviation(self) -> None:
        """It is written as 0 with a confidence of 0."""
        assert set(values(read(CATCH2 / "noanalysis.xml"), "Fibonacci / fib 10")) == {"time.mean"}

    def test_a_throw_makes_the_run_invalid(self) -> None:
        """Catch2 2 calls such a test case a success."""
        reading = read(CATCH2 / "failed.xml")
        assert facts(reading).invalid == (
            "`Throws / throws` failed and was not measured: on purpose.",
        )
        assert 'success="true"' in (CATCH2 / "failed.xml").read_text()

    def test_what_came_before_the_damage_is_kept(self) -> None:
        """The sentence has the line."""
        reading = read(CATCH2 / "malformed.xml")
        assert reading.state == "partial"
        assert subjects(reading)[0] == "Fibonacci / fib 10"
        assert "malformed.xml:" in (reading.problem or "")

    @pytest.mark.parametrize(
        ("data", "said"),
        [
            pytest.param(
                b'<?xml version="1.0"?><Catch name="b"><TestCase name="t"><BenchmarkResults name="x">'
                b'<mean value="NaN"/></BenchmarkResults></TestCase></Catch>',
                "`NaN` stands where a number",
                id="NaN",
            ),
            pytest.param(
                b'<Catch name="b"><BenchmarkResults name="x"></BenchmarkResults></Catch>',
                "it has no mean",
                id="no mean",
            ),
        ],
    )
    def test_damage(self, data: bytes, said: str, tmp_path: Path) -> None:
        """Said, and nothing is measured."""
        reading = read_data(data, tmp_path)
        assert (reading.state, subjects(reading)) == ("partial", [])
        assert said in reading.notes[0]

    def test_entities_are_refused(self, tmp_path: Path) -> None:
        """Catch2 declares none; a document that does means harm."""
        data = (
            b'<Catch name="b"><!DOCTYPE x [<!ENTITY a "aaaa">]></Catch>',
            b'<?xml version="1.0"?>\n<Catch\nname="b"/>\n<!-- -->',
        )
        assert "damaged" in (read_data(data[0], tmp_path).problem or "")
        assert read_data(data[1], tmp_path).state == "empty"
