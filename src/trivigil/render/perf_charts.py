"""The charts of a performance report: how the run went over time, and how slow the slowest requests are."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from trivigil.core.measurement import OVERALL, is_part
from trivigil.core.threshold import quantity
from trivigil.render.charts import Axis, Series, chart
from trivigil.render.sparkline import LEAST_POINTS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from trivigil.core.histogram import Histogram
    from trivigil.core.measurement import Measurement

_MOST: Final = 4
"""How many endpoints are drawn beside the whole run: the slowest."""
_DEPTH: Final = 5
"""The finest percentile that is drawn is p99.999."""
_FEWEST: Final = 20
_PER_DECADE: Final = 12
_MINUTE: Final = 60
_MARKS: Final = ((0.5, "p50"), (0.9, "p90"), (0.99, "p99"), (0.999, "p99.9"), (0.9999, "p99.99"))


def over_time(timeline: Sequence[Mapping[str, object]]) -> str:
    """Latency, throughput, failures and users by the second, as far as the tool told them."""
    points = [point for point in timeline if _number(point, "at") is not None]
    if len(points) < LEAST_POINTS:
        return ""
    begin = min(_number(point, "at") or 0.0 for point in points)
    times = [(_number(point, "at") or 0.0) - begin for point in points]
    axis = _time_axis(times[-1])

    def curve(name: str, key: str, *, area: bool = False, colour: int | None = None) -> Series:
        values = (_number(point, key) for point in points)
        return Series(name, tuple(zip(times, values, strict=True)), area, colour)

    charts = (
        chart("Latency over time", (curve("p50", "p50"), curve("p95", "p95", colour=4)), axis, _ms),
        chart("Requests a second", (curve("requests", "throughput", area=True),), axis, _rate),
        chart(
            "Failures a second",
            _if_any(curve("failures", "failures", area=True, colour=1)),
            axis,
            _rate,
        ),
        chart("Users", (curve("users", "users", area=True, colour=3),), axis, _count),
    )
    return "".join(charts)


def _if_any(series: Series) -> tuple[Series, ...]:
    """Nothing where every value is zero."""
    return (series,) if any(y for _, y in series.points) else ()


def by_percentile(measurements: Iterable[Measurement]) -> str:
    """Latency by percentile on a scale that gives each further nine the same room."""
    known = {m.subject: m.histogram for m in measurements if m.histogram and m.metric.unit == "ms"}
    told = {name: h for name, h in known.items() if h.total >= _FEWEST and not is_part(name)}
    slowest = sorted(
        (name for name in told if name != OVERALL), key=lambda name: -told[name].quantile(0.95)
    )
    names = [*([OVERALL] if OVERALL in told else []), *slowest[:_MOST]]
    series = [
        Series("whole run" if name == OVERALL else name, _percentiles(told[name])) for name in names
    ]
    deepest = max((each.points[-1][0] for each in series), default=0.0)
    marks = tuple((_depth(q), label) for q, label in _MARKS if _depth(q) <= deepest)
    return chart("Latency by percentile", series, Axis(marks, _percentile), _ms)


def _percentiles(histogram: Histogram) -> tuple[tuple[float, float | None], ...]:
    """As far as the number of requests can tell: the last percentile is the slowest but none."""
    deepest = min(math.log10(histogram.total), _DEPTH)
    steps = max(2, round(deepest * _PER_DECADE))
    depths = [deepest * step / steps for step in range(steps + 1)]
    return tuple((depth, histogram.quantile(1 - 10**-depth)) for depth in depths)


def _depth(q: float) -> float:
    return -math.log10(1 - q)


def _percentile(depth: float) -> str:
    text = f"{100 * (1 - 10**-depth):.4f}".rstrip("0").rstrip(".")
    return f"p{text}"


def _time_axis(end: float) -> Axis:
    marks = tuple((end * quarter / 4, _clock(end * quarter / 4)) for quarter in range(5))
    return Axis(marks, lambda at: f"at {_clock(at)}")


def _clock(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), _MINUTE)
    hours, minutes = divmod(minutes, _MINUTE)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def _ms(value: float) -> str:
    return quantity(value, "ms")


def _rate(value: float) -> str:
    return quantity(value, "1/s")


def _count(value: float) -> str:
    return quantity(value, "count")


def _number(entry: Mapping[str, object], key: str) -> float | None:
    value = entry.get(key)
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        return None
    return float(value)
