"""What benchmark.js prints: `name x 1,234 ops/sec ±1.12% (91 runs sampled)`, a rate, more is better.

The line is `Benchmark.prototype.toString` of bestiejs/benchmark.js. A name may hold ` x `; the last one separates. A benchmark that
throws prints its name and a colon, and nothing else.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from trivigil.core.errors import SourceError
from trivigil.core.untrusted import printable
from trivigil.perf import benchmark, printed, units
from trivigil.perf.benchmark import Benchmark
from trivigil.perf.facts import RunFacts

if TYPE_CHECKING:
    from trivigil.core.reading import Reading
    from trivigil.sources import Source

TOOL = "benchmarkjs"
FORMAT = "text"
RANK: int | None = 0
LAG = ""
WINDOWED = False

_SHAPE: Final = re.compile(
    rb"^\S[^\n]* x [\d,]+(?:\.\d+)? ops/sec [^\d\n]{1,6}[\d.,]+% \(\d+ runs? sampled\)",
    re.MULTILINE,
)
_LINE: Final = re.compile(
    r"(.*) x (\S+) ops/sec \D{1,6}[\d.,]+% \((\d+) runs? sampled\)\s*", re.DOTALL
)
_BEGUN: Final = re.compile(r".* x [\d,.]+(?: op.*)?", re.DOTALL)
_FAILED: Final = re.compile(r"(\S.*): ")


def recognises(source: Source) -> bool:
    """Whether a result stands at the start of a line."""
    return _SHAPE.search(source.head) is not None


def read(source: Source) -> Reading[RunFacts]:
    """The rate of every benchmark; one that threw makes the run invalid."""
    found, failures, drifted = [], [], []
    for number, line in printed.lines(source):
        if (match := _LINE.fullmatch(line)) is not None:
            try:
                rate = units.number(match.group(2), number)
            except SourceError as error:
                drifted.append(_left_out(match.group(1), number, error.message))
            else:
                runs = int(match.group(3))
                found.append(Benchmark(match.group(1), n=runs, others=(("throughput", rate),)))
        elif _BEGUN.fullmatch(line) is not None:
            drifted.append(_left_out(line, number, "the line is damaged or cut."))
        elif (match := _FAILED.fullmatch(line)) is not None:
            failures.append(benchmark.failed(match.group(1), "it threw an error"))
    return benchmark.reading(
        source,
        (TOOL, FORMAT),
        tuple(found),
        drifted=tuple(drifted),
        facts=RunFacts(invalid=tuple(failures)),
    )


def _left_out(name: str, line: int, why: str) -> str:
    return f"`{printable(name, 200)}` (line {line}) is left out: {why}"
