"""Histograms."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trivigil.core import histogram
from trivigil.core.histogram import ACCURACY, Histogram

values = st.floats(min_value=1e-6, max_value=1e9, allow_nan=False)


@given(st.lists(values, min_size=1, max_size=200), st.floats(min_value=0.001, max_value=1.0))
def test_quantile_is_the_nearest_rank_within_the_accuracy(sample: list[float], q: float) -> None:
    """A quantile differs from the value at its nearest rank by the promised relative error at most."""
    made = histogram.of_counts((value, 1) for value in sample)
    exact = sorted(sample)[max(1, math.ceil(q * len(sample))) - 1]
    assert made.quantile(q) == pytest.approx(exact, rel=ACCURACY * 1.001)


@given(st.lists(values, max_size=60), st.lists(values, max_size=60))
def test_merging_is_the_same_as_measuring_together(first: list[float], second: list[float]) -> None:
    """Two shards merged hold exactly what one histogram of all values holds."""
    merged = histogram.of_counts((v, 1) for v in first).merge(
        histogram.of_counts((v, 1) for v in second)
    )
    assert merged == histogram.of_counts((v, 1) for v in first + second)


@given(st.lists(st.tuples(values | st.just(0.0), st.integers(1, 1000)), max_size=40))
def test_json_gives_back_the_same_histogram(counts: list[tuple[float, int]]) -> None:
    """What is written as JSON is read back without loss."""
    made = histogram.of_counts(counts)
    assert histogram.from_json(histogram.to_json(made)) == made


def test_zeros_count_and_come_first() -> None:
    """Values of zero are counted apart, and are the lowest of all."""
    made = histogram.of_counts([(0, 3), (10, 1)])
    assert (made.total, made.quantile(0.5), made.quantile(0.75)) == (4, 0.0, 0.0)
    assert made.quantile(1.0) == pytest.approx(10, rel=ACCURACY)


def test_an_empty_histogram_has_no_quantile() -> None:
    """Nothing measured gives no number."""
    with pytest.raises(ValueError, match="empty"):
        Histogram({}).quantile(0.5)


def test_another_accuracy_is_refused() -> None:
    """Histograms of different buckets are never mixed up."""
    foreign = {**histogram.to_json(Histogram({1: 1})), "accuracy": 0.01}
    with pytest.raises(ValueError, match="accuracy"):
        histogram.from_json(foreign)


@given(st.lists(values, max_size=300), st.integers(0, 3))
def test_ascending_values_give_the_same_histogram(sample: list[float], zeros: int) -> None:
    """Found by searching the ends of buckets, or counted one by one: the same quantiles."""
    ordered = [0.0] * zeros + sorted(sample)
    fast, slow = histogram.of_sorted(ordered), histogram.of_counts((v, 1) for v in ordered)
    assert (fast.total, fast.zeros) == (slow.total, slow.zeros)
    for q in (0.5, 0.95, 1.0) if ordered else ():
        assert fast.quantile(q) == pytest.approx(slow.quantile(q), rel=2.02 * ACCURACY)
