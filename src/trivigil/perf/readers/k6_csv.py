"""k6's `--out csv=FILE[.gz]`: every sample of the run, a row each, read as a stream.

Written by internal/output/csv of grafana/k6: a column for each system tag that is enabled, the script's own tags
together in `extra_tags`. Timestamps are Unix seconds unless K6_CSV_TIME_FORMAT asks for more.
"""

from __future__ import annotations

import csv
import io
import re
from typing import TYPE_CHECKING, Final

from trivigil.core.errors import SourceError
from trivigil.core.untrusted import printable
from trivigil.perf import rows
from trivigil.perf.readers import k6_tally
from trivigil.perf.readers.k6_tally import Place, Tally

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from trivigil.core.reading import Reading
    from trivigil.perf.facts import RunFacts
    from trivigil.sources import Source

TOOL: Final = "k6"
FORMAT: Final = "points-csv"
RANK: int | None = 1
LAG = ""
WINDOWED = False

_FIRST: Final = ("metric_name", "timestamp", "metric_value")
_READ: Final = frozenset(
    ("http_reqs", "http_req_duration", "http_req_failed", "checks", "dropped_iterations", "vus")
)
_TAGS: Final = ("method", "name", "url", "status", "error", "group", "check")
_NUMBER: Final = re.compile(r"\d+(?:\.\d+)?(?:e[+-]?\d+)?", re.ASCII)
_UNITS: Final = {13: 1e3, 16: 1e6, 19: 1e9}
"""Digits of a Unix time of our days in milli-, micro- and nanoseconds."""
_MAX_CACHED: Final = 20_000


def recognises(source: Source) -> bool:
    """Whether the first line begins with k6's three columns."""
    return source.head.startswith(",".join(_FIRST).encode() + b",")


def read(source: Source) -> Reading[RunFacts]:
    """Measurements of the run and of every endpoint. Damage ends it and is kept."""
    stream = _Stream()
    problem = None
    try:
        for _, text in rows.pieces(source):
            stream.text(text)
    except SourceError as error:
        damage = SourceError(error.message, path=printable(source.path), line=error.line)
        problem = str(damage)
    return k6_tally.reading(source, FORMAT, stream.tally, coarse=stream.coarse, problem=problem)


class _Stream:
    """Counts a file piece by piece."""

    def __init__(self) -> None:
        self.tally = Tally()
        self.coarse = False
        self.line = 1
        self.width = 0
        self._columns: tuple[tuple[str, int], ...] = ()
        self._places: dict[tuple[str, ...], Place] = {}

    def text(self, text: str) -> None:
        """Count whole rows. Raises SourceError with the line where one is damaged."""
        times = 0
        for cells in self._rows(text):
            if not self.width:
                self._header(cells)
            elif len(cells) == self.width:
                self.tally.points += 1
                if cells[0] in _READ:
                    times += self._point(cells)
                else:
                    self.tally.own[cells[0]] = None
            elif cells:
                message = f"the row has {len(cells)} cells where the header has {self.width}"
                raise SourceError(f"{message}; the file is damaged or cut.", line=self.line)
        self.tally.rested(times)

    def _rows(self, text: str) -> Iterator[Sequence[str]]:
        """Rows, `line` being that of the row; only text with quotes needs a CSV reader."""
        if '"' not in text:
            yield from self._plain(text)
            return
        start = self.line
        reader = csv.reader(io.StringIO(text, newline=""), strict=True)
        try:
            for cells in reader:
                yield cells
                self.line = start + reader.line_num
        except csv.Error as error:
            message = f"the row cannot be read as CSV ({error}); the file is damaged or cut."
            raise SourceError(message, line=self.line) from None

    def _plain(self, text: str) -> Iterator[Sequence[str]]:
        for row in text.split("\n"):
            if row:
                yield row.removesuffix("\r").split(",")
            self.line += 1
        self.line -= 1

    def _header(self, cells: Sequence[str]) -> None:
        self.width = len(cells)
        self._columns = tuple((name, cells.index(name)) for name in _TAGS if name in cells)

    def _tags(self, cells: Sequence[str]) -> Mapping[str, str]:
        return {name: cells[position] for name, position in self._columns}

    def _point(self, cells: Sequence[str]) -> int:
        metric, tally = cells[0], self.tally
        value = self._value(cells)
        at = self._time(cells[1])
        if metric == "vus":
            tally.course.at(int(at)).users = int(value)
        elif metric == "checks":
            tally.check(self._tags(cells))[0 if value else 1] += 1
        elif metric == "dropped_iterations":
            tally.dropped += value
        else:
            if metric == "http_req_duration":
                tally.spans(at if self.coarse else at - value / 1000, at)
            return tally.request(metric, value, int(at), self._place(cells))
        return 0

    def _place(self, cells: Sequence[str]) -> Place:
        """Where a row with these tags belongs, remembered."""
        key = tuple(cells[position] for _, position in self._columns)
        place = self._places.get(key)
        if place is None:
            if len(self._places) >= _MAX_CACHED:
                self._places.clear()
            try:
                place = self._places[key] = self.tally.place(self._tags(cells))
            except SourceError as error:
                raise SourceError(error.message, line=self.line, tip=error.tip) from None
        return place

    def _value(self, cells: Sequence[str]) -> float:
        if not _NUMBER.fullmatch(cells[2]):
            message = f"metric_value is `{printable(cells[2], 60)}` where a number is due."
            raise SourceError(message, line=self.line)
        return float(cells[2])

    def _time(self, cell: str) -> float:
        """Unix seconds of any K6_CSV_TIME_FORMAT."""
        if cell.isascii() and cell.isdigit():
            self.coarse = self.coarse or len(cell) not in _UNITS
            return int(cell) / _UNITS.get(len(cell), 1)
        from datetime import datetime

        try:
            return datetime.fromisoformat(_microseconds(cell)).timestamp()
        except (ValueError, OverflowError):
            message = f"timestamp is `{printable(cell, 60)}` where a time is due."
            raise SourceError(message, line=self.line) from None


def _microseconds(text: str) -> str:
    """RFC 3339 with no more decimals than Python takes."""
    return re.sub(r"(\.\d{6})\d+", r"\1", text)
