"""Times of one subject as they come: kept one by one while that is cheap, as a histogram beyond.

Percentiles of kept times are k6's own: linear interpolation between order statistics (TrendSink.P in
metrics/sink.go of grafana/k6). Those of a histogram are within its accuracy.
"""

from __future__ import annotations

from array import array
from itertools import chain
from math import fsum
from typing import TYPE_CHECKING, Final

from trivigil.core.histogram import Histogram, of_sorted
from trivigil.perf.readers.k6_figures import Figures

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    Percentiles = tuple[tuple[float, float], ...]
    """(percent, ms), ascending."""

PERCENTS: Final = (50.0, 75.0, 90.0, 95.0, 99.0, 99.9)


class Series:
    """The counts and times (ms) of one subject; `values` are those that are not folded yet."""

    __slots__ = (
        "failures",
        "fastest",
        "folded",
        "rated",
        "requests",
        "slowest",
        "totals",
        "values",
    )

    def __init__(self) -> None:
        self.requests: float | None = None
        self.failures, self.rated = 0.0, 0
        self.values = array("d")
        self.folded = Histogram({})
        self.totals: list[float] = []
        """Sums of folded times, each with what its rounding lost: so the whole does not depend on where they were folded."""
        self.fastest, self.slowest = float("inf"), 0.0

    def fold(self) -> None:
        """Put the times that are held one by one into the histogram."""
        if self.values:
            ordered = sorted(self.values)
            total = fsum(ordered)
            self.totals += total, fsum((*ordered, -total))
            self.fastest, self.slowest = (
                min(self.fastest, ordered[0]),
                max(self.slowest, ordered[-1]),
            )
            self.folded = self.folded.merge(of_sorted(ordered))
            self.values = array("d")

    def take(self, other: Series) -> None:
        """Add what was counted later and apart, and is not folded."""
        if other.requests is not None:
            self.requests = (self.requests or 0) + other.requests
        self.failures += other.failures
        self.rated += other.rated
        self.values.extend(other.values)


def exact(parts: Iterable[Series]) -> Percentiles | None:
    """The percentiles of all their times together; None where some are in histograms already."""
    listed = list(parts)
    if any(each.folded.total for each in listed):
        return None
    for each in listed:
        each.values = array("d", sorted(each.values))  # so the whole is in runs, which are merged
    ordered = sorted(chain.from_iterable(each.values for each in listed))
    if not ordered:
        return ()
    return tuple((percent, interpolated(ordered, percent / 100)) for percent in PERCENTS)


def figures(
    subject: str, parts: Iterable[Series], seconds: float | None, known: Percentiles | None = None
) -> Figures:
    """What several series are together; they are folded by this. `known` are their percentiles."""
    listed = list(parts)
    percentiles = exact(listed) if known is None else known
    whole = Histogram({})
    for each in listed:
        each.fold()
        whole = whole.merge(each.folded)
    if percentiles is None:
        percentiles = tuple((percent, whole.quantile(percent / 100)) for percent in PERCENTS)
    counted = [each.requests for each in listed if each.requests is not None]
    requests = sum(counted) if counted else None
    rated = sum(each.rated for each in listed)
    timed = whole.total
    return Figures(
        subject=subject,
        requests=requests,
        failures=sum(each.failures for each in listed) if rated else None,
        rated=rated or None,
        rate=requests / seconds if requests and seconds else None,
        timed=timed,
        mean=fsum(chain.from_iterable(each.totals for each in listed)) / timed if timed else None,
        fastest=min(each.fastest for each in listed) if timed else None,
        slowest=max(each.slowest for each in listed) if timed else None,
        percentiles=percentiles,
        histogram=whole if timed else None,
    )


def interpolated(ordered: Sequence[float], quantile: float) -> float:
    """The value at q·(n - 1) of ascending values, linear between its neighbours."""
    place = quantile * (len(ordered) - 1)
    below = int(place)
    low, high = ordered[below], ordered[min(below + 1, len(ordered) - 1)]
    return low + (high - low) * (place - below)
