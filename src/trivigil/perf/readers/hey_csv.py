"""`hey -o csv`: a row for each answer, in seconds of four decimals. Read as a stream.

The columns are those of `requester/print.go` of rakyll/hey. A request without an answer has no row, and hey keeps a million rows at
most, so the file may count less than the run had.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from trivigil.perf import answers

if TYPE_CHECKING:
    from trivigil.core.reading import Reading
    from trivigil.perf.facts import RunFacts
    from trivigil.sources import Source

TOOL = "hey"
FORMAT = "csv"
RANK: int | None = 0
LAG = ""
WINDOWED = False

_HEADER: Final = b"response-time,DNS+dialup,DNS,Request-write,Response-delay,Response-read,"
_COLUMNS: Final = answers.Columns(width=8, time=0, begin=7, code=6)
_MOST: Final = 1_000_000
_LOST: Final = "Requests without an answer are not in hey's CSV, so there may be more failures."
_FULL: Final = "It has a million rows, which is all that hey keeps: the run had more."


def recognises(source: Source) -> bool:
    """Whether the first line is hey's header."""
    return source.head.startswith(_HEADER)


def read(source: Source) -> Reading[RunFacts]:
    """Measurements of the whole run, by all answers."""
    reading = answers.read(source, (TOOL, FORMAT), _COLUMNS, _LOST)
    full = (reading.count or 0) >= _MOST
    return reading._replace(notes=(*reading.notes, _FULL)) if full else reading
