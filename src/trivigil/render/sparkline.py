"""A row of block characters that shows how a value went over time."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

BARS: Final = "▁▂▃▄▅▆▇█"
GAP: Final = "·"
LEAST_POINTS: Final = 5
"""With fewer points there is no course to show."""


def sparkline(values: Sequence[float | None], width: int = 24) -> str:
    """One bar a value, from zero to the highest; a gap where nothing was measured.

    More values than `width` are grouped evenly, and each group is shown by its highest: a peak is what matters.
    """
    groups = [_highest(group) for group in _grouped(values, width)]
    top = max((value for value in groups if value is not None), default=0.0)
    return "".join(GAP if value is None else _bar(value, top) for value in groups)


def _grouped(values: Sequence[float | None], width: int) -> list[Sequence[float | None]]:
    count = min(len(values), width)
    edges = [index * len(values) // count for index in range(count + 1)] if count else [0]
    return [values[start:end] for start, end in pairwise(edges)]


def _highest(group: Sequence[float | None]) -> float | None:
    return max((value for value in group if value is not None), default=None)


def _bar(value: float, top: float) -> str:
    if top <= 0:
        return BARS[0]
    return BARS[min(len(BARS) - 1, max(0, int(value / top * len(BARS))))]
