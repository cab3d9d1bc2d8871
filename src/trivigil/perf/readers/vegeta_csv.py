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
    from collections.abc import Iterable

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
    counts = _Counts()
    damage = rows.count(source, counts)
    return samples.reading(source, (TOOL, FORMAT), counts.results.samples, damage=damage)


def part(order: None, blocks: Iterable[bytes]) -> tuple[int, object] | None:  # noqa: ARG001 (a range needs nothing of those before it)
    """A range of rows; None where one is unusual."""
    counts = _Counts()
    counts.results.samples.apart()
    return rows.part(blocks, counts.at_once, counts.made)


class _Counts:
    """Counts a file piece by piece."""

    def __init__(self) -> None:
        self.results = Results()

    def piece(self, line: int, text: str) -> None:
        """Count whole rows. Raises SourceError with the line of a damaged one."""
        hits: list[Hit] = []
        damage = None
        try:
            hits.extend(_hit(number, cells) for number, cells in rows.split(line, text))
        except SourceError as error:  # what came before it is kept
            damage = error
        self.results.add_all(hits, line)
        if damage is not None:
            raise damage

    def at_once(self, text: str) -> bool:
        """The same for a range whose lines are not known; False where their number would have to be said."""
        try:
            self.piece(1, text)
        except SourceError:
            return False
        return True

    def order(self) -> tuple[str, object]:
        """A range needs nothing of those before it."""
        return __name__, None

    def take(self, part: samples.Samples) -> bool:
        """Add the next range, if the clock runs on."""
        return self.results.samples.take(part)

    def made(self) -> samples.Samples:
        """What was counted of a range."""
        return self.results.samples


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
