"""Google Benchmark's `--benchmark_format=csv`: the real time of one iteration, a row for each repetition and aggregate.

The columns are those of `src/csv_reporter.cc` of google/benchmark, user counters after them. Names alone tell aggregates apart: `_BigO` and
`_RMS` are no times, and neither is `_cv`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from trivigil.core.errors import SourceError
from trivigil.core.untrusted import printable
from trivigil.perf import benchmark, csv_rows, units
from trivigil.perf.facts import RunFacts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from trivigil.core.reading import Reading
    from trivigil.perf.benchmark import Benchmark
    from trivigil.perf.csv_rows import Row
    from trivigil.sources import Source

TOOL = "google-benchmark"
FORMAT = "csv"
RANK: int | None = 1
LAG = ""
WINDOWED = False

_SHAPE: Final = re.compile(
    rb"name,iterations,real_time,cpu_time,time_unit,bytes_per_second,items_per_second,label,error_occurred,error_message"
)
_AGGREGATE: Final = re.compile(r".+_(?:mean|median|stddev|cv|BigO|RMS|max|min)")
_RATES: Final = {"bytes_per_second": "data_rate", "items_per_second": "throughput"}


def recognises(source: Source) -> bool:
    """Whether it begins with the columns that every such file has."""
    return _SHAPE.match(source.head) is not None


def read(source: Source) -> Reading[RunFacts]:
    """Real times and rates of every benchmark; one that failed makes the run invalid."""
    listed, damaged = csv_rows.rows(source)
    failed = [row for row in listed if row.cells.get("error_occurred") == "true"]
    measured = [
        row for row in listed if row not in failed and not _AGGREGATE.fullmatch(row.cells["name"])
    ]
    drifted = list(damaged)
    found = tuple(_benchmarks(measured, drifted))
    return benchmark.reading(
        source,
        (TOOL, FORMAT),
        found,
        drifted=tuple(drifted),
        facts=RunFacts(
            invalid=tuple(
                benchmark.failed(row.cells["name"], row.cells.get("error_message", ""))
                for row in failed
            )
        ),
    )


def _benchmarks(listed: list[Row], drifted: list[str]) -> Iterator[Benchmark]:
    repeated: dict[str, list[Row]] = {}
    for row in listed:
        repeated.setdefault(row.cells["name"], []).append(row)
    for name, rows in repeated.items():
        try:
            rounds = tuple(_seconds(row) for row in rows)
            made = benchmark.of_rounds(name, rounds)
            yield made._replace(others=tuple(_rates(rows)))
        except SourceError as error:
            drifted.append(
                f"`{printable(name, 200)}` (line {rows[0].line}) is left out: {error.message}"
            )


def _seconds(row: Row) -> float:
    value = units.number(row.cells["real_time"], row.line)
    return units.seconds(value, row.cells["time_unit"], row.line)


def _rates(rows: list[Row]) -> Iterator[tuple[str, float]]:
    for column, metric in _RATES.items():
        said = [units.number(row.cells[column], row.line) for row in rows if row.cells[column]]
        if said:
            yield metric, sum(said) / len(said)
