"""pyperf's JSON: the values of every process, without a mean; a run is a process, and so the unit of analysis.

The format is that of doc/api.rst ("JSON format") of psf/pyperf, version 1.0. A benchmark's name stands in its own metadata, or in the file's
where it is the only one. Warm-ups and the calibration are no measurements. Units are seconds, bytes or whole numbers.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from trivigil import foreign
from trivigil.core.errors import SourceError
from trivigil.core.untrusted import printable
from trivigil.perf import benchmark
from trivigil.perf.benchmark import Benchmark
from trivigil.perf.facts import RunFacts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from trivigil.core.reading import Reading
    from trivigil.foreign import Fields
    from trivigil.sources import Source

TOOL = "pyperf"
FORMAT = "json"
RANK: int | None = 0
LAG = ""
WINDOWED = False

_SHAPE: Final = re.compile(
    rb'\s*\{\s*"(?:benchmarks|metadata|version)"\s*:(?=.*"runs"\s*:\s*\[\s*\{)'
    rb'(?=.*"(?:warmups|values)"\s*:\s*\[)(?!.*"alias"\s*:)', re.DOTALL
)  # fmt: skip
_HOST: Final = (
    "cpu_model_name",
    "cpu_count",
    "platform",
    "python_version",
    "python_implementation",
)


def recognises(source: Source) -> bool:
    """Whether benchmarks have runs with warm-ups or values."""
    return _SHAPE.match(source.head) is not None


def read(source: Source) -> Reading[RunFacts]:
    """Mean, median and spread over all values; a round is the mean of one process."""
    suite = foreign.root(foreign.load(source, TOOL), TOOL)
    records, common = suite.objects("benchmarks"), suite.maybe_nested("metadata")
    left = [record for record in records if _unit(record, common) == "integer"]
    found, drifted = foreign.drifting(
        (record for record in records if record not in left),
        lambda record: _benchmark(record, common),
    )
    version = common.value.get("perf_version")
    made = benchmark.reading(
        source,
        (TOOL, FORMAT),
        found,
        drifted=drifted,
        notes=(
            f"`{printable(_name(record, common), 120)}` is left out: it counts something, "
            "and the file does not say which way is better."
            for record in left
        ),
        facts=RunFacts(host=dict(_host(common))),
    )
    return made._replace(tool_version=printable(version, 40) if isinstance(version, str) else None)


def _said(record: Fields, common: Fields, key: str) -> object:
    return record.maybe_nested("metadata").value.get(key, common.value.get(key))


def _name(record: Fields, common: Fields) -> str:
    name = _said(record, common, "name")
    if not isinstance(name, str):
        raise SourceError(f"`{record.place}` has no name, in its own metadata or in the file's.")
    return name


def _unit(record: Fields, common: Fields) -> str:
    return str(_said(record, common, "unit") or "second")


def _benchmark(record: Fields, common: Fields) -> Benchmark:
    runs = [values for run in record.objects("runs") if (values := run.numbers("values"))]
    name, unit = _name(record, common), _unit(record, common)
    if not runs:
        raise record.error("runs", "a run with values")
    values = tuple(value for run in runs for value in run)
    if unit == "byte":
        return Benchmark(name, n=len(values), others=(("memory.peak", sum(values) / len(values)),))
    if unit != "second":
        shown = printable(unit, 40)
        raise SourceError(
            f"`{record.place}` has the unit `{shown}` where second, byte or integer is due."
        )
    rounds = tuple(sum(run) / len(run) for run in runs) if len(runs) > 1 else values
    return benchmark.of_rounds(name, values)._replace(rounds=rounds)


def _host(common: Fields) -> Iterator[tuple[str, str]]:
    for key in _HOST:
        if (value := common.value.get(key)) is not None:
            yield key, str(value)[:200]
