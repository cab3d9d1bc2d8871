"""Locust's CSV as a table, whichever Locust wrote it.

Since 1.6 Locust writes by Python's `csv.writer` (locust/stats.py, StatsCSVFileWriter). Up to 1.0 it
joined the cells itself: every text cell in quotes, inner quotes NOT doubled, no line end after the
last row of a table that is rewritten. Such a row is read from both ends: the simple cells and the
numbers are certain, and what remains between them is the name.
"""

from __future__ import annotations

import csv
import io
import re
from typing import TYPE_CHECKING

from trivigil.core.errors import SourceError
from trivigil.core.measurement import metric, percentile_name
from trivigil.core.record import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

LAG = "Locust writes it once a second and does not finish it"
"""locustio/locust#1806: the last second of a run is in the JSON and on the console only."""

_FREE = {"name", "error"}
"""Columns of the old style whose text may hold quotes and line ends."""
_MERGED = re.compile(r'\n"[^"\n]*","|"(?:,[^",\n]*)*\n"')
"""A name that holds the end of one row and the beginning of the next: the first one is cut."""
_PERCENTILE = re.compile(r"(\d+(?:\.\d+)?)%?", re.ASCII)


class Row(NamedTuple):
    """One row's cells, and the line it starts on."""

    cells: tuple[str, ...]
    line: int


class Percentile(NamedTuple):
    """A column of percentiles: where it is, and the metric that it measures, if it has a name."""

    percent: float
    position: int
    metric: str | None
    label: str


class Table(NamedTuple):
    """A CSV file taken apart, with what is wrong with it from some row on."""

    columns: Mapping[str, int]
    """Position of each column by its name in lower case."""
    percentiles: tuple[Percentile, ...]
    """Ascending; which ones there are is the user's choice in Locust."""
    rows: tuple[Row, ...]
    old: bool
    ended: bool
    """Whether the last row has its line end, without which its last number may be cut."""
    damage: SourceError | None = None

    def cell(self, row: Row, *names: str) -> str | None:
        """The cell of the first of these columns that the table has."""
        for name in names:
            if (position := self.columns.get(name)) is not None:
                return row.cells[position]
        return None


def header(head: bytes) -> tuple[str, ...]:
    """The column names of a file's first line, in lower case; empty where it is no CSV."""
    line = head.partition(b"\n")[0]
    try:
        cells = next(csv.reader([line.decode("utf-8").rstrip("\r")], strict=True), [])
    except (csv.Error, UnicodeDecodeError):
        return ()
    return tuple(cell.strip().lower() for cell in cells)


def parse(text: str, path: str) -> Table:
    """The table of a whole file. Damage ends it and is kept, so that what came before is read."""
    names = header(text.partition("\n")[0].encode())
    old = text.startswith('"')
    rows: list[Row] = []
    damage = None
    try:
        for row in _old_rows(text, names) if old else _rows(text):
            if len(row.cells) != len(names):
                raise _short(row, len(names))
            rows.append(row)
    except SourceError as error:
        damage = SourceError(error.message, path=path, line=error.line, tip=error.tip)
    columns = {name: position for position, name in reversed(tuple(enumerate(names)))}
    return Table(columns, _percentiles(names), tuple(rows), old, text[-1:] in "\r\n", damage)


def _percentiles(names: tuple[str, ...]) -> tuple[Percentile, ...]:
    matches = ((_PERCENTILE.fullmatch(name), position) for position, name in enumerate(names))
    found = sorted((float(match.group(1)), position) for match, position in matches if match)
    return tuple(
        Percentile(percent, position, _metric_of(percent), f"the {percent:g} % cell")
        for percent, position in found
        if 0 < percent <= 100  # noqa: PLR2004 (percent)
    )


def _metric_of(percent: float) -> str | None:
    """The metric of a percentile; None for 100 % (it is the maximum) and for what has no name."""
    name = percentile_name("latency", percent)
    try:
        metric(name)
    except KeyError:
        return None
    return None if name == "latency.p100" else name


def _rows(text: str) -> Iterator[Row]:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    start = 1
    try:
        for number, cells in enumerate(reader):
            line, start = start, reader.line_num + 1
            if number and cells:  # Locust on Windows writes \r\r\n, which looks like a blank row
                yield Row(tuple(cells), line)
    except csv.Error as error:
        message = f"the row cannot be read as CSV ({error}); the file is damaged or cut."
        raise SourceError(message, line=start) from None


def _old_rows(text: str, names: tuple[str, ...]) -> Iterator[Row]:
    pattern = _old_pattern(names)
    place = text.find("\n") + 1 or len(text)
    line = 2
    while place < len(text):
        match = pattern.match(text, place)
        if match is None or any(_MERGED.search(cell) for cell in match.groups()):
            raise SourceError("the row cannot be read; the file is damaged or cut.", line=line)
        yield Row(match.groups(), line)
        line += text.count("\n", place, match.end())
        place = match.end()


def _old_pattern(names: tuple[str, ...]) -> re.Pattern[str]:
    """Free text lazily between its quotes; every other cell without quotes or commas inside."""
    cells = ['"(.*?)"' if name in _FREE else '"?([^",\n]*)"?' for name in names]
    free = [position for position, name in enumerate(names) if name in _FREE]
    for position in free[
        :-1
    ]:  # atomic: ends at the first quote and comma, or matching is quadratic
        cells[position] = '(?>"(.*?)"(?=,"))'
    return re.compile(",".join(cells) + r"(?:\r?\n|\Z)", re.DOTALL)


def _short(row: Row, expected: int) -> SourceError:
    message = (
        f"the row has {len(row.cells)} cells where the header has {expected}; the file is cut."
    )
    return SourceError(message, line=row.line)
