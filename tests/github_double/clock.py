"""The double's clock: real time, unless a test freezes it or moves it on."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta


class Clock:
    """Tells the time in UTC, to the second, as GitHub's timestamps do."""

    def __init__(self) -> None:
        self._frozen: datetime | None = None
        self._ahead = timedelta()

    def now(self) -> datetime:
        """The present time."""
        base = self._frozen or datetime.now(UTC)
        return (base + self._ahead).replace(microsecond=0)

    def freeze(self, at: datetime) -> None:
        """Stop at this time; `advance` still moves it."""
        self._frozen, self._ahead = at, timedelta()

    def advance(self, seconds: float) -> None:
        """Move the clock on by this many seconds."""
        self._ahead += timedelta(seconds=seconds)

    def epoch(self) -> int:
        """The present time in seconds since 1970."""
        return int(self.now().timestamp())


def stamp(moment: datetime | None) -> str | None:
    """A time as GitHub writes it: 2026-01-31T12:00:00Z."""
    return None if moment is None else moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def moment(text: str) -> datetime:
    """Read a time as GitHub accepts it (ISO 8601, `Z` or an offset)."""
    read = datetime.fromisoformat(text)
    return read.replace(tzinfo=UTC) if read.tzinfo is None else read.astimezone(UTC)
