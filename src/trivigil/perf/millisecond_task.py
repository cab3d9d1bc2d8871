"""One task as tinybench sums it up, and as Vitest, which is built on it, hands it on: times in ms, rates in 1/s.

The fields are those of `Statistics` in src/types.ts of tinylibs/tinybench. Up to version 2 they stand flat beside `hz`; since 3 they are in
`latency`, and those of the rate in `throughput`. Samples are sorted by their length.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from trivigil.perf.benchmark import Benchmark

if TYPE_CHECKING:
    from collections.abc import Iterator

    from trivigil.foreign import Fields

_PERCENTILES: Final = {"p75": "p75", "p99": "p99", "p995": "p99_5", "p999": "p99_9"}
_MS: Final = 1e-3


def nothing(result: Fields) -> bool:
    """Whether the task has no numbers, because it threw or never ran."""
    return result.value.get("latency") is None and result.value.get("mean") is None


def benchmark(subject: str, result: Fields) -> Benchmark:
    """The task in seconds. Raises SourceError for fields that are no numbers."""
    nested = isinstance(result.value.get("latency"), dict)
    times = result.nested("latency") if nested else result
    rounds = times.numbers("samples")
    median = times.maybe_number("median" if "median" in times.value else "p50")
    return Benchmark(
        subject=subject,
        n=times.count(
            "sampleCount" if "sampleCount" in times.value else "samplesCount", len(rounds)
        )
        or None,
        mean=times.number("mean") * _MS,
        median=_seconds(median),
        fastest=_seconds(times.maybe_number("min")),
        slowest=_seconds(times.maybe_number("max")),
        stddev=_seconds(times.maybe_number("sd")),
        rounds=tuple(value * _MS for value in rounds),
        others=(*_percentiles(times), *_rate(result, nested=nested)),
    )


def _seconds(value: float | None) -> float | None:
    return None if value is None else value * _MS


def _percentiles(times: Fields) -> Iterator[tuple[str, float]]:
    for key, name in _PERCENTILES.items():
        if (value := times.maybe_number(key)) is not None:
            yield f"time.{name}", value * _MS


def _rate(result: Fields, *, nested: bool) -> Iterator[tuple[str, float]]:
    if nested:
        rate = result.maybe_nested("throughput").maybe_number("mean")
    else:
        rate = result.maybe_number("hz")
    if rate is not None:
        yield "throughput", rate
