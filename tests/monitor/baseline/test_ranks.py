"""The rank test that decides whether samples are slower."""

from __future__ import annotations

from itertools import combinations
from math import comb, isclose

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trivigil.monitor.baseline.ranks import adjusted, below, p_larger

VALUES = st.lists(st.floats(0, 1000), min_size=1, max_size=8)


@pytest.mark.parametrize(("n", "m"), [(1, 1), (2, 3), (4, 4), (5, 7)])
def test_every_order_is_counted(n: int, m: int) -> None:
    """The share of orders is that of an enumeration of all of them."""
    pairs = []
    for places in combinations(range(n + m), n):
        others = set(range(n + m)) - set(places)
        pairs.append(sum(1 for own in places for other in others if other > own))
    for most in range(n * m + 1):
        share = sum(1 for each in pairs if each <= most) / comb(n + m, n)
        assert isclose(below(n, m, most), share)


def test_complete_separation() -> None:
    """Five values above twenty others: one order of 53130."""
    usual = [float(each) for each in range(20)]
    assert isclose(p_larger([30, 31, 32, 33, 1e9], usual), 1 / 53130)
    assert p_larger([-1, -2, -3, -4, -5], usual) == 1.0


def test_ties_count_for_luck() -> None:
    """Where all values are the same, nothing is larger."""
    assert p_larger([3.0] * 5, [3.0] * 20) == 1.0
    assert p_larger([3.0], []) == 1.0


@given(now=VALUES, usual=VALUES)
def test_it_is_a_probability_of_the_ranks(now: list[float], usual: list[float]) -> None:
    """It stays what it is where all values are multiplied, and larger values make it no larger."""
    p = p_larger(now, usual)
    assert 0 < p <= 1
    assert p_larger([each * 8 for each in now], [each * 8 for each in usual]) == p
    assert p_larger([each + 1 for each in now], usual) <= p


def test_several_tests_at_once() -> None:
    """Holm: the smallest is multiplied by all, the next by one less, and none overtakes a smaller one."""
    assert adjusted([0.04, 0.01, 0.03]) == pytest.approx((0.06, 0.03, 0.06))
    assert adjusted([0.9, 0.8]) == (1.0, 1.0)
    assert adjusted([]) == ()
