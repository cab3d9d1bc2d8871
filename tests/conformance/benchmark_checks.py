"""What is known of the benchmarks' files of the corpus, and which of them are not read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.perf.readers.reading import facts, values

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from trivigil.core.reading import Reading
    from trivigil.perf.facts import RunFacts

    Truth = dict[str, Any]
    Checks = Iterator[tuple[str, bool]]

_TIMES = {"ps": 1e-12, "ns": 1e-9, "us": 1e-6, "\u00b5s": 1e-6, "ms": 1e-3, "s": 1.0}


def _near(value: float | None, scale: float = 1.0, rel: float = 1e-9) -> Any:
    return None if value is None else pytest.approx(value * scale, rel=rel)


def _failed(reading: Reading[RunFacts], name: str) -> bool:
    shown = name.replace("::", ":\u200b:")
    return any(shown in sentence for sentence in facts(reading).invalid)


def _of(reading: Reading[RunFacts], name: str) -> dict[str, float]:
    """The values of the benchmark whose name is at the end of a subject."""
    ends = [m.subject for m in facts(reading).measurements if m.subject.endswith(name)]
    return values(reading, ends[0]) if ends else {}


def _go_bench(reading: Reading[RunFacts], truth: Truth) -> Checks:
    times = [m for m in facts(reading).measurements if m.metric.name == "time.mean"]
    yield "lines", sum(m.n or 0 for m in times) == truth["result_lines"]
    yield "names", reading.count == truth["distinct_names"]
    yield "end", bool(facts(reading).invalid) == (truth["ends_with"] == "FAIL")
    if truth["first"] is not None:
        (first,) = (m for m in times if m.subject == truth["first"]["name"])
        yield "first", first.rounds[0] == _near(truth["first"]["ns_per_op"], 1e-9)


def _cargo_bench(reading: Reading[RunFacts], truth: Truth) -> Checks:
    for row in truth.get("benches", ()):
        yield row["name"], _median(reading, row["name"], row["ns_per_iter"], row["mb_per_s"])
    if "result_line" in truth:
        failed = truth["result_line"]["result"] != "ok"
        yield "result", bool(facts(reading).invalid) == failed
    for row in truth.get("bench_events", ()):
        yield row["name"], _median(reading, row["name"], row["median_ns"], row["mib_per_second"])
    for row in truth.get("rows", ()):
        # One name may stand in several groups.
        own = [
            m.subject for m in facts(reading).measurements if m.subject.endswith(f"::{row['name']}")
        ]
        yield row["name"], any(_divan_row(values(reading, subject), row) for subject in own)
    for name, counts in truth.get("metrics_new_old", {}).items():
        found = values(reading, name)
        yield f"{name} instructions", found["instructions"] == counts["Instructions"][0]
        yield f"{name} cycles", found["cycles"] == counts["Estimated Cycles"][0]
        yield f"{name} RAM hits", found["ram_hits"] == counts["RAM Hits"][0]
    if "ids" in truth:
        yield "objects", reading.count == truth["objects"]
        for module, case in truth["ids"]:
            name = module if case is None else f"{module} {case}:"
            yield name, any(m.subject.startswith(name) for m in facts(reading).measurements)


def _median(reading: Reading[RunFacts], name: str, ns: float, rate: float | None) -> bool:
    found = values(reading, name)
    if not ns:
        return not found
    times, rates = found.get("time.median"), found.get("data_rate")
    return bool(times == _near(ns, 1e-9) and rates == _near(rate, 1e6))


def _divan_row(found: dict[str, float], row: Truth) -> bool:
    names = {"fastest": "min", "slowest": "max", "median": "median", "mean": "mean"}
    for key, name in names.items():
        value, _, unit = row[key].partition(" ")
        if found.get(f"time.{name}") != _near(float(value), _TIMES[unit]):
            return False
    return True


def _criterion(reading: Reading[RunFacts], truth: Truth) -> Checks:
    if "mean_ns_from_samples" in truth:
        found = values(reading, truth["id"])
        yield "mean", found["time.mean"] == _near(truth["mean_ns_from_samples"], 1e-9, 1e-6)
        if truth["printed_is"] == "mean":
            yield "printed", found["time.mean"] == _near(truth["printed_time_ns"][1], 1e-9, 1e-3)
    elif "samples" in truth:
        (mean,) = (m for m in facts(reading).measurements if m.metric.name == "time.mean")
        yield "samples", (mean.n, len(mean.rounds)) == (truth["samples"], truth["samples"])
    elif "full_id" in truth or "ratio" in truth.get("unit", ""):
        yield "no times", facts(reading).measurements == () and "no times" in reading.notes[0]
    elif "lines" in truth:
        yield "count", reading.count == len(truth["lines"])
        for row in truth["lines"]:
            found = values(reading, row["name"])
            yield row["name"], found["time.median"] == _near(row["ns"], 1e-9)
            yield f"{row['name']} +/-", found["time.stddev"] == _near(row["plus_minus"], 1e-9)
    else:
        yield from _criterion_run(reading, truth)


def _criterion_run(reading: Reading[RunFacts], truth: Truth) -> Checks:
    for name, (_, estimate, _) in truth.get("printed_time_ns", {}).items():
        yield name, values(reading, name)["time.mean"] == _near(estimate, 1e-9)
    if "benchmark_complete" in truth:
        yield "count", reading.count == len(truth["benchmark_complete"])
        for name in truth["benchmark_complete"]:
            yield name, "time.mean" in values(reading, name)
        cut = any("did not finish" in note for note in reading.notes)
        yield "whole", (reading.state == "partial") == ("note" in truth) == cut


def _jmh(reading: Reading[RunFacts], truth: Truth) -> Checks:
    if "rows" in truth:  # of which some are secondary scores
        table = [line.split() for line in truth["printed_table"][1:] if ":" not in line]
        yield "rows", reading.count == len(table)
        return
    yield "benchmarks", reading.count == truth["benchmarks"]
    modes = {(row["benchmark"], str(row["params"])) for row in truth["copied"]}
    for row in truth["copied"]:
        said = ", ".join(f"{key}={value}" for key, value in (row["params"] or {}).items())
        name = f"{row['benchmark']} ({said})" if said else row["benchmark"]
        if len(modes) < len(truth["copied"]):
            name = f"{name} [{row['mode']}]"
        top, _, below = row["unit"].partition("/")
        better = row["higher_is_better"]
        metric, scale = ("throughput", 1 / _TIMES[below]) if better else ("time.mean", _TIMES[top])
        found = [
            m for m in facts(reading).measurements if (m.subject, m.metric.name) == (name, metric)
        ]
        yield name, [m.value for m in found] == [_near(row["score"], scale)]
        yield f"{name} n", row["mode"] == "sample" or [m.n for m in found] == [row["n"]]
        yield f"{name} better", all((m.metric.better == "higher") == better for m in found)


def _catch2(reading: Reading[RunFacts], truth: Truth) -> Checks:
    measured = [row for row in truth["benchmarks"] if row["failed"] is None]
    yield "count", reading.count == len(measured)
    for row in truth["benchmarks"]:
        found = _of(reading, row["name"])
        yield row["name"], found.get("time.mean") == _near(row["mean_ns"], 1e-9)
        yield f"{row['name']} failed", _failed(reading, row["name"]) == (row["failed"] is not None)


def _benchmarkjs(reading: Reading[RunFacts], truth: Truth) -> Checks:
    for row in truth["benchmarks"]:
        found = values(reading, row["name"])
        if row["error"] is not None:
            yield row["name"], not found and _failed(reading, row["name"])
        else:
            yield row["name"], found["throughput"] == pytest.approx(row["hz"], abs=0.5)


def _tinybench(reading: Reading[RunFacts], truth: Truth) -> Checks:
    for row in truth["tasks"]:
        found = values(reading, row["name"])
        yield row["name"], found.get("time.mean") == _near(row["mean_ms"], 1e-3)
        yield f"{row['name']} failed", _failed(reading, row["name"]) == row["errored"]
        if row["min_ms_from_samples"] is not None:
            yield f"{row['name']} min", found["time.min"] == _near(row["min_ms_from_samples"], 1e-3)


def _mitata(reading: Reading[RunFacts], truth: Truth) -> Checks:
    for row in truth["runs"]:
        found = values(reading, row["name"])
        yield row["name"], found.get("time.mean") == _near(row["avg_ns"], 1e-9)
        yield f"{row['name']} p50", found.get("time.median") == _near(row["p50_ns"], 1e-9)
        yield f"{row['name']} p99", found.get("time.p99") == _near(row["p99_ns"], 1e-9)
        yield f"{row['name']} failed", _failed(reading, row["name"]) == (row["error"] is not None)


def _vitest(reading: Reading[RunFacts], truth: Truth) -> Checks:
    for row in truth["printed"]:
        found = _of(reading, f"> {row['name']}")
        for key, name in (("mean_ms", "mean"), ("max_ms", "max"), ("p99_ms", "p99")):
            # The table has four decimals of a millisecond.
            yield (
                f"{row['name']} {name}",
                found[f"time.{name}"] == pytest.approx(row[key] / 1e3, abs=6e-8),
            )
        yield f"{row['name']} hz", found["throughput"] == pytest.approx(row["hz"], abs=0.006)
    for name in truth.get("without_numbers", ()):
        yield name, not _of(reading, f"> {name}") and _failed(reading, name)


def _pyperf(reading: Reading[RunFacts], truth: Truth) -> Checks:
    yield "count", reading.count == len(truth["benchmarks"])
    for row in truth["benchmarks"]:
        (mean,) = (
            m
            for m in facts(reading).measurements
            if (m.subject, m.metric.name) == (row["name"], "time.mean")
        )
        yield row["name"], (mean.value, mean.n) == (_near(row["mean"]), row["values"])


def _asv(reading: Reading[RunFacts], truth: Truth) -> Checks:
    measured = {m.subject.partition("(")[0] for m in facts(reading).measurements}
    left = {name for name in reading.notes if "is left out" in name}
    failed = len(facts(reading).invalid)
    yield "benchmarks", len(measured) + len(left) + failed == truth["benchmarks"]
    yield "failed", all(_failed(reading, name) for name in truth["failed"])


def _codspeed(reading: Reading[RunFacts], truth: Truth) -> Checks:
    yield "count", reading.count == len(truth["benchmarks"])
    for row in truth["benchmarks"]:
        found = values(reading, row["name"])
        for key, name in (("mean_ns", "mean"), ("median_ns", "median"), ("min_ns", "min")):
            yield f"{row['name']} {name}", found[f"time.{name}"] == _near(row[key], 1e-9)


def _lighthouse(reading: Reading[RunFacts], truth: Truth) -> Checks:
    found = {m.metric.name: m.value for m in facts(reading).measurements}
    yield "version", truth.get("version", truth.get("lighthouse")) == reading.tool_version
    yield "error", bool(facts(reading).invalid) == (truth.get("runtime_error") is not None)
    for name, score in truth["scores"].items():
        yield name, found.get(f"score.{name.replace('-', '_')}") == score
    for name, value in truth.get("numeric", {}).items():
        yield name, found.get(f"page.{name.replace('-', '_')}") == value


def _lhci(reading: Reading[RunFacts], truth: Truth) -> Checks:
    if "scores" in truth:
        yield from _lighthouse(reading, truth)
        return
    yield "entries", reading.count == truth["entries"]
    if "urls" in truth:
        pages = {m.subject for m in facts(reading).measurements}
        yield "pages", sorted(pages) == sorted(truth["urls"])
        return
    verdicts = facts(reading).verdicts
    for kind, gates, key in (("fail", True, "failures"), ("fail", False, "warnings")):
        own = [v for v in verdicts if (v.kind, v.gates) == (kind, gates)]
        yield key, len(own) == truth[key]
    yield "passing", sum(v.kind == "pass" for v in verdicts) == truth["passing"]


CHECKS: dict[str, Callable[[Reading[RunFacts], Truth], Checks]] = {
    "go_bench": _go_bench,
    "cargo_bench": _cargo_bench,
    "criterion": _criterion,
    "jmh": _jmh,
    "catch2": _catch2,
    "benchmarkjs": _benchmarkjs,
    "tinybench": _tinybench,
    "mitata": _mitata,
    "vitest": _vitest,
    "pyperf": _pyperf,
    "asv": _asv,
    "codspeed": _codspeed,
    "lighthouse": _lighthouse,
    "lhci": _lhci,
}
NAMES = {
    "go_bench": "go-bench",
    "cargo_bench/divan-*": "divan",
    "cargo_bench/iai-*": "iai-callgrind",
    "cargo_bench": "cargo-bench",
    "lhci/*.trimmed.json": "lighthouse",
}
_COMPARED = "a comparison of two runs, and not the result of one"
_NOTHING = "an empty file is nobody's, and a problem"
_NO_NUMBERS = "it has no benchmark's number"
_FOR_PEOPLE = "a form for people, with wrapped names or rounded numbers; the JSON or XML is read"
NOT_READ = {
    "go_bench/benchstat/*": _COMPARED,
    "cargo_bench/divan-test/stdout.txt": _NO_NUMBERS,
    "criterion/*cargo-criterion*/stdout.txt": _NOTHING,
    "jmh/*-nomatch/out.json": _NOTHING,
    "jmh/*-text/out.txt": _FOR_PEOPLE,
    "catch2/*console*/stdout.txt": _FOR_PEOPLE,
    "catch2/*json/out.json": _NO_NUMBERS,
    "mitata/*-console/stdout.txt": _FOR_PEOPLE,
    "vitest/*/bench-out/*": "what `writeResult` keeps has no name inside",
    "asv/*/benchmarks.json": _NO_NUMBERS,
    "asv/*/compare.txt": _COMPARED,
    "lhci/v0.15-pass/*/assertion-results.json": "`[]` is read as this tool's only where it is named",
}
