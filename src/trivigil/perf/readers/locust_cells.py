"""What stands in the cells of Locust's CSV: subjects, counts and times, checked one by one."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from trivigil.core.errors import SourceError
from trivigil.core.untrusted import printable
from trivigil.foreign import located

if TYPE_CHECKING:
    from trivigil.perf.readers.locust_csv import Row, Table

__all__ = ["count", "located", "number", "percentiles", "subject", "totals"]

_NUMBER: Final = re.compile(r"-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?", re.ASCII)
_DIGITS: Final = 18
"""More than any run counts to; a longer number is no count."""


def subject(method: str | None, name: str) -> str:
    """`GET /login`; the bare name where there is no method. The name stays exactly as it is."""
    return f"{method} {name}" if method and method != "None" else name


def totals(method: str | None, name: str) -> bool:
    """Whether a last row with these cells sums up the run: no method, and Locust's own name."""
    return method in (None, "", "None") and name in ("Aggregated", "Total")


def count(cell: str | None, what: str, line: int) -> int:
    """A whole number that is not negative. Raises SourceError with the line."""
    if cell is None or not cell.isascii() or not cell.isdigit() or len(cell) > _DIGITS:
        raise _bad(cell, what, line, "a whole number that is not negative")
    return int(cell)


def number(cell: str | None, what: str, line: int) -> float | None:
    """A finite number that is not negative; None for `N/A` or no column. Raises SourceError."""
    if cell is None or cell == "N/A":
        return None
    value = float(cell) if _NUMBER.fullmatch(cell) else -1.0
    if not 0 <= value < float("inf"):
        raise _bad(cell, what, line, "a number that is not negative")
    return value


def _bad(cell: str | None, what: str, line: int, expected: str) -> SourceError:
    found = "missing" if cell is None else f"`{printable(cell, 60)}`"
    return SourceError(f"{what} is {found} where {expected} is due.", line=line)


def percentiles(table: Table, row: Row) -> tuple[tuple[str, float], ...]:
    """(metric name, ms) of a row, without the maximum. Raises SourceError where they fall."""
    values: list[tuple[str, float]] = []
    before = 0.0
    for column in table.percentiles:
        value = number(row.cells[column.position], column.label, row.line)
        if value is None:
            continue
        if value < before:
            message = f"{column.label} is less than the percentile before it."
            raise SourceError(message, line=row.line, tip="The file is damaged or cut.")
        before = value
        if column.metric is not None:
            values.append((column.metric, value))
    return tuple(values)
