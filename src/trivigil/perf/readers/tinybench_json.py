"""Tasks of tinybench, written by the benchmark's own script: `{"tasks": [{"name", "result"}]}`, or the list alone.

tinybench has no file format: this is its `bench.tasks` through `JSON.stringify`, of version 2 (flat) and from 3 on (`latency`,
`throughput`). An error turns into `{}` there.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from trivigil import foreign
from trivigil.core.untrusted import printable
from trivigil.perf import benchmark, millisecond_task
from trivigil.perf.facts import RunFacts

if TYPE_CHECKING:
    from trivigil.core.reading import Reading
    from trivigil.foreign import Fields
    from trivigil.perf.benchmark import Benchmark
    from trivigil.sources import Source

TOOL = "tinybench"
FORMAT = "json"
RANK: int | None = 0
LAG = ""
WINDOWED = False

_SHAPE: Final = re.compile(
    rb'\s*(?:\{\s*"tasks"\s*:\s*)?\[\s*\{\s*"(?:name|runs|result)"\s*:.*"result"\s*:\s*\{'
    rb'\s*"(?:state|latency|throughput|totalTime|hz|mean|min|error|period|runtime|aborted)"', re.DOTALL
)  # fmt: skip
_NOTHING: Final = re.compile(rb'\s*\{\s*"tasks"\s*:\s*\[\s*\]\s*\}\s*')


def recognises(source: Source) -> bool:
    """Whether a first task has a result; an empty list of tasks only where the tool is named."""
    if source.tool == TOOL and _NOTHING.fullmatch(source.head):
        return True
    return _SHAPE.match(source.head) is not None


def read(source: Source) -> Reading[RunFacts]:
    """Times and rates of every task; one that threw or was stopped makes the run invalid."""
    decoded = foreign.load(source, TOOL)
    tasks = foreign.of_list(decoded) if isinstance(decoded, list) else None
    if tasks is None:
        tasks = foreign.root(decoded, TOOL).objects("tasks")
    failed = [task for task in tasks if _failed(task)]
    measured = [task for task in tasks if not _failed(task)]
    found, drifted = foreign.drifting(measured, _benchmark)
    return benchmark.reading(
        source,
        (TOOL, FORMAT),
        found,
        drifted=drifted,
        facts=RunFacts(
            invalid=tuple(
                benchmark.failed(str(task.value.get("name")), _reason(task)) for task in failed
            )
        ),
    )


def _failed(task: Fields) -> bool:
    result = task.maybe_nested("result")
    return "error" in result.value or millisecond_task.nothing(result)


def _reason(task: Fields) -> str:
    state = task.maybe_nested("result").value.get("state")
    return f"its state is {printable(state, 40)}" if isinstance(state, str) else "it threw an error"


def _benchmark(task: Fields) -> Benchmark:
    found = millisecond_task.benchmark(task.text("name"), task.nested("result"))
    return found._replace(n=found.n or task.count("runs", 0) or None)
