"""JMH's `-rf json`: scores whose unit says what they are, `ops/ms` a rate and `ms/op` a time, and so which way is better.

The fields are those of `JSONResultFormat.java` of openjdk/jmh. Where a number cannot be said the text `"NaN"` stands. A benchmark that
throws is not in the file at all. Forks are the rounds, each the mean of its iterations; of a single fork the iterations are.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Final

from trivigil import foreign
from trivigil.core.errors import SourceError
from trivigil.core.measurement import percentile_name
from trivigil.core.untrusted import printable
from trivigil.perf import benchmark, units
from trivigil.perf.benchmark import Benchmark
from trivigil.perf.facts import RunFacts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from trivigil.core.reading import Reading
    from trivigil.foreign import Fields
    from trivigil.sources import Source

TOOL = "jmh"
FORMAT = "json"
RANK: int | None = 0
LAG = ""
WINDOWED = False

_SHAPE: Final = re.compile(
    rb'\s*\[\s*\{\s*"(?:jmhVersion|benchmark)"\s*:\s*"[^"]*"\s*,.{0,400}"mode"\s*:\s*"', re.DOTALL
)
_ALLOCATED: Final = {"gc.alloc.rate.norm", "\u00b7gc.alloc.rate.norm"}
_REPEATED: Final = re.compile(r".*p\d\.\d+")
_WHOLE: Final = 100
_ABSENT: Final = "A benchmark that throws is not in JMH's file: run it with `-foe true`."


def recognises(source: Source) -> bool:
    """Whether it is a list of benchmarks with a mode."""
    return _SHAPE.match(source.head) is not None


def read(source: Source) -> Reading[RunFacts]:
    """Times in seconds and rates in 1/s, with the labels of a group as subjects of their own."""
    decoded = foreign.load(source, TOOL)
    if not isinstance(decoded, list):
        raise SourceError("the JSON is not a list, as JMH writes it.")
    records = foreign.of_list(decoded)
    names = Counter(_name(record) for record in records)
    found, drifted = foreign.drifting(records, lambda each: tuple(_benchmarks(each, names)))
    version = next((r.value.get("jmhVersion") for r in records), None)
    made = benchmark.reading(
        source,
        (TOOL, FORMAT),
        tuple(each for several in found for each in several),
        drifted=drifted,
        notes=(*_left(records), _ABSENT),
        facts=RunFacts(host=dict(_host(records[0])) if records else {}),
    )
    version = printable(version, 40) if isinstance(version, str) else None
    return made._replace(count=len(found), tool_version=version)


def _name(record: Fields) -> str:
    parameters = record.maybe_nested("params").value
    said = ", ".join(f"{name}={value}" for name, value in parameters.items())
    return f"{record.text('benchmark')} ({said})" if said else record.text("benchmark")


def _benchmarks(record: Fields, names: Counter[str]) -> Iterator[Benchmark]:
    name, mode = _name(record), record.text("mode")
    if names[name] > 1:
        name = f"{name} [{mode}]"
    secondary = record.maybe_nested("secondaryMetrics")
    primary = _scored(name, record.nested("primaryMetric"), sampled=mode == "sample")
    allocated = [
        ("memory.allocated", secondary.nested(label).number("score"))
        for label in secondary.value
        if label in _ALLOCATED and secondary.nested(label).value.get("score") != "NaN"
    ]
    yield primary._replace(others=(*primary.others, *allocated))
    for label in secondary.value:
        if _REPEATED.fullmatch(label) is None and _unit(secondary.nested(label)) is not None:
            yield _scored(f"{name}:{label}", secondary.nested(label), sampled=False)


def _unit(metric: Fields) -> tuple[str, float] | None:
    """`throughput` or `time`, and the factor; None for bytes, counts and whatever is neither."""
    top, _, below = metric.text("scoreUnit").partition("/")
    if top == "ops" and below in units.SECONDS:
        return "throughput", 1 / units.SECONDS[below]
    if below == "op" and top in units.SECONDS:
        return "time", units.SECONDS[top]
    return None


def _scored(subject: str, metric: Fields, *, sampled: bool) -> Benchmark:
    known = _unit(metric)
    if known is None:
        raise metric.error("scoreUnit", "a time per op, or ops per time,")
    kind, scale = known
    score = metric.number("score") * scale
    rounds = tuple(value * scale for value in _rounds(metric))
    if kind == "throughput":
        return Benchmark(subject, n=_n(metric), rounds=rounds, others=(("throughput", score),))
    percentiles = dict(_percentiles(metric, scale))
    return Benchmark(
        subject=subject,
        n=_n(metric),
        mean=score,
        median=percentiles.get(50.0),
        fastest=percentiles.get(0.0),
        slowest=percentiles.get(100.0),
        rounds=rounds,
        others=tuple(
            (percentile_name("time", percent), value)
            for percent, value in percentiles.items()
            if sampled and 0 < percent < _WHOLE
        ),
    )


def _percentiles(metric: Fields, scale: float) -> Iterator[tuple[float, float]]:
    """Of single calls in mode `sample`; of iterations elsewhere, where only the middle and the ends say something."""
    said = metric.maybe_nested("scorePercentiles")
    for percent, value in said.value.items():
        if value != "NaN":
            yield units.number(percent), said.number(percent) * scale


def _forks(metric: Fields) -> list[list[float]]:
    """The mean of every iteration, by fork."""
    raw = metric.value.get("rawData")
    if isinstance(raw, list) and all(isinstance(fork, list) for fork in raw):
        return [[_finite(metric, value) for value in fork] for fork in raw]
    counted = metric.value.get("rawDataHistogram")
    if not isinstance(counted, list):
        return []
    return [[_mean_of_counts(metric, iteration) for iteration in fork] for fork in counted]


def _finite(metric: Fields, value: object) -> float:
    return units.number(str(value)) if type(value) in {int, float} else _damaged(metric)


def _damaged(metric: Fields) -> float:
    raise SourceError(f"`{metric.place}` has raw data that are no numbers.")


def _mean_of_counts(metric: Fields, iteration: object) -> float:
    pairs = iteration if isinstance(iteration, list) else []
    if not pairs or any(not isinstance(pair, list) or len(pair) != 2 for pair in pairs):  # noqa: PLR2004  # [value, count]
        return _damaged(metric)
    values = [(_finite(metric, value), _finite(metric, count)) for value, count in pairs]
    total = sum(count for _, count in values)
    return sum(value * count for value, count in values) / total if total else _damaged(metric)


def _rounds(metric: Fields) -> list[float]:
    forks = [fork for fork in _forks(metric) if fork]
    return forks[0] if len(forks) == 1 else [sum(fork) / len(fork) for fork in forks]


def _n(metric: Fields) -> int | None:
    """Iterations of all forks; single calls in mode `sample`."""
    counted = metric.value.get("rawDataHistogram")
    if isinstance(counted, list):
        return int(sum(count for fork in counted for each in fork for _, count in each)) or None
    return sum(len(fork) for fork in _forks(metric)) or None


def _left(records: tuple[Fields, ...]) -> Iterator[str]:
    """A note that names the secondary metrics without a direction."""
    names = sorted(
        {
            label
            for record in records
            for label, metric in record.maybe_nested("secondaryMetrics").value.items()
            if label not in _ALLOCATED
            and _REPEATED.fullmatch(label) is None
            and isinstance(metric, dict)
            and _unit(foreign.Fields(metric)) is None
        }
    )
    if names:
        shown = ", ".join(f"`{printable(name, 60)}`" for name in names[:10])
        yield f"These secondary metrics are left out: {shown}."


def _host(record: Fields) -> Iterator[tuple[str, str]]:
    for key in ("jdkVersion", "vmName", "vmVersion"):
        if isinstance(value := record.value.get(key), str):
            yield key, value[:200]
