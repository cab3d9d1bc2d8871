"""A piece of JMeter's rows by columns: what is plain in it is counted at once, several times as fast as row by row."""

from __future__ import annotations

import re
from operator import itemgetter
from typing import TYPE_CHECKING, Final

from trivigil.perf import rows

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

PART: Final = re.compile(r"(.+)-\d+", re.DOTALL)
"""How a part of a sample is called."""
MAX_DIGITS: Final = 15
"""Of a whole number: 30,000 years of ms."""


class Table:
    """Rows by columns; transactions apart."""

    def __init__(
        self, columns: dict[str, int], every: list[list[str]], others: list[list[str]]
    ) -> None:
        self.rows, self.others, self._columns = every, others, columns
        self.labels = self.column("label")
        self.begins: list[float] = []
        self.times: list[int] = []
        self.failed: list[bool] = []

    def column(self, name: str) -> list[str]:
        """The cells of a column that there is."""
        return list(map(itemgetter(self._columns[name]), self.rows))

    def plain(self, endpoints: Collection[str]) -> bool:
        """Whether nothing in it needs a look at rows: no parts, whole numbers, true and false."""
        labels = set(self.labels)
        parents = hops(labels)
        if parents & labels or any(parent in endpoints for parent in parents):
            return False
        if "samplecount" in self._columns and not set(self.column("samplecount")) <= {
            "",
            "0",
            "1",
        }:
            return False
        begins = self.column("timestamp")
        if not _whole(begins):
            return False
        try:
            self.failed = list(map(_FAILED.__getitem__, self.column("success")))
            self.times = list(map(_TIMES.__getitem__, self.column("elapsed")))
        except (KeyError, ValueError):
            return False
        self.begins = list(map(float, begins))  # exact, and read faster than whole numbers are
        return True


class _Whole(dict[str, int]):
    """Whole numbers by how they are written: those that are there often are made out once."""

    def __missing__(self, cell: str) -> int:
        if not _whole([cell]):
            raise ValueError(cell)
        if len(self) >= _MAX_CACHED:
            self.clear()
        found = self[cell] = int(cell)
        return found


_FAILED: Final = {"true": False, "false": True}
_MAX_CACHED: Final = 20_000
_TIMES: Final = _Whole()


def hops(labels: Iterable[str]) -> set[str]:
    """Whose parts labels may be."""
    return {match.group(1) for match in map(PART.fullmatch, labels) if match}


def cut(text: str, delimiter: str, width: int, needed: int) -> list[list[str]]:
    """The rows of a piece, cut as far as needed and the rest in one cell; none where a row is of another width."""
    if '"' in text:
        found = rows.at_once(text, delimiter)
        return found if set(map(len, found)) == {width} else []
    found = rows.at_once(text, delimiter, needed)
    even = text.count(delimiter) == len(found) * (width - 1)
    return found if even and set(map(len, found)) == {min(width, needed + 1)} else []


def whole_row(cells: list[str], delimiter: str) -> list[str]:
    """A row that `cut` has cut, to its end."""
    return [*cells[:-1], *cells[-1].split(delimiter)]


def _whole(cells: list[str]) -> bool:
    """Whether all cells are whole numbers that are not negative, and none is too long."""
    joined = "".join(cells)
    return (
        joined.isascii() and joined.isdigit() and all(cells) and max(map(len, cells)) <= MAX_DIGITS
    )
