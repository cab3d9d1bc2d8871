"""`vitest bench --outputJson` of Vitest 1 to 4: benchmarks by file and group, times in ms, `hz` in 1/s.

The fields are those of packages/vitest/src/runtime/types/benchmark.ts of vitest-dev/vitest. A benchmark that throws is an entry
without `mean` and `hz`, and the exit code is 0.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from trivigil import foreign
from trivigil.perf import benchmark, millisecond_task
from trivigil.perf.facts import RunFacts

if TYPE_CHECKING:
    from trivigil.core.reading import Reading
    from trivigil.foreign import Fields
    from trivigil.perf.benchmark import Benchmark
    from trivigil.sources import Source

TOOL = "vitest"
FORMAT = "output-json"
RANK: int | None = 0
LAG = ""
WINDOWED = False

_SHAPE: Final = re.compile(
    rb'\s*\{\s*"files"\s*:\s*\[\s*\{\s*"filepath"\s*:\s*"(?:[^"\\]|\\.)*"\s*,\s*"groups"\s*:'
)
_NOTHING: Final = re.compile(rb'\s*\{\s*"files"\s*:\s*\[\s*\]\s*\}\s*')


def recognises(source: Source) -> bool:
    """Whether a first file has groups; no files only where the tool is named."""
    if source.tool == TOOL and _NOTHING.fullmatch(source.head):
        return True
    return _SHAPE.match(source.head) is not None


def read(source: Source) -> Reading[RunFacts]:
    """Every benchmark, named by its file, groups and name; one without numbers makes the run invalid."""
    named = [
        (group, each)
        for file in foreign.root(foreign.load(source, TOOL), TOOL).objects("files")
        for group in file.objects("groups")
        for each in group.objects("benchmarks")
    ]
    failed = [pair for pair in named if millisecond_task.nothing(pair[1])]
    groups = {each.place: group for group, each in named}
    found, drifted = foreign.drifting(
        (each for _, each in named if not millisecond_task.nothing(each)),
        lambda each: _benchmark(groups[each.place], each),
    )
    return benchmark.reading(
        source,
        (TOOL, FORMAT),
        found,
        drifted=drifted,
        facts=RunFacts(
            invalid=tuple(
                benchmark.failed(_name(*pair), "it threw an error or was skipped")
                for pair in failed
            )
        ),
    )


def _name(group: Fields, each: Fields) -> str:
    return f"{group.value.get('fullName')} > {each.value.get('name')}"


def _benchmark(group: Fields, each: Fields) -> Benchmark:
    return millisecond_task.benchmark(f"{group.text('fullName')} > {each.text('name')}", each)
