"""Endurance: whether latency, failures or throughput drift over the run.

The slope is Theil's and Sen's: the median of the slopes between all pairs of moments (Sen: "Estimates of the regression
coefficient based on Kendall's tau", JASA 63, 1968), which a few bad moments do not move. Its confidence interval is Sen's, by the
rank of the slopes, with the variance of Kendall's S. A drift counts where the whole interval lies on the worse side, and the
slope over the run reaches the least effect of its series. Moments are put together into at most BLOCKS blocks by their medians first: neighbouring
moments resemble each other, and windows that look back overlap.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from trivigil.core.record import NamedTuple
from trivigil.core.threshold import quantity
from trivigil.perf.profiles import spell
from trivigil.perf.questions.answer import (
    Answer,
    failed,
    measured,
    median,
    p95,
    passed,
    rule,
    undecided,
)
from trivigil.perf.questions.steady import trimmed

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from trivigil.core.measurement import Measurement
    from trivigil.core.result import Result
    from trivigil.perf.facts import Window
    from trivigil.perf.profiles import Profile

    Points = Sequence[tuple[float, float]]

BLOCKS: Final = 60
LEAST_POINTS: Final = 8
"""Below so many blocks the interval says nothing."""
_Z: Final = 1.959964
"""The 97.5th percentile of the normal distribution: an interval of 95 %."""


class Series(NamedTuple):
    """What is watched for a drift."""

    name: str
    words: str
    unit: str
    value: Callable[[Window], float | None]
    worse: int
    """1 where more is worse, -1 where less is."""
    relative: bool
    least: float
    """The drift over the run that counts: percent of the median, or in the unit itself."""
    floor: float
    """And at least so much in the unit itself."""


def _share(window: Window) -> float | None:
    return 100 * window.failures / window.throughput if window.throughput else None


SERIES: Final = (
    Series("latency", "p95", "ms", p95, 1, relative=True, least=10.0, floor=5.0),
    Series(
        "error_rate", "the share of failures", "%", _share, 1, relative=False, least=1.0, floor=1.0
    ),
    Series(
        "throughput",
        "throughput",
        "1/s",
        lambda w: w.throughput,
        -1,
        relative=True,
        least=10.0,
        floor=0.0,
    ),
)


class Slope(NamedTuple):
    """A robust slope per second, with its 95 % interval."""

    value: float
    low: float
    high: float


def answer(profile: Profile, windows: Sequence[Window]) -> Answer:
    """A result and a measurement for each series that the course has."""
    steady = trimmed(profile, windows) if windows else ()
    results: list[Result] = []
    measurements: list[Measurement] = []
    facts: list[dict[str, object]] = []
    for series in SERIES:
        points = blocks([(w.at, v) for w in steady if (v := series.value(w)) is not None])
        if len(points) < LEAST_POINTS:
            results.append(_too_few(series, len(points)))
            continue
        result, measurement, fact = _judged(series, points)
        results.append(result)
        measurements.append(measurement)
        facts.append(fact)
    return Answer(tuple(results), tuple(measurements), {"drift": facts} if facts else {})


def blocks(points: Points) -> Points:
    """At most BLOCKS points: the medians of neighbouring ones."""
    size = max(1, -(-len(points) // BLOCKS))
    parts = (points[start : start + size] for start in range(0, len(points), size))
    return [(median(at for at, _ in part), median(value for _, value in part)) for part in parts]


def slope(points: Points) -> Slope:
    """The Theil-Sen slope of at least two points with different times, and Sen's interval."""
    slopes = sorted(
        (later - earlier) / (end - begin)
        for index, (begin, earlier) in enumerate(points)
        for end, later in points[index + 1 :]
        if end > begin
    )
    n, count = len(points), len(slopes)
    # Kendall's variance without ties; ties only make the interval wider than it need be.
    reach = _Z * math.sqrt(n * (n - 1) * (2 * n + 5) / 18)
    low = slopes[max(0, math.floor((count - reach) / 2))]
    high = slopes[min(count - 1, math.ceil((count + reach) / 2))]
    return Slope(median(slopes), low, high)


def _judged(series: Series, points: Points) -> tuple[Result, Measurement, dict[str, object]]:
    found, length = slope(points), points[-1][0] - points[0][0]
    typical = median(value for _, value in points)
    over = [each * length * series.worse for each in (found.value, found.low, found.high)]
    # With a relative series, percent of the median; a median of 0 has no percent, and no drift that matters.
    scale = (100 / typical if typical else 0.0) if series.relative else 1.0
    drift, nearest = over[0] * scale, min(over[1:])
    worse = drift >= series.least and over[0] >= series.floor and nearest > 0
    per_hour = quantity(abs(found.value) * 3600, series.unit)
    moved = "rises" if found.value > 0 else "falls"
    said = (
        f"{series.words} {moved} by {per_hour} an hour" if found.value else f"{series.words} stays"
    )
    message = f"{said}: {drift * series.worse:+,.1f} {'%' if series.relative else 'points'} over {spell(length)}"
    fact: dict[str, object] = {
        "metric": series.name, "unit": series.unit, "per_hour": found.value * 3600, "low_per_hour": found.low * 3600,
        "high_per_hour": found.high * 3600, "over_run": drift, "worse": worse,
    }  # fmt: skip
    of = rule(f"endurance.drift.{series.name}", f"{series.words} does not drift")
    sentence = f"{message[:1].upper()}{message[1:]}."
    result = (
        failed(
            of,
            sentence,
            "Look for what grows while the service runs: memory, caches, connections, tables.",
            value=drift,
        )
        if worse
        else passed(of, sentence, value=drift)
    )
    return result, measured(f"drift.{series.name}", drift, len(points)), fact


def _too_few(series: Series, count: int) -> Result:
    of = rule(f"endurance.drift.{series.name}", f"{series.words} does not drift")
    have = f"has only {count} moments with it" if count else "does not have it"
    return undecided(
        of,
        f"Whether {series.words} drifts cannot be told: the steady part of the course {have}, and {LEAST_POINTS} are needed.",
    )
