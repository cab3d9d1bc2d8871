"""Stale scans: a file that says itself when it was made, longer ago than the team allows, proves nothing of today."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from trivigil.core.reading import Reading
    from trivigil.security.facts import ScanFacts

_HOUR = 3600


def aged(
    readings: Sequence[Reading[ScanFacts]], now: str, most: float
) -> tuple[Reading[ScanFacts], ...]:
    """The readings, those older than `most` seconds stale. Files that do not say when they were made stay what they are, with a note."""
    present = datetime.fromisoformat(now)
    return tuple(_aged(reading, present, most) for reading in readings)


def _aged(reading: Reading[ScanFacts], now: datetime, most: float) -> Reading[ScanFacts]:
    if reading.facts is None or reading.state not in ("complete", "empty"):
        return reading
    made = moment(reading.facts.scanned_at or "")
    if made is None:
        note = "It does not say when it was made, so its age is not known."
        return reading._replace(notes=(*reading.notes, note))
    age = (now - made).total_seconds()
    if age <= most:
        return reading
    why = f"It was made {age / _HOUR:,.0f} hours ago, and {most / _HOUR:,.4g} are allowed."
    return reading._replace(state="stale", notes=(why, *reading.notes))


def moment(text: str) -> datetime | None:
    """A time as scanners write it: ISO 8601 with up to nine decimals, or that of e-mail (ZAP); without a zone it is UTC."""
    bare = text.strip()
    for parse in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            found = parse(_micro(bare))
        except (ValueError, TypeError, IndexError):
            continue
        return found if found.tzinfo else found.replace(tzinfo=UTC)
    return None


def _micro(text: str) -> str:
    """At most six decimals, which is what Python reads."""
    whole, point, rest = text.partition(".")
    digits = len(rest) - len(rest.lstrip("0123456789"))
    return f"{whole}.{rest[: min(digits, 6)]}{rest[digits:]}" if point and digits else text
