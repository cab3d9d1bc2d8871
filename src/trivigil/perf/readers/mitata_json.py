"""mitata's `format: "json"`: statistics of every run in nanoseconds, and the bytes that a call takes from the heap.

The fields are those of src/main.mjs and src/lib.mjs of evanwashere/mitata. `alias` is the template (`sqrt $n`), a run's `name` the filled
one. Where the benchmark threw, `error` stands in place of `stats`, and the exit code is 0.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Final

from trivigil import foreign
from trivigil.core.record import NamedTuple
from trivigil.perf import benchmark
from trivigil.perf.benchmark import Benchmark
from trivigil.perf.facts import RunFacts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from trivigil.core.reading import Reading
    from trivigil.foreign import Fields
    from trivigil.sources import Source

TOOL = "mitata"
FORMAT = "json"
RANK: int | None = 0
LAG = ""
WINDOWED = False

_SHAPE: Final = re.compile(rb'\s*\{\s*"layout"\s*:\s*\[\s*\{\s*"name"\s*:')
_NS: Final = 1e-9
_PERCENTILES: Final = {"p25": "p25", "p75": "p75", "p99": "p99", "p999": "p99_9"}


class _Run(NamedTuple):
    group: str
    name: str
    fields: Fields


def recognises(source: Source) -> bool:
    """Whether it begins with the layout of groups."""
    return _SHAPE.match(source.head) is not None


def read(source: Source) -> Reading[RunFacts]:
    """Every run, with its group where several groups have the name; one that threw makes the run invalid."""
    report = foreign.root(foreign.load(source, TOOL), TOOL)
    groups = [str(group.value.get("name") or "") for group in report.objects("layout")]
    runs = [run for each in report.objects("benchmarks") for run in _runs(each, groups)]
    names, known = Counter(run.name for run in runs), {run.fields.place: run for run in runs}
    found, drifted = foreign.drifting(
        (run.fields for run in runs if not _failed(run)),
        lambda fields: _benchmark(known[fields.place], names),
    )
    return benchmark.reading(
        source,
        (TOOL, FORMAT),
        found,
        drifted=drifted,
        facts=RunFacts(
            host=dict(_host(report.maybe_nested("context"))),
            invalid=tuple(
                benchmark.failed(run.name, _message(run)) for run in runs if _failed(run)
            ),
        ),
    )


def _runs(each: Fields, groups: list[str]) -> Iterator[_Run]:
    group = each.count("group", 0)
    where = groups[group] if group < len(groups) else ""
    for run in each.objects("runs"):
        yield _Run(where, str(run.value.get("name") or each.value.get("alias")), run)


def _failed(run: _Run) -> bool:
    return run.fields.value.get("stats") is None


def _message(run: _Run) -> str:
    error = run.fields.value.get("error")
    return str(error.get("message", "")) if isinstance(error, dict) else str(error or "")


def _benchmark(run: _Run, names: Counter[str]) -> Benchmark:
    stats = run.fields.nested("stats")
    samples = stats.numbers("samples")
    percentiles = {name: stats.maybe_number(key) for key, name in _PERCENTILES.items()}
    heap = stats.maybe_nested("heap").maybe_number("avg")
    return Benchmark(
        subject=run.name if names[run.name] == 1 else f"{run.group} > {run.name}",
        n=len(samples) or None,
        mean=stats.number("avg") * _NS,
        median=stats.number("p50") * _NS,
        fastest=stats.number("min") * _NS,
        slowest=stats.number("max") * _NS,
        rounds=tuple(each * _NS for each in samples),
        others=(
            *((f"time.{name}", p * _NS) for name, p in percentiles.items() if p is not None),
            *((("memory.allocated", heap),) if heap is not None else ()),
        ),
    )


def _host(context: Fields) -> Iterator[tuple[str, str]]:
    cpu = context.maybe_nested("cpu").value.get("name")
    said = (
        ("cpu", cpu),
        *((key, context.value.get(key)) for key in ("arch", "runtime", "version")),
    )
    yield from ((key, value[:200]) for key, value in said if isinstance(value, str))
