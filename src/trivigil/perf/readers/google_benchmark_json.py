"""Google Benchmark's `--benchmark_format=json`: the real time of one iteration, repetitions as rounds.

The fields are those of `src/json_reporter.cc` of google/benchmark. Each entry has a unit of its own. Repetitions of one `run_name`
are its rounds; aggregates (mean, median, stddev, cv, BigO, RMS) only repeat them, and are used where there is nothing else.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from trivigil import foreign
from trivigil.core.record import NamedTuple
from trivigil.core.untrusted import printable
from trivigil.perf import benchmark
from trivigil.perf.benchmark import Benchmark
from trivigil.perf.facts import ErrorCount, RunFacts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from trivigil.core.reading import Reading
    from trivigil.foreign import Fields
    from trivigil.sources import Source

TOOL = "google-benchmark"
FORMAT = "json"
RANK: int | None = 0
LAG = ""
WINDOWED = False

_SHAPE: Final = re.compile(
    rb'\s*\{\s*"context"\s*:\s*\{(?=.*"(?:library_build_type|mhz_per_cpu|num_cpus)"\s*:)', re.DOTALL
)
_UNITS: Final = {"ns": 1e-9, "us": 1e-6, "ms": 1e-3, "s": 1.0}
_AGGREGATE: Final = re.compile(r"(.+)_(mean|median|stddev|cv|BigO|RMS|max|min)", re.DOTALL)
_RATES: Final = {"bytes_per_second": "data_rate", "items_per_second": "throughput"}
_SCALING: Final = "The processor's frequency could change while it ran (`cpu_scaling_enabled`)."
_DEBUG: Final = "The benchmark library is a debug build, so the times are too long."


def recognises(source: Source) -> bool:
    """Whether it begins with the context that the library writes."""
    return _SHAPE.match(source.head) is not None


def read(source: Source) -> Reading[RunFacts]:
    """Real times of every benchmark; one that failed makes the run invalid."""
    report = foreign.root(foreign.load(source, TOOL), TOOL)
    context, records = report.nested("context"), report.objects("benchmarks")
    failed = [record for record in records if record.value.get("error_occurred") is True]
    measured = [record for record in records if record not in failed and not _skipped(record)]
    values, drifted = foreign.drifting(measured, _value)
    made = benchmark.reading(
        source,
        (TOOL, FORMAT),
        tuple(_benchmarks([value for value in values if value])),
        drifted=drifted,
        notes=_notes(context),
        facts=RunFacts(
            host=dict(_host(context)),
            errors=tuple(_error(record) for record in failed),
            invalid=tuple(dict.fromkeys(_failure(record) for record in failed)),
        ),
    )
    version = context.value.get("library_version")
    return made._replace(tool_version=printable(version, 40) if isinstance(version, str) else None)


def _skipped(record: Fields) -> bool:
    return record.value.get("skipped") not in (None, False)


class _Value(NamedTuple):
    """What one record says."""

    subject: str
    aggregate: str
    """Empty for a repetition."""
    seconds: float
    rates: tuple[tuple[str, float], ...]
    """(metric, 1/s) of what the benchmark says that it worked on."""


def _value(record: Fields) -> _Value | None:
    """None for a ratio or a complexity."""
    name = record.text("name")
    kind = record.value.get("run_type")
    aggregate, subject = "", str(record.value.get("run_name", name))
    if kind == "aggregate":
        aggregate = record.text("aggregate_name")
    elif kind is None and (match := _AGGREGATE.fullmatch(name)):
        subject, aggregate = match.groups()  # before 1.5 only the name says so
    if aggregate not in ("", "mean", "median", "stddev", "min", "max"):
        return None
    unit = record.text("time_unit")
    if unit not in _UNITS:
        raise record.error("time_unit", "ns, us, ms or s")
    seconds = record.number("real_time") * _UNITS[unit]
    return _Value(subject, aggregate, seconds, tuple(_rates(record)))


def _rates(record: Fields) -> Iterator[tuple[str, float]]:
    for key, metric in _RATES.items():
        if (rate := record.maybe_number(key)) is not None:
            yield metric, rate


def _mean_rates(values: list[_Value]) -> Iterator[tuple[str, float]]:
    for metric in _RATES.values():
        said = [rate for value in values for name, rate in value.rates if name == metric]
        if said:
            yield metric, sum(said) / len(said)


def _benchmarks(values: list[_Value]) -> Iterator[Benchmark]:
    for subject in dict.fromkeys(value.subject for value in values):
        own = [value for value in values if value.subject == subject]
        repeated = [value for value in own if not value.aggregate]
        said = {value.aggregate: value.seconds for value in own}
        rates = repeated or [value for value in own if value.aggregate == "mean"]
        made = (
            benchmark.of_rounds(subject, tuple(value.seconds for value in repeated))
            if repeated
            else Benchmark(
                subject=subject,
                mean=said.get("mean"),
                median=said.get("median"),
                fastest=said.get("min"),
                slowest=said.get("max"),
                stddev=said.get("stddev"),
            )
        )
        yield made._replace(others=tuple(_mean_rates(rates)))


def _failure(record: Fields) -> str:
    name = printable(str(record.value.get("name", "")), 200)
    return f"`{name}` failed and was not measured."


def _error(record: Fields) -> ErrorCount:
    """Why, in the benchmark's own words."""
    said = record.value.get("error_message")
    return ErrorCount(
        str(record.value.get("name", "")),
        printable(str(said), 2000) if said else "it does not say why",
        1,
    )


def _notes(context: Fields) -> Iterator[str]:
    if context.value.get("library_build_type") == "debug":
        yield _DEBUG
    if context.value.get("cpu_scaling_enabled") is True:
        yield _SCALING


def _host(context: Fields) -> Iterator[tuple[str, str]]:
    for key, name in (("num_cpus", "cores"), ("mhz_per_cpu", "mhz")):
        if (value := context.value.get(key)) is not None:
            yield name, str(value)[:200]
