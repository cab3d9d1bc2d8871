"""criterion's `--output-format bencher`: the median and the standard deviation of every benchmark, in whole ns.

The lines are those of `BencherReport` in src/report.rs of bheisler/criterion.rs: the same as libtest's, but outside of its frame.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from trivigil.perf import bench_lines, benchmark
from trivigil.perf.facts import RunFacts

if TYPE_CHECKING:
    from trivigil.core.reading import Reading
    from trivigil.sources import Source

TOOL = "criterion"
FORMAT = "bencher"
RANK: int | None = 2
LAG = ""
WINDOWED = False


def recognises(source: Source) -> bool:
    """Whether a result in whole numbers stands outside of libtest's frame."""
    return bench_lines.outside(source.head)


def read(source: Source) -> Reading[RunFacts]:
    """Medians and standard deviations."""
    found = bench_lines.parse(source, spread=True)
    return benchmark.reading(
        source,
        (TOOL, FORMAT),
        found.benchmarks,
        drifted=found.drifted,
        facts=RunFacts(invalid=found.failures),
    )
