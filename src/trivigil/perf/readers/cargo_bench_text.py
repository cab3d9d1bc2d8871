"""What `cargo bench` prints with Rust's own harness (libtest): the median of every benchmark, in nanoseconds.

A benchmark that never calls `iter` has a time of 0. One that panics is FAILED, and the others are measured.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from trivigil.perf import bench_lines, benchmark
from trivigil.perf.facts import RunFacts

if TYPE_CHECKING:
    from trivigil.core.reading import Reading
    from trivigil.sources import Source

TOOL = "cargo-bench"
FORMAT = "text"
RANK: int | None = 0
LAG = ""
WINDOWED = False


def recognises(source: Source) -> bool:
    """Whether a result stands in it that is not criterion's, or only the frame of a run that measured nothing."""
    if bench_lines.SHAPE.search(source.head) is None:
        return bench_lines.nothing_else(source.head)
    return not bench_lines.outside(source.head)


def read(source: Source) -> Reading[RunFacts]:
    """Medians and data rates; a failure makes the run invalid."""
    found = bench_lines.parse(source, spread=False)
    return benchmark.reading(
        source,
        (TOOL, FORMAT),
        found.benchmarks,
        drifted=found.drifted,
        facts=RunFacts(invalid=found.failures),
    )
