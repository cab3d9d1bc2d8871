"""What hey prints: one run, times in seconds of four decimals.

The lines are those of `requester/print.go` of rakyll/hey. Where nothing was answered the average is `NaN`; a percentile that too few requests allow
is printed as `0% in 0.0000 secs`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from trivigil import sources
from trivigil.core.errors import SourceError
from trivigil.core.measurement import OVERALL, percentile_name
from trivigil.perf.entry import Entry
from trivigil.perf.facts import ErrorCount, RunFacts
from trivigil.perf.whole_run import of_whole_run, refused, status_errors

if TYPE_CHECKING:
    from trivigil.core.reading import Reading
    from trivigil.sources import Source

TOOL = "hey"
FORMAT = "text"
RANK: int | None = 0
LAG = ""
WINDOWED = False

_SHAPE: Final = re.compile(rb"^Summary:\r?\n +Total:\t *\S+ secs\r?\n +Slowest:\t", re.MULTILINE)
_LINE: Final = r"^ +{name}:\t *(\d+\.\d+|NaN)(?: secs)?\s*$"
_PERCENTILE: Final = re.compile(r"^ +(\d+)% in (\d+\.\d+) secs\s*$", re.MULTILINE)
_STATUS: Final = re.compile(r"^ +\[(\d+)\]\t(\d+) responses\s*$", re.MULTILINE)
_ERROR: Final = re.compile(r"^ +\[(\d+)\]\t(.+?)\s*$", re.MULTILINE)
_STATUSES: Final = re.compile(r"^Status code distribution:\s*$", re.MULTILINE)
_ERRORS: Final = re.compile(r"^Error distribution:\s*$", re.MULTILINE)
_MS: Final = 1000
_STEP: Final = 0.0001
"""Seconds that the run's length is rounded to."""


def recognises(source: Source) -> bool:
    """Whether hey's summary is in it."""
    return _SHAPE.search(source.head) is not None


def read(source: Source) -> Reading[RunFacts]:
    """Measurements of the whole run: hey knows no endpoints."""
    text = sources.text(source)
    statuses, errors = _STATUSES.search(text), _ERRORS.search(text)
    if statuses is None:
        message = "hey's status codes are missing; the text is cut."
        raise SourceError(message, line=text.count("\n") + 1)
    middle = errors.start() if errors else len(text)
    codes = {code: int(count) for code, count in _STATUS.findall(text, statuses.end(), middle)}
    lost = tuple(
        ErrorCount(OVERALL, said, int(count))
        for count, said in (_ERROR.findall(text, errors.end()) if errors else ())
    )
    if not _all_there(text, sum(codes.values()) + sum(error.count for error in lost)):
        message = "hey's status codes are missing; the text is cut."
        raise SourceError(message, line=text.count("\n") + 1)
    return of_whole_run(
        source,
        (TOOL, FORMAT),
        _entry(text, codes, sum(error.count for error in lost)),
        facts=RunFacts(errors=(*lost, *status_errors(codes))),
    )


def _all_there(text: str, counted: int) -> bool:
    """Whether the lists have as many requests as the rate says."""
    seconds, rate = (_seconds(text, name) or 0.0 for name in ("Total", "Requests/sec"))
    due, inexact = seconds * rate, _STEP * rate
    return not due or abs(due - counted) <= 1 + inexact


def _entry(text: str, codes: dict[str, int], lost: int) -> Entry:
    answered = sum(codes.values())
    mean = _ms(text, "Average")
    return Entry(
        subject=OVERALL,
        requests=answered + lost,
        failures=lost + refused(codes),
        timed=answered if mean is not None else 0,
        mean=mean,
        fastest=_ms(text, "Fastest"),
        slowest=_ms(text, "Slowest"),
        throughput=_seconds(text, "Requests/sec"),
        percentiles=tuple(
            (percentile_name("latency", int(percent)), float(time) * _MS)
            for percent, time in _PERCENTILE.findall(text)
            if int(percent)
        ),
    )


def _ms(text: str, name: str) -> float | None:
    seconds = _seconds(text, name)
    return None if seconds is None else seconds * _MS


def _seconds(text: str, name: str) -> float | None:
    match = re.search(_LINE.format(name=name), text, re.MULTILINE)
    return None if match is None or match.group(1) == "NaN" else float(match.group(1))
