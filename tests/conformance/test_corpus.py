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
    if "sampleCount_Total" in truth:
        yield from _jmeter_statistics(reading, truth)
        return
    yield "samples", found["requests"] == truth["samples"]
    yield "errors", found["failures"] == truth["errors"]
    if truth["samples"]:
        for name in ("avg", "min", "max"):
            ours = int(found["latency.mean" if name == "avg" else f"latency.{name}"])
            yield name, ours == truth[f"{name}_ms"]  # the summary cuts the fraction off


def _jmeter_statistics(reading: Reading[RunFacts], truth: Truth) -> Checks:
    """Its total counts parts of samples, which we take out and say."""
    found = values(reading)
    parts = sum(int(note.split()[0]) for note in reading.notes if "are parts of others" in note)
    yield "samples", found["requests"] + parts == truth["sampleCount_Total"]
    yield "errors", found["failures"] == truth["errorCount_Total"]
    for name in ("min", "max"):
        if f"{name}ResTime_Total" in truth:
            yield name, found[f"latency.{name}"] == truth[f"{name}ResTime_Total"]
    if "mean_Total_truncated" in truth:
        yield "mean", int(found["latency.mean"]) == truth["mean_Total_truncated"]


def _gatling(reading: Reading[RunFacts], truth: Truth) -> Checks:
    if "assertions" in truth:
        verdicts = [verdict.kind == "pass" for verdict in facts(reading).verdicts]
        yield "assertions", verdicts == [each["passed"] for each in truth["assertions"]]
        return
    if "global" in truth:
        yield from _gatling_figures(reading, truth["global"])
        for name, counts in truth.get("by_request", {}).items():
            yield name, _gatling_counts(reading, name) == (counts["total"], counts["ko"])
        return
    found = values(reading)
    yield "requests", (found["requests"], found["failures"]) == (truth["requests"], truth["ko"])
    yield "cut", truth.get("truncated_tail", False) == bool(reading.problem)
    yield "version", reading.tool_version == truth["gatling_version"]
    if "printed_global_ms" in truth and truth["requests"]:
        yield from _gatling_figures(reading, truth["printed_global_ms"])
    broken = reading.state == "partial"
    for name, counts in truth.get("console_by_request", {}).items():
        if name != "Global" and not name.endswith("...") and not broken:
            yield name, _gatling_counts(reading, name) == (counts["total"], counts["ko"])
    for name, count in truth.get("group_rows", {}).items():
        yield name, values(reading, name)["requests"] == count
    yield "errors", sum(e.count for e in facts(reading).exceptions) == truth.get("error_rows", 0)


def _gatling_counts(reading: Reading[RunFacts], name: str) -> tuple[float, float]:
    """Of a request by its name on the console, where blanks at its ends are lost."""
    subjects = {m.subject.strip(): m.subject for m in facts(reading).measurements}
    found = values(reading, subjects.get(name.strip(), name))
    return found.get("requests", -1), found.get("failures", -1)


def _gatling_figures(reading: Reading[RunFacts], printed: Truth) -> Checks:
    """What every source has exactly; the percentiles of a log are ours, those of a report Gatling's."""
    found = values(reading)
    for name, value in printed.items():
        if name == "request count":
            yield name, (found["requests"], found["failures"]) == (value["total"], value["ko"] or 0)
        for word, ours in (("min ", "latency.min"), ("max ", "latency.max")):
            if name.startswith(word):
                yield name, found[ours] == value["total"]
        if name.startswith("mean response"):
            yield name, round(found["latency.mean"]) == value["total"]
        percent = name.removeprefix("response time ").partition("th percentile")[0]
        if reading.format not in ("log-text", "log-binary") and "percentile" in name:
            yield name, found[f"latency.p{percent}"] == value["total"]


def _ab(reading: Reading[RunFacts], truth: Truth) -> Checks:
    found = values(reading)
    if "complete" in truth:
        breakdown = dict(
            cell.split(": ") for cell in (truth["failed_breakdown"] or "Length: 0").split(", ")
        )
        lost = sum(int(breakdown.get(name, 0)) for name in ("Connect", "Receive"))
        yield "complete", found["requests"] == truth["complete"]
        yield "failed", found["failures"] == min(truth["complete"], lost + truth["non_2xx"])
        yield "rps", found["throughput"] == truth["rps"]
        if lost < truth["complete"]:
            yield "p95", found["latency.p95"] == truth["p95_ms"]
    elif "p95_ms" in truth:
        yield "rows", reading.count == truth["rows"]
        yield "p95", found["latency.p95"] == truth["p95_ms"]
    else:
        yield "rows", found["requests"] == truth["rows"]


def _siege(reading: Reading[RunFacts], truth: Truth) -> Checks:
    found = values(reading)
    if "data_rows" in truth:
        yield "rows", f"{truth['data_rows']} runs" in reading.notes[0]
        return
    said = {name.lower().replace(" ", "_"): value for name, value in truth.items()}
    failed = said["failed_transactions"]
    yield "requests", found["requests"] == said["transactions"] + failed
    yield "failures", found["failures"] == found["requests"] - said["successful_transactions"]
    times = {"response_time": "mean", "longest_transaction": "max"}
    for name, ours in times.items():
        expected = pytest.approx(said[name] * 1000) if said[name] else None
        yield name, found.get(f"latency.{ours}") == expected


def _taurus(reading: Reading[RunFacts], truth: Truth) -> Checks:
    found = values(reading)
    if "rows" in truth:
        yield "rows", found["requests"] == truth["rows"]
        return
    yield "samples", found["requests"] == truth["samples"]
    yield "failures", round(found["error_rate"], 2) == truth["failure_percent"]
    unanswered = not truth["avg_rt_s"]
    if unanswered:
        yield "times", not [name for name in found if name.startswith("latency")]
        return
    yield "mean", round(found["latency.mean"] / 1000, 3) == truth["avg_rt_s"]
    for percent, seconds in truth["percentiles_s"].items():
        name = {"0.0": "min", "100.0": "max", "99.9": "p99_9"}.get(percent, f"p{percent[:-2]}")
        yield name, found[f"latency.{name}"] == pytest.approx(seconds * 1000)
    for row in truth["labels_printed"]:
        ours = values(reading, row["label"])
        yield row["label"], round(100 - ours["error_rate"], 2) == row["success_percent"]


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
    for key in ("rows_no_header", "lines", "count_sum"):
        if key in truth:
            yield key, found["requests"] == truth[key]
            return
    if "rate" in truth:
        yield from _vegeta_text(reading, truth)
        return
    yield "requests", found["requests"] == truth["requests"]
    yield "success", found["error_rate"] == pytest.approx(100 * (1 - truth["success"]))
    yield "mean", found["latency.mean"] == truth["mean_ns"] / 1e6
    yield "p95", found["latency.p95"] == truth["p95_ns"] / 1e6


def _vegeta_text(reading: Reading[RunFacts], truth: Truth) -> Checks:
    found = values(reading)
    yield "requests", found["requests"] == truth["requests"]
    yield "rate", found["throughput"] == truth["rate"]
    yield "success", round(100 - found["error_rate"], 2) == truth["success_percent"]
    units = {"µs": 0.001, "ms": 1.0, "s": 1000.0}
    names = ("min", "mean", "p50", "p90", "p95", "p99", "max")
    printed = truth["latencies_min_mean_50_90_95_99_max"].split(", ")
    for name, cell in zip(names, printed, strict=True):
        number = cell.rstrip("µms")
        ms = float(number) * units[cell[len(number) :]]
        yield name, found[f"latency.{name}"] == pytest.approx(ms)


def _autocannon(reading: Reading[RunFacts], truth: Truth) -> Checks:
    found = values(reading)
    if "printed" in truth:
        count = truth["printed"].split()[0].replace("k", "000")
        yield "requests", found["requests"] == int(count)
        return
    errors = truth["errors_including_timeouts"]
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
    refused = sum(count for code, count in truth["status"].items() if int(code) >= 400)
    if "rows" in truth:
        yield "rows", found["requests"] == truth["rows"]
        yield "failures", found["failures"] == refused
        return
    if "printed" in truth:
        yield from _oha_text(reading, truth, refused)
        return
    stopped = truth["error_kinds"].get("aborted due to deadline", 0)
    yield "requests", found["requests"] == truth["requests"] - stopped
    yield "failures", found["failures"] == truth["errors"] - stopped + refused
    names = {"average": "mean", "slowest": "max", "p50": "p50", "p95": "p95", "p99": "p99"}
    for name, ours in names.items():
        value = truth[f"{name}_s"]
        expected = None if value is None else pytest.approx(value * 1000)
        yield name, found.get(f"latency.{ours}") == expected


def _oha_text(reading: Reading[RunFacts], truth: Truth, refused: int) -> Checks:
    found = values(reading)
    lost = sum(count for count, why in truth["errors"] if why != "aborted due to deadline")
    yield "requests", found["requests"] == sum(truth["status"].values()) + lost
    yield "failures", found["failures"] == refused + lost
    for name, ours in (("average", "mean"), ("p95", "p95")):
        number, unit = truth["printed"][name].split()
        expected = pytest.approx(float(number) * {"ms": 1, "ns": 1e-6, "secs": 1000}[unit])
        yield name, found.get(f"latency.{ours}") == (None if number == "NaN" else expected)


def _hey(reading: Reading[RunFacts], truth: Truth) -> Checks:
    found = values(reading)
    refused = sum(count for code, count in truth["status"].items() if int(code) >= 400)
    yield "failures", found["failures"] == refused + truth.get("errors", 0)
    if "rows" in truth:
        yield "rows", found["requests"] == truth["rows"]
        return
    yield "requests", found["requests"] == sum(truth["status"].values()) + truth["errors"]
    yield "rps", found["throughput"] == truth["rps"]
    times = {"average_s": "mean", "p95_s": "p95", "slowest_s": "max"}
    for name, ours in times.items():
        expected = pytest.approx(truth[name] * 1000) if truth[name] else None
        yield name, found.get(f"latency.{ours}") == expected


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
    "gatling": _gatling,
    "ab": _ab,
    "siege": _siege,
    "taurus": _taurus,
    "google_benchmark": _google_benchmark,
    **benchmark_checks.CHECKS,
}
_TRANSACTIONS = "the tool's summary counts transactions among the requests"
NOT_READ: dict[str, str] = {
    "jmeter/*-tx/out.jtl": _TRANSACTIONS,
    "vegeta/empty/report*.txt": "vegeta wrote nothing (0 bytes), so it is nobody's file",
    "taurus/*/junit.xml": "it says which labels failed, and measures nothing",
    "custom_json/empty/out.json": "an empty list is read as this tool's only where it is named",
    "bencher_metric_format/no-benchmarks/out.json": "`{}` likewise",
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


_ENDINGS = (".json", ".jtl", ".csv", ".txt", ".tsv", ".log", ".xml", ".ndjson", ".js")


def _cases() -> Iterator[tuple[str, str]]:
    for tool in CHECKS if CORPUS else ():
        assert CORPUS is not None
        expected = json.loads((CORPUS / tool / "expected.json").read_text(encoding="utf-8"))
        for name, truth in expected.items():
            if name[0] != "_" and _comparable(name, truth):
                yield tool, name


def _comparable(name: str, truth: Truth) -> bool:
    return set(truth) != {"note"} and name.endswith(_ENDINGS)


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


def test_share(tell: Callable[[str], None]) -> None:
    """The share of files that agree, by tool, and each deviation with its reason."""
    of, agreed = Counter(tool for tool, _ in CASES), Counter[str]()
    agreed.update(tool for tool, name in CASES if not _wrong(tool, name))
    for tool in CHECKS:
        tell(f"{tool} corpus: {agreed[tool]} of {of[tool]} files agree with expected.json")
    for name, reason in NOT_READ.items():
        tell(f"  {name}: {reason}")
    known = [case for case in CASES if any(fnmatch("/".join(case), each) for each in NOT_READ)]
    assert sum(of.values()) - sum(agreed.values()) == len(known)
