"""What k6 measured of one subject, and the measurements that this gives.

The whole run is OVERALL. A submetric such as `http_req_duration{status:500}` is a part of the run: its
subject is what stands in the braces, with them (`{status:500}`). A zero is not a measurement: k6 writes averages
of 0 for what was never requested, and times of 0 for requests that got no answer.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from trivigil.core.errors import SourceError
from trivigil.core.measurement import OVERALL, Measurement, metric, percentile_name
from trivigil.core.record import NamedTuple
from trivigil.core.untrusted import printable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from trivigil.core.histogram import Histogram

_metric = lru_cache(maxsize=256)(metric)
_NOISE = 1e-9
"""Relative; k6's interpolation is in floating point."""


class Figures(NamedTuple):
    """Counts, and times in milliseconds; None or empty where k6 did not write it."""

    subject: str
    requests: float | None = None
    failures: float | None = None
    rated: float | None = None
    """Of how many requests it is known whether they failed."""
    rate: float | None = None
    """Requests per second."""
    timed: float | None = None
    """How many times were taken."""
    mean: float | None = None
    fastest: float | None = None
    slowest: float | None = None
    percentiles: tuple[tuple[float, float], ...] = ()
    """(percent, ms), ascending."""
    histogram: Histogram | None = None


def subject(braces: str) -> str:
    """The subject of a metric's name after its first part: `{status:500}`, or the whole run."""
    return braces or OVERALL


def check(figures: Figures) -> Figures:
    """The figures themselves. Raises SourceError where they contradict each other."""
    place = printable(figures.subject, 200)
    if (figures.failures or 0) > (figures.requests or figures.rated or 0):
        counts = f"({figures.failures:g}) than requests ({figures.requests or 0:g})"
        raise SourceError(f"{place} has more failures {counts}.")
    before = 0.0
    for percent, value in figures.percentiles:
        if value < before * (1 - _NOISE):
            message = f"p({percent:g}) of {place} is less than the percentile before it."
            raise SourceError(message, tip="The file is damaged.")
        before = value
    return figures


def measurements(figures: Figures) -> Iterator[Measurement]:
    """What is known of a subject. The histogram of its times, where there is one: on `latency.p50`."""
    name, requests, failures = figures.subject, figures.requests, figures.failures
    if requests is not None:
        yield Measurement(name, _metric("requests"), requests)
    if failures is not None and figures.rated:
        yield Measurement(name, _metric("failures"), failures)
        share = 100 * failures / figures.rated
        yield Measurement(name, _metric("error_rate"), share, int(figures.rated))
    if requests and figures.rate:
        yield Measurement(name, _metric("throughput"), figures.rate, int(requests))
    if figures.slowest == 0 or figures.timed == 0:
        return
    timed = None if figures.timed is None else int(figures.timed)
    for known, value in _latencies(figures):
        histogram = figures.histogram if known == "latency.p50" else None
        yield Measurement(name, _metric(known), value, timed, histogram)


def _latencies(figures: Figures) -> Iterator[tuple[str, float]]:
    named = (
        ("latency.mean", figures.mean),
        ("latency.min", figures.fastest),
        ("latency.max", figures.slowest),
    )
    yield from ((name, value) for name, value in named if value is not None)
    for percent, value in figures.percentiles:
        name = percentile_name("latency", percent)
        if 0 < percent < 100 and _named(name):  # noqa: PLR2004 (percent)
            yield name, value


def _named(name: str) -> bool:
    """Whether the vocabulary has it: p(99.99999) has no name."""
    try:
        _metric(name)
    except KeyError:
        return False
    return True
