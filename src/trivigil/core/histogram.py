"""A mergeable histogram with logarithmic buckets.

Bucket `i` covers (g^(i-1), g^i] with g = (1 + a) / (1 - a), so every value is known to a relative
error of at most `a`: the construction of DDSketch (Masson, Rim, Lee: "DDSketch: a fast and
fully-mergeable quantile sketch with relative-error guarantees", VLDB 2019). Two histograms of the same `a` merge
by adding counts, without loss. Percentiles of percentiles do not exist here.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from trivigil.core.record import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

ACCURACY: Final = 0.005
_LOG_G: Final = math.log((1 + ACCURACY) / (1 - ACCURACY))


class Histogram(NamedTuple):
    """Counts by bucket index, and how many values were zero or below the clock's resolution."""

    buckets: Mapping[int, int]
    zeros: int = 0

    @property
    def total(self) -> int:
        """How many values it holds."""
        return self.zeros + sum(self.buckets.values())

    def quantile(self, q: float) -> float:
        """The value at rank ceil(q·n) (nearest rank), within ACCURACY. Raises ValueError when empty."""
        total = self.total
        if total == 0:
            raise ValueError("an empty histogram has no quantile")
        rank = max(1, math.ceil(q * total))
        seen = self.zeros
        if rank <= seen:
            return 0.0
        for bucket in sorted(self.buckets):
            seen += self.buckets[bucket]
            if rank <= seen:
                return middle(bucket)
        raise AssertionError("rank lies within the count")

    def merge(self, other: Histogram) -> Histogram:
        """Both together, exactly."""
        merged = dict(self.buckets)
        for index, count in other.buckets.items():
            merged[index] = merged.get(index, 0) + count
        return Histogram(merged, self.zeros + other.zeros)


def middle(bucket: int) -> float:
    """The middle of a bucket in the relative sense: 2·g^i / (g + 1)."""
    return math.exp(bucket * _LOG_G) * (1 - ACCURACY)


def rounded(value: float) -> float:
    """The middle of the value's bucket, which is within ACCURACY of it; 0 for what is not above 0."""
    return middle(index(value)) if value > 0 else 0.0


def index(value: float) -> int:
    """The bucket of a value above zero."""
    return math.ceil(math.log(value) / _LOG_G)


def of_counts(counts: Iterable[tuple[float, int]]) -> Histogram:
    """A histogram of (value, how often) pairs; values at or below zero count as zeros."""
    listed = list(counts)
    above = [pair for pair in listed if pair[0] > 0]
    buckets: dict[int, int] = {}
    for bucket, (_, count) in zip(_indices(value for value, _ in above), above, strict=True):
        buckets[bucket] = buckets.get(bucket, 0) + count
    return Histogram(buckets, sum(count for value, count in listed if value <= 0))


_DENSE: Final = 8
"""Values a bucket from which it is faster to search for a bucket's end than to look at every value."""


def of_sorted(values: Sequence[float]) -> Histogram:
    """The histogram of ascending values, several times as fast as counting one by one."""
    from bisect import bisect_right

    zeros = bisect_right(values, 0.0)
    if zeros == len(values):
        return Histogram({}, zeros)
    if len(values) - zeros < _DENSE * (index(values[-1]) - index(values[zeros]) + 1):
        return Histogram(_each(values[zeros:]), zeros)
    buckets: dict[int, int] = {}
    at = zeros
    while at < len(values):
        bucket = index(values[at])
        end = max(at + 1, bisect_right(values, math.exp(bucket * _LOG_G), at))
        buckets[bucket] = buckets.get(bucket, 0) + end - at
        at = end
    return Histogram(buckets, zeros)


def _each(values: Iterable[float]) -> dict[int, int]:
    """Counts by bucket of values above zero."""
    from collections import Counter

    return Counter(_indices(values))


def _indices(values: Iterable[float]) -> Iterator[int]:
    """The `index` of each, without a call of our own for each."""
    from itertools import repeat
    from operator import truediv

    return map(math.ceil, map(truediv, map(math.log, values), repeat(_LOG_G)))


def to_json(histogram: Histogram) -> dict[str, object]:
    """As plain JSON: accuracy, zeros, and counts by bucket index (as text, JSON's only keys)."""
    return {
        "accuracy": ACCURACY,
        "zeros": histogram.zeros,
        "buckets": {str(index): histogram.buckets[index] for index in sorted(histogram.buckets)},
    }


def from_json(data: Mapping[str, object]) -> Histogram:
    """The inverse of `to_json`. Raises ValueError for another accuracy or shape."""
    buckets, zeros = data.get("buckets"), data.get("zeros")
    if (
        data.get("accuracy") != ACCURACY
        or not isinstance(buckets, dict)
        or not isinstance(zeros, int)
    ):
        raise ValueError("not a histogram of this accuracy")
    return Histogram({int(index): int(count) for index, count in buckets.items()}, zeros)
