"""`vegeta report -type=json`: one document, or with `-every` one after another; times in nanoseconds.

The fields are those of `lib/metrics.go` of tsenart/vegeta. Percentiles are estimates. `throughput` counts successes only there; here it
is the rate of all requests. With `-every` each document repeats what the ones before it counted, so the last one is read.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from trivigil import foreign, sources
from trivigil.core.errors import SourceError
from trivigil.core.measurement import OVERALL
from trivigil.perf.entry import Entry
from trivigil.perf.facts import ErrorCount, RunFacts
from trivigil.perf.whole_run import of_whole_run, status_errors

if TYPE_CHECKING:
    from trivigil.core.reading import Reading
    from trivigil.foreign import Fields
    from trivigil.sources import Source

TOOL = "vegeta"
FORMAT = "report-json"
RANK: int | None = 2
LAG = ""
WINDOWED = False

_CLEARED: Final = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
"""`-every` clears the terminal before each document."""
_SHAPE: Final = re.compile(rb'(?:\s|\x1b\[[0-9;]*[A-Za-z])*\{\s*"latencies"\s*:\s*\{\s*"total"\s*:')
_PERCENTILES: Final = (
    ("50th", "latency.p50"),
    ("90th", "latency.p90"),
    ("95th", "latency.p95"),
    ("99th", "latency.p99"),
)
_NS: Final = 1e6


def recognises(source: Source) -> bool:
    """Whether it begins with vegeta's latencies."""
    return _SHAPE.match(source.head) is not None


def read(source: Source) -> Reading[RunFacts]:
    """Measurements of the whole run: vegeta's report knows no endpoints."""
    lines = _CLEARED.sub("", sources.text(source)).rstrip().split("\n")
    starts = [number for number, line in enumerate(lines) if line.startswith('{"latencies"')] or [0]
    last = starts[-1]
    report = foreign.root(foreign.decode("\n".join(lines[last:]), TOOL, before=last), TOOL)
    codes = report.nested("status_codes").counts()
    lost = codes.get("0", 0)
    errors = (ErrorCount(OVERALL, f"no answer{_why(report)}", lost),) if lost else ()
    several = (f"It has {len(starts)} reports; the last one is of the whole run.",)
    return of_whole_run(
        source,
        (TOOL, FORMAT),
        _entry(report, codes),
        facts=RunFacts(errors=(*errors, *status_errors(codes))),
        notes=several if len(starts) > 1 else (),
    )


def _why(report: Fields) -> str:
    """The texts of errors have no counts, so they are told only where there is one."""
    texts = report.value.get("errors")
    return f": {texts[0]}" if isinstance(texts, list) and len(texts) == 1 else ""


def _entry(report: Fields, codes: dict[str, int]) -> Entry:
    requests = report.count("requests")
    held = sum(count for code, count in codes.items() if code[:1] in ("2", "3"))
    if sum(codes.values()) != requests:
        message = (
            f"the status codes add up to {sum(codes.values())}, but there are {requests} requests."
        )
        raise SourceError(message)
    times = report.nested("latencies")
    return Entry(
        subject=OVERALL,
        requests=requests,
        failures=requests - held,
        timed=requests,
        mean=times.number("mean") / _NS,
        fastest=times.number("min") / _NS,
        slowest=times.number("max") / _NS,
        throughput=report.maybe_number("rate"),
        percentiles=tuple((name, times.number(key) / _NS) for key, name in _PERCENTILES),
    )
