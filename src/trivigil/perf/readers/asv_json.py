"""asv's `results/<machine>/<commit>-<environment>.json`, version 2: results in columns, one for each combination of parameters.

The columns are those of asv/results.py of airspeed-velocity/asv. A bare `NaN`, which is no JSON, is a benchmark that was skipped; null is one
that failed. Units are in another file; but asv's own rule for the kind of a benchmark is the beginning of its function's name.
"""

from __future__ import annotations

import math
import re
from itertools import product
from typing import TYPE_CHECKING, Final

from trivigil import foreign
from trivigil.core.errors import SourceError
from trivigil.core.untrusted import printable
from trivigil.perf import benchmark, units
from trivigil.perf.benchmark import Benchmark
from trivigil.perf.facts import RunFacts

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from trivigil.core.reading import Reading
    from trivigil.foreign import Fields
    from trivigil.sources import Source

TOOL = "asv"
FORMAT = "result-json"
RANK: int | None = 0
LAG = ""
WINDOWED = False

_SHAPE: Final = re.compile(
    rb'\s*\{(?=.*"commit_hash"\s*:)(?=.*"(?:result_columns|env_name)"\s*:)(?=.*"results"\s*:)',
    re.DOTALL,
)
_VERSION: Final = 2
_KINDS: Final = {
    "time": "time",
    "timeraw": "time",
    "mem": "memory.size",
    "peakmem": "memory.peak",
}
_HOST: Final = ("cpu", "machine", "os", "ram", "python")


def recognises(source: Source) -> bool:
    """Whether it has the results of a commit."""
    return _SHAPE.match(source.head) is not None


def read(source: Source) -> Reading[RunFacts]:
    """Times and sizes of every combination of parameters; one that failed makes the run invalid."""
    report = foreign.root(foreign.tolerant(source, TOOL), TOOL)
    if report.value.get("version") != _VERSION:
        raise report.error("version", "2, the format since asv 0.4,")
    columns = report.value.get("result_columns")
    if not isinstance(columns, list):
        raise report.error("result_columns", "a list")
    found, failed, skipped, left, drifted = [], [], [], [], []
    results = report.nested("results")
    for name in results.value:
        kind = _KINDS.get(name.rpartition(".")[2].partition("_")[0])
        try:
            cells = _cells(results, name, columns)
            for subject, value, column in _values(name, cells):
                if value is None:
                    failed.append(subject)
                elif isinstance(value, float) and math.isnan(value):
                    skipped.append(subject)
                elif kind is None:
                    left.append(subject)
                else:
                    found.append(_benchmark(subject, kind, value, column))
        except SourceError as error:
            drifted.append(f"`{printable(name, 200)}` is left out: {error.message}")
    return benchmark.reading(
        source,
        (TOOL, FORMAT),
        tuple(found),
        drifted=tuple(drifted),
        notes=_notes(skipped, left),
        facts=RunFacts(
            host=dict(_host(report.maybe_nested("params"))),
            invalid=tuple(benchmark.failed(name, "asv has null for it") for name in failed),
        ),
    )


def _cells(results: Fields, name: str, columns: Sequence[object]) -> dict[str, object]:
    """The columns of one benchmark; those at the end that are not there are null."""
    cells = results.value[name]
    if not isinstance(cells, list):
        raise results.error(name, "a list")
    return {str(column): cell for column, cell in zip(columns, cells, strict=False)}


def _values(name: str, cells: dict[str, object]) -> Iterator[tuple[str, object, dict[str, object]]]:
    """Subject, result and the other columns for every combination of parameters."""
    parameters = cells.get("params") or []
    if not isinstance(parameters, list) or not all(isinstance(each, list) for each in parameters):
        raise SourceError("its parameters are no lists.")
    names = [
        f"{name}({', '.join(map(str, each))})" if each else name for each in product(*parameters)
    ]
    result = cells.get("result")
    if result is None:
        yield from ((each, None, {}) for each in names)
        return
    if not isinstance(result, list) or len(result) != len(names):
        raise SourceError(
            f"it has not {len(names)} results, one for each combination of parameters."
        )
    for position, (subject, value) in enumerate(zip(names, result, strict=True)):
        own = {
            key: column[position]
            for key, column in cells.items()
            if isinstance(column, list) and key != "params" and position < len(column)
        }
        yield subject, value, own


def _benchmark(subject: str, kind: str, value: object, column: dict[str, object]) -> Benchmark:
    number = _finite(value)
    if kind != "time":
        return Benchmark(subject, others=((kind, number),))
    samples = column.get("samples")
    rounds = tuple(_finite(each) for each in samples) if isinstance(samples, list) else ()
    repeat = column.get("stats_repeat")
    n = len(rounds) or (repeat if type(repeat) is int and repeat > 0 else None)
    if not rounds:
        return Benchmark(subject, n=n, median=number)
    return benchmark.of_rounds(subject, rounds)._replace(median=number)


def _finite(value: object) -> float:
    if type(value) not in {int, float}:
        raise SourceError(f"`{printable(str(value), 60)}` stands where a number is due.")
    return units.number(str(value))


def _notes(skipped: list[str], left: list[str]) -> Iterator[str]:
    for name in skipped:
        yield f"`{printable(name, 120)}` was skipped (NaN)."
    for name in left:
        yield f"`{printable(name, 120)}` is left out: its name does not begin as one of a time or a size."


def _host(machine: Fields) -> Iterator[tuple[str, str]]:
    for key in _HOST:
        if isinstance(value := machine.value.get(key), str) and value:
            yield key, value[:200]
