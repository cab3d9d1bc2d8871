"""One benchmark, as a tool measured it in seconds, and the measurements that this gives.

The spread of a single round is not a measurement: tools write 0 for it. Neither is a time of 0, which is a clock too coarse or a
benchmark that never called what it measures. What each round took is kept on `time.mean`, evenly thinned where there are many, and then
with the histogram of all of them.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from trivigil.core import histogram
from trivigil.core.errors import SourceError
from trivigil.core.measurement import MAX_ROUNDS, Measurement, metric, thinned
from trivigil.core.reading import Reading
from trivigil.core.record import NamedTuple
from trivigil.core.untrusted import printable
from trivigil.perf.facts import RunFacts

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from trivigil.sources import Source


class Benchmark(NamedTuple):
    """Times in seconds of one call, over n rounds; None where the tool does not say."""

    subject: str
    n: int | None = None
    mean: float | None = None
    median: float | None = None
    fastest: float | None = None
    slowest: float | None = None
    stddev: float | None = None
    rounds: tuple[float, ...] = ()
    """What each round measured, in order; in seconds, or in 1/s where there is a throughput and no time."""
    others: tuple[tuple[str, float], ...] = ()
    """(metric name, value) of what is not among the times above: percentiles, throughput, memory, counts."""


def of_rounds(subject: str, rounds: tuple[float, ...]) -> Benchmark:
    """A benchmark of which only the rounds are known, at least one; the spread is the sample's (n - 1)."""
    n = len(rounds)
    mean, ordered = sum(rounds) / n, sorted(rounds)
    squares = sum((each - mean) ** 2 for each in rounds)
    return Benchmark(
        subject=subject,
        n=n,
        mean=mean,
        median=(ordered[(n - 1) // 2] + ordered[n // 2]) / 2,
        fastest=ordered[0],
        slowest=ordered[-1],
        stddev=(squares / (n - 1)) ** 0.5 if n > 1 else None,
        rounds=rounds,
    )


def measurements(benchmark: Benchmark) -> Iterator[Measurement]:
    """What a benchmark measured: times in seconds, and the rest in the unit of its metric."""
    values = (
        ("time.mean", benchmark.mean),
        ("time.median", benchmark.median),
        ("time.min", benchmark.fastest),
        ("time.max", benchmark.slowest),
        ("time.stddev", None if benchmark.n == 1 else benchmark.stddev),
    )
    main = "throughput" if benchmark.mean is None else "time.mean"
    timed = () if _zero(benchmark) else values
    for name, value in (*timed, *benchmark.others):
        if value is not None and (value or name not in _RATES):
            measured = Measurement(benchmark.subject, metric(name), value, benchmark.n)
            yield _with_rounds(measured, benchmark.rounds) if name == main else measured


_RATES: Final = {"throughput", "data_rate"}
"""A 0 of these is no measurement; allocations may well be 0."""


def _zero(benchmark: Benchmark) -> bool:
    """Whether it took no time at all, by what the tool mainly says: nothing was measured then."""
    return (benchmark.median if benchmark.mean is None else benchmark.mean) == 0


def _with_rounds(mean: Measurement, rounds: tuple[float, ...]) -> Measurement:
    kept = mean._replace(rounds=thinned(rounds))
    if len(rounds) <= MAX_ROUNDS:
        return kept
    return kept._replace(histogram=histogram.of_counts((each, 1) for each in rounds))


def failed(name: str, why: str = "") -> str:
    """The sentence for a benchmark that ended without a measurement: the run is invalid."""
    reason = printable(why.strip(), 200) or "it does not say why"
    return f"`{printable(name, 200)}` failed and was not measured: {reason.rstrip('.')}."


def unique(benchmarks: Iterable[Benchmark]) -> None:
    """Raises SourceError where two benchmarks have one name."""
    seen: set[str] = set()
    for benchmark in benchmarks:
        if benchmark.subject in seen:
            raise SourceError(f"`{printable(benchmark.subject, 200)}` is there twice.")
        seen.add(benchmark.subject)


def reading(
    source: Source,
    reader: tuple[str, str],
    found: tuple[Benchmark, ...],
    *,
    drifted: tuple[str, ...] = (),
    notes: Iterable[str] = (),
    facts: RunFacts | None = None,
) -> Reading[RunFacts]:
    """The reading of these benchmarks; `reader` is its tool and format. What is left out makes it partial.

    Raises SourceError where two have one name, or a number is too large.
    """
    unique(found)
    tool, form = reader
    known, measured = facts or RunFacts(), tuple(m for each in found for m in measurements(each))
    if (endless := next((m for m in measured if m.value == math.inf), None)) is not None:
        raise SourceError(f"`{printable(endless.subject, 200)}` has a number that is too large.")
    return Reading(
        path=source.path,
        tool=tool,
        format=form,
        state="partial" if drifted else "complete" if measured else "empty",
        facts=known._replace(measurements=measured),
        count=len(found),
        unit="benchmarks",
        notes=(*drifted, *_zeros(found), *notes),
    )


def _zeros(found: Iterable[Benchmark]) -> Iterator[str]:
    for each in found:
        if _zero(each):
            yield f"`{printable(each.subject, 120)}` has a time of 0, which is no measurement."
