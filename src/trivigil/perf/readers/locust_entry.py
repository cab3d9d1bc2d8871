"""Entries as Locust writes them: with a totals row that the endpoints should add up to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trivigil.perf.entry import Entry, consistent, measurements, unique

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["Entry", "consistent", "measurements", "shortfall", "unique"]


def shortfall(endpoints: Iterable[Entry], overall: Entry | None) -> str | None:
    """A note where the endpoints do not add up to the totals row."""
    if overall is None:
        return None
    listed = tuple(endpoints)
    sums = sum(entry.requests for entry in listed), sum(entry.failures for entry in listed)
    if sums == (overall.requests, overall.failures):
        return None
    return (
        f"The endpoints add up to {sums[0]} requests and {sums[1]} failures, but the totals row "
        f"says {overall.requests} and {overall.failures}."
    )
