"""`js/stats.js` of Gatling's reports (up to 3.13): the tree of `stats.json` as a script, its numbers as texts.

From 3.14 on a file of this name holds only the script of a dialog, without numbers; it is not recognised.
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
FORMAT = "stats-script"
RANK: int | None = 2
LAG = ""
WINDOWED = False

_SHAPE: Final = re.compile(rb'\s*var stats = \{\s*type: "GROUP"')
_BEGINNING: Final = re.compile(r"\s*var stats = ")
_END: Final = re.compile(r"^function ", re.MULTILINE)
_KEY: Final = re.compile(r"^(\s*)(type|name|path|pathFormatted|stats|contents):", re.MULTILINE)


def recognises(source: Source) -> bool:
    """Whether it begins with the variable of Gatling's report."""
    return _SHAPE.match(source.head) is not None


def read(source: Source) -> Reading[RunFacts]:
    """Measurements of every request and group, and of the whole run."""
    text = sources.text(source)
    end = _END.search(text)
    if end is None:
        raise SourceError(
            "the script has no function at its end; it is cut.", line=text.count("\n") + 1
        )
    beginning = _BEGINNING.match(text)
    tree = text[beginning.end() if beginning else 0 : end.start()].rstrip().removesuffix(";")
    root = foreign.root(foreign.decode(_KEY.sub(r'\1"\2":', tree), TOOL), TOOL)
    return gatling_figures.reading(source, FORMAT, gatling_tree.entries(root))
