"""What renderers of a monitoring report count and look up. Nothing in it is believed: what is of another kind is absent."""

from __future__ import annotations

import datetime
import math
from collections import Counter
from typing import TYPE_CHECKING, Any, Final

from trivigil.core.record import NamedTuple
from trivigil.monitor import facts

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from trivigil.core.report import Report
    from trivigil.monitor.facts import Attempt, Checked

PHASES: Final[Mapping[str, str]] = {
    "dns": "DNS",
    "connect": "Connect",
    "tls": "TLS",
    "ttfb": "TTFB",
    "transfer": "Transfer",
}
"""Each phase and its title, in their order."""
_ORDER: Final = ("down", "degraded", "unknown", "up")
_SECONDS_A_DAY: Final = 86_400


class Certificate(NamedTuple):
    """The end of a certificate, as seen by a check."""

    check: Checked
    ends: str
    """UTC, ISO 8601 with Z."""
    days: float
    """From the beginning of the run; negative where it has ended."""


def checks(report: Report) -> tuple[Checked, ...]:
    """The checks of a report, in their order."""
    return facts.read(report.facts.get("checks"))


def by_status(report: Report) -> Mapping[str, int]:
    """How many checks came out so, none left out."""
    counts: Counter[str] = Counter(check.status for check in checks(report))
    return {status: counts[status] for status in facts.STATUSES}


def worst_first(found: Iterable[Checked]) -> list[Checked]:
    """Down, degraded, unknown, up; what was skipped because of another check after its like."""
    return sorted(found, key=lambda one: (_ORDER.index(one.status), one.skipped is not None))


def certificates(report: Report) -> tuple[Certificate, ...]:
    """Every certificate whose end is known, the one that ends first before all others."""
    now = seconds(text(report.facts, "started_at")) or seconds(report.generated_at)
    found = []
    for check in checks(report):
        ends = check.attempts[-1].certificate_ends if check.attempts else ""
        at = seconds(ends)
        if at is not None and now is not None:
            found.append(Certificate(check, ends, (at - now) / _SECONDS_A_DAY))
    return tuple(sorted(found, key=lambda one: one.days))


def measured(attempt: Attempt) -> tuple[tuple[str, float], ...]:
    """The phases that were measured, in milliseconds."""
    return tuple((name, value) for name, value in attempt.phases._asdict().items() if value)


def seconds(moment: str) -> float | None:
    """A time in ISO 8601 as seconds since 1970; None for what is none."""
    try:
        at = datetime.datetime.fromisoformat(moment)
    except ValueError:
        return None
    return (at if at.tzinfo else at.replace(tzinfo=datetime.UTC)).timestamp()


def mapping(report: Report, key: str) -> Mapping[str, Any]:
    """A fact that is an object; an empty one where it is none."""
    return inner(report.facts, key)


def rows(report: Report, key: str) -> tuple[Mapping[str, Any], ...]:
    """A fact that is a list of objects."""
    return objects(report.facts, key)


def inner(row: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    """An object of an object; an empty one where it is none."""
    found = row.get(key)
    return found if isinstance(found, dict) else {}


def objects(row: Mapping[str, Any], key: str) -> tuple[Mapping[str, Any], ...]:
    """A list of objects of an object."""
    found = row.get(key)
    return tuple(one for one in (found if isinstance(found, list) else []) if isinstance(one, dict))


def text(row: Mapping[str, Any], key: str) -> str:
    """A text of an object; empty where it is none."""
    value = row.get(key)
    return value if isinstance(value, str) else ""


def texts(row: Mapping[str, Any], key: str) -> tuple[str, ...]:
    """A list of texts of an object."""
    found = row.get(key)
    return tuple(one for one in (found if isinstance(found, list) else []) if isinstance(one, str))


def number(row: Mapping[str, Any], key: str) -> float | None:
    """A finite number of an object; None where it is none."""
    value = row.get(key)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if math.isfinite(value) else None
