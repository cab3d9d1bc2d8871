"""Every file of the corpus that a reader is there for agrees with what is known of it.

The corpus is not part of this repository. TRIVIGIL_CORPUS names its folder; without it, `../shared`
beside the checkout is tried. What is compared stands in one function a tool.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from fnmatch import fnmatch
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.conformance import benchmark_checks
from tests.perf.readers.reading import facts, read, values

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from trivigil.core.reading import Reading
    from trivigil.perf.facts import RunFacts

    Truth = dict[str, Any]
    Checks = Iterator[tuple[str, bool]]


def _corpus() -> Path | None:
    beside = Path(__file__).parents[3] / "shared"
    root = Path(os.environ.get("TRIVIGIL_CORPUS", beside))
    places = (root / "corpus/perf", root / "perf")
    return next((place for place in places if (place / "artillery").is_dir()), None)


CORPUS = _corpus()
pytestmark = pytest.mark.skipif(
    CORPUS is None, reason="no corpus: TRIVIGIL_CORPUS names no folder with perf/artillery in it"
)


def _artillery(reading: Reading[RunFacts], truth: Truth) -> Checks:
    printed, found = truth["printed_summary"], values(reading)
    errors = {error.text: error.count for error in facts(reading).errors}
    yield (
        "requests",
        found["requests"] == printed.get("http.requests", printed.get("requestsCompleted", 0)),
    )
    for name, count in printed.items():
        code = name.removeprefix("http.codes.")
        if code != name and int(code) >= 400:
            yield name, errors[f"HTTP {code}"] == count
    times = printed.get("http.response_time", {"p95": printed["p95"]} if "p95" in printed else {})
    for name, value in times.items():
        ours = {"median": "latency.p50"}.get(name, f"latency.{name}")
        yield name, found[ours] == value


def _pytest_benchmark(reading: Reading[RunFacts], truth: Truth) -> Checks:
    yield "version", reading.tool_version == truth["version"]
    yield "count", reading.count == len(truth["benchmarks"])
    yield "rounds", truth["has_data"] == any(m.rounds for m in facts(reading).measurements)
    for row in truth["benchmarks"]:
        found = values(reading, row["fullname"])
        for name in ("mean", "median", "stddev"):
            yield f"{row['fullname']} {name}", found[f"time.{name}"] == row[name]


def _jmeter(reading: Reading[RunFacts], truth: Truth) -> Checks:
    found = values(reading)
    if truth.get("last_row_cut"):
        yield "rows", found["requests"] == truth["rows"] - 1 and "cut" in (reading.problem or "")
        return
    yield "samples", found["requests"] == truth["samples"]
    yield "errors", found["failures"] == truth["errors"]
    if truth["samples"]:
        for name in ("avg", "min", "max"):
            ours = int(found["latency.mean" if name == "avg" else f"latency.{name}"])
            yield name, ours == truth[f"{name}_ms"]  # the summary cuts the fraction off


def _hyperfine(reading: Reading[RunFacts], truth: Truth) -> Checks:
    if "mean_s" in truth:
        yield "rows", reading.count == truth["rows"]
        for command, mean in zip(truth["commands"], truth["mean_s"], strict=True):
            yield command, values(reading, command).get("time.mean") == (mean or None)
        return
    yield "count", reading.count == len(truth["results"])
    for row in truth["results"]:
        found = values(reading, row["command"])
        for name in ("mean", "median", "stddev") if row["mean"] else ():
            yield f"{row['command']} {name}", found.get(f"time.{name}") == row[name]
        yield f"{row['command']} zero", bool(found) == bool(row["mean"])


def _custom_json(reading: Reading[RunFacts], truth: Truth) -> Checks:
    measured = {m.subject for m in facts(reading).measurements}
    left = [note for note in reading.notes if "which way is better" in note]
    yield "entries", truth["valid"] == (len(measured) + len(left) == truth["entries"])
    yield "valid", truth["valid"] == (reading.state != "partial")


def _bencher(reading: Reading[RunFacts], truth: Truth) -> Checks:
    yield "benchmarks", reading.count == truth["entries"]
    yield "valid", truth["valid"] == (reading.state != "partial")
    for name, measure, value in truth["metrics"] if truth["valid"] else ():
        found = values(reading, name)
        if measure == "latency":
            yield name, found["time.mean"] == pytest.approx(value / 1e9)
        elif measure == "throughput":
            yield name, found["throughput"] == value
        else:
            yield name, not found and any(f"`{measure}`" in note for note in reading.notes)


def _vegeta(reading: Reading[RunFacts], truth: Truth) -> Checks:
    found = values(reading)
    if "json_documents_back_to_back" in truth:
        yield "documents", f"{truth['json_documents_back_to_back']} reports" in reading.notes[0]
        return
    yield "requests", found["requests"] == truth["requests"]
    yield "success", found["error_rate"] == pytest.approx(100 * (1 - truth["success"]))
    yield "mean", found["latency.mean"] == truth["mean_ns"] / 1e6
    yield "p95", found["latency.p95"] == truth["p95_ns"] / 1e6


def _autocannon(reading: Reading[RunFacts], truth: Truth) -> Checks:
    found, errors = values(reading), truth["errors_including_timeouts"]
    yield "requests", found["requests"] == truth["requests_total"] + errors
    yield "failures", found["failures"] == truth["non2xx"] + errors
    exceptions = sum(exception.count for exception in facts(reading).exceptions)
    yield "mismatches", exceptions == truth["mismatches"]
    for name, value in truth["latency_ms"].items():
        ours = "latency.mean" if name == "average" else f"latency.{name}"
        yield name, found.get(ours) == (value if truth["requests_total"] else None)
    yield "p95", "latency.p95" not in found


def _oha(reading: Reading[RunFacts], truth: Truth) -> Checks:
    found = values(reading)
    stopped = truth["error_kinds"].get("aborted due to deadline", 0)
    refused = sum(count for code, count in truth["status"].items() if int(code) >= 400)
    yield "requests", found["requests"] == truth["requests"] - stopped
    yield "failures", found["failures"] == truth["errors"] - stopped + refused
    names = {"average": "mean", "slowest": "max", "p50": "p50", "p95": "p95", "p99": "p99"}
    for name, ours in names.items():
        value = truth[f"{name}_s"]
        expected = None if value is None else pytest.approx(value * 1000)
        yield name, found.get(f"latency.{ours}") == expected


def _hey(reading: Reading[RunFacts], truth: Truth) -> Checks:
    found = values(reading)
    yield "rows", found["requests"] == truth["rows"]
    refused = sum(count for code, count in truth["status"].items() if int(code) >= 400)
    yield "failures", found["failures"] == refused


def _wrk(reading: Reading[RunFacts], truth: Truth) -> Checks:
    found, socket = values(reading), truth["socket_errors"] or {}
    lost = sum(count for name, count in socket.items() if name != "timeout")
    yield "requests", found["requests"] == truth["requests"] + lost
    late = min(found["requests"], truth["non_2xx_3xx"] + lost + socket.get("timeout", 0))
    yield "failures", found["failures"] == late
    yield "rps", found.get("throughput", 0) == truth["rps"]
    times = {f"latency.p{percent}": ms for percent, ms in truth["latency_distribution_ms"].items()}
    times |= {"latency.mean": truth["latency_avg_ms"], "latency.max": truth["latency_max_ms"]}
    for name, value in times.items():
        expected = pytest.approx(value) if truth["latency_max_ms"] else None
        yield name, found.get(name) == expected


def _google_benchmark(reading: Reading[RunFacts], truth: Truth) -> Checks:
    if "lines" in truth:  # a header, the benchmarks, and two lines of one complexity
        yield "lines", reading.count == truth["lines"] - 3
        return
    rounds = sum(m.n or 0 for m in facts(reading).measurements if m.metric.name == "time.mean")
    yield "iterations", rounds == truth["iteration_entries"] - len(truth["errors"])
    yield "errors", len(facts(reading).invalid) == len(truth["errors"])
    units = {"ns": 1e-9, "us": 1e-6, "ms": 1e-3, "s": 1.0}
    for line in truth["printed_lines"]:
        name, number, unit = line.split()[:3]
        means = values(reading, name)
        if means.get("time.min") == means.get("time.max") and unit in units and means:
            printed = float(number) * units[unit]
            yield line, means["time.mean"] == pytest.approx(printed, rel=0.02)


CHECKS: dict[str, Callable[[Reading[RunFacts], Truth], Checks]] = {
    "artillery": _artillery,
    "jmeter": _jmeter,
    "pytest_benchmark": _pytest_benchmark,
    "hyperfine": _hyperfine,
    "hyperfine/live": _hyperfine,
    "custom_json": _custom_json,
    "bencher_metric_format": _bencher,
    "vegeta": _vegeta,
    "autocannon": _autocannon,
    "oha": _oha,
    "hey": _hey,
    "wrk": _wrk,
    "google_benchmark": _google_benchmark,
    **benchmark_checks.CHECKS,
}
_TRANSACTIONS = "the tool's summary counts transactions among the requests"
_LATER = "this format of the tool is not read yet"
NOT_READ: dict[str, str] = {
    "jmeter/*-tx/out.jtl": _TRANSACTIONS,
    "jmeter/*xml-dirty/out.jtl": _LATER,
    "jmeter/*/statistics.json": _LATER,
    "custom_json/empty/out.json": "an empty list is read as this tool's only where it is named",
    "bencher_metric_format/no-benchmarks/out.json": "`{}` likewise",
    "vegeta/*/report*.txt": _LATER,
    "vegeta/*/results.csv": _LATER,
    "autocannon/*.txt": _LATER,
    "oha/*.txt": _LATER,
    "oha/*.csv": _LATER,
    "hey/*.txt": _LATER,
    **benchmark_checks.NOT_READ,
}
"""Patterns of files that agree with nothing, each with its reason."""
NAMES = {
    "pytest_benchmark": "pytest-benchmark",
    "custom_json": "github-action-benchmark",
    "hyperfine/live": "hyperfine",
    "bencher_metric_format": "bencher",
    "google_benchmark": "google-benchmark",
    **benchmark_checks.NAMES,
}
"""Tools whose folder has another name; a pattern where a folder has files of several."""


def _tool_of(tool: str, name: str) -> str:
    patterns = (NAMES[each] for each in NAMES if fnmatch(f"{tool}/{name}", each))
    return next(patterns, NAMES.get(tool, tool))


def _cases() -> Iterator[tuple[str, str]]:
    for tool in CHECKS if CORPUS else ():
        assert CORPUS is not None
        expected = json.loads((CORPUS / tool / "expected.json").read_text(encoding="utf-8"))
        for name, truth in expected.items():
            if name[0] != "_" and _comparable(name, truth):
                yield tool, name


def _comparable(name: str, truth: Truth) -> bool:
    return set(truth) != {"note"} and name.endswith(
        (".json", "messages.ndjson", ".jtl", ".csv", ".txt", ".xml")
    )


CASES = list(_cases())


def _truth(tool: str, name: str) -> Truth:
    assert CORPUS is not None
    expected: dict[str, Truth] = json.loads((CORPUS / tool / "expected.json").read_bytes())
    return expected[name]


def _wrong(tool: str, name: str) -> list[str]:
    """What of one file does not agree."""
    assert CORPUS is not None
    reading = read(CORPUS / tool / name)
    if reading.tool != _tool_of(tool, name):
        return [f"not read: {reading.problem}"]
    return [what for what, agrees in CHECKS[tool](reading, _truth(tool, name)) if not agrees]


@pytest.mark.parametrize(("tool", "name"), CASES, ids=["/".join(case) for case in CASES])
def test_file(tool: str, name: str) -> None:
    """Every number that is known of a file is the same, or the file stands in NOT_READ."""
    wrong = _wrong(tool, name)
    if any(fnmatch(f"{tool}/{name}", pattern) for pattern in NOT_READ):
        assert wrong, "it agrees: take it out of NOT_READ"
    else:
        assert not wrong


def test_share(capsys: pytest.CaptureFixture[str]) -> None:
    """The share of files that agree, by tool, and each deviation with its reason."""
    of, agreed = Counter(tool for tool, _ in CASES), Counter[str]()
    agreed.update(tool for tool, name in CASES if not _wrong(tool, name))
    with capsys.disabled():
        print()
        for tool in CHECKS:
            print(f"{tool} corpus: {agreed[tool]} of {of[tool]} files agree with expected.json")
        for name, reason in NOT_READ.items():
            print(f"  {name}: {reason}")
    known = [case for case in CASES if any(fnmatch("/".join(case), each) for each in NOT_READ)]
    assert sum(of.values()) - sum(agreed.values()) == len(known)
