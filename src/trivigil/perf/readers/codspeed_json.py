"""CodSpeed's `.codspeed/results_*.json` (walltime): statistics of every benchmark, in nanoseconds of one iteration.

The fields are those of src/pytest_codspeed/instruments/walltime.py of CodSpeedHQ/pytest-codspeed; `total_time` alone is in seconds. A
test that fails after its measurement is listed, one that raises in it is absent.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Final

from trivigil import foreign
from trivigil.core.untrusted import printable
from trivigil.perf import benchmark
from trivigil.perf.benchmark import Benchmark

if TYPE_CHECKING:
    from trivigil.core.reading import Reading
    from trivigil.foreign import Fields
    from trivigil.perf.facts import RunFacts
    from trivigil.sources import Source

TOOL = "codspeed"
FORMAT = "walltime-json"
RANK: int | None = 0
LAG = ""
WINDOWED = False

_SHAPE: Final = re.compile(rb'\s*\{\s*"creator"\s*:\s*\{\s*"name"\s*:\s*"[\w-]*codspeed[\w-]*"')
_NS: Final = 1e-9


def recognises(source: Source) -> bool:
    """Whether CodSpeed is its creator."""
    return _SHAPE.match(source.head) is not None


def read(source: Source) -> Reading[RunFacts]:
    """The times of every benchmark, with the address of its test where several have the name."""
    report = foreign.root(foreign.load(source, TOOL), TOOL)
    records = report.objects("benchmarks")
    names = Counter(str(record.value.get("name")) for record in records)
    found, drifted = foreign.drifting(records, lambda record: _benchmark(record, names))
    made = benchmark.reading(source, (TOOL, FORMAT), found, drifted=drifted)
    version = report.nested("creator").value.get("version")
    return made._replace(tool_version=printable(version, 40) if isinstance(version, str) else None)


def _benchmark(record: Fields, names: Counter[str]) -> Benchmark:
    name, stats = record.text("name"), record.nested("stats")
    return Benchmark(
        subject=name if names[name] == 1 else record.text("uri"),
        n=stats.count("rounds"),
        mean=stats.number("mean_ns") * _NS,
        median=stats.number("median_ns") * _NS,
        fastest=stats.number("min_ns") * _NS,
        slowest=stats.number("max_ns") * _NS,
        stddev=stats.number("stdev_ns") * _NS,
    )
