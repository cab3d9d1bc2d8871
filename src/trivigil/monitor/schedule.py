"""When a scheduled run should have begun: the last time at or before its beginning that its cron line names. Pure, UTC.

The line is the one of the `schedule` event's payload: five fields as in POSIX crontab, with names, lists, ranges and steps
(docs.github.com, "Events that trigger workflows"). GitHub starts late and leaves runs out under load; how late a run began
says how much the monitor can promise. A run that is later than the distance of two times cannot be told from the next one.
"""

from __future__ import annotations

import datetime
from typing import Final

from trivigil.core.record import NamedTuple

_MONTHS: Final = [
    "jan",
    "feb",
    "mar",
    "apr",
    "may",
    "jun",
    "jul",
    "aug",
    "sep",
    "oct",
    "nov",
    "dec",
]
_DAYS: Final = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"]
_FARTHEST_DAYS: Final = 4 * 366 + 1
"""The 29th of February is never farther away, but in 2100."""


class Cron(NamedTuple):
    """The minutes, hours, days, months and weekdays (0 is Sunday) of a line."""

    minutes: frozenset[int]
    hours: frozenset[int]
    days: frozenset[int]
    months: frozenset[int]
    weekdays: frozenset[int]
    any_day: bool
    any_weekday: bool

    def has_day(self, day: datetime.date) -> bool:
        """Whether it names a day; where both kinds of days are limited, either will do, as POSIX says."""
        of_month = day.day in self.days
        of_week = day.isoweekday() % 7 in self.weekdays
        either = not self.any_day and not self.any_weekday
        return day.month in self.months and (
            (of_month or of_week) if either else (of_month and of_week)
        )


def read(line: str) -> Cron | None:
    """A cron line; None for what is none."""
    fields = line.split()
    try:
        minutes, hours, days, months, weekdays = fields
        return Cron(
            _field(minutes, 0, 59),
            _field(hours, 0, 23),
            _field(days, 1, 31),
            _field(months, 1, 12, _MONTHS, 1),
            frozenset(day % 7 for day in _field(weekdays, 0, 7, _DAYS, 0)),
            days.startswith("*"),
            weekdays.startswith("*"),
        )
    except ValueError:
        return None


def _field(
    text: str, low: int, high: int, names: list[str] | None = None, first: int = 0
) -> frozenset[int]:
    """The numbers of one field. Raises ValueError."""
    found: set[int] = set()
    for part in text.lower().split(","):
        span, slash, step = part.partition("/")
        start, dash, end = span.partition("-")
        lowest = low if span == "*" else _number(start, names, first)
        highest = high if span == "*" or (slash and not dash) else lowest
        highest = _number(end, names, first) if dash else highest
        if not low <= lowest <= highest <= high or (slash and int(step) < 1):
            raise ValueError(text)
        found.update(range(lowest, highest + 1, int(step) if slash else 1))
    return frozenset(found)


def _number(text: str, names: list[str] | None, first: int) -> int:
    return names.index(text) + first if names and text in names else int(text)


def last(cron: Cron, moment: datetime.datetime) -> datetime.datetime | None:
    """The last time that the line names, at or before an aware moment; None where there is none in years."""
    moment = moment.astimezone(datetime.UTC).replace(second=0, microsecond=0)
    day = moment.date()
    latest = (moment.hour, moment.minute)
    for _ in range(_FARTHEST_DAYS):
        if cron.has_day(day):
            times = [(hour, minute) for hour in cron.hours for minute in cron.minutes]
            times = [time for time in times if time <= latest]
            if times:
                hour, minute = max(times)
                return datetime.datetime(
                    day.year, day.month, day.day, hour, minute, tzinfo=datetime.UTC
                )
        day -= datetime.timedelta(days=1)
        latest = (23, 59)
    return None


def lateness(line: str, began: datetime.datetime) -> tuple[str | None, float | None]:
    """When a run was due, as ISO 8601 with Z, and how many seconds after that it began; None for both where nobody can say."""
    cron = read(line)
    due = last(cron, began) if cron else None
    if due is None:
        return None, None
    return due.strftime("%Y-%m-%dT%H:%M:%SZ"), round((began - due).total_seconds(), 3)


def interval(line: str, began: datetime.datetime) -> float | None:
    """Seconds from the time before the last one to the last one; None where nobody can say."""
    cron = read(line)
    due = last(cron, began) if cron else None
    before = last(cron, due - datetime.timedelta(minutes=1)) if cron and due else None
    return (due - before).total_seconds() if due and before else None
