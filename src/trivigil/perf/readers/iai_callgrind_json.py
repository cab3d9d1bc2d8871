"""iai-callgrind's `--output-format=json`, and the `summary.json` of `--save-summary=json`: an object for each benchmark.

The fields are those of summary.v6.schema.json of iai-callgrind/iai-callgrind. A metric is `{"Both": [new, old]}` or, in a first run,
`{"Left": new}`; each value is `{"Int": n}` or `{"Float": x}`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from trivigil import foreign
from trivigil.core.errors import SourceError
from trivigil.foreign import Fields
from trivigil.perf import benchmark
from trivigil.perf.benchmark import Benchmark
from trivigil.perf.facts import RunFacts
from trivigil.perf.readers.iai_callgrind_figures import METRICS, verdict

if TYPE_CHECKING:
    from collections.abc import Iterator

    from trivigil.core.reading import Reading
    from trivigil.core.result import Result
    from trivigil.sources import Source

TOOL = "iai-callgrind"
FORMAT = "json"
RANK: int | None = 0
LAG = ""
WINDOWED = False

_SHAPE: Final = re.compile(
    rb'^[ \t]*\{\s*"(?:baselines|version)"\s*:.{0,4000}"kind"\s*:\s*"(?:Library|Binary)Benchmark"',
    re.MULTILINE | re.DOTALL,
)
_ONE: Final = re.compile(rb"\s*\{\s*\n")


def recognises(source: Source) -> bool:
    """Whether an object of a benchmark begins a line."""
    return _SHAPE.search(source.head) is not None


def read(source: Source) -> Reading[RunFacts]:
    """Instructions, estimated cycles and RAM hits of every benchmark."""
    damaged: tuple[str, ...] = ()
    if _ONE.match(source.head):
        records = [foreign.root(foreign.load(source, TOOL), TOOL)]
    else:
        listed, damaged = foreign.lines(source, TOOL)
        records = [record.fields for record in listed]
    found, drifted = foreign.drifting(records, _benchmark)
    return benchmark.reading(
        source,
        (TOOL, FORMAT),
        found,
        drifted=(*damaged, *drifted),
        facts=RunFacts(verdicts=tuple(broken for record in records for broken in _broken(record))),
    )


def _broken(record: Fields) -> Iterator[Result]:
    """A verdict for each benchmark that is beyond its limits."""
    profiles = record.value.get("profiles")
    for profile in profiles if isinstance(profiles, list) else ():
        summaries = profile.get("summaries") if isinstance(profile, dict) else None
        total = summaries.get("total") if isinstance(summaries, dict) else None
        broken = total.get("regressions") if isinstance(total, dict) else None
        if isinstance(broken, list) and broken:
            place = str(
                record.value.get("module_path")
            )  # a record without one is left out elsewhere
            yield verdict(place, f"{place} is beyond {len(broken)} of its limits.", held=False)


def _benchmark(record: Fields) -> Benchmark:
    return Benchmark(_subject(record), others=tuple(_counts(record)))


def _subject(record: Fields) -> str:
    """The name as the text has it: `module::function id:details`."""
    name, case = record.text("module_path"), record.value.get("id")
    details = record.value.get("details")
    if not isinstance(case, str):
        return name
    return f"{name} {case}:{details}" if isinstance(details, str) else f"{name} {case}"


def _counts(record: Fields) -> Iterator[tuple[str, float]]:
    found = False
    for profile in record.objects("profiles"):
        summary = profile.nested("summaries").maybe_nested("total").maybe_nested("summary")
        for name, metric in METRICS.items():
            if name in (callgrind := summary.maybe_nested("Callgrind")).value:
                found = True
                yield metric, _new(callgrind.nested(name).nested("metrics"))
    if not found:
        raise SourceError(f"`{record.place}` has no counts of Callgrind.")


def _new(metrics: Fields) -> float:
    """The count of this run, which stands first."""
    both = metrics.value.get("Both")
    value = both[0] if isinstance(both, list) and both else metrics.value.get("Left")
    if not isinstance(value, dict):
        raise metrics.error("Both", "a pair of counts")
    count = Fields(value, metrics.place)
    return count.number("Int" if "Int" in value else "Float")
