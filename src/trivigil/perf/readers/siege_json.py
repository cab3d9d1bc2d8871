"""`siege -j`: the run summed up, times in seconds of two decimals."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from trivigil import foreign
from trivigil.perf.readers.siege_figures import Figures, reading

if TYPE_CHECKING:
    from trivigil.core.reading import Reading
    from trivigil.perf.facts import RunFacts
    from trivigil.sources import Source

TOOL = "siege"
FORMAT = "json"
RANK: int | None = 0
LAG = ""
WINDOWED = False

_SHAPE: Final = re.compile(rb'\s*\{\s*"transactions"\s*:\s*\d+\s*,\s*"availability"\s*:')
_MS: Final = 1000


def recognises(source: Source) -> bool:
    """Whether it begins with siege's transactions."""
    return _SHAPE.match(source.head) is not None


def read(source: Source) -> Reading[RunFacts]:
    """Measurements of the whole run."""
    root = foreign.root(foreign.load(source, TOOL), TOOL)
    figures = Figures(
        transactions=root.count("transactions"),
        successful=root.count("successful_transactions"),
        failed=root.count("failed_transactions"),
        seconds=root.number("elapsed_time"),
        mean=root.number("response_time") * _MS,
        slowest=root.number("longest_transaction") * _MS,
        fastest=root.number("shortest_transaction") * _MS,
    )
    return reading(source, FORMAT, figures)
