"""Times of a result file as seconds since 1970."""

from __future__ import annotations

from datetime import UTC, datetime


def seconds(text: object) -> float | None:
    """Of an ISO 8601 time (without a zone it is UTC's); None for anything else."""
    if not isinstance(text, str):
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    try:
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp()
    except (OverflowError, ValueError):
        return None
