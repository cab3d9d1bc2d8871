"""`<prefix>_stats.csv` of Locust 0.14 to 2.x, and `<prefix>_requests.csv` of 0.11 (no percentiles).

One row an endpoint and a last totals row without a method, called `Aggregated` (0.11: `Total`).
Times are milliseconds. The file is rewritten once a second and not finished at the end, so that it
misses what happened last (locustio/locust#1806, #2299).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from trivigil import sources
from trivigil.core.errors import SourceError
from trivigil.core.measurement import OVERALL
from trivigil.core.reading import Reading
from trivigil.perf.facts import RunFacts
from trivigil.perf.readers import locust_cells, locust_csv, locust_entry
from trivigil.perf.readers.locust_cells import count, number
from trivigil.perf.readers.locust_entry import Entry

if TYPE_CHECKING:
    from trivigil.perf.readers.locust_csv import Row, Table
    from trivigil.sources import Source

TOOL = "locust"
FORMAT = "stats-csv"
RANK: int | None = 1
LAG = locust_csv.LAG
WINDOWED = False

_REQUESTS = ("request count", "# requests")
_FAILURES = ("failure count", "# failures")
_BUCKET = 0.06
"""Locust rounds times to two digits (locust/stats.py, bucket_response_time): 5 % at most."""


def recognises(source: Source) -> bool:
    """Whether the header is that of an endpoints table."""
    names = set(locust_csv.header(source.head))
    return (
        {"name", "requests/s"} <= names
        and bool(names & {"type", "method"})
        and bool(names.intersection(_REQUESTS))
        and "timestamp" not in names
    )


def read(source: Source) -> Reading[RunFacts]:
    """Measurements of every endpoint, and of OVERALL from the totals row."""
    table = locust_csv.parse(sources.text(source), source.path)
    endpoints: list[tuple[Entry, int | None]] = []
    overall, damage = None, table.damage
    try:
        for row in table.rows:
            last = row is table.rows[-1] and table.damage is None
            entry = _entry(table, row, totals=last and _totals(table, row))
            if entry.subject == OVERALL and last and _totals(table, row):
                overall = entry
            else:
                endpoints.append((entry, row.line))
        damage = damage or locust_entry.unique(endpoints) or _end(table, overall)
    except SourceError as error:
        damage = error
    return _reading(source, tuple(entry for entry, _ in endpoints), overall, damage)


def _reading(
    source: Source, endpoints: tuple[Entry, ...], overall: Entry | None, damage: SourceError | None
) -> Reading[RunFacts]:
    listed = endpoints if overall is None else (overall, *endpoints)
    note = locust_entry.shortfall(endpoints, overall)
    empty = overall is not None and overall.requests == 0
    return Reading(
        path=source.path,
        tool=TOOL,
        format=FORMAT,
        state="partial" if damage else "empty" if empty else "complete",
        facts=RunFacts(tuple(m for entry in listed for m in locust_entry.measurements(entry))),
        count=len(endpoints),
        unit="endpoints",
        notes=(note,) if note else (),
        problem=locust_cells.located(damage, source.path) if damage else None,
    )


def _totals(table: Table, row: Row) -> bool:
    return locust_cells.totals(table.cell(row, "type", "method"), table.cell(row, "name") or "")


def _entry(table: Table, row: Row, *, totals: bool) -> Entry:
    line, cell = row.line, table.cell
    requests = count(cell(row, *_REQUESTS), "the request count", line)
    failures = count(cell(row, *_FAILURES), "the failure count", line)
    slowest = number(cell(row, "max response time"), "the maximum", line)
    untimed = slowest == 0 and not table.old  # old ones wrote whole milliseconds: 0 is a time there
    name = locust_cells.subject(cell(row, "type", "method"), cell(row, "name") or "")
    entry = Entry(
        subject=OVERALL if totals else name,
        requests=requests,
        failures=failures,
        timed=0 if untimed else requests,
        mean=number(cell(row, "average response time"), "the average", line),
        fastest=number(cell(row, "min response time"), "the minimum", line),
        slowest=slowest,
        throughput=number(cell(row, "requests/s"), "requests/s", line),
        percentiles=_percentiles(table, row),
    )
    return locust_entry.consistent(entry, "the row", line)


def _percentiles(table: Table, row: Row) -> tuple[tuple[str, float], ...]:
    """By metric; the median column only where there is no 50 % column, which says the same."""
    values = locust_cells.percentiles(table, row)
    median = number(table.cell(row, "median response time"), "the median", row.line)
    if not any(name == "latency.p50" for name, _ in values) and median is not None:
        return (("latency.p50", median), *values)
    return values


def _end(table: Table, overall: Entry | None) -> SourceError | None:
    """Why the file is not whole, if it is not."""
    if overall is None:
        line = table.rows[-1].line if table.rows else 1
        message = "the last row is not the totals row (`Aggregated`); the file is cut."
        return SourceError(message, line=line, tip="Let Locust end by itself (`--run-time`).")
    row = table.rows[-1]
    if table.ended or _whole(table, row, overall):
        return None
    return SourceError(
        "the last row has no line end, so its last number may be cut.", line=row.line
    )


def _whole(table: Table, row: Row, overall: Entry) -> bool:
    """Whether a last cell without line end is all there; the old style never writes one."""
    position = len(row.cells) - 1
    if row.cells[position] == "N/A":
        return True
    hundred = any(p.percent == 100 and p.position == position for p in table.percentiles)  # noqa: PLR2004 (percent)
    if hundred and overall.slowest is not None:
        slack = max(1.0, _BUCKET * overall.slowest)
        return abs(float(row.cells[position]) - overall.slowest) <= slack
    return table.old and row.cells[position][-3:-2] == "."  # 0.11: requests/s, always two decimals
