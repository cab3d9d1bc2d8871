"""A course in one row of characters."""

from __future__ import annotations

import pytest

from trivigil.render.sparkline import sparkline


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        pytest.param([], "", id="nothing"),
        pytest.param([0, 0, 0], "▁▁▁", id="all zero"),
        pytest.param([1, 1, 1], "███", id="level"),
        pytest.param([0, 25, 50, 75, 100], "▁▃▅▇█", id="rising from zero"),
        pytest.param([10, None, 10], "█·█", id="a gap"),
        pytest.param([None, None], "··", id="nothing measured"),
        pytest.param([-5, 10], "▁█", id="below zero"),
    ],
)
def test_bars_begin_at_zero(values: list[float | None], expected: str) -> None:
    """Heights are in proportion to the values, so that a level line is not drawn as a drama."""
    assert sparkline(values) == expected


def test_a_peak_survives_grouping() -> None:
    """Three hundred points become two dozen bars, and the one peak is still there."""
    drawn = sparkline([1.0] * 150 + [100.0] + [1.0] * 149)
    assert len(drawn) == 24
    assert drawn.count("█") == 1
