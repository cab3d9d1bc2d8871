"""Bencher Metric Format: measures by benchmark, each a `value` with optional bounds.

The format is that of bencher.dev/bmf.json. `latency` is in nanoseconds and `throughput` in operations a second; other
measures have neither unit nor direction in the file and are left out, with a note.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from trivigil import foreign
from trivigil.core.measurement import Measurement, metric
from trivigil.core.reading import Reading
from trivigil.core.untrusted import printable
from trivigil.perf.facts import RunFacts

if TYPE_CHECKING:
    from trivigil.foreign import Fields
    from trivigil.sources import Source

TOOL = "bencher"
FORMAT = "metric-format"
RANK: int | None = 0
LAG = ""
WINDOWED = False

_NAME: Final = rb'"(?:[^"\\]|\\.)*"\s*:\s*\{\s*'
_SHAPE: Final = re.compile(
    rb'\s*\{\s*(?!"(?:metrics|aggregate|root_group|results)")' + _NAME + _NAME
    + rb'"(?:value|lower_value|upper_value)"\s*:'
)  # fmt: skip
_MEASURES: Final = {"latency": ("time.mean", 1e-9), "throughput": ("throughput", 1.0)}


def recognises(source: Source) -> bool:
    """Whether a measure of a first benchmark has a value; an empty object only where the tool is named."""
    if source.tool == TOOL and source.head.strip() == b"{}":
        return True
    return _SHAPE.match(source.head) is not None


def read(source: Source) -> Reading[RunFacts]:
    """A measurement for each measure whose unit is known."""
    root = foreign.root(foreign.load(source, TOOL), TOOL)
    measures = [
        (name, measure, benchmark.nested(measure))
        for name, benchmark in ((name, root.nested(name)) for name in root.value)
        for measure in benchmark.value
    ]
    left = sorted({measure for _, measure, _ in measures if measure not in _MEASURES})
    known = {fields.place: (name, measure) for name, measure, fields in measures}
    found, drifted = foreign.drifting(
        (fields for _, measure, fields in measures if measure in _MEASURES),
        lambda fields: _measurement(fields, *known[fields.place]),
    )
    notes = (
        f"The measure `{printable(measure, 80)}` is left out: the file has no unit of it."
        for measure in left
    )
    return Reading(
        path=source.path,
        tool=TOOL,
        format=FORMAT,
        state="partial" if drifted else "complete" if measures else "empty",
        facts=RunFacts(measurements=found),
        count=len(root.value),
        unit="benchmarks",
        notes=(*drifted, *notes),
    )


def _measurement(fields: Fields, name: str, measure: str) -> Measurement:
    measured, scale = _MEASURES[measure]
    return Measurement(name, metric(measured), fields.number("value") * scale)
