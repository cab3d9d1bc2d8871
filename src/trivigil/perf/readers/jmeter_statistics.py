"""`statistics.json` of JMeter's dashboard (`-e -o`): counts and percentiles by label, times in ms.

The fields are those of `report/dashboard/JsonExporter.java` of apache/jmeter. `Total` leaves transactions out but counts the parts of
samples (redirect hops, embedded resources: `label-0`, `label-1`); they are taken out of the counts here, and since the times of
Total cannot be taken apart, the whole run has no times then. An entry without samples has "NaN" for its times.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from trivigil import foreign
from trivigil.core.errors import SourceError
from trivigil.core.measurement import OVERALL
from trivigil.core.reading import Reading
from trivigil.perf import entry
from trivigil.perf.entry import Entry
from trivigil.perf.facts import RunFacts

if TYPE_CHECKING:
    from collections.abc import Mapping

    from trivigil.foreign import Fields
    from trivigil.sources import Source

TOOL = "jmeter"
FORMAT = "statistics-json"
RANK: int | None = 1
LAG = ""
WINDOWED = False

_SHAPE: Final = re.compile(
    rb'\s*\{\s*"(?:[^"\\]|\\.)*"\s*:\s*\{\s*"transaction"\s*:\s*"(?:[^"\\]|\\.)*"\s*,\s*"sampleCount"\s*:'
)
_PART: Final = re.compile(r"(.+)-\d+", re.DOTALL)
_TOTAL: Final = "Total"
_PERCENTILES: Final = (
    ("medianResTime", "latency.p50"),
    ("pct1ResTime", "latency.p90"),
    ("pct2ResTime", "latency.p95"),
    ("pct3ResTime", "latency.p99"),
)
_SLOTS: Final = "Its percentiles are taken as p90, p95 and p99, which they are unless `aggregate_rpt_pct1` to `3` say otherwise."


def recognises(source: Source) -> bool:
    """Whether it begins with an entry of the dashboard's."""
    return _SHAPE.match(source.head) is not None


def read(source: Source) -> Reading[RunFacts]:
    """Measurements of every label and of the whole run."""
    table = foreign.root(foreign.load(source, TOOL), TOOL)
    found = {name: _entry(table.nested(name), name) for name in table.value}
    if _TOTAL not in found:
        raise SourceError("there is no `Total`, so the whole run is not known.")
    whole, parts = found.pop(_TOTAL), _parts(found)
    overall = _without(whole, [found[name] for name in parts])
    listed = [overall, *(each for name, each in found.items() if name not in parts)]
    if (twice := entry.unique((each, None) for each in listed[1:])) is not None:
        raise twice
    return Reading(
        path=source.path,
        tool=TOOL,
        format=FORMAT,
        state="complete" if overall.requests else "empty",
        facts=RunFacts(measurements=tuple(m for each in listed for m in entry.measurements(each))),
        count=len(listed) - 1,
        unit="endpoints",
        notes=(*_notes(whole.requests - overall.requests, len(parts)), _SLOTS),
    )


def _notes(requests: int, parts: int) -> tuple[str, ...]:
    if not parts:
        return ()
    note = (
        f"{requests} of its samples are parts of others (redirect hops, embedded resources) and not counted; "
        "the times of the whole run would hold theirs and are left out. The JTL has all."
    )
    return (note,)


def _entry(fields: Fields, name: str) -> Entry:
    count, errors = fields.count("sampleCount"), fields.count("errorCount")
    made = Entry(OVERALL if name == _TOTAL else name, count, errors, timed=0)
    if not count:
        return made
    timed = made._replace(
        timed=count,
        mean=fields.number("meanResTime"),
        fastest=fields.number("minResTime"),
        slowest=fields.number("maxResTime"),
        throughput=fields.maybe_number("throughput"),
        percentiles=tuple(
            (metric, fields.number(key)) for key, metric in _PERCENTILES if key in fields.value
        ),
    )
    return entry.consistent(timed, f"`{fields.place}`")


def _parts(found: Mapping[str, Entry]) -> set[str]:
    """Labels of parts: `X-0` and its like beside an `X` that is there at least as often."""
    parts = set()
    for name, each in found.items():
        match = _PART.fullmatch(name)
        parent = found.get(match.group(1)) if match else None
        if (
            parent is not None
            and f"{parent.subject}-0" in found
            and each.requests <= parent.requests
        ):
            parts.add(name)
    return parts


def _without(whole: Entry, parts: list[Entry]) -> Entry:
    if not parts:
        return whole
    requests = whole.requests - sum(part.requests for part in parts)
    failures = (whole.failures or 0) - sum(part.failures or 0 for part in parts)
    if requests < 0 or failures < 0:
        raise SourceError("`Total` counts less than the entries beside it; the file is damaged.")
    return Entry(OVERALL, requests, failures, timed=0)
