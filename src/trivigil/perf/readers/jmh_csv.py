"""JMH's `-rf csv` and `-rf scsv`: a row for each score, its unit beside it, with six decimals.

The columns are those of `XSVResultFormat.java` of openjdk/jmh. A time far below its unit has no digits left, so that 0.2 us in seconds is
0.000000, which is no measurement. Rows of `name:label` are secondary scores and percentiles, which the JSON tells apart.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Final

from trivigil.core.errors import SourceError
from trivigil.core.untrusted import printable
from trivigil.perf import benchmark, csv_rows, units
from trivigil.perf.benchmark import Benchmark

if TYPE_CHECKING:
    from trivigil.core.reading import Reading
    from trivigil.perf.csv_rows import Row
    from trivigil.perf.facts import RunFacts
    from trivigil.sources import Source

TOOL = "jmh"
FORMAT = "csv"
RANK: int | None = 1
LAG = ""
WINDOWED = False

_SHAPE: Final = re.compile(
    rb'"Benchmark"([,;])"Mode"\1"Threads"\1"Samples"\1"Score"\1"Score Error \([\d.,]+%\)"\1"Unit"'
)
_SIX_DECIMALS: Final = "It has six decimals of a score and no rounds: use `-rf json`."


def recognises(source: Source) -> bool:
    """Whether it begins with JMH's header."""
    return _SHAPE.match(source.head) is not None


def read(source: Source) -> Reading[RunFacts]:
    """The primary score of every benchmark, with its parameters in the name."""
    head = _SHAPE.match(source.head)
    listed, damaged = csv_rows.rows(source, ";" if head and head.group(1) == b";" else ",")
    primary = [row for row in listed if ":" not in row.cells["Benchmark"]]
    names = Counter(_name(row) for row in primary)
    found, drifted = [], list(damaged)
    for row in primary:
        try:
            found.append(_benchmark(row, names))
        except SourceError as error:
            drifted.append(
                f"`{printable(_name(row), 200)}` (line {row.line}) is left out: {error.message}"
            )
    return benchmark.reading(
        source, (TOOL, FORMAT), tuple(found), drifted=tuple(drifted), notes=(_SIX_DECIMALS,)
    )


def _name(row: Row) -> str:
    parameters = {
        column.removeprefix("Param: "): value
        for column, value in row.cells.items()
        if column.startswith("Param: ") and value
    }
    said = ", ".join(f"{name}={value}" for name, value in parameters.items())
    return f"{row.cells['Benchmark']} ({said})" if said else row.cells["Benchmark"]


def _benchmark(row: Row, names: Counter[str]) -> Benchmark:
    name, unit = _name(row), row.cells["Unit"]
    if names[name] > 1:
        name = f"{name} [{row.cells['Mode']}]"
    score = units.number(row.cells["Score"], row.line)
    samples = int(units.number(row.cells["Samples"], row.line)) or None
    top, _, below = unit.partition("/")
    if top == "ops" and below in units.SECONDS:
        return Benchmark(name, n=samples, others=(("throughput", score / units.SECONDS[below]),))
    if below != "op":
        raise SourceError(f"`{printable(unit, 40)}` is neither a time per op nor ops per time.")
    return Benchmark(name, n=samples, mean=units.seconds(score, top, row.line))
