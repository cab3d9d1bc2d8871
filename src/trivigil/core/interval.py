"""How sure a percentile is: the order-statistic interval, which assumes nothing about the distribution.

Of n observations the number below the true quantile q is binomial (n, q). So the values at the ranks that hold 95 % of that
distribution enclose the quantile (David, Nagaraja: "Order Statistics", 3rd ed., section 7.1). Requests of one run are
not independent of each other, so the interval is the least uncertainty there is, not all of it.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from trivigil.core.record import NamedTuple

if TYPE_CHECKING:
    from trivigil.core.histogram import Histogram

LEVEL: Final = 0.95
FEWEST_BEYOND: Final = 5
"""Observations that must lie beyond a quantile before it can be decided on; below it is the luck of a few."""
_Z: Final = 1.959963984540054
_LARGE: Final = 100.0
"""From this variance on the normal approximation is exact to one rank."""


class Interval(NamedTuple):
    """Where the true value lies with a certainty of LEVEL; no upper end where the slowest one is not it."""

    low: float
    high: float | None


def enough(n: int, q: float) -> bool:
    """Whether n observations can tell the quantile q: at least FEWEST_BEYOND lie beyond it.

    The slowest one (q = 1) is what it is.
    """
    return q >= 1 or n * (1 - q) >= FEWEST_BEYOND - 1e-9


def needed(q: float) -> int:
    """How many observations the quantile q needs: 100 for p95, 500 for p99."""
    return math.ceil(round(FEWEST_BEYOND / (1 - q), 6)) if q < 1 else 0


def of_quantile(histogram: Histogram, q: float, value: float) -> Interval:
    """The interval of the quantile q, and never without the value itself (the tool's own rounding)."""
    n = histogram.total
    low, high = ranks(n, q)
    upper = None if high is None else max(value, histogram.quantile(high / n))
    return Interval(min(value, histogram.quantile(max(low, 1) / n)), upper)


def ranks(n: int, q: float) -> tuple[int, int | None]:
    """The ranks, from 1, of the two observations that enclose the quantile; None above the last one.

    The lower may be 0: then nothing is below it with certainty.
    """
    if q < 0.5:  # noqa: PLR2004 (the mirror image: the few are counted)
        low, high = ranks(n, 1 - q)
        return 0 if high is None else n + 1 - high, None if low == 0 else n + 1 - low
    tail = (1 - LEVEL) / 2
    beyond = _beyond(n, 1 - q, tail)
    return n - _beyond(n, 1 - q, 1 - tail), n - beyond + 1 if beyond else None


def _beyond(n: int, p: float, bound: float) -> int:
    """The most observations m with P(K < m) <= bound, for K binomial (n, p)."""
    if n * p * (1 - p) > _LARGE:
        return _approximately(n, p, bound)
    m, term = 0, math.exp(n * math.log1p(-p))
    total = term
    while m < n and total <= bound:
        term *= (n - m) / (m + 1) * p / (1 - p)
        m += 1
        total += term
    return m


def _approximately(n: int, p: float, bound: float) -> int:
    """The same by the normal distribution, corrected for the skew (Cornish and Fisher)."""
    z = math.copysign(_Z, bound - 0.5)
    deviation = math.sqrt(n * p * (1 - p))
    return round(n * p + z * deviation + (z * z - 1) / 6 * (1 - 2 * p))
