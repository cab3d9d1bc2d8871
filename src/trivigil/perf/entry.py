"""One endpoint, or the whole run, as a load tool counts it, and the measurements that this gives.

A zero is not a measurement: tools write averages and rates of 0 for what was never requested, and
times of 0 for requests that reported none. Where nothing was requested only the two counts remain,
so that the endpoint stays visible.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from trivigil.core.errors import SourceError
from trivigil.core.measurement import OVERALL, Measurement, metric
from trivigil.core.record import NamedTuple
from trivigil.core.untrusted import printable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from trivigil.core.histogram import Histogram


_metric = lru_cache(maxsize=256)(metric)


class Entry(NamedTuple):
    """Counts, and times in milliseconds; None or empty where there is no value."""

    subject: str
    requests: int
    failures: int
    timed: int
    """How many requests reported a response time."""
    mean: float | None = None
    fastest: float | None = None
    slowest: float | None = None
    throughput: float | None = None
    percentiles: tuple[tuple[str, float], ...] = ()
    """(metric name, ms)."""
    histogram: Histogram | None = None
    stddev: float | None = None
    failures_known: bool = True
    """False where the tool does not say which requests failed; then there are no measurements of failures."""


def measurements(entry: Entry) -> Iterator[Measurement]:
    """What an entry measured. The histogram of its times, where there is one: on `latency.p50`."""
    yield Measurement(entry.subject, _metric("requests"), entry.requests)
    if entry.failures_known:
        yield Measurement(entry.subject, _metric("failures"), entry.failures)
    if not entry.requests:
        return
    if entry.failures_known:
        rate = 100 * entry.failures / entry.requests
        yield Measurement(entry.subject, _metric("error_rate"), rate, entry.requests)
    if entry.throughput:
        yield Measurement(entry.subject, _metric("throughput"), entry.throughput, entry.requests)
    if not entry.timed:
        return
    for name, value in _latencies(entry):
        histogram = entry.histogram if name == "latency.p50" else None
        yield Measurement(entry.subject, _metric(name), value, entry.timed, histogram)


def _latencies(entry: Entry) -> Iterator[tuple[str, float]]:
    named = (
        ("latency.mean", entry.mean),
        ("latency.min", entry.fastest),
        ("latency.max", entry.slowest),
        ("latency.stddev", entry.stddev),
    )
    yield from ((name, value) for name, value in named if value is not None)
    yield from entry.percentiles


def consistent(entry: Entry, place: str, line: int | None = None) -> Entry:
    """The entry itself. Raises SourceError where its counts contradict each other."""
    if entry.failures > entry.requests:
        message = f"{place} has more failures ({entry.failures}) than requests ({entry.requests})."
        raise SourceError(message, line=line)
    return entry


def unique(entries: Iterable[tuple[Entry, int | None]]) -> SourceError | None:
    """The first entry whose subject an earlier one has, or that takes the name of the whole run."""
    seen: set[str] = set()
    for entry, line in entries:
        if entry.subject == OVERALL:
            message = f"an endpoint is called {OVERALL}, which is the name of the whole run here."
            return SourceError(message, line=line, tip="Give it another name in the load script.")
        if entry.subject in seen:
            message = f"`{printable(entry.subject, 200)}` is there twice; the file is damaged."
            return SourceError(message, line=line)
        seen.add(entry.subject)
    return None
