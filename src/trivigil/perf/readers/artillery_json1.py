"""`artillery run --output` of Artillery 1: `aggregate.latency`, `codes`, and single latencies in ns.

The fields are those of `core/lib/stats2.js` of artilleryio/artillery 1.x. Times of `latency` are in ms,
those of `intermediate[].latencies` in ns; both end at the first byte of the answer. Every latency is in the file, so
the histogram and the mean are exact.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from trivigil import foreign
from trivigil.core import histogram
from trivigil.core.measurement import OVERALL
from trivigil.core.reading import Reading
from trivigil.perf import entry
from trivigil.perf.entry import Entry
from trivigil.perf.facts import RunFacts, Window
from trivigil.perf.readers import artillery_counts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from trivigil.foreign import Fields
    from trivigil.sources import Source

TOOL = "artillery"
FORMAT = "report-json-1"
RANK: int | None = 0
LAG = ""
WINDOWED = False

_SHAPE: Final = re.compile(
    rb'\s*\{\s*"aggregate"\s*:\s*\{(?=.*"(?:scenariosCreated|requestsCompleted)")', re.DOTALL
)
_PERCENTILES: Final = (("median", "latency.p50"), ("p95", "latency.p95"), ("p99", "latency.p99"))
_NS_IN_MS: Final = 1e6
_ROW: Final = 4
"""Up to 1.6 a latency is a row: time, user, ns, status."""


def recognises(source: Source) -> bool:
    """Whether it begins as the report of Artillery 1 does."""
    return _SHAPE.match(source.head) is not None


def read(source: Source) -> Reading[RunFacts]:
    """Measurements of the whole run and its course; Artillery 1 knows no endpoints."""
    report = foreign.root(foreign.load(source, TOOL), TOOL)
    aggregate = report.nested("aggregate")
    periods = report.objects("intermediate")
    times = [time for period in periods for time in _latencies(period)]
    overall = entry.consistent(_entry(aggregate, times), "`aggregate`")
    return Reading(
        path=source.path,
        tool=TOOL,
        format=FORMAT,
        state="complete" if overall.requests else "empty",
        facts=RunFacts(
            measurements=tuple(entry.measurements(overall)),
            errors=tuple(artillery_counts.errors(*_counts(aggregate))),
            exceptions=tuple(artillery_counts.exceptions(_counts(aggregate)[0])),
            timeline=tuple(_course(periods)) if overall.requests else (),
            invalid=tuple(
                artillery_counts.left_out(
                    aggregate.count("scenariosAvoided", 0), aggregate.count("scenariosCreated", 0)
                )
            ),
        ),
        count=0,
        unit="endpoints",
        notes=(artillery_counts.FIRST_BYTE,) if overall.timed else (),
    )


def _entry(counted: Fields, times: list[float]) -> Entry:
    """`rps.count` is of the requests that were made, `requestsCompleted` of those that were answered."""
    errors, codes = _counts(counted)
    answered = counted.count("requestsCompleted")
    made = counted.maybe_nested("rps")
    requests = made.count("count", answered + artillery_counts.unanswered(errors))
    latency = counted.maybe_nested("latency")
    values = ((name, latency.maybe_number(key)) for key, name in _PERCENTILES)
    exact = len(times) == answered > 0
    return Entry(
        subject=OVERALL,
        requests=requests,
        failures=max(0, requests - answered) + artillery_counts.refused(codes),
        timed=answered,
        mean=sum(times) / answered if exact else None,
        fastest=latency.maybe_number("min"),
        slowest=latency.maybe_number("max"),
        throughput=made.maybe_number("mean"),
        percentiles=tuple((name, value) for name, value in values if value is not None),
        histogram=histogram.of_counts((time, 1) for time in times) if exact else None,
    )


def _counts(counted: Fields) -> tuple[dict[str, int], dict[str, int]]:
    return counted.maybe_nested("errors").counts(), counted.maybe_nested("codes").counts()


def _latencies(period: Fields) -> Iterator[float]:
    """Every latency of a period in ms, whichever way this version writes it."""
    found = period.value.get("latencies") or []
    if not isinstance(found, list):
        raise period.error("latencies", "a list")
    for latency in found:
        ns = latency[2] if isinstance(latency, list) and len(latency) == _ROW else latency
        if type(ns) not in {int, float} or ns < 0:
            raise period.error("latencies", "a list of numbers that are not negative")
        yield ns / _NS_IN_MS


def _course(periods: tuple[Fields, ...]) -> Iterator[Window]:
    requests = failures = 0
    for period in periods:
        now = _entry(period, list(_latencies(period)))
        requests, failures = requests + now.requests, failures + now.failures
        rate = now.throughput or 0.0
        yield Window(
            at=_at(period),
            subject=OVERALL,
            users=period.count("concurrency", 0),
            throughput=rate,
            failures=rate * now.failures / now.requests if now.requests else 0.0,
            percentiles=now.percentiles if now.timed else (),
            total_requests=requests,
            total_failures=failures,
        )


def _at(period: Fields) -> float:
    """The Unix time of a timestamp such as `2026-11-22T23:32:16.877Z`."""
    from datetime import datetime

    text = period.text("timestamp")
    try:
        return datetime.fromisoformat(text).timestamp()
    except (ValueError, OverflowError):
        raise period.error("timestamp", "a time") from None
