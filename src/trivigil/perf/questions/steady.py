"""Load: the steady state, with the ramp trimmed, as far as the run's course tells it.

Requests, failures and throughput of the steady part are differences of the tool's cumulative counts, so they are exact.
Percentiles of moments cannot be put together: where the windows have no times of their own there are none.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from trivigil.core.measurement import percentile_name
from trivigil.core.threshold import quantity
from trivigil.perf.profiles import spell
from trivigil.perf.questions.answer import Answer, measured, p95, passed, rule, span, undecided

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from trivigil.core.histogram import Histogram
    from trivigil.core.measurement import Measurement
    from trivigil.perf.facts import Window
    from trivigil.perf.profiles import Profile
    from trivigil.perf.questions.answer import Span

STEADY: Final = rule("load.steady-state", "the steady state without its ramp")
SUBJECT: Final = "{phase:steady}"
"""The steady part of the run, as a subject that budgets can name."""
_PERCENTS: Final = (50.0, 90.0, 95.0, 99.0)


def answer(profile: Profile, windows: Sequence[Window]) -> Answer:
    """The numbers of the steady part, or why there are none."""
    if not windows:
        return Answer(
            (undecided(STEADY, "The results have no course over time, so the ramp is in them."),)
        )
    steady = trimmed(profile, windows)
    part = span(steady)
    if part is None or not part.requests:
        why = f"The run never became steady: all {profile.users} users were there for less than two moments of its course."
        fix = "Give it a longer `run-time` or a shorter ramp (`spawn-rate`)."
        return Answer((undecided(STEADY, why, fix),))
    begun = part.begin - windows[0].at
    times = _times(steady)
    said = (
        f"Steady from {spell(begun) if begun else 'the start'} on for {spell(part.end - part.begin)}: {quantity(part.throughput, '1/s')}, "
        f"{quantity(part.error_rate, '%')} errors{_latency(steady, times)}"
    )
    shown = {
        "begin": part.begin,
        "end": part.end,
        "trimmed": begun,
        "exact_percentiles": times is not None,
    }
    result = passed(STEADY, f"{said}.", value=part.throughput, unit="1/s")
    return Answer((result,), tuple(_measurements(part, times)), {"steady": shown})


def trimmed(profile: Profile, windows: Sequence[Window]) -> Sequence[Window]:
    """The windows from the moment on that all users are there to the last moment that they are.

    By the users that the tool counted; where it counts none, by the profile's own ramp.
    """
    if any(window.users for window in windows):
        full = [at for at, window in enumerate(windows) if (window.users or 0) >= profile.users]
        return windows[full[0] : full[-1] + 1] if full else ()
    return [window for window in windows if window.at >= windows[0].at + profile.ramp]


def _times(windows: Iterable[Window]) -> Histogram | None:
    """The times of all windows; None where one that had requests has no times of its own."""
    whole: Histogram | None = None
    # The first window is where the differences begin, so its own requests are not counted.
    for window in list(windows)[1:]:
        if window.times is None:
            if window.throughput:
                return None
            continue
        whole = window.times if whole is None else whole.merge(window.times)
    return whole


def _measurements(part: Span, times: Histogram | None) -> Iterable[Measurement]:
    yield measured("requests", part.requests, None, SUBJECT)
    yield measured("failures", part.failures, None, SUBJECT)
    yield measured("error_rate", part.error_rate, part.requests, SUBJECT)
    yield measured("throughput", part.throughput, part.requests, SUBJECT)
    if times is not None and times.total:
        for percent in _PERCENTS:
            name = percentile_name("latency", percent)
            yield measured(name, times.quantile(percent / 100), times.total, SUBJECT)


def _latency(windows: Iterable[Window], times: Histogram | None) -> str:
    if times is not None and times.total:
        return f", p95 {quantity(times.quantile(0.95), 'ms')}"
    known = [value for window in windows if (value := p95(window)) is not None]
    if not known:
        return ""
    low, high = quantity(min(known), "ms"), quantity(max(known), "ms")
    return f"; p95 of its moments between {low} and {high} (they cannot be put together, so budgets judge the whole run's)"
