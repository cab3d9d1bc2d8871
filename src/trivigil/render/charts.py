"""Line charts as SVG that a page holds itself: no script, no font, colours from the page's style.

A chart is drawn 480 units wide, so that its words stay readable where a phone shows it at three quarters of that.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from trivigil.core.record import NamedTuple
from trivigil.render import escape

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    Point = tuple[float, float | None]

WIDTH, HEIGHT = 480, 220
_LEFT, _RIGHT, _TOP, _BOTTOM = 52, 10, 10, 26
_STEPS: Final = (1.0, 2.0, 2.5, 5.0, 10.0)
_TICKS: Final = 4
COLOURS: Final = 6
"""How many colours the page has for series; more of them would not be told apart."""


class Series(NamedTuple):
    """One curve: its name, and (x, y) with None where nothing was measured."""

    name: str
    points: tuple[Point, ...]
    area: bool = False
    """Whether the room below the curve is filled."""
    colour: int | None = None
    """Which of the page's colours; by itself that of its place among the series."""


class Axis(NamedTuple):
    """What the x axis says: marks as (x, label), and how a point is named in its tooltip."""

    marks: tuple[tuple[float, str], ...]
    name: Callable[[float], str]


def chart(title: str, series: Sequence[Series], axis: Axis, figure: Callable[[float], str]) -> str:
    """A titled chart with its legend; empty where no series has two points to join.

    `figure` says a y value in words, with its unit.
    """
    shown = [each for each in series[:COLOURS] if sum(y is not None for _, y in each.points) > 1]
    drawn = [
        each._replace(colour=index if each.colour is None else each.colour)
        for index, each in enumerate(shown)
    ]
    if not drawn:
        return ""
    left, right = _extent(x for each in drawn for x, _ in each.points)
    _, top = _extent(y for each in drawn for _, y in each.points if y is not None)
    ticks = round_steps(top)
    scale = _Scale(left, right, ticks[-1] or 1.0)
    body = "".join(
        (
            *_grid(ticks, scale, figure),
            *_marks(axis, scale),
            *(_curve(each, scale) for each in drawn),
            *_hints(drawn, axis, scale, figure),
        )
    )
    words = escape.html_text(title)
    return (
        f'<figure class="chart"><figcaption>{words}{_legend(drawn)}</figcaption>'
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{words}">{body}</svg></figure>'
    )


class _Scale(NamedTuple):
    """From values to places on the drawing."""

    left: float
    right: float
    top: float

    def x(self, value: float) -> float:
        share = (value - self.left) / ((self.right - self.left) or 1)
        return _LEFT + share * (WIDTH - _LEFT - _RIGHT)

    def y(self, value: float) -> float:
        return HEIGHT - _BOTTOM - value / self.top * (HEIGHT - _TOP - _BOTTOM)


def _extent(values: Iterable[float]) -> tuple[float, float]:
    known = [value for value in values if math.isfinite(value)]
    return (min(known), max(known)) if known else (0.0, 1.0)


def round_steps(top: float) -> list[float]:
    """Round numbers from zero to at least `top`: what an axis says."""
    if top <= 0:
        return [0.0, 1.0]
    rough = top / _TICKS
    power = 10 ** math.floor(math.log10(rough))
    step = next(each * power for each in _STEPS if each * power >= rough * 0.999)
    return [index * step for index in range(math.ceil(top / step - 1e-9) + 1)]


def _grid(ticks: Sequence[float], scale: _Scale, figure: Callable[[float], str]) -> Iterator[str]:
    for tick in ticks:
        y = scale.y(tick)
        yield f'<path class="grid" d="M{_LEFT} {y:.1f}H{WIDTH - _RIGHT}"/>'
        yield f'<text class="tick" x="{_LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{escape.html_text(figure(tick))}</text>'


def _marks(axis: Axis, scale: _Scale) -> Iterator[str]:
    last = len(axis.marks) - 1
    for index, (value, label) in enumerate(axis.marks):
        anchor = "end" if index == last and index else "middle"
        yield (
            f'<text class="tick" x="{scale.x(value):.1f}" y="{HEIGHT - 8}" text-anchor="{anchor}">'
            f"{escape.html_text(label)}</text>"
        )


def _curve(series: Series, scale: _Scale) -> str:
    """The line, interrupted where nothing was measured."""
    pieces, path = _pieces(series.points), []
    for piece in pieces:
        places = [f"{scale.x(x):.1f} {scale.y(y):.1f}" for x, y in piece]
        path.append("M" + "L".join(places) + ("h.01" if len(places) == 1 else ""))
    line = f'<path class="line s{series.colour}" d="{"".join(path)}"/>'
    return (_area(pieces, series.colour or 0, scale) if series.area else "") + line


def _area(pieces: Sequence[Sequence[tuple[float, float]]], colour: int, scale: _Scale) -> str:
    floor = scale.y(0)
    paths = (
        f"M{scale.x(piece[0][0]):.1f} {floor:.1f}"
        + "".join(f"L{scale.x(x):.1f} {scale.y(y):.1f}" for x, y in piece)
        + f"V{floor:.1f}Z"
        for piece in pieces
        if len(piece) > 1
    )
    return f'<path class="area s{colour}" d="{"".join(paths)}"/>'


def _pieces(points: Iterable[Point]) -> list[list[tuple[float, float]]]:
    pieces: list[list[tuple[float, float]]] = [[]]
    for x, y in points:
        if y is None or not math.isfinite(y):
            pieces.append([])
        else:
            pieces[-1].append((x, y))
    return [piece for piece in pieces if piece]


def _hints(
    series: Sequence[Series], axis: Axis, scale: _Scale, figure: Callable[[float], str]
) -> Iterator[str]:
    """A strip over each x that names every value there; browsers show it as a tooltip."""
    at: dict[float, list[str]] = {}
    for each in series:
        for x, y in each.points:
            if y is not None and math.isfinite(y):
                at.setdefault(x, []).append(f"{each.name}: {figure(y)}")
    ordered = sorted(at)
    edges = [scale.x(x) for x in ordered]
    for index, x in enumerate(ordered):
        left = (edges[index - 1] + edges[index]) / 2 if index else _LEFT
        right = (edges[index] + edges[index + 1]) / 2 if index + 1 < len(edges) else WIDTH - _RIGHT
        words = escape.html_text("; ".join((axis.name(x), *at[x])))
        yield (
            f'<rect class="hint" x="{left:.1f}" y="{_TOP}" width="{max(right - left, 0.5):.1f}" '
            f'height="{HEIGHT - _TOP - _BOTTOM}"><title>{words}</title></rect>'
        )


def _legend(series: Sequence[Series]) -> str:
    if len(series) == 1:
        return ""
    names = (
        f'<span class="key s{each.colour}">{escape.html_text(each.name)}</span>' for each in series
    )
    return f'<span class="legend">{"".join(names)}</span>'
