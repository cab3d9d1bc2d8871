"""CSV as a stream: rows with their lines, in memory that does not grow with the file.

Text without quotes is cut by hand, which is faster than a CSV reader; a cell in quotes may hold line ends.
"""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

from trivigil import sources
from trivigil.core.errors import SourceError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from trivigil.sources import Source


def pieces(source: Source) -> Iterator[tuple[int, str]]:
    """The file in texts that end with a row, each with the number of its first line.

    Raises SourceError where it cannot be read or is not UTF-8.
    """
    held, first = "", 1
    for line, text in sources.texts(source):
        if not held:
            first = line
        held = held + text if held else text
        if held.count('"') % 2 and len(held) <= sources.MAX_LINE:
            continue
        yield first, held
        held = ""
    if held:
        yield first, held


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
