"""What can happen to a monitor and to what it watches, with a run each half hour, and which alerts that should wake.

Each course comes twice: as OTLP and remote write bring it, one value a run and nothing between; and as a Pushgateway shows it, the
last value again and again until another one comes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeVar

from trivigil.observability import rules
from trivigil.observability.course import Case, Expectation, fires, labelled, quiet, runs
from trivigil.observability.limits import DAY, HOUR, MINUTE
from trivigil.observability.promql import STATUSES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from trivigil.observability.limits import Limits

FAILING, DEGRADED, UNKNOWN = (
    "SyntheticCheckFailing",
    "SyntheticCheckDegraded",
    "SyntheticCheckUnknown",
)
MISSING, ENDS = "SyntheticMonitorMissing", "SyntheticCertificateEnds"
ALERTS: Final = (FAILING, DEGRADED, UNKNOWN, MISSING, ENDS)
_TARGET: Final = {"watch": "shop", "target": "https://shop.example/"}
_CHECK: Final = {**_TARGET, "check": "login"}
_CRITICAL: Final = {"severity": "critical"}
_WARNING: Final = {"severity": "warning"}
T = TypeVar("T")
Seen = str | None
"""A status, or None for a run that never was."""


class _Way:
    """How values come: `sparse` (one a run), or shown again and again."""

    def __init__(self, limits: Limits, *, sparse: bool) -> None:
        self.limits = limits
        self.name = "sent once a run" if sparse else "shown by a Pushgateway"
        self.interval = limits.interval if sparse else float(MINUTE)
        self.each = 1 if sparse else round(limits.interval / MINUTE)
        self.sparse = sparse

    def at(self, run: float, minutes: float = 0.0) -> float:
        """The time of a run (the first is 0), and so many minutes more."""
        return run * self.limits.interval + minutes * MINUTE

    def values(self, values: Sequence[float | None]) -> str:
        """A gauge's values by run. In a Pushgateway a run that never was leaves what was there before."""
        if not self.sparse:
            return runs(values, self.each)
        return runs(values)

    def case(self, name: str, series: tuple[tuple[str, str], ...], *expected: Expectation) -> Case:
        """A case of this way."""
        return Case(f"{name} ({self.name})", self.interval, series, expected)

    def seen(self, statuses: Sequence[Seen], check: str = "login") -> tuple[tuple[str, str], ...]:
        """All series of a check and its run."""
        labels = {**_TARGET, "check": check}
        held = statuses if self.sparse else _held(statuses)
        begun = [None if each is None else place for place, each in enumerate(statuses)]
        times = begun if self.sparse else _held(begun)
        known = [
            None if each == "unknown" else when for each, when in zip(held, times, strict=True)
        ]
        return (
            (labelled("synthetic_check_success", labels), self._each(held, _success)),
            (labelled("synthetic_check_timestamp_seconds", labels), self._times(known)),
            *(
                (
                    labelled("synthetic_check_status", {**labels, "status": name}),
                    self._each(held, lambda status, name=name: float(status == name)),  # type: ignore[misc]  # the default binds the name
                )
                for name in STATUSES
            ),
            (labelled("synthetic_last_run_timestamp_seconds", _TARGET), self._times(times)),
        )

    def _each(self, statuses: Sequence[Seen], value: Callable[[str], float | None]) -> str:
        return self.values([None if each is None else value(each) for each in statuses])

    def _times(self, runs_begun: Sequence[int | None]) -> str:
        return self.values([None if each is None else self.at(each) for each in runs_begun])


def _success(status: str) -> float | None:
    return None if status == "unknown" else float(status in {"up", "degraded"})


def _held(values: Sequence[T | None]) -> list[T | None]:
    """What a Pushgateway shows: the last one, until another comes."""
    shown: list[T | None] = []
    for value in values:
        shown.append(shown[-1] if value is None and shown else value)
    return shown


def cases(limits: Limits) -> Iterator[Case]:
    """All of them, both ways."""
    for sparse in (True, False):
        way = _Way(limits, sparse=sparse)
        for told in (("down", FAILING), ("degraded", DEGRADED), ("unknown", UNKNOWN)):
            yield from _bad(way, *told)
        yield from _unsteady(way)
        yield from _absent(way)
        yield from _certificate(way)


def _bad(way: _Way, status: str, alert: str) -> Iterator[Case]:
    """So many bad runs in a row: the alert comes when the window holds no other, and goes after the first good one."""
    count = way.limits.failures
    fired = {**_CHECK, **(_CRITICAL if alert == FAILING else _WARNING)}
    others = tuple(each for each in ALERTS if each != alert)
    course = ["up", "up", *[status] * (count + 1), *["up"] * (count + 3)]
    good = 2 + count + 1
    yield way.case(
        f"{status} in {count} runs and more: {alert} fires without a break, and ends",
        way.seen(course),
        *quiet((alert,), way.at(count, 1), way.at(count + 1, -1)),
        *(fires(way.at(count + 1, minutes), alert, fired) for minutes in _through(way)),
        *quiet(ALERTS, way.at(good, way.limits.interval / MINUTE / 2 + 2), way.at(good + 2, 1)),
        *quiet(others, way.at(count + 2)),
    )
    if count > 1:
        yield way.case(
            f"a new check that is {status} in its first run: one run is no proof",
            way.seen([status]),
            *quiet((alert,), 0.0, way.at(0, 2), way.at(1, -1)),
        )
        yield way.case(
            f"{status} in every other run",
            way.seen(["up", status] * (count + 2)),
            *quiet((alert,), *(way.at(run, 1) for run in range(1, 2 * count + 4))),
        )


def _through(way: _Way) -> tuple[float, ...]:
    """Minutes after the run that made it certain, on to the next and beyond: gaps between runs are none of the alert."""
    interval = way.limits.interval / MINUTE
    first = (way.limits.short_window - (way.limits.failures - 1) * way.limits.interval) / MINUTE
    places = (first + 2, interval / 2 - 1, interval / 2 + 2, interval - 1, interval + 1)
    return tuple(each for each in places if each > first + 1)


def _unsteady(way: _Way) -> Iterator[Case]:
    runs_ = way.limits.failures + 5
    parts = (
        0.0,
        0.15,
        0.3,
        0.97,
    )  # of an interval: just now, before and after a gauge is gone, just before the next
    minutes = [int(part * way.limits.interval / MINUTE) for part in parts]
    times = [way.at(run, each) for run in range(2, runs_) for each in minutes]
    yield way.case("health", way.seen(["up"] * runs_), *quiet(ALERTS, 0.0, *times))
    missed: list[Seen] = ["up"] * runs_
    missed[4] = None
    yield way.case("a run that never was", way.seen(missed), *quiet(ALERTS, *times))


def _absent(way: _Way) -> Iterator[Case]:
    """The last run stays in a Pushgateway for ever, and is gone elsewhere: both are missed, for days."""
    limit = rules.MISSED
    days = max(DAY + 2 * HOUR if way.sparse else 0, (2 * limit - 1) * way.limits.interval)
    last = 3
    fired = {**_TARGET, **_CRITICAL}
    rest = 0 if way.sparse else round(days / way.limits.interval)
    course: list[Seen] = [*["up"] * (last + 1), *[None] * rest]
    yield way.case(
        f"the monitor is dead: {MISSING} fires and goes on",
        way.seen(course),
        *quiet((MISSING,), way.at(last), way.at(last + limit, -1)),
        fires(way.at(last + limit, 2), MISSING, fired),
        fires(way.at(last) + days - MINUTE, MISSING, fired),
    )


def _certificate(way: _Way) -> Iterator[Case]:
    levels = rules.certificate_days(way.limits)
    if not levels:
        return
    count = 6
    for days, expected in (
        (levels[0][0] + 1, ()),
        (levels[0][0] - 0.5, levels[:1]),
        (levels[-1][0] - 0.5, levels),
    ):
        name = labelled("synthetic_tls_not_after_timestamp_seconds", _CHECK)
        firing = tuple({**_CHECK, "severity": severity} for _, severity in expected)
        ends = days * DAY + (0 if expected else way.at(count))
        yield way.case(
            f"a certificate with {days:g} days left",
            ((name, way.values([ends] * count)),),
            *(
                fires(way.at(run, minutes), ENDS, *firing)
                for run in (1, 3)
                for minutes in (0, way.limits.interval / MINUTE - 1)
            ),
        )
