"""The figures of Gatling's reports (up to 3.13): one subject's counts and times, in ms.

The fields are those of `StatsJsTemplate` and `GlobalStatsJsonTemplate` of gatling/gatling; in the script (`stats.js`) all are texts, and "-" stands
for none. Which percentiles the four are, and where the ranges end, is the user's choice (`gatling.charting.indicators`) and not said.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from trivigil.core.reading import Reading
from trivigil.perf import entry
from trivigil.perf.entry import Entry
from trivigil.perf.facts import RunFacts

if TYPE_CHECKING:
    from trivigil.foreign import Fields
    from trivigil.sources import Source

TOOL = "gatling"
SLOTS: Final = "Its four percentiles are taken as p50, p75, p95 and p99, which they are unless `gatling.charting.indicators` says otherwise."
_NUMBER: Final = re.compile(r"\d+(?:\.\d+)?", re.ASCII)
_PERCENTILES: Final = (
    ("percentiles1", "latency.p50"),
    ("percentiles2", "latency.p75"),
    ("percentiles3", "latency.p95"),
    ("percentiles4", "latency.p99"),
)


def entry_of(stats: Fields, subject: str) -> Entry:
    """The counts and times of all requests of a subject. Raises SourceError for a field that is not as due."""
    counts = stats.nested("numberOfRequests")
    total, failed = (int(_number(counts, key) or 0) for key in ("total", "ko"))
    made = Entry(subject, total, failed, timed=0)
    if not total:
        return made
    known = made._replace(
        timed=total,
        mean=_total(stats, "meanResponseTime"),
        fastest=_total(stats, "minResponseTime"),
        slowest=_total(stats, "maxResponseTime"),
        stddev=_total(stats, "standardDeviation"),
        throughput=_total(stats, "meanNumberOfRequestsPerSecond"),
        percentiles=tuple(
            (name, value) for key, name in _PERCENTILES if (value := _total(stats, key)) is not None
        ),
    )
    return entry.consistent(known, f"`{subject}`")


def _total(stats: Fields, key: str) -> float | None:
    return _number(stats.nested(key), "total")


def _number(fields: Fields, key: str) -> float | None:
    found = fields.value.get(key)
    if isinstance(found, str):
        if found == "-":
            return None
        if not _NUMBER.fullmatch(found):
            raise fields.error(key, "a number that is not negative")
        return float(found)
    return fields.number(key)


def reading(source: Source, form: str, listed: list[Entry]) -> Reading[RunFacts]:
    """The reading of these entries, the first of which is the whole run. Raises SourceError where two have one name."""
    if (twice := entry.unique((each, None) for each in listed[1:])) is not None:
        raise twice
    return Reading(
        path=source.path,
        tool=TOOL,
        format=form,
        state="complete" if listed[0].requests else "empty",
        facts=RunFacts(measurements=tuple(m for each in listed for m in entry.measurements(each))),
        count=len(listed) - 1,
        unit="endpoints",
        notes=(SLOTS,),
    )
