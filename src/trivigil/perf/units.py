"""Numbers and units as benchmark tools print them, brought to seconds and bytes."""

from __future__ import annotations

import math
import re
from typing import Final

from trivigil.core.errors import SourceError
from trivigil.core.untrusted import printable

SECONDS: Final = {
    "ps": 1e-12,
    "ns": 1e-9,
    "us": 1e-6,
    "\u00b5s": 1e-6,
    "\u03bcs": 1e-6,
    "ms": 1e-3,
    "s": 1.0,
    "min": 60.0,
    "hr": 3600.0,
    "day": 86400.0,
}
"""Seconds of a unit of time; micro has two signs in Unicode."""

_BYTES: Final = re.compile(r"([KMGTP]?)(i?)B")
_POWERS: Final = {"": 0, "K": 1, "M": 2, "G": 3, "T": 4, "P": 5}


def number(text: str, line: int | None = None) -> float:
    """`1,234.5` as a number that is finite and not negative. Raises SourceError for anything else."""
    try:
        value = float(text.replace(",", ""))
    except ValueError:
        value = math.nan
    if not 0 <= value < math.inf:
        shown = printable(text, 60)
        raise SourceError(
            f"`{shown}` stands where a number that is not negative is due.", line=line
        )
    return value


def seconds(value: float, unit: str, line: int | None = None) -> float:
    """A time in seconds. Raises SourceError for what is no unit of time."""
    if unit not in SECONDS:
        raise SourceError(f"`{printable(unit, 40)}` is not a unit of time.", line=line)
    return value * SECONDS[unit]


def byte_factor(unit: str) -> float | None:
    """Bytes of a unit such as `MB` (decimal) or `MiB`; None for what is none."""
    match = _BYTES.fullmatch(unit)
    if match is None:
        return None
    return float((1024 if match.group(2) else 1000) ** _POWERS[match.group(1)])
