"""`hyperfine --export-csv`: a row for each command, in seconds, without the single runs.

The columns are those of `src/export/csv.rs` of sharkdp/hyperfine.
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

TOOL = "hyperfine"
FORMAT = "csv"
RANK: int | None = 1
LAG = ""
WINDOWED = False

_SHAPE: Final = re.compile(
    rb"command,mean,stddev,median,user,system,min,max(?:,parameter_[^,\r\n]*)*\r?\n"
)
_NO_RUNS: Final = "It has no single runs: use `--export-json` for comparisons."


def recognises(source: Source) -> bool:
    """Whether it begins with hyperfine's header."""
    return _SHAPE.match(source.head) is not None


def read(source: Source) -> Reading[RunFacts]:
    """The times of every command; parameters are in the name where commands would be the same."""
    listed, damaged = csv_rows.rows(source)
    times = Counter(row.cells["command"] for row in listed)
    found, drifted = [], list(damaged)
    for row in listed:
        try:
            found.append(_benchmark(row, times))
        except SourceError as error:
            shown = printable(row.cells["command"], 120)
            drifted.append(f"`{shown}` (line {row.line}) is left out: {error.message}")
    return benchmark.reading(
        source, (TOOL, FORMAT), tuple(found), drifted=tuple(drifted), notes=(_NO_RUNS,)
    )


def _benchmark(row: Row, times: Counter[str]) -> Benchmark:
    command = row.cells["command"]
    if times[command] > 1:
        command = f"{command} ({_parameters(row)})"
    mean, median, fastest, slowest = (
        units.number(row.cells[name], row.line) for name in ("mean", "median", "min", "max")
    )
    spread = "" if fastest == slowest else row.cells["stddev"]  # 0 is written for a single run
    return Benchmark(
        subject=command,
        mean=mean,
        median=median,
        fastest=fastest,
        slowest=slowest,
        stddev=units.number(spread, row.line) if spread else None,
    )


def _parameters(row: Row) -> str:
    named = {
        name.removeprefix("parameter_"): value
        for name, value in row.cells.items()
        if name.startswith("parameter_")
    }
    return ", ".join(f"{name}={value}" for name, value in named.items())
