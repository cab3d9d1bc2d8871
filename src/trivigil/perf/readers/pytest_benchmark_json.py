"""`pytest --benchmark-json` and what `--benchmark-save` stores: seconds of one call, by test.

The fields are those of pytest_benchmark/stats.py and fixture.py (`as_dict`). A round calls the function
`iterations` times and counts their mean, so rounds are no single calls. A test that fails after it was measured is in the file
like any other.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from trivigil import foreign
from trivigil.core.untrusted import printable
from trivigil.perf import benchmark
from trivigil.perf.benchmark import Benchmark
from trivigil.perf.facts import RunFacts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from trivigil.core.reading import Reading
    from trivigil.foreign import Fields
    from trivigil.sources import Source

TOOL = "pytest-benchmark"
FORMAT = "json"
RANK: int | None = 0
LAG = ""
WINDOWED = False

_SHAPE: Final = re.compile(
    rb'\s*\{\s*"machine_info"\s*:.*"(?:python_implementation|commit_info|benchmarks)"\s*:',
    re.DOTALL,
)
_HOST: Final = ("system", "release", "machine", "python_implementation", "python_version")
_CPU: Final = (("brand_raw", "cpu"), ("count", "cores"))
_NO_ROUNDS: Final = (
    "It has no rounds, so later comparisons know only the summary: add `--benchmark-save-data`."
)


def recognises(source: Source) -> bool:
    """Whether it begins with the machine, as pytest-benchmark's files do."""
    return _SHAPE.match(source.head) is not None


def read(source: Source) -> Reading[RunFacts]:
    """The times of every benchmark, its rounds where they are there, and the machine."""
    report = foreign.root(foreign.load(source, TOOL), TOOL)
    found, drifted = foreign.drifting(report.objects("benchmarks"), _benchmark)
    version = report.value.get("version")
    made = benchmark.reading(
        source,
        (TOOL, FORMAT),
        found,
        drifted=drifted,
        notes=(_NO_ROUNDS,) if found and not any(each.rounds for each in found) else (),
        facts=RunFacts(host=dict(_host(report.maybe_nested("machine_info")))),
    )
    return made._replace(tool_version=printable(version, 40) if isinstance(version, str) else None)


def _benchmark(record: Fields) -> Benchmark:
    stats = record.nested("stats")
    return Benchmark(
        subject=record.text("fullname"),
        n=stats.count("rounds"),
        mean=stats.number("mean"),
        median=stats.number("median"),
        fastest=stats.number("min"),
        slowest=stats.number("max"),
        stddev=stats.number("stddev"),
        rounds=stats.numbers("data"),
    )


def _host(machine: Fields) -> Iterator[tuple[str, str]]:
    """What makes two machines comparable; not the machine's own name, which differs from run to run."""
    cpu = machine.maybe_nested("cpu")
    named = [(key, machine.value.get(key)) for key in _HOST]
    named += [(name, cpu.value.get(key)) for key, name in _CPU]
    yield from ((name, str(value)[:200]) for name, value in named if value not in (None, ""))
