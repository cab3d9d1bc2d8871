"""`autocannon --json`: one run, times in whole milliseconds, without p95.

The fields are those of the package's README and `lib/aggregateResult.js` of mcollina/autocannon. `requests.total` counts answers,
`errors` (timeouts are among them) requests without one.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from trivigil import foreign
from trivigil.core.measurement import OVERALL
from trivigil.perf.entry import Entry
from trivigil.perf.facts import ErrorCount, ExceptionCount, RunFacts
from trivigil.perf.whole_run import of_whole_run

if TYPE_CHECKING:
    from collections.abc import Iterator

    from trivigil.core.reading import Reading
    from trivigil.foreign import Fields
    from trivigil.sources import Source

TOOL = "autocannon"
FORMAT = "json"
RANK: int | None = 0
LAG = ""
WINDOWED = False

_KEYS: Final = tuple(
    re.compile(rb'"%s"\s*:' % key) for key in (b"non2xx", b"mismatches", b"pipelining")
)
_PERCENTILES: Final = ("p50", "p75", "p90", "p97_5", "p99", "p99_9", "p99_99")
_NO_P95: Final = "autocannon gives no p95: budget p97_5 or p99. Its times are whole milliseconds."


def recognises(source: Source) -> bool:
    """Whether it is an object with autocannon's counts."""
    head = source.head.lstrip()
    return head.startswith(b"{") and all(key.search(head) for key in _KEYS)


def read(source: Source) -> Reading[RunFacts]:
    """Measurements of the whole run: autocannon knows no endpoints."""
    report = foreign.root(foreign.load(source, TOOL), TOOL)
    overall = _entry(report)
    mismatches = report.count("mismatches", 0)
    wrong = (ExceptionCount("the body was not the expected one", mismatches),) if mismatches else ()
    return of_whole_run(
        source,
        (TOOL, FORMAT),
        overall,
        facts=RunFacts(errors=tuple(_errors(report)), exceptions=wrong),
        notes=(_NO_P95,) if overall.timed else (),
    )


def _entry(report: Fields) -> Entry:
    answered, errors = report.nested("requests").count("total"), report.count("errors")
    seconds, times = report.number("duration"), report.nested("latency")
    values = ((f"latency.{key}", times.maybe_number(key)) for key in _PERCENTILES)
    return Entry(
        subject=OVERALL,
        requests=answered + errors,
        failures=errors + report.count("4xx", 0) + report.count("5xx", 0),
        timed=times.count("totalCount", answered) and answered,
        mean=times.maybe_number("average"),
        fastest=times.maybe_number("min"),
        slowest=times.maybe_number("max"),
        stddev=times.maybe_number("stddev"),
        throughput=(answered + errors) / seconds if seconds else None,
        percentiles=tuple((name, value) for name, value in values if value is not None),
    )


def _errors(report: Fields) -> Iterator[ErrorCount]:
    timeouts, errors = report.count("timeouts", 0), report.count("errors")
    named = (
        ("timeout", timeouts),
        ("no answer", errors - timeouts),
        ("HTTP 4xx", report.count("4xx", 0)),
        ("HTTP 5xx", report.count("5xx", 0)),
    )
    yield from (ErrorCount(OVERALL, text, count) for text, count in named if count > 0)
