"""siege's log (`--log=FILE`): a row a run, times in seconds; rates are `inf` and `-nan` where a run was too short."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from trivigil import sources
from trivigil.core.errors import SourceError
from trivigil.core.untrusted import printable
from trivigil.perf.readers.siege_figures import Figures, reading

if TYPE_CHECKING:
    from trivigil.core.reading import Reading
    from trivigil.perf.facts import RunFacts
    from trivigil.sources import Source

TOOL = "siege"
FORMAT = "log"
RANK: int | None = 2
LAG = ""
WINDOWED = False

_SHAPE: Final = re.compile(rb"\s*Date & Time,\s+Trans,\s+Elap Time,\s+Data Trans,")
_MARK: Final = re.compile(r"\*{4} .* \*{4}\r?")
_WIDTH: Final = 10
_NUMBER: Final = re.compile(r"\d+(?:\.\d+)?", re.ASCII)
_TRANSACTIONS, _SECONDS, _MEAN, _SUCCESSFUL, _FAILED = 1, 2, 4, 8, 9
_MS: Final = 1000


def recognises(source: Source) -> bool:
    """Whether the first line is siege's header."""
    return _SHAPE.match(source.head) is not None


def read(source: Source) -> Reading[RunFacts]:
    """Measurements of the last run in it."""
    text = sources.text(source)
    rows = [
        (line, row.split(","))
        for line, row in enumerate(text.split("\n"), 1)
        if line > 1 and row.strip() and not _MARK.fullmatch(row)
    ]
    if rows and (len(rows[-1][1]) != _WIDTH or not text.endswith("\n")):
        raise SourceError("the last row is cut.", line=rows[-1][0])
    if not rows:
        return reading(source, FORMAT, Figures(0, 0, 0, 0.0, 0.0))
    line, cells = rows[-1]
    several = f"It has {len(rows)} runs; the last one is read."
    figures = Figures(
        transactions=int(_number(cells, _TRANSACTIONS, line)),
        successful=int(_number(cells, _SUCCESSFUL, line)),
        failed=int(_number(cells, _FAILED, line)),
        seconds=_number(cells, _SECONDS, line),
        mean=_number(cells, _MEAN, line) * _MS,
    )
    return reading(source, FORMAT, figures, (several,) if len(rows) > 1 else (), line)


def _number(cells: list[str], at: int, line: int) -> float:
    cell = cells[at].strip()
    if not _NUMBER.fullmatch(cell):
        shown = printable(cell, 40)
        message = f"`{shown}` stands where a number that is not negative is due."
        raise SourceError(message, line=line)
    return float(cell)
