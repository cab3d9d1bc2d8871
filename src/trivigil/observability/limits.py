"""The limits that alert rules, their tests and the dashboard share; taken from budgets where a team has written some."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trivigil.core.errors import InputError
from trivigil.core.measurement import OVERALL, quantile
from trivigil.core.record import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from trivigil.core.threshold import Pattern, Threshold

MINUTE, HOUR, DAY = 60, 3600, 86400
_MILLISECONDS, _PERCENT = 1000, 100
_USUAL = 0.95
_LEAST, _MOST = 5 * MINUTE, DAY
"""Of an interval: GitHub starts no schedule more often."""
_MOST_FAILURES, _MOST_DAYS = 100, 3650


class Limits(NamedTuple):
    """What is still good. Times in seconds."""

    response_time: float = 0.5
    quantile: float = 0.95
    """Which percentile of the response times the limit is for, from 0 to 1."""
    error_ratio: float = 0.05
    """Failed requests by all requests."""
    objective: float = 99.9
    """Percent of requests that must succeed over a month: what burns is the rest."""
    least_rate: float = 0.1
    """Requests a second below which neither time nor ratio says anything."""
    security_events: float = 10.0
    """Of one type, in ten minutes."""
    interval: float = 30 * MINUTE
    """From one run of the monitor to the next."""
    failures: int = 2
    """Runs in a row that must fail before people are told."""
    certificate_days: float = 14.0
    """Fewest days that a certificate should have left; 0: nobody is told."""

    @property
    def window(self) -> float:
        """Seconds in which so many runs are certainly found, though each is half an interval late."""
        return (self.failures + 0.5) * self.interval

    @property
    def short_window(self) -> float:
        """Seconds in which so many runs are found for a while after the last of them."""
        return (self.failures - 1) * self.interval + max(
            self.interval / 6, min(self.interval, 5 * MINUTE)
        )

    @property
    def budget(self) -> float:
        """The share of requests that may fail."""
        return round(1 - self.objective / _PERCENT, 12)


def checked(limits: Limits) -> Limits:
    """The same limits. Raises InputError for one that no alert could ever fire on, or always would."""
    for key, holds, expected in (
        ("response-time", limits.response_time > 0, "more than nothing"),
        ("error-rate", 0 < limits.error_ratio < 1, "more than 0 % and less than 100 %"),
        ("slo", 0 < limits.objective < _PERCENT, "more than 0 % and less than 100 %"),
        ("least-rate", limits.least_rate >= 0, "0 or more requests a second"),
        ("security-events", limits.security_events >= 1, "1 or more"),
        ("interval", _fits(limits.interval), "whole minutes, from 5m to 24h"),
        ("failures", 1 <= limits.failures <= _MOST_FAILURES, f"from 1 to {_MOST_FAILURES}"),
        (
            "certificate-days",
            0 <= limits.certificate_days <= _MOST_DAYS,
            f"from 0 to {_MOST_DAYS}",
        ),
    ):
        if not holds:
            raise InputError(f"{expected} was expected.", key=key)
    return limits


def _fits(interval: float) -> bool:
    return _LEAST <= interval <= _MOST and interval % MINUTE == 0


def from_budgets(limits: Limits, thresholds: Sequence[Threshold], today: str) -> Limits:
    """The limits with those of the whole run in place; where it has none, with those that every endpoint has.

    What is for one endpoint, one load profile or a time that is over says nothing of a whole service. `today` is YYYY-MM-DD.
    """
    general = [
        each
        for each in thresholds
        if _rank(each.pattern) and not each.profiles and not each.expired(today)
    ]
    slow = _best(_percentiles(general))
    failed = _best(each for each in general if each.metric.name == "error_rate")
    spent = _best(each for each in general if each.objective is not None)
    if slow is not None and slow.fail is not None:
        limits = limits._replace(
            response_time=slow.fail.value / _MILLISECONDS,
            quantile=quantile(slow.metric.name) or _USUAL,
        )
    if failed is not None and failed.fail is not None and failed.fail.value > 0:
        limits = limits._replace(error_ratio=failed.fail.value / _PERCENT)
    if spent is not None and spent.objective is not None:
        limits = limits._replace(objective=spent.objective)
    return limits


def _percentiles(thresholds: Iterable[Threshold]) -> list[Threshold]:
    """Of response times: p95 alone where one is for it, else whatever there is below p100."""
    found = [
        each
        for each in thresholds
        if each.metric.name.startswith("latency.") and 0 < (quantile(each.metric.name) or 0) < 1
    ]
    return [each for each in found if quantile(each.metric.name) == _USUAL] or found


def _best(thresholds: Iterable[Threshold]) -> Threshold | None:
    """The one of the narrowest kind that fails a run; of several the last."""
    best: Threshold | None = None
    for each in thresholds:
        if each.fail is not None and (best is None or _rank(each.pattern) >= _rank(best.pattern)):
            best = each
    return best


def _rank(pattern: Pattern) -> int:
    if pattern.kind == "exact":
        return 3 if pattern.text == OVERALL else 0
    if pattern.kind == "default":
        return 2
    return 1 if pattern.text in {"*", ".*"} else 0
