"""`<prefix>_failures.csv` of every Locust: which error texts, how often. Untrusted text.

`Method,Name,Error,Occurrences`; newer ones add `First Seen,Last Seen` (ISO 8601, UTC). No totals.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from trivigil import sources
from trivigil.core.errors import SourceError
from trivigil.core.reading import Reading
from trivigil.perf.facts import ErrorCount, RunFacts
from trivigil.perf.readers import locust_cells, locust_csv

if TYPE_CHECKING:
    from trivigil.perf.readers.locust_csv import Row, Table
    from trivigil.sources import Source

TOOL = "locust"
FORMAT = "failures-csv"
RANK: int | None = None
LAG = locust_csv.LAG
WINDOWED = False


def recognises(source: Source) -> bool:
    """Whether the header is that of the error texts."""
    return locust_csv.header(source.head)[:4] == ("method", "name", "error", "occurrences")


def read(source: Source) -> Reading[RunFacts]:
    """Errors with their counts; a header alone says that nothing failed."""
    table = locust_csv.parse(sources.text(source), source.path)
    errors: list[ErrorCount] = []
    damage = table.damage
    try:
        errors.extend(_error(table, row) for row in table.rows)
        damage = damage or _end(table)
    except SourceError as error:
        damage = error
    return Reading(
        path=source.path,
        tool=TOOL,
        format=FORMAT,
        state="partial" if damage else "complete",
        facts=RunFacts(errors=tuple(errors)),
        count=len(errors),
        unit="errors",
        problem=locust_cells.located(damage, source.path) if damage else None,
    )


def _error(table: Table, row: Row) -> ErrorCount:
    cell = table.cell
    return ErrorCount(
        subject=locust_cells.subject(cell(row, "method"), cell(row, "name") or ""),
        text=cell(row, "error") or "",
        count=locust_cells.count(cell(row, "occurrences"), "the number of occurrences", row.line),
        first_seen=cell(row, "first seen") or None,
        last_seen=cell(row, "last seen") or None,
    )


def _end(table: Table) -> SourceError | None:
    """The old style ends without a line end always; there a cut last number shows in no way."""
    if table.ended or (table.old and table.rows):
        return None
    line = table.rows[-1].line if table.rows else 1
    return SourceError("the last row has no line end, so it may be cut.", line=line)
