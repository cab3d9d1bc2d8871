"""`cargo bench -- -Z unstable-options --format json`: the events of Rust's own harness, a line each, times in ns.

The events are those of library/test/src/formatters/json.rs of rust-lang/rust. `mib_per_second` has the text's number, which is of
decimal megabytes.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from trivigil import foreign
from trivigil.perf import benchmark
from trivigil.perf.benchmark import Benchmark
from trivigil.perf.facts import RunFacts

if TYPE_CHECKING:
    from trivigil.core.reading import Reading
    from trivigil.foreign import Fields
    from trivigil.sources import Source

TOOL = "cargo-bench"
FORMAT = "json"
RANK: int | None = 0
LAG = ""
WINDOWED = False

_SHAPE: Final = re.compile(rb'\s*\{ "type": "suite", "event": "started", "test_count": \d+')
_CUT: Final = "The suite has no end: the file is cut."


def recognises(source: Source) -> bool:
    """Whether it begins with the event of a suite."""
    return _SHAPE.match(source.head) is not None


def read(source: Source) -> Reading[RunFacts]:
    """Medians and data rates; a test or a suite that failed makes the run invalid."""
    records, damaged = foreign.lines(source, TOOL)
    events = [record.fields for record in records]
    found, drifted = foreign.drifting(
        (e for e in events if e.value.get("type") == "bench"), _benchmark
    )
    failed = [
        e for e in events if e.value.get("event") == "failed" and e.value.get("type") == "test"
    ]
    suites = [e.value.get("event") for e in events if e.value.get("type") == "suite"]
    cut = (_CUT,) if suites.count("started") * 2 != len(suites) else ()
    invalid = [benchmark.failed(str(e.value.get("name")), "it panicked") for e in failed]
    if "failed" in suites and not invalid:
        invalid.append("The test harness ended with FAILED.")
    return benchmark.reading(
        source,
        (TOOL, FORMAT),
        found,
        drifted=(*damaged, *drifted, *cut),
        facts=RunFacts(invalid=tuple(invalid)),
    )


def _benchmark(record: Fields) -> Benchmark:
    rate = record.maybe_number("mib_per_second")
    return Benchmark(
        subject=record.text("name"),
        median=record.number("median") * 1e-9,
        others=() if rate is None else (("data_rate", rate * 1e6),),
    )
