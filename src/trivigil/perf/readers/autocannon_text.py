"""What autocannon prints (on standard error): one run, times in whole milliseconds, without p95; counts above a thousand are rounded.

The tables are those of `lib/printResult.js` of mcollina/autocannon. `requests in` counts what was sent, so a request that was open at the end too.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from trivigil import sources
from trivigil.core.errors import SourceError
from trivigil.core.measurement import OVERALL, percentile_name
from trivigil.perf.entry import Entry
from trivigil.perf.facts import ErrorCount, ExceptionCount, RunFacts
from trivigil.perf.whole_run import of_whole_run

if TYPE_CHECKING:
    from collections.abc import Iterator

    from trivigil.core.reading import Reading
    from trivigil.sources import Source

TOOL = "autocannon"
FORMAT = "text"
RANK: int | None = 1
LAG = "autocannon prints what it sent, rounded above a thousand"
WINDOWED = False

_SHAPE: Final = re.compile(rb"^Running [^\n]+ test @ \S[^\n]*\n\d+ connections", re.MULTILINE)
_COLOUR: Final = re.compile(r"\x1b\[[0-9;]*m")
_COUNT: Final = r"(\d+(?:\.\d+)?)(k|M)?"
_TOTAL: Final = re.compile(rf"^{_COUNT} requests in (\d+(?:\.\d+)?)s, ", re.MULTILINE)
_ERRORS: Final = re.compile(rf"^{_COUNT} errors \({_COUNT} timeouts\)", re.MULTILINE)
_REFUSED: Final = re.compile(rf"^{_COUNT} 2xx responses, {_COUNT} non 2xx responses", re.MULTILINE)
_MISMATCHED: Final = re.compile(rf"^{_COUNT} requests with mismatched body", re.MULTILINE)
_TABLE: Final = re.compile(
    r"^│ Stat +│([^\n]*)│\r?\n[^\n]*\n│ Latency +│([^\n]*)│\r?$", re.MULTILINE
)
_PERCENTILE: Final = re.compile(r"^│ (\d+(?:\.\d+)?) +│ (\d+(?:\.\d+)?) +│\r?$", re.MULTILINE)
_PERCENTILES: Final = re.compile(r"^│ Percentile +│ Latency \(ms\) +│", re.MULTILINE)
_TIME: Final = re.compile(r"(\d+(?:\.\d+)?) ms")
_ALL: Final = 100
_TIMES: Final = {"": 1, "k": 1_000, "M": 1_000_000}
_NO_P95: Final = "autocannon gives no p95: budget p97_5 or p99."
_ROUNDED: Final = "autocannon prints counts above a thousand rounded: `--json` is exact."


def recognises(source: Source) -> bool:
    """Whether autocannon's first two lines are in it; wrk's second one is of threads."""
    return _SHAPE.search(source.head) is not None


def read(source: Source) -> Reading[RunFacts]:
    """Measurements of the whole run: autocannon knows no endpoints."""
    text = _COLOUR.sub("", sources.text(source))
    total = _TOTAL.search(text)
    if total is None:
        message = "autocannon's totals are missing; the text is cut."
        raise SourceError(message, line=text.count("\n") + 1)
    lost, refused, wrong = (
        _found(p, text, at) for p, at in ((_ERRORS, 1), (_REFUSED, 3), (_MISMATCHED, 1))
    )
    requests, seconds = _count(*total.group(1, 2)), float(total.group(3))
    times = _times(text)
    answered = requests - lost
    overall = Entry(
        subject=OVERALL,
        requests=requests,
        failures=min(requests, lost + refused),
        timed=answered if answered > 0 and any(times.values()) else 0,
        mean=times.get("Avg"),
        stddev=times.get("Stdev"),
        slowest=times.get("Max"),
        throughput=requests / seconds if seconds else None,
        percentiles=tuple(_percentiles(times, text)),
    )
    named = (("no answer", lost), ("HTTP status outside 2xx", refused))
    errors = tuple(ErrorCount(OVERALL, *each) for each in named if each[1])
    raised = (ExceptionCount("the body is not the expected one", wrong),) if wrong else ()
    rounded = any(match and "k" in match[0][:8] for match in (total, _ERRORS.search(text)))
    return of_whole_run(
        source, (TOOL, FORMAT), overall, facts=RunFacts(errors=errors, exceptions=raised),
        notes=(*((_NO_P95,) if overall.timed else ()), *((_ROUNDED,) if rounded else ())),
    )  # fmt: skip


def _found(pattern: re.Pattern[str], text: str, group: int) -> int:
    match = pattern.search(text)
    return _count(match.group(group), match.group(group + 1)) if match else 0


def _count(number: str, thousands: str | None) -> int:
    return round(float(number) * _TIMES[thousands or ""])


def _times(text: str) -> dict[str, float]:
    """The row of latencies by the names above it, in ms."""
    match = _TABLE.search(text)
    if match is None:
        return {}
    names, cells = ([cell.strip() for cell in row.split("│")] for row in match.groups())
    found = ((name, _TIME.fullmatch(cell)) for name, cell in zip(names, cells, strict=False))
    return {name: float(time.group(1)) for name, time in found if time}


def _percentiles(times: dict[str, float], text: str) -> Iterator[tuple[str, float]]:
    """Those of the row, and those of the table that `--latency` adds."""
    rows = [(name.removesuffix("%"), time) for name, time in times.items() if name.endswith("%")]
    start = _PERCENTILES.search(text)
    more = _PERCENTILE.findall(text, start.end(), text.index("└", start.end())) if start else ()
    known = dict(rows) | {percent: float(time) for percent, time in more}
    for percent, time in sorted(known.items(), key=lambda each: float(each[0])):
        if 1 <= float(percent) < _ALL:
            yield percentile_name("latency", float(percent)), time
