"""criterion's `benchmark.json`, `tukey.json` and `change/estimates.json`: no measurements, but part of its folders.

They are recognised so that a pattern over all of criterion's folders finds no stranger. A change is a ratio: 0.6 is 60 % more.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from trivigil import foreign
from trivigil.core.reading import Reading
from trivigil.perf.facts import RunFacts

if TYPE_CHECKING:
    from trivigil.sources import Source

TOOL = "criterion"
FORMAT = "companion-json"
RANK: int | None = None
LAG = ""
WINDOWED = False

_NAME: Final = re.compile(rb'\s*\{\s*"group_id"\s*:.*"full_id"\s*:', re.DOTALL)
_CHANGE: Final = re.compile(
    rb'\s*\{\s*"mean"\s*:\s*\{\s*"confidence_interval"\s*:(?!.*"(?:median_abs_dev|std_dev)")',
    re.DOTALL,
)
_FENCES: Final = re.compile(rb"\s*\[\s*-?\d[\d.eE+-]*(?:\s*,\s*-?\d[\d.eE+-]*){3}\s*\]")
_SAYS: Final = (
    (_NAME, "It has the benchmark's name and no times: they are in `estimates.json` beside it."),
    (_CHANGE, "It has ratios to the run before and no times: they are in `new/estimates.json`."),
    (
        _FENCES,
        "It has the limits of outliers and no times: they are in `estimates.json` beside it.",
    ),
)


def recognises(source: Source) -> bool:
    """Whether it is one of the three."""
    return any(shape.match(source.head) for shape, _ in _SAYS)


def read(source: Source) -> Reading[RunFacts]:
    """No facts, and what the file is."""
    foreign.load(source, TOOL)
    note = next(note for shape, note in _SAYS if shape.match(source.head))
    return Reading(
        path=source.path,
        tool=TOOL,
        format=FORMAT,
        state="complete",
        facts=RunFacts(),
        count=0,
        unit="benchmarks",
        notes=(note,),
    )
