"""What iai-callgrind (now gungraun) prints: `Instructions: new|old` and its like, below the name of every benchmark.

The lines are those of iai-callgrind-runner/src/runner/format.rs of iai-callgrind/iai-callgrind. Only the new count is of this run; `N/A`
stands for the old one of a first run. A broken limit is its own verdict.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from trivigil.core.errors import SourceError
from trivigil.core.untrusted import printable
from trivigil.perf import benchmark, printed, units
from trivigil.perf.benchmark import Benchmark
from trivigil.perf.facts import RunFacts
from trivigil.perf.readers.iai_callgrind_figures import METRICS, verdict

if TYPE_CHECKING:
    from collections.abc import Iterator

    from trivigil.core.reading import Reading
    from trivigil.core.result import Result
    from trivigil.sources import Source

TOOL = "iai-callgrind"
FORMAT = "text"
RANK: int | None = 1
LAG = ""
WINDOWED = False

_SHAPE: Final = re.compile(
    rb"^\S[^\n]*\n  (?:Instructions|L1 Hits|Estimated Cycles): +[\d,.]+\|", re.MULTILINE
)
_COUNT: Final = re.compile(r"  (\S[^:]*): +([^|\s]+)\|(\S+).*")
_BEGUN: Final = re.compile(r"  (\S[^:]*): *[^|]*")
_NAME: Final = re.compile(r"\S.*")
_RESULT: Final = re.compile(r"(?:Iai-Callgrind|Gungraun) result: (\w+)\.? ?(.*)")


def recognises(source: Source) -> bool:
    """Whether a count stands below a name."""
    return _SHAPE.search(source.head) is not None


def read(source: Source) -> Reading[RunFacts]:
    """Instructions, estimated cycles and RAM hits of every benchmark."""
    drifted: list[str] = []
    counts: dict[str, dict[str, float]] = {}
    verdicts: list[Result] = []
    name = ""
    for number, line in printed.lines(source):
        if (match := _COUNT.fullmatch(line)) is not None:
            if match.group(1) in METRICS:
                drifted += _count(counts.setdefault(name, {}), match, number)
        elif (match := _BEGUN.fullmatch(line)) is not None and match.group(1) in METRICS:
            drifted.append(f"Line {number} is left out: the text is damaged or cut.")
        elif (match := _RESULT.fullmatch(line)) is not None:
            word, rest = match.groups()
            verdicts.append(verdict("limits of the run", f"{word}. {rest}", held=word == "Ok"))
        elif _NAME.fullmatch(line) is not None:
            name = line
    drifted += _short(counts)
    found = tuple(Benchmark(each, others=tuple(own.items())) for each, own in counts.items())
    return benchmark.reading(
        source,
        (TOOL, FORMAT),
        found,
        drifted=tuple(drifted),
        facts=RunFacts(verdicts=tuple(verdicts)),
    )


def _count(own: dict[str, float], match: re.Match[str], line: int) -> Iterator[str]:
    metric = METRICS[match.group(1)]
    try:
        value = units.number(match.group(2), line)
    except SourceError as error:
        yield f"Line {line} is left out: {error.message}"
        return
    if metric in own:
        yield f"Line {line} is left out: the count is there twice."
        return
    own[metric] = value


def _short(counts: dict[str, dict[str, float]]) -> Iterator[str]:
    """A last benchmark with fewer counts than the first: the text is cut within it."""
    names = list(counts)
    if names and len(counts[names[-1]]) < len(counts[names[0]]):
        yield f"`{printable(names[-1], 200)}` lacks counts that others have: the text is cut."
