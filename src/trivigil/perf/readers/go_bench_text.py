"""What `go test -bench` prints: times, data rates and allocations, repeated lines (`-count`) as rounds.

Lines of the benchmarks' own output may stand between results, and between a name and its result. A benchmark that fails leaves the
others in place, and FAIL at the end.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from trivigil.perf import benchmark, printed
from trivigil.perf.facts import RunFacts
from trivigil.perf.readers import go_bench_lines

if TYPE_CHECKING:
    from trivigil.core.reading import Reading
    from trivigil.sources import Source

TOOL = "go-bench"
FORMAT = "text"
RANK: int | None = 0
LAG = ""
WINDOWED = False

_SHAPE: Final = re.compile(
    rb"^Benchmark(?![a-z])\S*[ \t]+\d+[ \t]+[-+.\dNI]\S* +\S|^--- (?:FAIL|BENCH|SKIP): Benchmark",
    re.MULTILINE,
)
_NOTHING: Final = re.compile(
    rb"(?:(?:goos|goarch|pkg|cpu): [^\n]*\n|(?:PASS|FAIL)\n|exit status \d+\n)*"
    rb"(?:(?:ok|\?|FAIL)[ \t]+\S+[ \t]+[^\n]+\n)+(?:FAIL\n)?[^\n]*\n?"
)


def recognises(source: Source) -> bool:
    """Whether a result stands in it, or nothing but the frame of a run that had none."""
    head = source.head.replace(b"\r\n", b"\n")
    return _SHAPE.search(head) is not None or _NOTHING.fullmatch(head) is not None


def read(source: Source) -> Reading[RunFacts]:
    """The benchmarks of all packages; a failure makes the run invalid."""
    found = go_bench_lines.parse(printed.lines(source))
    return benchmark.reading(
        source,
        (TOOL, FORMAT),
        tuple(go_bench_lines.benchmarks(found.results)),
        drifted=found.drifted,
        notes=go_bench_lines.own_units(found.results),
        facts=RunFacts(host=dict(found.host), invalid=found.failures),
    )
