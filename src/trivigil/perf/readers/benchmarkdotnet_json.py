"""BenchmarkDotNet's `*-report-full.json`, `-full-compressed.json` and `-brief.json`: one class a file, times in nanoseconds.

The fields are those of `JsonExporterBase.cs` of dotnet/BenchmarkDotNet. `Statistics` is null where a benchmark failed. The original
values are its rounds, each the mean of many calls. The file may begin with a byte-order mark, and a number that cannot be said may be a
bare `NaN`.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Final

from trivigil import foreign
from trivigil.core.untrusted import printable
from trivigil.perf import benchmark
from trivigil.perf.benchmark import Benchmark
from trivigil.perf.facts import RunFacts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from trivigil.core.reading import Reading
    from trivigil.foreign import Fields
    from trivigil.sources import Source

TOOL = "benchmarkdotnet"
FORMAT = "json"
RANK: int | None = 0
LAG = ""
WINDOWED = False

_SHAPE: Final = re.compile(rb'\s*\{\s*"Title"\s*:\s*"[^"]*"\s*,\s*"HostEnvironmentInfo"\s*:\s*\{')
_NS: Final = 1e-9
_HOST: Final = ("OsVersion", "ProcessorName", "LogicalCoreCount", "RuntimeVersion", "Architecture")


def recognises(source: Source) -> bool:
    """Whether it begins with a title and the environment."""
    return _SHAPE.match(source.head) is not None


def read(source: Source) -> Reading[RunFacts]:
    """Times and allocations of every benchmark; one without statistics makes the run invalid."""
    report = foreign.root(foreign.tolerant(source, TOOL), TOOL)
    records, environment = report.objects("Benchmarks"), report.maybe_nested("HostEnvironmentInfo")
    names = Counter(_name(record) for record in records)
    failed = [record for record in records if record.value.get("Statistics") is None]
    measured = [record for record in records if record.value.get("Statistics") is not None]
    found, drifted = foreign.drifting(measured, lambda record: _benchmark(record, names))
    version = environment.value.get("BenchmarkDotNetVersion")
    made = benchmark.reading(
        source,
        (TOOL, FORMAT),
        found,
        drifted=drifted,
        notes=_notes(environment),
        facts=RunFacts(
            host=dict(_host(environment)),
            invalid=tuple(
                benchmark.failed(_name(record), "it has no statistics") for record in failed
            ),
        ),
    )
    return made._replace(tool_version=printable(version, 40) if isinstance(version, str) else None)


def _name(record: Fields) -> str:
    full = record.value.get("FullName")
    return full if isinstance(full, str) and full else str(record.value.get("DisplayInfo", ""))


def _benchmark(record: Fields, names: Counter[str]) -> Benchmark:
    """One benchmark, with its job in the name where several jobs ran it."""
    name = record.text("FullName") if "FullName" in record.value else record.text("DisplayInfo")
    shown = record.value.get("DisplayInfo")
    if names[name] > 1 and isinstance(shown, str):
        name = f"{name} ({shown})"
    statistics = record.nested("Statistics")
    spread = statistics.value.get("StandardDeviation")
    return Benchmark(
        subject=name,
        n=statistics.count("N"),
        mean=statistics.number("Mean") * _NS,
        median=statistics.number("Median") * _NS,
        fastest=statistics.number("Min") * _NS,
        slowest=statistics.number("Max") * _NS,
        stddev=None
        if spread != spread or isinstance(spread, str)  # noqa: PLR0124  # NaN, as a number or a text
        else statistics.number("StandardDeviation") * _NS,
        rounds=tuple(value * _NS for value in statistics.numbers("OriginalValues")),
        others=tuple(_memory(record)),
    )


def _memory(record: Fields) -> Iterator[tuple[str, float]]:
    allocated = record.maybe_nested("Memory").maybe_number("BytesAllocatedPerOperation")
    if allocated is not None:
        yield "memory.allocated", allocated


def _notes(environment: Fields) -> Iterator[str]:
    if environment.value.get("HasAttachedDebugger") is True:
        yield "A debugger was attached, so the times are too long."
    if str(environment.value.get("Configuration", "")).upper() == "DEBUG":
        yield "The program is a debug build, so the times are too long."


def _host(environment: Fields) -> Iterator[tuple[str, str]]:
    for key in _HOST:
        if (value := environment.value.get(key)) not in (None, ""):
            yield key, str(value)[:200]
