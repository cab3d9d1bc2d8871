"""`js/stats.json` of Gatling's reports (2 to 3.13.4): counts, times and percentiles by request and group.

Gatling 3.3 escapes quotes in names twice, which is no JSON; that is mended.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from trivigil import foreign, sources
from trivigil.core.errors import SourceError
from trivigil.perf.readers import gatling_figures, gatling_tree

if TYPE_CHECKING:
    from trivigil.core.reading import Reading
    from trivigil.perf.facts import RunFacts
    from trivigil.sources import Source

TOOL = "gatling"
FORMAT = "stats-json"
RANK: int | None = 1
LAG = ""
WINDOWED = False

_TWICE: Final = '\\\\"'
_SHAPE: Final = re.compile(
    rb'\s*\{\s*"type"\s*:\s*"GROUP"\s*,\s*"name"\s*:\s*"[^"]*"\s*,\s*"path"\s*:.*?"numberOfRequests"',
    re.DOTALL,
)


def recognises(source: Source) -> bool:
    """Whether it begins with the root of Gatling's tree."""
    return _SHAPE.match(source.head) is not None


def read(source: Source) -> Reading[RunFacts]:
    """Measurements of every request and group, and of the whole run."""
    root = foreign.root(_tree(source), TOOL)
    return gatling_figures.reading(source, FORMAT, gatling_tree.entries(root))


def _tree(source: Source) -> object:
    text = sources.text(source)
    try:
        return foreign.decode(text, TOOL)
    except SourceError:
        if _TWICE not in text:
            raise
        return foreign.decode(text.replace(_TWICE, '\\"'), TOOL)
