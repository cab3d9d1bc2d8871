"""`vitest bench --reporter=json` of Vitest 5: the tasks of every test's benchmarks, times in ms and rates in 1/s.

The fields are those of packages/vitest/src/node/reporters/json.ts of vitest-dev/vitest. `--outputJson` is gone there. A benchmark that
throws is a failed test without tasks.
"""

from __future__ import annotations

import os
import re
from collections import Counter
from typing import TYPE_CHECKING, Final

from trivigil import foreign
from trivigil.core.record import NamedTuple
from trivigil.perf import benchmark, millisecond_task
from trivigil.perf.facts import RunFacts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from trivigil.core.reading import Reading
    from trivigil.foreign import Fields
    from trivigil.perf.benchmark import Benchmark
    from trivigil.sources import Source

TOOL = "vitest"
FORMAT = "report-json"
RANK: int | None = 0
LAG = ""
WINDOWED = False

_SHAPE: Final = re.compile(
    rb'\s*\{\s*"numTotalTestSuites"\s*:(?=.*"assertionResults"\s*:)(?=.*"benchmarks"\s*:\s*\[)',
    re.DOTALL,
)


class _Task(NamedTuple):
    name: str
    file: str
    fields: Fields


def recognises(source: Source) -> bool:
    """Whether tests have benchmarks; Jest's report of the same shape has none."""
    return _SHAPE.match(source.head) is not None


def read(source: Source) -> Reading[RunFacts]:
    """Every task, named by its benchmark and its own name; a test that failed makes the run invalid."""
    files = foreign.root(foreign.load(source, TOOL), TOOL).objects("testResults")
    tests = [(file, test) for file in files for test in file.objects("assertionResults")]
    tasks = [task for file, test in tests for task in _tasks(file, test)]
    names = Counter(task.name for task in tasks)
    known = {task.fields.place: task for task in tasks}
    found, drifted = foreign.drifting(
        (task.fields for task in tasks if not millisecond_task.nothing(task.fields)),
        lambda fields: _benchmark(known[fields.place], names),
    )
    failures = [
        benchmark.failed(str(test.value.get("fullName")), "its test failed")
        for _, test in tests
        if test.value.get("status") == "failed"
    ]
    failures += [
        benchmark.failed(task.name, "it has no numbers")
        for task in tasks
        if millisecond_task.nothing(task.fields)
    ]
    return benchmark.reading(
        source,
        (TOOL, FORMAT),
        found,
        drifted=drifted,
        facts=RunFacts(invalid=tuple(dict.fromkeys(failures))),
    )


def _tasks(file: Fields, test: Fields) -> Iterator[_Task]:
    where = os.path.basename(str(file.value.get("name", "")))
    for group in test.objects("benchmarks") if "benchmarks" in test.value else ():
        for task in group.objects("tasks"):
            yield _Task(f"{group.value.get('name')} > {task.value.get('name')}", where, task)


def _benchmark(task: _Task, names: Counter[str]) -> Benchmark:
    task.fields.text("name")
    name = task.name if names[task.name] == 1 else f"{task.file} > {task.name}"
    return millisecond_task.benchmark(name, task.fields)
