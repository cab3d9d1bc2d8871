"""Gatling's simulation.log up to 3.12: rows with tabs between the cells. Read as a stream.

The records are those of `LogFileDataWriter.scala` of gatling/gatling. Requests and groups begin with the scenario and the user's number in 2.x (where a
request of 2.0 has four times), with the number in 3.0 to 3.3, with neither from 3.4 on. Assertions stand before the `RUN` record. A tab or a line end in a request's
name is written as it is and breaks its row, which Gatling's own report leaves out too. A process that was killed leaves the last row cut.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from trivigil import sources
from trivigil.core.errors import SourceError
from trivigil.perf.readers.gatling_log import Log

if TYPE_CHECKING:
    from trivigil.core.reading import Reading
    from trivigil.perf.facts import RunFacts
    from trivigil.sources import Source

TOOL = "gatling"
FORMAT = "log-text"
RANK: int | None = 0
LAG = ""
WINDOWED = False

_SHAPE: Final = re.compile(
    rb"(?:ASSERTION\t[^\n]*\n)*RUN\t[^\t\n]*\t[^\n]*\t\d+(?:\.\d+)+[^\t\n]*\r?\n"
)
_VERSION: Final = re.compile(r"(\d+)\.(\d+)")
_REQUEST: Final = 6
"""Cells of a request behind its prefix: groups, name, begin, end, outcome, message."""
_GROUP: Final = 5
_MAX_DRIFTED: Final = 5
_MS_DIGITS: Final = 13


def recognises(source: Source) -> bool:
    """Whether it begins with Gatling's record of a run."""
    return _SHAPE.match(source.head) is not None


def read(source: Source) -> Reading[RunFacts]:
    """Measurements of every request and group, and of the whole run."""
    rows, damage = _Rows(), None
    try:
        for line, text in sources.texts(source):
            rows.block(line, text)
    except SourceError as error:
        damage = error
    return rows.log.reading(source, FORMAT, damage, rows.drifts())


class _Rows:
    """Counts the file block by block."""

    def __init__(self) -> None:
        self.log = Log()
        self._prefix = 0
        self._drifted: list[str] = []
        self._strays = 0

    def block(self, first: int, text: str) -> None:
        """Count whole rows. Raises SourceError with the line where one is damaged."""
        whole, _, rest = text.rpartition("\n")
        for line, row in enumerate(whole.split("\n"), first):
            try:
                fits = self._row(row.removesuffix("\r").split("\t"))
            except SourceError as error:
                raise SourceError(error.message, line=line, tip=error.tip) from None
            if not fits:
                self._stray(line)
        if rest:
            message = "the last row has no end: the file is cut."
            raise SourceError(message, line=first + text.count("\n"))

    def _row(self, cells: list[str]) -> bool:
        """Whether it is as Gatling writes it."""
        kind = cells[0]
        if kind == "REQUEST":
            return self._request(_of_two(cells) if self._prefix > 1 else cells[1 + self._prefix :])
        if kind == "GROUP":
            return self._group(cells[-_GROUP:] if self._prefix > 1 else cells[1 + self._prefix :])
        if kind == "USER":
            at = 2 + (self._prefix > 0)
            known = len(cells) > at and cells[at] in ("START", "END")
            if known:
                self.log.user(starts=cells[at] == "START")
            return known
        if kind == "RUN":
            self._run(cells)
        elif kind == "ERROR":
            self.log.error("\t".join(cells[1:-1]))
        return kind in ("RUN", "ERROR", "ASSERTION", "")

    def _run(self, cells: list[str]) -> None:
        version = _VERSION.match(cells[-1])
        if self.log.version is not None:
            tip = "Give each run a file of its own."
            raise SourceError("a second run begins here.", tip=tip)
        self.log.version = cells[-1]
        major, minor = (int(part) for part in version.groups()) if version else (3, 4)
        self._prefix = 2 if major < 3 else 1 if (major, minor) < (3, 4) else 0  # noqa: PLR2004 (versions)

    def _request(self, cells: list[str]) -> bool:
        if len(cells) != _REQUEST or not _times(cells[2:4]) or cells[4] not in ("OK", "KO"):
            return False
        groups, name, begin, end, said, message = cells
        self.log.request(
            _names(groups), name, int(begin), int(end), ok=said == "OK", message=message
        )
        return True

    def _group(self, cells: list[str]) -> bool:
        if len(cells) != _GROUP or not _times(cells[1:4]) or cells[4] not in ("OK", "KO"):
            return False
        self.log.group(_names(cells[0]), int(cells[3]), ok=cells[4] == "OK")
        return True

    def _stray(self, line: int) -> None:
        self._strays += 1
        if len(self._drifted) < _MAX_DRIFTED:
            self._drifted.append(
                f"Line {line} is not as Gatling writes it and left out; is there a tab or a line end in a name?"
            )

    def drifts(self) -> tuple[str, ...]:
        """A sentence for each row that was left out, up to a few."""
        more = self._strays - len(self._drifted)
        return (*self._drifted, *([f"{more} more rows are left out."] if more else []))


def _of_two(cells: list[str]) -> list[str]:
    """A request of 2.x as later versions write it: there may be four times, of which the first and the last count."""
    places = [at for at, cell in enumerate(cells) if cell in ("OK", "KO")]
    if not places:
        return []
    outcome = places[-1]
    first = outcome
    while first > 1 and len(cells[first - 1]) == _MS_DIGITS and _times([cells[first - 1]]):
        first -= 1
    message = "".join(cells[outcome + 1 : outcome + 2])
    times = [cells[first], cells[outcome - 1]]
    return [*cells[first - 2 : first], *times, cells[outcome], message]


def _names(groups: str) -> tuple[str, ...]:
    return tuple(groups.split(",")) if groups else ()


def _times(cells: list[str]) -> bool:
    return all(cell.isascii() and cell.isdigit() and len(cell) < 16 for cell in cells)  # noqa: PLR2004 (ms)
