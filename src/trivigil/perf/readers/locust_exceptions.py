"""`<prefix>_exceptions.csv` of Locust 1.1 to 2.x: what the load script itself raised.

`Count,Message,Traceback,Nodes`. A task that raises is not a failed request: it counts only here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from trivigil import sources
from trivigil.core.errors import SourceError
from trivigil.core.reading import Reading
from trivigil.perf.facts import ExceptionCount, RunFacts
from trivigil.perf.readers import locust_cells, locust_csv

if TYPE_CHECKING:
    from trivigil.perf.readers.locust_csv import Row, Table
    from trivigil.sources import Source

TOOL = "locust"
FORMAT = "exceptions-csv"
RANK: int | None = None
LAG = locust_csv.LAG
WINDOWED = False


def recognises(source: Source) -> bool:
    """Whether the header is that of the exceptions."""
    return locust_csv.header(source.head)[:3] == ("count", "message", "traceback")


def read(source: Source) -> Reading[RunFacts]:
    """Exceptions with their counts; a header alone says that nothing was raised."""
    table = locust_csv.parse(sources.text(source), source.path)
    exceptions: list[ExceptionCount] = []
    damage = table.damage
    try:
        exceptions.extend(_exception(table, row) for row in table.rows)
        if damage is None and not table.ended:
            line = table.rows[-1].line if table.rows else 1
            damage = SourceError("the last row has no line end, so it may be cut.", line=line)
    except SourceError as error:
        damage = error
    return Reading(
        path=source.path,
        tool=TOOL,
        format=FORMAT,
        state="partial" if damage else "complete",
        facts=RunFacts(exceptions=tuple(exceptions)),
        count=len(exceptions),
        unit="exceptions",
        problem=locust_cells.located(damage, source.path) if damage else None,
    )


def _exception(table: Table, row: Row) -> ExceptionCount:
    return ExceptionCount(
        message=table.cell(row, "message") or "",
        count=locust_cells.count(table.cell(row, "count"), "the count", row.line),
        traceback=table.cell(row, "traceback") or "",
    )
