"""criterion's `new/estimates.json`: mean, median and deviation of one benchmark, whose name is in the file beside it.

`slope` is null where sampling is flat. The samples beside it are its rounds. Estimates below `change/` are ratios, and no times.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from trivigil import foreign
from trivigil.core.errors import SourceError
from trivigil.perf import benchmark, beside
from trivigil.perf.benchmark import Benchmark
from trivigil.perf.readers import criterion_figures
from trivigil.perf.readers.criterion_figures import NS

if TYPE_CHECKING:
    from trivigil.core.reading import Reading
    from trivigil.perf.facts import RunFacts
    from trivigil.sources import Source

TOOL = "criterion"
FORMAT = "estimates-json"
RANK: int | None = 0
LAG = ""
WINDOWED = False

_SHAPE: Final = re.compile(
    rb'\s*\{\s*"mean"\s*:\s*\{\s*"confidence_interval"\s*:.*"(?:median_abs_dev|std_dev)"\s*:',
    re.DOTALL,
)


def recognises(source: Source) -> bool:
    """Whether it has the estimates of times; those of a change have no deviation."""
    return _SHAPE.match(source.head) is not None


def read(source: Source) -> Reading[RunFacts]:
    """One benchmark, with the samples as its rounds where they are beside it."""
    report = foreign.root(foreign.load(source, TOOL), TOOL)
    sample = beside.fields(source, "sample.json", TOOL)
    rounds: tuple[float, ...] = ()
    notes = []
    if sample is not None:
        try:
            rounds = criterion_figures.rounds(sample)
        except SourceError as error:
            notes.append(f"The rounds are left out: {error.message}")
    mean = _seconds(report, "mean")
    found = Benchmark(
        subject=criterion_figures.name(source),
        n=len(rounds) or None,
        mean=mean,
        median=_seconds(report, "median"),
        stddev=_seconds(report, "std_dev"),
        rounds=rounds,
        others=criterion_figures.throughput(beside.fields(source, "benchmark.json", TOOL), mean),
    )
    return benchmark.reading(source, (TOOL, FORMAT), (found,), notes=notes)


def _seconds(report: foreign.Fields, name: str) -> float:
    return report.nested(name).number("point_estimate") * NS
