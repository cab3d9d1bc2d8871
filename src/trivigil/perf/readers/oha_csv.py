"""`oha --output-format csv`: a row for each answer, in seconds. Read as a stream.

The columns are those of `src/printer.rs` of hatoo/oha. A request without an answer has no row: the file of a dead target is a header only.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from trivigil.perf import answers

if TYPE_CHECKING:
    from trivigil.core.reading import Reading
    from trivigil.perf.facts import RunFacts
    from trivigil.sources import Source

TOOL = "oha"
FORMAT = "csv"
RANK: int | None = 0
LAG = ""
WINDOWED = False

_HEADER: Final = b"request-start,DNS,DNS+dialup,Response-delay,request-duration,bytes,status"
_COLUMNS: Final = answers.Columns(width=7, time=4, begin=0, code=6)
_LOST: Final = "Requests without an answer are not in oha's CSV, so there may be more failures."


def recognises(source: Source) -> bool:
    """Whether the first line is oha's header."""
    return source.head.startswith(_HEADER)


def read(source: Source) -> Reading[RunFacts]:
    """Measurements of the whole run, by all answers."""
    return answers.read(source, (TOOL, FORMAT), _COLUMNS, _LOST)
