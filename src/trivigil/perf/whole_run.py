"""The reading of a tool that sums up one run and knows no endpoints."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trivigil.core.measurement import OVERALL
from trivigil.core.reading import Reading
from trivigil.perf import entry
from trivigil.perf.facts import ErrorCount, RunFacts

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from trivigil.perf.entry import Entry
    from trivigil.sources import Source

HTTP_ERROR = 400


def of_whole_run(
    source: Source,
    reader: tuple[str, str],
    overall: Entry,
    *,
    facts: RunFacts | None = None,
    notes: Iterable[str] = (),
) -> Reading[RunFacts]:
    """The reading of an entry of OVERALL; `reader` is its tool and format. No requests: empty."""
    entry.consistent(overall, "the run")
    tool, form = reader
    return Reading(
        path=source.path,
        tool=tool,
        format=form,
        state="complete" if overall.requests else "empty",
        facts=(facts or RunFacts())._replace(measurements=tuple(entry.measurements(overall))),
        count=overall.requests,
        unit="requests",
        notes=tuple(notes),
    )


def refused(codes: Mapping[str, int]) -> int:
    """How many answers had a status from 400 on."""
    return sum(count for code, count in codes.items() if _failed(code))


def status_errors(codes: Mapping[str, int]) -> tuple[ErrorCount, ...]:
    """`HTTP 503` and the like, with their counts."""
    return tuple(
        ErrorCount(OVERALL, f"HTTP {code}", count)
        for code, count in codes.items()
        if count and _failed(code)
    )


def _failed(code: str) -> bool:
    return code.isascii() and code.isdigit() and int(code) >= HTTP_ERROR
