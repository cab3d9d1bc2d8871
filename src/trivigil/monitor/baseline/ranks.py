"""Whether some values are larger than others, by their ranks alone: the one-sided Mann-Whitney test, exactly.

Mann, Whitney: "On a test of whether one of two random variables is stochastically larger than the other" (1947). Nothing is assumed of
the distribution, so a heavy tail costs nothing but power: a value that is a thousand times larger counts as one that is larger.
"""

from __future__ import annotations

from bisect import bisect_left
from functools import lru_cache
from math import comb
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


def p_larger(now: Sequence[float], usual: Sequence[float]) -> float:
    """How likely `now` stands so high among `usual` by luck alone, where both are of one kind. A tie counts for luck."""
    ordered = sorted(now)
    against = sum(bisect_left(ordered, value) for value in usual)
    ties = sum(1 for value in usual for each in ordered if each == value)
    return below(len(now), len(usual), against + ties)


@lru_cache(maxsize=64)
def below(n: int, m: int, most: int) -> float:
    """The share of all orders of n and m values in which at most `most` pairs stand the other way round."""
    if n == 0 or m == 0:
        return 1.0
    return sum(_orders(n, m)[: most + 1]) / comb(n + m, n)


@lru_cache(maxsize=16)
def _orders(n: int, m: int) -> tuple[int, ...]:
    """How many orders have 0, 1, 2, … such pairs: the coefficients of the Gaussian binomial of n + m over n."""
    found = [1] + [0] * (n * m)
    for each in range(1, n + 1):
        for at in range(n * m, m + each - 1, -1):
            found[at] -= found[at - m - each]
        for at in range(each, n * m + 1):
            found[at] += found[at - each]
    return tuple(found)


def adjusted(values: Sequence[float]) -> tuple[float, ...]:
    """Probabilities of several tests made at once, each as large as it has to be for that (Holm 1979)."""
    order = sorted(range(len(values)), key=values.__getitem__)
    found = [1.0] * len(values)
    least = 0.0
    for rank, place in enumerate(order):
        least = max(least, min(values[place] * (len(values) - rank), 1.0))
        found[place] = least
    return tuple(found)
