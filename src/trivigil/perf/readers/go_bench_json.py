"""`go test -json -bench`: the text of a run in events, a result often split over several of them.

The events are those of cmd/test2json. Packages run side by side, so each one's output is put together before it is read.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from trivigil import foreign
from trivigil.core.untrusted import printable
from trivigil.perf import benchmark
from trivigil.perf.facts import RunFacts
from trivigil.perf.readers import go_bench_lines

if TYPE_CHECKING:
    from trivigil.core.reading import Reading
    from trivigil.sources import Source

TOOL = "go-bench"
FORMAT = "json"
RANK: int | None = 0
LAG = ""
WINDOWED = False

_SHAPE: Final = re.compile(
    rb'\s*\{(?:"Time":"[^"]*",|"ImportPath":"[^"]*",)*"Action":"'
    rb'(?:start|run|output|build-output|build-fail|pass|fail|skip|pause|cont|bench)"'
)


def recognises(source: Source) -> bool:
    """Whether it begins with an event."""
    return _SHAPE.match(source.head) is not None


def read(source: Source) -> Reading[RunFacts]:
    """The benchmarks of all packages; a package that failed makes the run invalid, one without an end is cut."""
    records, damaged = foreign.lines(source, TOOL)
    outputs: dict[str, list[str]] = {}
    ended: dict[str, str] = {}
    for record in records:
        event = record.fields.value
        package, action = str(event.get("Package", "")), str(event.get("Action"))
        if action == "output":
            outputs.setdefault(package, []).append(str(event.get("Output", "")))
        elif action in {"pass", "fail", "skip"} and "Test" not in event:
            ended[package] = action
        elif action == "build-fail":
            ended[str(event.get("ImportPath", ""))] = "fail"
    found = [
        go_bench_lines.parse(((None, line) for line in "".join(output).split("\n")), package)
        for package, output in outputs.items()
    ]
    results = [result for each in found for result in each.results]
    failures = [failure for each in found for failure in each.failures]
    failures += [
        go_bench_lines.ended_with_fail(package)
        for package, action in ended.items()
        if action == "fail"
    ]
    cut = [
        f"`{printable(package, 120)}` has no end." for package in outputs if package not in ended
    ]
    drifted = (*damaged, *(each for parsed in found for each in parsed.drifted), *cut)
    return benchmark.reading(
        source,
        (TOOL, FORMAT),
        tuple(go_bench_lines.benchmarks(results)),
        drifted=tuple(dict.fromkeys(drifted)),
        notes=go_bench_lines.own_units(results),
        facts=RunFacts(
            host=dict(pair for each in found for pair in each.host),
            invalid=tuple(dict.fromkeys(failures)),
        ),
    )
