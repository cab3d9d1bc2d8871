"""What can happen to an application, and which of its alerts that should wake."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from trivigil.observability import rules
from trivigil.observability.course import (
    Case,
    Expectation,
    fires,
    growing,
    labelled,
    quiet,
    runs,
    steps,
)
from trivigil.observability.limits import MINUTE
from trivigil.observability.promql import number

if TYPE_CHECKING:
    from collections.abc import Iterator

    from trivigil.observability.limits import Limits

ALERTS: Final = ("HighResponseTime", "HighErrorRate", "ErrorBudgetBurn", "SuspiciousActivity")
_JOB: Final = {"job": "shop"}
_WARNING: Final = {**_JOB, "severity": "warning"}
_EVENT: Final = {**_JOB, "type": "login_refused"}
_HOUR: Final = 60
"""Minutes: a value a minute."""
Traffic = tuple[float, float, int]
"""Requests and failed ones a minute, and for how many minutes."""


def cases(limits: Limits) -> Iterator[Case]:
    """All of them."""
    yield from _slow(limits)
    yield from _failing(limits)
    yield from _burning(limits)
    yield from _suspicious(limits)
    yield from _calm(limits)


# --- response times ------------------------------------------------------------------------------


def _times(limits: Limits, *parts: tuple[float, float, int]) -> tuple[tuple[str, str], ...]:
    """A histogram with fast and slow requests a minute: below half the limit, and between the limit and twice it."""
    fast = growing(*((quick, count) for quick, _, count in parts))
    every = growing(*((quick + late, count) for quick, late, count in parts))
    half, whole, twice = (number(limits.response_time * each) for each in (0.5, 1, 2))
    name = "http_request_duration_seconds"
    return (
        *((labelled(f"{name}_bucket", {**_JOB, "le": le}), fast) for le in (half, whole)),
        *((labelled(f"{name}_bucket", {**_JOB, "le": le}), every) for le in (twice, "+Inf")),
        (labelled(f"{name}_count", _JOB), every),
    )


def _busy(limits: Limits) -> float:
    """Requests a minute that are enough."""
    return max(MINUTE * limits.least_rate * 10, MINUTE)


def _slow(limits: Limits) -> Iterator[Case]:
    alert, busy = "HighResponseTime", _busy(limits)
    hours = 10 * _HOUR
    yield _case(
        "slow after ten good hours: HighResponseTime fires, waits first, and ends",
        _times(limits, (busy, 0, hours), (0, busy, 20), (busy, 0, 30)),
        *quiet((alert,), _at(hours), _at(hours + 3)),
        fires(_at(hours + 15), alert, _WARNING),
        *quiet((alert,), _at(hours + 45)),
    )
    if limits.least_rate:
        rare = MINUTE * limits.least_rate / 4
        yield _case(
            "slow, with hardly any traffic: nothing is known",
            _times(limits, (0, rare, _HOUR)),
            *quiet((alert,), _at(30), _at(50)),
        )


# --- errors --------------------------------------------------------------------------------------


def _requests(*parts: Traffic) -> tuple[tuple[str, str], ...]:
    """Requests and failed ones."""
    good = growing(*((every - bad, count) for every, bad, count in parts))
    bad = growing(*((bad, count) for _, bad, count in parts))
    return (
        (labelled("http_requests_total", {**_JOB, "status": "200"}), good),
        (labelled("http_requests_total", {**_JOB, "status": "500"}), bad),
    )


def _failing(limits: Limits) -> Iterator[Case]:
    alert, busy, most = "HighErrorRate", _busy(limits), limits.error_ratio
    much = busy * 100
    yield _case(
        "too many errors: HighErrorRate fires, waits first, and ends",
        _requests((busy, 0, _HOUR), (busy, busy * (1 + most) / 2, 20), (busy, 0, 30)),
        *quiet((alert,), _at(_HOUR), _at(_HOUR + 3)),
        fires(_at(_HOUR + 15), alert, _WARNING),
        *quiet((alert,), _at(_HOUR + 45)),
    )
    yield _case(
        "few errors of many requests: a share is meant, not a number",
        _requests((much, much * most / 2, _HOUR)),
        *quiet((alert,), _at(20), _at(50)),
    )
    if limits.least_rate:
        rare = MINUTE * limits.least_rate / 4
        yield _case(
            "errors, with hardly any traffic: nothing is known",
            _requests((rare, rare, _HOUR)),
            *quiet((alert, "ErrorBudgetBurn"), _at(30), _at(50)),
        )
    yield _case(
        "no request ever failed: the ratio is 0, and not absent",
        ((labelled("http_requests_total", {**_JOB, "status": "200"}), growing((busy, 30))),),
        Expectation(_at(20), rules.failed("5m"), ((labelled(rules.failed("5m"), _JOB), 0.0),)),
    )
    yield _case(
        "the first errors are born with a count: a beginning is no growth",
        (
            (
                labelled("http_requests_total", {**_JOB, "status": "200"}),
                growing((busy, 2 * _HOUR)),
            ),
            (
                labelled("http_requests_total", {**_JOB, "status": "500"}),
                f"_x{_HOUR} {runs([busy * _HOUR], _HOUR)}",
            ),
        ),
        *quiet((alert, "ErrorBudgetBurn"), _at(_HOUR + 2), _at(_HOUR + 10), _at(_HOUR + 30)),
    )


def _burning(limits: Limits) -> Iterator[Case]:
    alert, busy = "ErrorBudgetBurn", _busy(limits)
    for burn in rules.burns(limits):
        most, hours = burn.factor * limits.budget, int(burn.long.removesuffix("h"))
        label = {**_JOB, "severity": "critical", "window": burn.long}
        bad, long = busy * (1 + most) / 2, hours * _HOUR
        begin, end = long, 2 * long + 10
        only = labelled("ALERTS", {"alertname": alert, "alertstate": "firing", "window": burn.long})
        firing = (
            labelled("ALERTS", {"alertname": alert, "alertstate": "firing", **label}),
            1.0,
        )
        yield _case(
            f"errors that burn the budget for {burn.long}: both windows see it, and it ends soon after",
            _requests((busy, 0, begin), (busy, bad, end - begin), (busy, 0, _HOUR)),
            Expectation(_at(begin), only, ()),
            Expectation(_at(end - 2), only, (firing,)),
            Expectation(_at(end + 40), only, ()),
        )
        spike = busy * min(1.0, 3 * most)
        minutes = 4 * hours
        yield _case(
            f"a short burst of errors: the window of {burn.long} hardly sees it",
            _requests((busy, 0, begin), (busy, spike, minutes), (busy, 0, 20)),
            Expectation(_at(begin + minutes), only, ()),
            Expectation(_at(begin + minutes + 5), only, ()),
        )


# --- security events -----------------------------------------------------------------------------


def _events(values: str) -> tuple[tuple[str, str], ...]:
    return ((labelled("security_events_total", _EVENT), values),)


def _suspicious(limits: Limits) -> Iterator[Case]:
    alert, most = "SuspiciousActivity", limits.security_events
    label = {**_EVENT, "severity": "warning"}
    yield _case(
        "many security events: SuspiciousActivity fires at once, and ends",
        _events(growing((0, 30), (most, 10), (0, 30))),
        *quiet((alert,), _at(29)),
        fires(_at(35), alert, label),
        *quiet((alert,), _at(55)),
    )
    yield _case(
        "the first events are many: a counter that was not there counts from nothing",
        _events(f"_x20 {runs([4 * most], 60)}"),
        fires(_at(22), alert, label),
        *quiet((alert,), _at(40), _at(70)),
    )
    yield _case(
        "the first events are few",
        _events(f"_x20 {runs([most / 2], 60)}"),
        *quiet((alert,), _at(22), _at(29), _at(40)),
    )
    yield _case(
        "events as on any day",
        _events(growing((most / 20, 2 * _HOUR))),
        *quiet((alert,), _at(8), _at(30), _at(110)),
    )
    yield _case(
        "nothing was scraped for half an hour, and old events are not new ones",
        _events(f"{runs([1000 * most], 90)} _x30 {runs([1000 * most], 60)}"),
        *quiet((alert,), _at(89), _at(121), _at(129), _at(140)),
    )


# --- nothing at all ------------------------------------------------------------------------------


def _calm(limits: Limits) -> Iterator[Case]:
    busy = _busy(limits)
    few = busy * min(limits.error_ratio, limits.budget) / 10
    healthy = (*_times(limits, (busy, 0, 3 * _HOUR)), *_requests((busy, few, 3 * _HOUR)))
    events = _events(runs([limits.security_events * 50], 3 * _HOUR))
    times = (_at(30), _at(_HOUR), _at(2 * _HOUR), _at(3 * _HOUR - 1))
    yield _case(
        "health",
        (*healthy, *events),
        *quiet(ALERTS[:3], *times),
        *quiet(ALERTS[3:], *times[1:]),
    )
    yield _case(
        "no traffic at all",
        (*_times(limits, (0, 0, _HOUR)), *_requests((0, 0, _HOUR))),
        *quiet(ALERTS, _at(10), _at(50)),
        Expectation(_at(30), rules.failed("5m"), ()),
    )
    again = (
        (name, _twice(values)) for name, values in (*healthy, *events[:0])
    )  # everything begins anew
    yield _case(
        "the application is started again, and its counters with it",
        (*again, *_events(f"{runs([limits.security_events * 50], 180)} {runs([0], 180)}")),
        *quiet(ALERTS, *(_at(3 * _HOUR + minutes) for minutes in (1, 3, 6, 12, 70))),
    )
    yield _case(
        "nothing is scraped for half an hour",
        tuple((name, _interrupted(values)) for name, values in healthy),
        *quiet(ALERTS, *(_at(3 * _HOUR + minutes) for minutes in (1, 10, 31, 33, 40, 70))),
    )


def _twice(values: str) -> str:
    return f"{values} {values}"


def _interrupted(values: str) -> str:
    """The course, half an hour without a value, and on from where it would have come to."""
    start, growth = (float(each) for each in values.partition("x")[0].split("+"))
    count = int(values.partition("x")[2]) + 1
    on = steps((growth, 0.0, count), start=start + growth * (count + 30))
    return f"{values} _x30 {on}"


def _at(minutes: float) -> float:
    return minutes * MINUTE


def _case(name: str, series: tuple[tuple[str, str], ...], *expected: Expectation) -> Case:
    return Case(name, MINUTE, series, expected)
