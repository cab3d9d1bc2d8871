"""What criterion prints: `name  time:   [low estimate high]`, a long name on a line of its own.

The estimate in the middle is criterion's typical time of an iteration: the slope over the samples, or their mean where sampling is flat
(`src/report.rs` of bheisler/criterion.rs). The lines below `change:` are ratios.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from trivigil.core.errors import SourceError
from trivigil.core.untrusted import printable
from trivigil.perf import benchmark, printed, units
from trivigil.perf.benchmark import Benchmark

if TYPE_CHECKING:
    from collections.abc import Iterator

    from trivigil.core.reading import Reading
    from trivigil.perf.facts import RunFacts
    from trivigil.sources import Source

TOOL = "criterion"
FORMAT = "text"
RANK: int | None = 3
LAG = ""
WINDOWED = False

_ESTIMATE: Final = r"\[(\S+) (\S+) (\S+) (\S+) (\S+) (\S+)\]"
_SHAPE: Final = re.compile(rb"[ \t]time:   \[\d\S* \S+ \d\S* \S+ \d\S* \S+\]")
_TIME: Final = re.compile(rf"(\S.*?)?\s+time:\s+{_ESTIMATE}\s*")
_BEGUN: Final = re.compile(r"(\S.*?)?\s+time:\s+\[.*")
_CHANGE: Final = re.compile(r"\s+change:.*")
_NOISE: Final = re.compile(
    r"(?:Benchmarking |Found \d+ outliers|Gnuplot |Warning: |test result: |running ).*"
)
_TYPICAL: Final = "The text has criterion's typical time alone, which stands as the mean: `new/estimates.json` says more."


def recognises(source: Source) -> bool:
    """Whether an estimate of a time stands in it."""
    return _SHAPE.search(source.head) is not None


def read(source: Source) -> Reading[RunFacts]:
    """The typical time of every benchmark; one whose line is cut makes the reading partial."""
    drifted: list[str] = []
    found = tuple(_benchmarks(source, drifted))
    return benchmark.reading(
        source, (TOOL, FORMAT), found, drifted=tuple(drifted), notes=(_TYPICAL,)
    )


def _benchmarks(source: Source, drifted: list[str]) -> Iterator[Benchmark]:
    name, changed = "", False
    for number, line in printed.lines(source):
        if _CHANGE.fullmatch(line) is not None:
            changed = True  # its own `time:` may stand below
        elif (match := _TIME.fullmatch(line)) is not None:
            if match.group(1):
                name, changed = match.group(1), False
            if not changed:
                yield from _one(name, match, number, drifted)
            changed = True
        elif _BEGUN.fullmatch(line) is not None and not changed:
            drifted.append(f"Line {number} is left out: the text is damaged or cut.")
        elif line and not line[0].isspace() and _NOISE.fullmatch(line) is None:
            name, changed = line.rstrip(), False


def _one(name: str, match: re.Match[str], line: int, drifted: list[str]) -> Iterator[Benchmark]:
    try:
        mean = units.seconds(units.number(match.group(4), line), match.group(5), line)
    except SourceError as error:
        drifted.append(f"`{printable(name, 200)}` (line {line}) is left out: {error.message}")
        return
    yield Benchmark(subject=name, mean=mean)
