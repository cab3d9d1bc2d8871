"""`oha --output-format text`: one run, times each with their unit.

The lines are those of `src/printer.rs` of hatoo/oha. `Success rate` counts every answer as a success, a status of 500 too, so failures are
counted from the statuses. What the deadline of `-z` interrupted is no request of the run; `NaN` stands where nothing was answered.
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

TOOL = "oha"
FORMAT = "text"
RANK: int | None = 2
LAG = ""
WINDOWED = False

_SHAPE: Final = re.compile(rb"^Summary:\r?\n +Success rate:\t", re.MULTILINE)
_TIME: Final = r"(\d+(?:\.\d+)?) (ns|us|µs|ms|s|secs?|m|mins?|h|hrs?)\s*$"
_LINE: Final = r"^ +{name}:\t *" + _TIME
_PERCENTILE: Final = re.compile(r"^ +(\d+(?:\.\d+)?)% in " + _TIME, re.MULTILINE)
_STATUSES: Final = re.compile(r"^Status code distribution:\s*$", re.MULTILINE)
_STATUS: Final = re.compile(r"^ +\[(\d+)\] (\d+) responses\s*$", re.MULTILINE)
_ERRORS: Final = re.compile(r"^Error distribution:\s*$", re.MULTILINE)
_ERROR: Final = re.compile(r"^ +\[(\d+)\] (.+?)\s*$", re.MULTILINE)
_RATE: Final = re.compile(r"^ +Requests/sec:\t *(\d+(?:\.\d+)?)\s*$", re.MULTILINE)
_INEXACT: Final = 0.01
"""The rate and the run's length are rounded."""
_DEADLINE: Final = "aborted due to deadline"
_SPLIT: Final = re.compile(r"^Response time distribution:\s*$", re.MULTILINE)
_MS: Final = {
    "ns": 1e-6,
    "us": 0.001,
    "µs": 0.001,
    "ms": 1.0,
    "s": 1000.0,
    "m": 60_000.0,
    "h": 3_600_000.0,
}


def recognises(source: Source) -> bool:
    """Whether oha's summary is in it."""
    return _SHAPE.search(source.head) is not None


def read(source: Source) -> Reading[RunFacts]:
    """Measurements of the whole run: oha knows no endpoints."""
    text = sources.text(source)
    statuses, errors = _STATUSES.search(text), _ERRORS.search(text)
    if statuses is None and errors is None:
        message = "oha's status codes are missing; the text is cut."
        raise SourceError(message, line=text.count("\n") + 1)
    middle = errors.start() if errors else len(text)
    found = _STATUS.findall(text, statuses.end(), middle) if statuses else ()
    codes = {code: int(count) for code, count in found}
    said = _ERROR.findall(text, errors.end()) if errors else ()
    lost = tuple(ErrorCount(OVERALL, why, int(count)) for count, why in said if why != _DEADLINE)
    stopped = sum(int(count) for count, why in said if why == _DEADLINE)
    if not _all_there(text, sum(codes.values()) + sum(int(count) for count, why in said)):
        message = "oha's status codes are missing; the text is cut."
        raise SourceError(message, line=text.count("\n") + 1)
    note = f"{stopped} requests were interrupted by the end of the run and are not counted."
    return of_whole_run(
        source,
        (TOOL, FORMAT),
        _entry(text, codes, sum(error.count for error in lost)),
        facts=RunFacts(errors=(*lost, *status_errors(codes))),
        notes=(note,) if stopped else (),
    )


def _all_there(text: str, counted: int) -> bool:
    """Whether the lists have as many requests as the rate says."""
    total, rate = _ms(text, "Total"), _RATE.search(text)
    due = total / 1000 * float(rate.group(1)) if total and rate else counted
    return abs(due - counted) <= 1 + due * _INEXACT


def _entry(text: str, codes: dict[str, int], lost: int) -> Entry:
    answered, total = sum(codes.values()), _ms(text, "Total")
    start = _SPLIT.search(text)
    end = text.find("\n\n", start.end()) if start else 0  # the same by success may follow
    return Entry(
        subject=OVERALL,
        requests=answered + lost,
        failures=lost + refused(codes),
        timed=answered,
        mean=_ms(text, "Average"),
        fastest=_ms(text, "Fastest"),
        slowest=_ms(text, "Slowest"),
        throughput=(answered + lost) * 1000 / total if total else None,
        percentiles=tuple(
            (percentile_name("latency", float(percent)), float(number) * _factor(unit))
            for percent, number, unit in (
                _PERCENTILE.findall(text, start.end(), end) if start else ()
            )
        ),
    )


def _ms(text: str, name: str) -> float | None:
    match = re.search(_LINE.format(name=name), text, re.MULTILINE)
    return None if match is None else float(match.group(1)) * _factor(match.group(2))


def _factor(unit: str) -> float:
    return _MS.get(unit) or _MS[unit[0]]
