"""The rows of a small CSV that a benchmark tool wrote, each with its line; RFC 4180."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

from trivigil import sources
from trivigil.core.errors import SourceError
from trivigil.core.record import NamedTuple
from trivigil.core.untrusted import printable

if TYPE_CHECKING:
    from collections.abc import Mapping

    from trivigil.sources import Source


class Row(NamedTuple):
    """Cells by their column."""

    cells: Mapping[str, str]
    line: int


def rows(source: Source, delimiter: str = ",") -> tuple[tuple[Row, ...], tuple[str, ...]]:
    """All rows below the header, and a sentence for each that is damaged. Raises SourceError where no row can be read."""
    text = sources.text(source)
    reader = csv.reader(io.StringIO(text, newline=""), strict=True, delimiter=delimiter)
    found, damaged = [], []
    try:
        header = next(reader, [])
        for cells in reader:
            line = reader.line_num
            if len(cells) == len(header):
                found.append(Row(dict(zip(header, cells, strict=True)), line))
            elif cells:
                count = f"{len(cells)} cells in place of {len(header)}"
                damaged.append(f"The row in line {line} is left out: it has {count}.")
    except csv.Error as error:
        said = printable(str(error), 120)
        raise SourceError(f"the CSV is damaged or cut ({said}).", line=reader.line_num) from None
    if text and not text.endswith("\n"):
        damaged.append("The last line has no end: the file is cut.")
    return tuple(found), tuple(damaged)
