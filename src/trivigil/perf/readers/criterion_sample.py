"""criterion's `new/sample.json`: iterations and nanoseconds of every sample of one benchmark."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from trivigil import foreign
from trivigil.perf import benchmark, beside
from trivigil.perf.readers import criterion_figures

if TYPE_CHECKING:
    from trivigil.core.reading import Reading
    from trivigil.perf.facts import RunFacts
    from trivigil.sources import Source

TOOL = "criterion"
FORMAT = "sample-json"
RANK: int | None = 1
LAG = ""
WINDOWED = False

_SHAPE: Final = re.compile(rb'\s*\{\s*(?:"sampling_mode"\s*:\s*"\w+"\s*,\s*)?"iters"\s*:\s*\[')


def recognises(source: Source) -> bool:
    """Whether it begins with the sampling mode or the iterations."""
    return _SHAPE.match(source.head) is not None


def read(source: Source) -> Reading[RunFacts]:
    """One benchmark, whose rounds are the samples."""
    sample = foreign.root(foreign.load(source, TOOL), TOOL)
    found = benchmark.of_rounds(criterion_figures.name(source), criterion_figures.rounds(sample))
    record = beside.fields(source, "benchmark.json", TOOL)
    found = found._replace(others=criterion_figures.throughput(record, found.mean))
    return benchmark.reading(source, (TOOL, FORMAT), (found,))
