"""`<prefix>_stats_history.csv` of Locust 0.14 to 2.x: the run's course, a row a second and subject.

Counts, mean, minimum, maximum and median are cumulative since the start. The percentile columns are
of the last ten seconds with `--csv-full-history` and cumulative without it (locust/stats.py,
_stats_history_data_rows), which shows in whether endpoints have rows. Unix seconds; milliseconds.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from trivigil import sources
from trivigil.core.errors import SourceError
from trivigil.core.measurement import OVERALL
from trivigil.core.reading import Reading
from trivigil.perf.facts import RunFacts, Window
from trivigil.perf.readers import locust_cells, locust_csv, locust_entry
from trivigil.perf.readers.locust_cells import count, number
from trivigil.perf.readers.locust_entry import Entry

if TYPE_CHECKING:
    from collections.abc import Sequence

    from trivigil.perf.readers.locust_csv import Row, Table
    from trivigil.sources import Source

TOOL = "locust"
FORMAT = "history-csv"
RANK: int | None = 2
LAG = locust_csv.LAG
WINDOWED = True

_REQUESTS = ("total request count", "# requests")
_FAILURES = ("total failure count", "# failures")


def recognises(source: Source) -> bool:
    """Whether the header is that of a table over time."""
    names = set(locust_csv.header(source.head))
    return {"timestamp", "type", "name", "requests/s"} <= names and bool(
        names.intersection(_REQUESTS)
    )


def read(source: Source) -> Reading[RunFacts]:
    """The windows of the run, and what its last row says of the whole."""
    table = locust_csv.parse(sources.text(source), source.path)
    windows: list[Window] = []
    last: Row | None = None
    damage = table.damage
    try:
        for row in table.rows:
            windows.append(_window(table, row))
            last = row if windows[-1].subject == OVERALL else last
        damage = damage or _end(table)
        overall = None if last is None else _entry(table, last, windows)
    except SourceError as error:
        damage, overall = error, None
    times = [window.at for window in windows if window.total_requests]
    return Reading(
        path=source.path,
        tool=TOOL,
        format=FORMAT,
        state="partial" if damage else "complete" if overall and overall.requests else "empty",
        facts=RunFacts(
            measurements=tuple(locust_entry.measurements(overall)) if overall else (),
            timeline=tuple(windows),
            started=min(times, default=None),
            ended=max(times, default=None),
        ),
        count=len(windows),
        unit="rows",
        notes=_notes(windows, table.rows),
        problem=locust_cells.located(damage, source.path) if damage else None,
    )


def _window(table: Table, row: Row) -> Window:
    cell, line = table.cell, row.line
    method, name = cell(row, "type"), cell(row, "name") or ""
    users = cell(row, "user count")
    percentiles = locust_cells.percentiles(table, row)
    return Window(
        at=number(cell(row, "timestamp"), "the timestamp", line) or 0.0,
        subject=OVERALL
        if locust_cells.totals(method, name)
        else locust_cells.subject(method, name),
        users=None if users is None else count(users, "the user count", line),
        throughput=number(cell(row, "requests/s"), "requests/s", line) or 0.0,
        failures=number(cell(row, "failures/s", "requests failed/s"), "failures/s", line) or 0.0,
        percentiles=percentiles if any(value for _, value in percentiles) else (),
        total_requests=count(cell(row, *_REQUESTS), "the request count", line),
        total_failures=count(cell(row, *_FAILURES), "the failure count", line),
    )


def _entry(table: Table, row: Row, windows: Sequence[Window]) -> Entry:
    """The whole run by the cumulative columns of its last row; no rate, which is a moment's."""

    def cumulative(name: str) -> float | None:
        return number(
            table.cell(row, f"total {name} response time", f"{name} response time"), name, row.line
        )

    last = next(window for window in reversed(windows) if window.subject == OVERALL)
    slowest, median = cumulative("max"), cumulative("median")
    entry = Entry(
        subject=OVERALL,
        requests=last.total_requests,
        failures=last.total_failures,
        timed=0 if slowest == 0 and not table.old else last.total_requests,
        mean=cumulative("average"),
        fastest=cumulative("min"),
        slowest=slowest,
        percentiles=() if median is None else (("latency.p50", median),),
    )
    if not table.old and all(window.subject == OVERALL for window in windows):
        entry = entry._replace(percentiles=last.percentiles or entry.percentiles)
    return locust_entry.consistent(entry, "the row", row.line)


def _end(table: Table) -> SourceError | None:
    if table.ended:
        return None
    line = table.rows[-1].line if table.rows else 1
    return SourceError("the last row has no line end, so its last number may be cut.", line=line)


def _notes(windows: Sequence[Window], rows: Sequence[Row]) -> tuple[str, ...]:
    notes = (
        [] if rows else ["It has a header and no rows: Locust was stopped before the first second."]
    )
    for before, after, row in zip(windows, windows[1:], rows[1:], strict=False):
        if after.at < before.at:
            notes.append(f"The clock goes backwards in line {row.line}.")
            break
    return tuple(notes)
