"""`vegeta report` (`-type=text`): one run, times each with their unit. Percentiles are estimates, rounded to a few digits.

The lines are those of `NewTextReporter` in lib/reporters.go of tsenart/vegeta; which latencies there are is said in brackets.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from trivigil import sources
from trivigil.core.errors import SourceError
from trivigil.core.measurement import OVERALL, percentile_name
from trivigil.core.untrusted import printable
from trivigil.perf.entry import Entry
from trivigil.perf.facts import ErrorCount, RunFacts
from trivigil.perf.whole_run import of_whole_run, status_errors

if TYPE_CHECKING:
    from trivigil.core.reading import Reading
    from trivigil.sources import Source

TOOL = "vegeta"
FORMAT = "report-text"
RANK: int | None = 3
LAG = ""
WINDOWED = False

_SHAPE: Final = re.compile(
    rb"(?:\s|\x1b\[[0-9;]*[A-Za-z])*Requests +\[total, rate(?:, throughput)?\] +\d+, "
)
_CLEARED: Final = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
_START: Final = re.compile(
    r"^Requests +\[total, rate(?:, throughput)?\] +(\d+), (\d+(?:\.\d+)?)", re.MULTILINE
)
_LATENCIES: Final = re.compile(r"^Latencies +\[([^\]\n]+)\] +([^\n]+?)\s*$", re.MULTILINE)
_CODES: Final = re.compile(r"^Status Codes +\[code:count\] +([^\n]*?)\s*$", re.MULTILINE)
_CODE: Final = re.compile(r"(\d+):(\d+)")
_PART: Final = re.compile(r"(\d+(?:\.\d+)?)(h|ms|m|s|µs|μs|us|ns)")
_MS: Final = {
    "h": 3_600_000.0,
    "m": 60_000.0,
    "s": 1000.0,
    "ms": 1.0,
    "µs": 0.001,
    "μs": 0.001,
    "us": 0.001,
    "ns": 1e-6,
}


def recognises(source: Source) -> bool:
    """Whether it begins with vegeta's line of requests."""
    return _SHAPE.match(source.head) is not None


def read(source: Source) -> Reading[RunFacts]:
    """Measurements of the whole run: vegeta's report knows no endpoints."""
    text = _CLEARED.sub("", sources.text(source))
    starts = list(_START.finditer(text))
    last = starts[-1]
    latencies = _LATENCIES.search(text, last.end())
    written = _CODES.search(text, last.end())
    if latencies is None or written is None or "\nError Set:" not in text[last.end() :]:
        message = "vegeta's latencies or status codes are missing; the text is cut."
        raise SourceError(message, line=text.count("\n") + 1)
    codes = {code: int(count) for code, count in _CODE.findall(written.group(1))}
    line = text.count("\n", 0, latencies.start()) + 1
    lost = codes.get("0", 0)
    errors = (ErrorCount(OVERALL, "no answer", lost),) if lost else ()
    several = (f"It has {len(starts)} reports; the last one is of the whole run.",)
    return of_whole_run(
        source,
        (TOOL, FORMAT),
        _entry(last, latencies, codes, line),
        facts=RunFacts(errors=(*errors, *status_errors(codes))),
        notes=several if len(starts) > 1 else (),
    )


def _entry(
    start: re.Match[str], latencies: re.Match[str], codes: dict[str, int], line: int
) -> Entry:
    requests = int(start.group(1))
    if sum(codes.values()) != requests:
        message = (
            f"the status codes add up to {sum(codes.values())}, but there are {requests} requests."
        )
        raise SourceError(message, line=line)
    names, cells = (group.split(", ") for group in latencies.groups())
    if len(names) != len(cells):
        raise SourceError("there are not as many latencies as names.", line=line)
    times = {name: _duration(cell, line) for name, cell in zip(names, cells, strict=True)}
    held = sum(count for code, count in codes.items() if code[:1] in ("2", "3"))
    return Entry(
        subject=OVERALL,
        requests=requests,
        failures=requests - held,
        timed=requests,
        mean=times.get("mean"),
        fastest=times.get("min"),
        slowest=times.get("max"),
        throughput=float(start.group(2)),
        percentiles=tuple(
            (percentile_name("latency", int(name)), time)
            for name, time in times.items()
            if name.isascii() and name.isdigit()
        ),
    )


def _duration(cell: str, line: int) -> float:
    """Milliseconds of a duration as Go writes it, such as `1m2.5s`."""
    parts = _PART.findall(cell)
    if not parts or "".join(map("".join, parts)) != cell:
        if cell == "0":
            return 0.0
        shown = printable(cell, 40)
        raise SourceError(f"`{shown}` stands where a duration is due.", line=line)
    return sum(float(number) * _MS[unit] for number, unit in parts)
