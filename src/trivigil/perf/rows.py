"""CSV as a stream: rows with their lines, in memory that does not grow with the file.

Text without quotes is cut by hand, which is faster than a CSV reader; a cell in quotes may hold line ends.
"""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Any, Protocol

from trivigil import sources
from trivigil.core.errors import SourceError
from trivigil.sources import Source

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator


def pieces(source: Source) -> Iterator[tuple[int, str]]:
    """The file in texts that end with a row, each with the number of its first line.

    Raises SourceError where it cannot be read or is not UTF-8.
    """
    cutter = Cutter(source)
    for block in sources.blocks(source):
        yield from cutter.pieces(block)
    yield from cutter.rest()


class Cutter:
    """Cuts a file that comes in blocks."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._held, self._first = "", 1
        self._line = 1
        self.last = 1, "\n"
        """The last piece, and the number of its first line."""

    @property
    def idle(self) -> bool:
        """Whether a row begins where the next block does."""
        return not self._held

    @property
    def lines(self) -> int:
        """How many went by."""
        return self._line - 1

    def pieces(self, block: bytes) -> Iterator[tuple[int, str]]:
        """What ends with a row. Raises SourceError where it is not UTF-8."""
        text = sources.decoded(self._source, self._line, block)
        if not self._held:
            self._first = self._line
        self._line += block.count(b"\n")
        self._held = self._held + text if self._held else text
        held = self._held
        if '"' in held and held.count('"') % 2 and len(held) <= sources.MAX_LINE:
            return
        self.last, self._held = (self._first, self._held), ""
        yield self.last

    def rest(self) -> Iterator[tuple[int, str]]:
        """What is left at the end, in the middle of a cell."""
        if self._held:
            self.last, self._held = (self._first, self._held), ""
            yield self.last

    def skip(self, lines: int) -> None:
        """So many lines of whole rows are counted elsewhere."""
        self._line += lines
        self.last = self._line, "\n"


class Counts(Protocol):
    """What counts the pieces of a file; see byte_ranges."""

    def piece(self, line: int, text: str) -> None:
        """Count whole rows. Raises SourceError with the line of a damaged one."""

    def order(self) -> tuple[str, object] | None:
        """Who counts a range apart, and what they have to know."""

    def take(self, part: Any) -> bool:
        """Add the count of the next range, or refuse it."""


class Stream:
    """Cuts blocks into pieces for what counts them."""

    def __init__(self, source: Source, counts: Counts) -> None:
        self.cutter, self.counts = Cutter(source), counts

    def block(self, block: bytes) -> None:
        """See byte_ranges.Stream, as for the others."""
        for line, text in self.cutter.pieces(block):
            self.counts.piece(line, text)

    def pause(self) -> None:
        """A cell may go on in the next range."""

    def order(self) -> tuple[str, object] | None:
        """That of what counts."""
        return self.counts.order()

    def take(self, part: tuple[int, Any]) -> bool:
        """Nothing while a cell is open."""
        lines, counted = part
        if not self.cutter.idle or not self.counts.take(counted):
            return False
        self.cutter.skip(lines)
        return True


def count(source: Source, counts: Counts) -> SourceError | None:
    """Count a whole file; what is wrong with it, which ends the counting."""
    from trivigil.perf import byte_ranges

    stream = Stream(source, counts)
    try:
        byte_ranges.count(source, stream)
        for line, text in stream.cutter.rest():
            counts.piece(line, text)
    except SourceError as error:
        return error
    return unfinished(*stream.cutter.last)


def part(
    blocks: Iterable[bytes], at_once: Callable[[str], bool], made: Callable[[], object]
) -> tuple[int, object] | None:
    """Lines of a range and what was made of them; None where a piece refuses to be counted at once, or a cell is open at its end.

    Raises SourceError where it is not UTF-8.
    """
    cutter = Cutter(Source("", "", None, 0, b""))
    for block in blocks:
        if not all(at_once(text) for _, text in cutter.pieces(block)):
            return None
    return (cutter.lines, made()) if cutter.idle else None


def split(line: int, text: str, delimiter: str = ",") -> Iterator[tuple[int, list[str]]]:
    """The rows of a piece, blank lines left out. Raises SourceError with the line of a damaged one."""
    if '"' not in text:
        for number, row in enumerate(text.split("\n"), line):
            if row:
                yield number, row.removesuffix("\r").split(delimiter)
        return
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    start = line
    try:
        for cells in reader:
            if cells:
                yield start, cells
            start = line + reader.line_num
    except csv.Error as error:
        message = f"the row cannot be read as CSV ({error}); the file is damaged or cut."
        raise SourceError(message, line=start) from None


def at_once(text: str, delimiter: str = ",", most: int = -1) -> list[list[str]]:
    """The rows of a piece without their lines, which is faster; none where the text is damaged.

    Rows without quotes are cut `most` times at most, and the rest is one cell.
    """
    if '"' in text:
        try:
            return [cells for _, cells in split(1, text, delimiter)]
        except SourceError:
            return []
    if "\r" in text:
        text = text.replace("\r\n", "\n")
    return [row.split(delimiter, most) for row in text.split("\n") if row]


def rows(
    source: Source, width: int | None = None, delimiter: str = ","
) -> Iterator[tuple[int, list[str]]]:
    """Every row and its line, all of one width (the first row's, if none is given).

    Raises SourceError, after everything before it was given, where a row is damaged or the last one has no line end.
    """
    line, text = 1, "\n"
    for line, text in pieces(source):
        for number, cells in split(line, text, delimiter):
            width = width or len(cells)
            if len(cells) != width:
                raise wrong_width(cells, width, number)
            yield number, cells
    if (cut := unfinished(line, text)) is not None:
        raise cut


def wrong_width(cells: list[str], width: int, line: int) -> SourceError:
    """The complaint of a row that is shorter or longer than the others."""
    message = f"the row has {len(cells)} cells where {width} are due; the file is cut."
    return SourceError(message, line=line)


def unfinished(line: int, text: str) -> SourceError | None:
    """The complaint of a last row without its line end; None where it has one."""
    if text[-1:] in "\r\n":
        return None
    return SourceError(
        "the last row has no line end, so it may be cut.", line=line + text.count("\n")
    )
