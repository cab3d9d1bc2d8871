"""`artillery run --output` of Artillery 2: counters, summaries, and the same a period of 10 s.

The fields are those of `packages/artillery/lib/core/ssms.ts` of artilleryio/artillery. Times are in
ms. `http.response_time` ends at the first byte of the answer (the HTTP engine takes got's `timings.phases.firstByte`),
and percentiles are estimates of a sketch whose buckets are not in the file. The file's rates are means of rounded
rates, so they are counted anew.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from trivigil import foreign
from trivigil.core.measurement import OVERALL
from trivigil.core.reading import Reading
from trivigil.core.untrusted import printable
from trivigil.perf import entry
from trivigil.perf.entry import Entry
from trivigil.perf.facts import RunFacts, Window
from trivigil.perf.readers import artillery_counts

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from trivigil.foreign import Fields
    from trivigil.sources import Source

TOOL = "artillery"
FORMAT = "report-json"
RANK: int | None = 0
LAG = ""
WINDOWED = False

_PERIOD: Final = 10.0
"""Seconds that one element of `intermediate` is about."""
_LEAST: Final = 1.0
"""Seconds: the rate of a shorter first or last period is counted as of one second."""
_SHAPE: Final = re.compile(
    rb'\s*\{\s*"aggregate"\s*:\s*\{(?=.*"(?:counters|summaries|firstCounterAt|firstMetricAt)")'
    rb'(?!.*"(?:scenariosCreated|requestsCompleted)")',
    re.DOTALL,
)
_ERRORS: Final = "errors."
_CODES: Final = "http.codes."
_TIMES: Final = "http.response_time"
_OF_ENDPOINT: Final = "plugins.metrics-by-endpoint."
_PERCENTILES: Final = (
    ("p50", "latency.p50"),
    ("p75", "latency.p75"),
    ("p90", "latency.p90"),
    ("p95", "latency.p95"),
    ("p99", "latency.p99"),
    ("p999", "latency.p99_9"),
)


def recognises(source: Source) -> bool:
    """Whether it begins as Artillery's report does, and not with the names of Artillery 1."""
    return _SHAPE.match(source.head) is not None


def read(source: Source) -> Reading[RunFacts]:
    """Measurements of the whole run, of the endpoints where its plugin was on, and its course."""
    report = foreign.root(foreign.load(source, TOOL), TOOL)
    aggregate = report.nested("aggregate")
    counters = aggregate.nested("counters").counts()
    seconds = _seconds(aggregate)
    overall = _overall(aggregate, counters, seconds)
    endpoints = tuple(_endpoints(aggregate, counters, seconds))
    listed = (overall, *endpoints)
    for each in listed:
        entry.consistent(each, f"`{printable(each.subject, 200)}`")
    if (damage := entry.unique((each, None) for each in endpoints)) is not None:
        raise damage
    started, ended = _span(aggregate)
    return Reading(
        path=source.path,
        tool=TOOL,
        format=FORMAT,
        state="complete" if overall.requests else "empty",
        facts=RunFacts(
            measurements=tuple(m for each in listed for m in entry.measurements(each)),
            errors=tuple(
                artillery_counts.errors(_named(counters, _ERRORS), _named(counters, _CODES))
            ),
            exceptions=tuple(artillery_counts.exceptions(_named(counters, _ERRORS))),
            timeline=tuple(_course(report, started, ended)) if overall.requests else (),
            invalid=tuple(
                artillery_counts.left_out(
                    counters.get("vusers.skipped", 0), counters.get("vusers.created", 0)
                )
            ),
            started=started,
            ended=ended,
        ),
        count=len(endpoints),
        unit="endpoints",
        notes=tuple(_notes(overall, endpoints)),
    )


def _span(aggregate: Fields) -> tuple[float | None, float | None]:
    """Unix seconds of the first and the last thing that was counted."""
    first, last = (aggregate.maybe_number(key) for key in ("firstCounterAt", "lastCounterAt"))
    if first is not None and last is not None and last < first:
        raise aggregate.error("lastCounterAt", "a time after the first")
    return (None if at is None else at / 1000 for at in (first, last))  # type: ignore[return-value]  # two of them


def _seconds(aggregate: Fields) -> float:
    """How long the run counted anything; 0 where that is not known."""
    first, last = _span(aggregate)
    return 0.0 if first is None or last is None else last - first


def _named(counters: Mapping[str, int], prefix: str) -> dict[str, int]:
    """The counters of one kind, by what comes after its name."""
    return {
        name.removeprefix(prefix): count
        for name, count in counters.items()
        if name.startswith(prefix)
    }


def _overall(aggregate: Fields, counters: Mapping[str, int], seconds: float) -> Entry:
    requests = counters.get("http.requests", 0)
    answered = counters.get("http.responses", 0)
    refused = artillery_counts.refused(_named(counters, _CODES))
    return _timed(
        Entry(
            subject=OVERALL,
            requests=requests,
            failures=max(0, requests - answered) + refused,
            timed=0,
            throughput=requests / seconds if seconds else None,
        ),
        aggregate.maybe_nested("summaries").maybe_nested(_TIMES),
    )


def _timed(counted: Entry, summary: Fields) -> Entry:
    """The entry with the times of a summary, where there is one that is of something."""
    if not summary.value or not summary.count("count"):
        return counted
    values = ((name, summary.maybe_number(key)) for key, name in _PERCENTILES)
    return counted._replace(
        timed=summary.count("count"),
        mean=summary.maybe_number("mean"),
        fastest=summary.maybe_number("min"),
        slowest=summary.maybe_number("max"),
        percentiles=tuple((name, value) for name, value in values if value is not None),
    )


def _endpoints(aggregate: Fields, counters: Mapping[str, int], seconds: float) -> Iterator[Entry]:
    """What the plugin metrics-by-endpoint counted: codes and errors by the request's name or path."""
    counts: dict[str, list[int]] = {}
    for name, count in counters.items():
        if name.startswith(_OF_ENDPOINT):
            subject, failed = _counter(name.removeprefix(_OF_ENDPOINT))
            if subject:
                sums = counts.setdefault(subject, [0, 0])
                sums[0] += count
                sums[1] += count if failed else 0
    summaries = aggregate.maybe_nested("summaries")
    for subject, (requests, failures) in counts.items():
        yield _timed(
            Entry(
                subject, requests, failures, 0, throughput=requests / seconds if seconds else None
            ),
            summaries.maybe_nested(f"{_OF_ENDPOINT}response_time.{subject}"),
        )


def _counter(name: str) -> tuple[str, bool]:
    """`/flaky.codes.500` as (`/flaky`, failed); names may hold dots, codes and error texts do not name endpoints."""
    subject, found, code = name.rpartition(".codes.")
    if found and code.isdigit():
        return subject, artillery_counts.failed(code)
    return name.partition(".errors.")[0] if ".errors." in name else "", True


def _course(report: Fields, started: float | None, ended: float | None) -> Iterator[Window]:
    """The run by periods. The first and the last one are as long as the run was in them."""
    if started is None or ended is None:
        return
    requests = failures = users = 0
    for period in sorted(report.objects("intermediate"), key=_period):
        counters = period.maybe_nested("counters").counts()
        begin = _period(period) / 1000
        seconds = max(min(begin + _PERIOD, ended) - max(begin, started), _LEAST)
        now = _overall(period, counters, seconds)
        users += counters.get("vusers.created", 0)
        users -= counters.get("vusers.completed", 0) + counters.get("vusers.failed", 0)
        requests += now.requests
        # An answer may come a period after its request, so what is lost is counted by its errors.
        failed = artillery_counts.refused(_named(counters, _CODES))
        failed += artillery_counts.unanswered(_named(counters, _ERRORS))
        failures += failed
        yield Window(
            at=max(begin, started),
            subject=OVERALL,
            users=max(0, users),
            throughput=now.requests / seconds,
            failures=failed / seconds,
            percentiles=now.percentiles,
            total_requests=requests,
            total_failures=failures,
        )


def _period(period: Fields) -> float:
    """Its beginning in Unix ms, which is a text inside `intermediate` and a number in `aggregate`."""
    found = period.value.get("period")
    if isinstance(found, str) and found.isascii() and found.isdigit():
        return float(found)
    return period.number("period")


def _notes(overall: Entry, endpoints: Iterable[Entry]) -> Iterator[str]:
    if overall.timed:
        yield artillery_counts.FIRST_BYTE
    counted = sum(each.requests for each in endpoints)
    if counted and counted != overall.requests:
        yield (
            f"The endpoints add up to {counted} of {overall.requests} requests: the plugin "
            "metrics-by-endpoint does not count a request that another plugin stopped."
        )
    elif not counted and overall.requests:
        yield "There are no endpoints in it: the plugin metrics-by-endpoint was not on."
