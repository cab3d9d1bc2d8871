"""Dates by the specifiers of chrono's strftime, which Hurl's toDate and dateFormat have (docs.rs/chrono, format::strftime).

A specifier that is not in the tables is an error and never another date.
"""

from __future__ import annotations

import datetime
import re
from typing import Final

_MONTHS: Final = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]
_DAYS: Final = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
_LONGER: Final = {
    "D": "%m/%d/%y",
    "x": "%m/%d/%y",
    "F": "%Y-%m-%d",
    "v": "%e-%b-%Y",
    "R": "%H:%M",
    "T": "%H:%M:%S",
    "X": "%H:%M:%S",
    "r": "%I:%M:%S %p",
    "c": "%a %b %e %H:%M:%S %Y",
}
_SPECIFIER: Final = re.compile(r"%(\.[369]?f|[369]f|:{1,3}z|#z|[A-Za-z+%])")


class NoDate(ValueError):
    """The text is no date of this form, or the form is not known."""


def _names(names: list[str], *, short: bool) -> str:
    return "|".join(sorted((name[:3] if short else name for name in names), key=len, reverse=True))


_PARTS: Final = {
    "Y": r"(?P<year>[+-]?\d{4,})",
    "y": r"(?P<short_year>\d\d)",
    "m": r"(?P<month>\d{1,2})",
    "d": r"(?P<day>\d{1,2})",
    "e": r"\s*(?P<day>\d{1,2})",
    "j": r"(?P<of_year>\d{1,3})",
    "H": r"(?P<hour>\d{1,2})",
    "k": r"\s*(?P<hour>\d{1,2})",
    "I": r"(?P<hour12>\d{1,2})",
    "l": r"\s*(?P<hour12>\d{1,2})",
    "p": r"(?P<half>[AaPp][Mm])",
    "P": r"(?P<half>[AaPp][Mm])",
    "M": r"(?P<minute>\d{1,2})",
    "S": r"(?P<second>\d{1,2})",
    "f": r"(?P<fraction>\d{1,9})",
    ".f": r"(?:\.(?P<fraction>\d{1,9}))?",
    ".3f": r"(?:\.(?P<fraction>\d{1,9}))?",
    ".6f": r"(?:\.(?P<fraction>\d{1,9}))?",
    ".9f": r"(?:\.(?P<fraction>\d{1,9}))?",
    "3f": r"(?P<fraction>\d{3})",
    "6f": r"(?P<fraction>\d{6})",
    "9f": r"(?P<fraction>\d{9})",
    "b": rf"(?P<month_name>{_names(_MONTHS, short=True)})",
    "h": rf"(?P<month_name>{_names(_MONTHS, short=True)})",
    "B": rf"(?P<month_name>{_names(_MONTHS, short=False)}|{_names(_MONTHS, short=True)})",
    "a": rf"(?P<weekday>{_names(_DAYS, short=True)})",
    "A": rf"(?P<weekday>{_names(_DAYS, short=False)}|{_names(_DAYS, short=True)})",
    "z": r"(?P<zone>[+-]\d\d:?\d\d)",
    ":z": r"(?P<zone>[+-]\d\d:?\d\d)",
    "#z": r"(?P<zone>[Zz]|[+-]\d\d(?::?\d\d)?)",
    "Z": r"\S+?",
    "s": r"(?P<stamp>-?\d+)",
    "n": r"\s*",
    "t": r"\s*",
    "%": "%",
    "+": r"(?P<year>\d{4})-(?P<month>\d\d)-(?P<day>\d\d)[Tt ](?P<hour>\d\d):(?P<minute>\d\d):(?P<second>\d\d)"
    r"(?:\.(?P<fraction>\d{1,9}))?(?P<zone>[Zz]|[+-]\d\d:?\d\d)",
}


def _expanded(form: str) -> str:
    return re.sub(r"%([A-Za-z%])", lambda m: _LONGER.get(m.group(1), m.group()), form)


def _regex(form: str) -> re.Pattern[str]:
    out, last = "", 0
    form = _expanded(form)
    for found in _SPECIFIER.finditer(form):
        name = found.group(1)
        if name not in _PARTS:
            raise NoDate(f"%{name} is not read here")
        out += _plain(form[last : found.start()]) + _PARTS[name]
        last = found.end()
    rest = form[last:]
    if "%" in rest:
        raise NoDate("% without a specifier")
    try:
        return re.compile(out + _plain(rest), re.IGNORECASE | re.ASCII)
    except re.error:
        raise NoDate("a part of the date stands in the format twice") from None


def _plain(text: str) -> str:
    if "%" in text:
        raise NoDate("a specifier that is not read here")
    return re.sub(r"(?:\\\s)+", r"\\s*", re.escape(text))


def parsed(text: str, form: str) -> datetime.datetime:
    """The date in UTC; midnight where the format has no time, UTC where it has no zone. Raises NoDate."""
    found = _regex(form).fullmatch(text)
    if not found:
        raise NoDate("the text is not of this form")
    parts = {name: value for name, value in found.groupdict().items() if value is not None}
    try:
        return _built(parts)
    except (ValueError, OverflowError):
        raise NoDate("there is no such date") from None


def _built(parts: dict[str, str]) -> datetime.datetime:
    if "stamp" in parts:
        return datetime.datetime.fromtimestamp(int(parts["stamp"]), datetime.UTC)
    date = _day(parts)
    if "weekday" in parts and _DAYS[date.weekday()][:3].lower() != parts["weekday"][:3].lower():
        raise NoDate("the day of the week is another")
    return datetime.datetime.combine(date, _time(parts), datetime.UTC) - _offset(parts.get("zone"))


def _day(parts: dict[str, str]) -> datetime.date:
    if "year" not in parts and "short_year" not in parts:
        raise NoDate("no year")
    short = int(parts.get("short_year", "0"))
    year = int(parts["year"]) if "year" in parts else short + (1900 if short >= 70 else 2000)  # noqa: PLR2004 (POSIX)
    if "of_year" in parts:
        day = datetime.date(year, 1, 1) + datetime.timedelta(days=int(parts["of_year"]) - 1)
        if day.year != year:
            raise NoDate("no such day of the year")
        return day
    month = int(parts.get("month", "0"))
    if "month_name" in parts:
        month = [name[:3].lower() for name in _MONTHS].index(parts["month_name"][:3].lower()) + 1
    return datetime.date(year, month, int(parts.get("day", "0")))


def _time(parts: dict[str, str]) -> datetime.time:
    """Midnight unless hour and minute are known, as chrono has it."""
    hour = int(parts["hour"]) if "hour" in parts else None
    if "hour12" in parts and "half" in parts:
        hour = int(parts["hour12"]) % 12 + (12 if parts["half"].lower() == "pm" else 0)
    if hour is None or "minute" not in parts:
        return datetime.time()
    second = min(int(parts.get("second", "0")), 59)
    if int(parts.get("second", "0")) > 60:  # noqa: PLR2004 (60 is a leap second)
        raise NoDate("no such second")
    micro = int(parts.get("fraction", "0").ljust(9, "0")[:6])
    return datetime.time(hour, int(parts["minute"]), second, micro)


def _offset(zone: str | None) -> datetime.timedelta:
    if not zone or zone in "Zz":
        return datetime.timedelta()
    digits = zone[1:].replace(":", "").ljust(4, "0")
    delta = datetime.timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return -delta if zone.startswith("-") else delta


def _twelve(hour: int) -> int:
    return hour % 12 or 12


def _micro(date: datetime.datetime, digits: int) -> str:
    return f"{date.microsecond * 1000:09d}"[:digits]


def _written(date: datetime.datetime, name: str) -> str:
    """One specifier; raises NoDate for one that is not known."""
    if name in ("3f", "6f", "9f"):
        return _micro(date, int(name[0]))
    if name in (".3f", ".6f", ".9f"):
        return "." + _micro(date, int(name[1]))
    values = {
        "Y": f"{date.year:04d}",
        "C": f"{date.year // 100:02d}",
        "y": f"{date.year % 100:02d}",
        "m": f"{date.month:02d}",
        "b": _MONTHS[date.month - 1][:3],
        "h": _MONTHS[date.month - 1][:3],
        "B": _MONTHS[date.month - 1],
        "d": f"{date.day:02d}",
        "e": f"{date.day:2d}",
        "a": _DAYS[date.weekday()][:3],
        "A": _DAYS[date.weekday()],
        "w": str(date.isoweekday() % 7),
        "u": str(date.isoweekday()),
        "U": date.strftime("%U"),
        "W": date.strftime("%W"),
        "G": f"{date.isocalendar().year:04d}",
        "g": f"{date.isocalendar().year % 100:02d}",
        "V": f"{date.isocalendar().week:02d}",
        "j": f"{date.timetuple().tm_yday:03d}",
        "H": f"{date.hour:02d}",
        "k": f"{date.hour:2d}",
        "I": f"{_twelve(date.hour):02d}",
        "l": f"{_twelve(date.hour):2d}",
        "P": "am" if date.hour < 12 else "pm",  # noqa: PLR2004 (noon)
        "p": "AM" if date.hour < 12 else "PM",  # noqa: PLR2004 (noon)
        "M": f"{date.minute:02d}",
        "S": f"{date.second:02d}",
        "f": _micro(date, 9),
        ".f": _fraction(date),
        "Z": "UTC",
        "z": "+0000",
        ":z": "+00:00",
        "::z": "+00:00:00",
        ":::z": "+00",
        "#z": "+00",
        "s": str(int(date.timestamp())),
        "+": f"{date:%Y-%m-%dT%H:%M:%S}{_fraction(date)}+00:00",
        "n": "\n",
        "t": "\t",
        "%": "%",
    }
    if name not in values:
        raise NoDate(f"%{name} is not known")
    return values[name]


def _fraction(date: datetime.datetime) -> str:
    """Nothing, milliseconds or microseconds, whatever is needed."""
    if not date.microsecond:
        return ""
    return "." + _micro(date, 6 if date.microsecond % 1000 else 3)


def formatted(date: datetime.datetime, form: str) -> str:
    """The date in UTC as text. Raises NoDate for a format that is not known."""
    out, last = "", 0
    form = _expanded(form)
    for found in _SPECIFIER.finditer(form):
        if "%" in form[last : found.start()]:
            raise NoDate("a specifier that is not known")
        out += form[last : found.start()] + _written(date, found.group(1))
        last = found.end()
    if "%" in form[last:]:
        raise NoDate("a specifier that is not known")
    return out + form[last:]
