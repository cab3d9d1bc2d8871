"""`vegeta encode -to csv`: a row for each result, without a header; times in nanoseconds. Read as a stream.

The columns are those of `NewCSVEncoder` in lib/results.go of tsenart/vegeta: timestamp, status, latency, bytes out, bytes in, error,
body, attack, number, and from version 12 method, address and headers.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from trivigil.core.errors import SourceError
from trivigil.core.untrusted import printable
from trivigil.perf import rows, samples
from trivigil.perf.readers.vegeta_results import Hit, Results

if TYPE_CHECKING:
    from trivigil.core.reading import Reading
    from trivigil.perf.facts import RunFacts
    from trivigil.sources import Source

TOOL = "vegeta"
FORMAT = "results-csv"
RANK: int | None = 1
LAG = ""
WINDOWED = False

_SHAPE: Final = re.compile(
    rb"\d{18,19},\d{1,3},-?\d+,\d+,\d+,[^\n]*,[A-Za-z0-9+/=]*,[^,\n]*,\d+(?:,[A-Z]+,[^\n]*)?\r?\n"
)
_WIDTHS: Final = (9, 12)
_NS: Final = 1e6


def recognises(source: Source) -> bool:
    """Whether its first row is one of vegeta's results."""
    return _SHAPE.match(source.head) is not None


def read(source: Source) -> Reading[RunFacts]:
    """Measurements of every address and of the whole run."""
    results, damage, line, text = Results(), None, 1, "\n"
    try:
        for line, text in rows.pieces(source):
            _piece(results, line, text)
        damage = rows.unfinished(line, text)
    except SourceError as error:
        damage = error
    return samples.reading(source, (TOOL, FORMAT), results.samples, damage=damage)


def _piece(results: Results, first: int, text: str) -> None:
    hits: list[Hit] = []
    damage = None
    try:
        hits.extend(_hit(line, cells) for line, cells in rows.split(first, text))
    except SourceError as error:  # what came before it is kept
        damage = error
    results.add_all(hits, first)
    if damage is not None:
        raise damage


def _hit(line: int, cells: list[str]) -> Hit:
    if len(cells) not in _WIDTHS:
        raise rows.wrong_width(cells, _WIDTHS[-1], line)
    begin, code, latency = (_whole(cells[at], line) for at in range(3))
    method, address = cells[9:11] if len(cells) == _WIDTHS[-1] else ("", "")
    return Hit(begin / _NS, latency, code, cells[5], method, address)


def _whole(cell: str, line: int) -> int:
    if not cell.isascii() or not cell.isdigit() or len(cell) > 19:  # noqa: PLR2004 (a Unix time in ns)
        message = (
            f"`{printable(cell, 40)}` stands where a whole number that is not negative is due."
        )
        raise SourceError(message, line=line)
    return int(cell)
