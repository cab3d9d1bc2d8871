"""`hey -o csv`: a row for each answer, in seconds of four decimals.

The columns are those of `requester/print.go` of rakyll/hey. A request without an answer has no row, and hey keeps a million rows at
most, so the file may count less than the run had.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from typing import TYPE_CHECKING, Final

from trivigil import sources
from trivigil.core.errors import SourceError
from trivigil.core.measurement import OVERALL
from trivigil.core.untrusted import printable
from trivigil.perf import foreign
from trivigil.perf.facts import RunFacts
from trivigil.perf.tally import Tally
from trivigil.perf.whole_run import of_whole_run, refused, status_errors

if TYPE_CHECKING:
    from collections.abc import Iterator

    from trivigil.core.reading import Reading
    from trivigil.sources import Source

TOOL = "hey"
FORMAT = "csv"
RANK: int | None = 0
LAG = ""
WINDOWED = False

_HEADER: Final = b"response-time,DNS+dialup,DNS,Request-write,Response-delay,Response-read,"
_COLUMNS: Final = 8
_MOST: Final = 1_000_000
_LOST: Final = "Requests without an answer are not in hey's CSV, so there may be more failures."
_FULL: Final = "It has a million rows, which is all that hey keeps: the run had more."


def recognises(source: Source) -> bool:
    """Whether the first line is hey's header."""
    return source.head.startswith(_HEADER)


def read(source: Source) -> Reading[RunFacts]:
    """Measurements of the whole run, by all answers."""
    tally, codes, end = Tally(), Counter[str](), 0.0
    damage = None
    try:
        for time, code, offset in _rows(sources.text(source)):
            tally.add(round(time * 1000, 4), failed=False)
            codes[code] += 1
            end = max(end, offset + time)
    except SourceError as error:
        damage = error
    tally.failures = refused(codes)
    made = of_whole_run(
        source,
        (TOOL, FORMAT),
        tally.entry(OVERALL, end),
        facts=RunFacts(errors=status_errors(codes)),
        notes=(_LOST, _FULL) if codes.total() >= _MOST else (_LOST,),
    )
    if damage is None:
        return made
    return made._replace(state="partial", problem=foreign.located(damage, source.path))


def _rows(text: str) -> Iterator[tuple[float, str, float]]:
    """Seconds, status and offset of each row. Raises SourceError with the line of a damaged one."""
    for line, cells in enumerate(csv.reader(io.StringIO(text)), start=1):
        if line == 1 or not cells:
            continue
        if len(cells) != _COLUMNS:
            message = f"the row has {len(cells)} cells where {_COLUMNS} are due; the file is cut."
            raise SourceError(message, line=line)
        yield _seconds(cells[0], line), cells[6], _seconds(cells[7], line)
    if text[-1:] not in "\r\n":
        raise SourceError("the last row has no line end, so it may be cut.", line=line)


def _seconds(cell: str, line: int) -> float:
    try:
        value = float(cell)
    except ValueError:
        value = -1.0
    if not 0 <= value < float("inf"):
        shown = printable(cell, 40)
        raise SourceError(f"`{shown}` stands where seconds are due.", line=line)
    return value
