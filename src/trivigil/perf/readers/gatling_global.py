"""`js/global_stats.json` of Gatling's reports (2 to 3.13.4): counts, times and percentiles of the whole run."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from trivigil import foreign
from trivigil.core.measurement import OVERALL
from trivigil.perf.readers import gatling_figures

if TYPE_CHECKING:
    from trivigil.core.reading import Reading
    from trivigil.perf.facts import RunFacts
    from trivigil.sources import Source

TOOL = "gatling"
FORMAT = "global-json"
RANK: int | None = 3
LAG = ""
WINDOWED = False

_SHAPE: Final = re.compile(rb'\s*\{\s*"name"\s*:\s*"[^"]*"\s*,\s*"numberOfRequests"\s*:\s*\{')


def recognises(source: Source) -> bool:
    """Whether it begins with Gatling's counts."""
    return _SHAPE.match(source.head) is not None


def read(source: Source) -> Reading[RunFacts]:
    """Measurements of the whole run."""
    root = foreign.root(foreign.load(source, TOOL), TOOL)
    return gatling_figures.reading(source, FORMAT, [gatling_figures.entry_of(root, OVERALL)])
