"""What ab (ApacheBench) prints: one run, times in whole milliseconds.

The lines are those of `support/ab.c` of apache/httpd. `Failed requests` counts answers of another length than the first, which is no failure of
a page that varies (`-l` switches it off), and exceptions beside the receive errors that caused them, so it can be more than there were
requests. Statuses from 300 on are `Non-2xx responses`. `Time per request` is the run's length by requests, no measured time.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from trivigil import sources
from trivigil.core.errors import SourceError
from trivigil.core.measurement import OVERALL, percentile_name
from trivigil.perf.entry import Entry
from trivigil.perf.facts import ErrorCount, RunFacts
from trivigil.perf.whole_run import of_whole_run

if TYPE_CHECKING:
    from trivigil.core.reading import Reading
    from trivigil.sources import Source

TOOL = "ab"
FORMAT = "text"
RANK: int | None = 0
LAG = ""
WINDOWED = False

_SHAPE: Final = re.compile(rb"^This is ApacheBench, Version (\S+)", re.MULTILINE)
_VERSION: Final = re.compile(r"^This is ApacheBench, Version (\S+)", re.MULTILINE)
_LINE: Final = r"^{name}: +(\d+(?:\.\d+)?)(?: |\r?$)"
_CAUSES: Final = re.compile(
    r"^ +\(Connect: (\d+), (?:Receive: (\d+), )?Length: (\d+), Exceptions: (\d+)\)", re.MULTILINE
)
_TOTAL: Final = re.compile(
    r"^Total: +(\d+) +(\d+) +(\d+(?:\.\d+)?) +(\d+) +(\d+)\s*$", re.MULTILINE
)
_PERCENTILE: Final = re.compile(r"^ +(\d+)% +(\d+)(?: |\r?$)", re.MULTILINE)
_LAST: Final = "(longest request)"
_ALL: Final = 100


def recognises(source: Source) -> bool:
    """Whether ab's greeting is in it, and it is not the table of `-w`, which is HTML."""
    return _SHAPE.search(source.head) is not None


def read(source: Source) -> Reading[RunFacts]:
    """Measurements of the whole run: ab knows no endpoints."""
    text = sources.text(source)
    requests, rate = _value(text, "Complete requests"), _value(text, "Requests per second")
    if requests is None or rate is None:
        message = "ab's totals are missing: it was stopped before its end, or the text is cut."
        raise SourceError(message, line=text.count("\n") + 1)
    if requests and (_TOTAL.search(text) is None or (requests > 1 and _LAST not in text)):
        message = "ab's table of times is missing; the text is cut."
        tip = "Run ab without `-d`."
        raise SourceError(message, line=text.count("\n") + 1, tip=tip)
    connect, receive, length, _ = _causes(text)
    refused = int(_value(text, "Non-2xx responses") or 0)
    overall = _entry(text, int(requests), rate, connect + receive, refused)
    version = _VERSION.search(text)
    named = (("connect", connect), ("receive", receive), ("HTTP 3xx, 4xx or 5xx", refused))
    return of_whole_run(
        source,
        (TOOL, FORMAT),
        overall,
        facts=RunFacts(errors=tuple(ErrorCount(OVERALL, *each) for each in named if each[1])),
        notes=_notes(length, overall),
    )._replace(tool_version=version.group(1) if version else None)


def _value(text: str, name: str) -> float | None:
    match = re.search(_LINE.format(name=name), text, re.MULTILINE)
    return float(match.group(1)) if match else None


def _causes(text: str) -> tuple[int, int, int, int]:
    match = _CAUSES.search(text)
    connect, receive, length, exceptions = match.groups() if match else ("0", "0", "0", "0")
    return int(connect), int(receive or 0), int(length), int(exceptions)


def _entry(text: str, requests: int, rate: float, lost: int, refused: int) -> Entry:
    total = _TOTAL.search(text)
    cells = total.groups() if total else None
    return Entry(
        subject=OVERALL,
        requests=requests,
        failures=min(requests, lost + refused),
        timed=requests if cells and lost < requests else 0,
        fastest=float(cells[0]) if cells else None,
        mean=float(cells[1]) if cells else None,
        stddev=float(cells[2]) if cells else None,
        slowest=float(cells[4]) if cells else None,
        throughput=rate,
        percentiles=tuple(
            (percentile_name("latency", int(percent)), float(time))
            for percent, time in _PERCENTILE.findall(text)
            if int(percent) < _ALL
        ),
    )


def _notes(length: int, overall: Entry) -> tuple[str, ...]:
    notes = []
    if length:
        notes.append(
            f"{length} answers are of another length than the first; ab calls them failed, Trivigil does not (`-l` says the same)."
        )
    if overall.timed:
        notes.append(
            "ab prints whole milliseconds: `-e FILE` has the same percentiles with three decimals."
        )
    return tuple(notes)
