"""The interval of a percentile: ranks as the binomial distribution has them, and what they cover."""

from __future__ import annotations

import math
import random

import pytest

from trivigil.core import interval
from trivigil.core.histogram import ACCURACY, of_counts


def quantile_of_binomial(n: int, q: float, p: float) -> int:
    """The smallest k with P(B <= k) >= p for B binomial (n, q), term by term with log-gamma."""
    total = 0.0
    for k in range(n + 1):
        ways = math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)
        total += math.exp(ways + k * math.log(q) + (n - k) * math.log1p(-q))
        if total >= p:
            return k
    return n


@pytest.mark.parametrize("n", [1, 2, 5, 17, 50, 99, 100, 333, 1000, 4000])
@pytest.mark.parametrize("q", [0.05, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 0.999])
def test_ranks_are_those_of_the_binomial_distribution(n: int, q: float) -> None:
    """The definition, computed in another way: also where the normal approximation takes over."""
    high = quantile_of_binomial(n, q, 0.975) + 1
    assert interval.ranks(n, q) == (
        quantile_of_binomial(n, q, 0.025),
        high if high <= n else None,
    )


@pytest.mark.parametrize(
    ("n", "q", "needs"),
    [
        pytest.param(99, 0.95, False, id="one too few for p95"),
        pytest.param(100, 0.95, True, id="enough for p95"),
        pytest.param(499, 0.99, False, id="one too few for p99"),
        pytest.param(500, 0.99, True, id="enough for p99"),
        pytest.param(10, 0.5, True, id="ten tell a median"),
    ],
)
def test_how_many_a_percentile_needs(n: int, q: float, needs: bool) -> None:
    """Five observations must lie beyond it; `needed` says the number that `enough` accepts."""
    assert interval.enough(n, q) is needs
    assert interval.enough(interval.needed(q), q)
    assert not interval.enough(interval.needed(q) - 1, q)


def test_the_interval_covers_the_truth_as_often_as_it_says() -> None:
    """Seeded runs of 400 requests with a known p95: 95 % of the intervals hold it, within chance."""
    chance, truth = random.Random(11), math.exp(1.6448536269514722)
    held = 0
    for _ in range(400):
        times = [chance.lognormvariate(0, 1) for _ in range(400)]
        histogram = of_counts((time, 1) for time in times)
        found = interval.of_quantile(histogram, 0.95, histogram.quantile(0.95))
        assert found.high is not None
        held += found.low * (1 - ACCURACY) <= truth <= found.high * (1 + ACCURACY)
    assert 0.92 < held / 400 < 0.99


def test_no_upper_end_where_the_slowest_is_not_it() -> None:
    """The p99 of 200 requests may lie beyond the slowest of them."""
    found = interval.of_quantile(of_counts((float(i), 1) for i in range(1, 201)), 0.99, 198.0)
    assert found.high is None
    assert found.low <= 198.0
