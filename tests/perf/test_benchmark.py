"""A benchmark's statistics from its rounds alone."""

from __future__ import annotations

import statistics

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trivigil.core.measurement import MAX_ROUNDS, thinned
from trivigil.perf.benchmark import measurements, of_rounds

TIMES = st.lists(st.floats(1e-9, 1e3), min_size=1, max_size=50)


@given(TIMES)
def test_statistics_are_those_of_python(rounds: list[float]) -> None:
    """Mean, median and the sample's deviation are the standard library's."""
    made = {m.metric.name: m.value for m in measurements(of_rounds("a", tuple(rounds)))}
    assert made["time.mean"] == pytest.approx(statistics.fmean(rounds))
    assert made["time.median"] == pytest.approx(statistics.median(rounds))
    assert (made["time.min"], made["time.max"]) == (min(rounds), max(rounds))
    if len(rounds) > 1:
        assert made["time.stddev"] == pytest.approx(statistics.stdev(rounds), rel=1e-6, abs=1e-12)
    else:
        assert "time.stddev" not in made


@given(st.integers(0, 2000))
def test_thinning_keeps_order_and_bounds(count: int) -> None:
    """All of a few, evenly spread ones of many, each at most once."""
    kept = thinned(range(count))
    assert len(kept) == min(count, MAX_ROUNDS)
    assert list(kept) == sorted(set(kept))
