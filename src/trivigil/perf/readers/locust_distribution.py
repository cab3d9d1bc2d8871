"""`<prefix>_distribution.csv` of Locust 0.11: the percentiles that `_requests.csv` does not have.

`Name` is `GET /path` already; the last row is called `Total` and has no line end. Milliseconds.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from trivigil import sources
from trivigil.core.errors import SourceError
from trivigil.core.measurement import OVERALL, Measurement, metric
from trivigil.core.reading import Reading
from trivigil.perf.facts import RunFacts
from trivigil.perf.readers import locust_cells, locust_csv

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from trivigil.perf.readers.locust_csv import Row, Table
    from trivigil.sources import Source

TOOL = "locust"
FORMAT = "distribution-csv"
RANK: int | None = 3
LAG = locust_csv.LAG
WINDOWED = False


def recognises(source: Source) -> bool:
    """Whether the header is a name, a count, and percentiles only."""
    names = locust_csv.header(source.head)
    return names[:2] == ("name", "# requests") and all(name[:1].isdigit() for name in names[2:])


def read(source: Source) -> Reading[RunFacts]:
    """Percentiles and request counts by subject."""
    table = locust_csv.parse(sources.text(source), source.path)
    found: list[Measurement] = []
    damage = table.damage
    try:
        for row in table.rows:
            found += _measurements(table, row, OVERALL if _totals(table, row) else row.cells[0])
        damage = damage or _twice(table.rows) or _end(table)
    except SourceError as error:
        damage = error
    overall = next((m for m in found if m.subject == OVERALL), None)
    return Reading(
        path=source.path,
        tool=TOOL,
        format=FORMAT,
        state="partial" if damage else "complete" if overall and overall.value else "empty",
        facts=RunFacts(tuple(found)),
        count=sum(1 for row in table.rows if not _totals(table, row)),
        unit="endpoints",
        problem=locust_cells.located(damage, source.path) if damage else None,
    )


def _totals(table: Table, row: Row) -> bool:
    return row is table.rows[-1] and row.cells[0] in ("Total", "Aggregated")


def _measurements(table: Table, row: Row, subject: str) -> Iterator[Measurement]:
    requests = locust_cells.count(row.cells[1], "the request count", row.line)
    yield Measurement(subject, metric("requests"), requests)
    for name, value in locust_cells.percentiles(table, row) if requests else ():
        yield Measurement(subject, metric(name), value, requests)


def _twice(rows: Sequence[Row]) -> SourceError | None:
    seen: set[str] = set()
    for row in rows:
        if row.cells[0] in seen:
            return SourceError("a name is there twice; the file is damaged.", line=row.line)
        seen.add(row.cells[0])
    return None


def _end(table: Table) -> SourceError | None:
    if not table.rows or not _totals(table, table.rows[-1]):
        line = table.rows[-1].line if table.rows else 1
        return SourceError(
            "the last row is not the totals row (`Total`); the file is cut.", line=line
        )
    last = table.rows[-1]
    if table.ended or last.cells[-1] == "N/A":
        return None
    slowest = {row.cells[-1] for row in table.rows[:-1]}
    if last.cells[-1] in slowest:  # the run's slowest is some endpoint's slowest
        return None
    return SourceError(
        "the last row has no line end, so its last number may be cut.", line=last.line
    )
