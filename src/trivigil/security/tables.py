"""Rows of CSV that a scanner wrote (RFC 4180): records by column, read as leniently as JSON's.

CSV has no end and tells of no error: one without rows is never clean, and one whose last row has no line end is cut.
"""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

from trivigil import sources
from trivigil.core.errors import SourceError
from trivigil.core.untrusted import printable
from trivigil.foreign import Fields

if TYPE_CHECKING:
    from collections.abc import Sequence

    from trivigil.sources import Source


def columns(source: Source) -> frozenset[str]:
    """The names in its first line."""
    line = source.head.partition(b"\n")[0]
    return frozenset(_first(line.decode("utf-8", "replace").rstrip("\r")))


def first(source: Source) -> Sequence[str]:
    """The cells of its first row, which may be of several lines; none where that is no whole row of CSV."""
    return _first(source.head.decode("utf-8", "replace"))


def _first(text: str) -> Sequence[str]:
    try:
        return next(csv.reader(io.StringIO(text, newline=""), strict=True), [])
    except csv.Error:
        return []


def rows(
    source: Source, named: Sequence[str] | None = None
) -> tuple[tuple[Fields, ...], tuple[str, ...]]:
    """Every row by its columns (`named`, or those of the first line), and a sentence for each that is damaged.

    Raises SourceError where the quotes of a row do not end.
    """
    text = sources.text(source)
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    found, damaged = [], []
    try:
        header = next(reader, []) if named is None else named
        for cells in reader:
            line = reader.line_num
            if named is None and cells == header:
                damaged.append(f"The header stands again in line {line}: it is of two reports.")
            elif len(cells) == len(header):
                found.append(Fields(dict(zip(header, cells, strict=True)), f"line {line}"))
            elif cells:
                count = f"{len(cells)} cells in place of {len(header)}"
                damaged.append(f"The row that ends in line {line} is left out: it has {count}.")
    except csv.Error as error:
        said = printable(str(error), 120)
        raise SourceError(f"the CSV is damaged or cut ({said}).", line=reader.line_num) from None
    if not text.endswith("\n"):
        damaged.append("The last line has no end: the file is cut.")
    return tuple(found), tuple(damaged)


def without_rows(found: Sequence[Fields], tool: str, command: str) -> tuple[str, ...]:
    """What is said of a report that has none."""
    if found:
        return ()
    return (
        f"{tool}'s CSV has no rows, and does not say whether anything was looked at: name its JSON (`{command}`).",
    )
