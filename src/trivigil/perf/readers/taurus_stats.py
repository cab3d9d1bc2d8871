"""What both forms of Taurus's `final-stats` have: a group of values by label, times in seconds; the total has no label.

The keys are those of `bzt/modules/reporting.py` (`FinalStatus`) of Blazemeter/taurus. `throughput` is a count of requests, and `rc_999` is no answer. A
request that was refused is timed as 0 s and pulls the mean down, so times are left out where nothing was answered.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from trivigil.core.errors import SourceError
from trivigil.core.measurement import OVERALL, percentile_name
from trivigil.core.reading import Reading
from trivigil.core.untrusted import printable
from trivigil.perf import entry
from trivigil.perf.entry import Entry
from trivigil.perf.facts import ErrorCount, RunFacts

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from trivigil.sources import Source

TOOL = "taurus"
_NUMBER: Final = re.compile(r"\d+(?:\.\d+)?(?:e[+-]?\d+)?", re.ASCII | re.IGNORECASE)
_PERCENTILE: Final = re.compile(r"perc_(\d{1,3}(?:\.\d{1,4})?)", re.ASCII)
_CODE: Final = re.compile(r"rc_(.+)", re.DOTALL)
_NO_ANSWER: Final = "999"
_FAILED: Final = 400
_ALL: Final = 100
_MS: Final = 1000
_UNANSWERED: Final = (
    "Requests without an answer are timed as 0 s by Taurus and pull the times down."
)
_FORGIVEN: Final = "Taurus counts answers with a status from 400 on as successes here: its scenario has no assertion."


class Row:
    """The values of one label, by key, and the line that they stand in."""

    def __init__(self, values: Mapping[str, str], line: int) -> None:
        self.values, self.line = values, line

    def number(self, key: str) -> float:
        """A number that is not negative. Raises SourceError with the line."""
        found = self.values.get(key, "")
        if not _NUMBER.fullmatch(found):
            shown = f"`{printable(found, 60)}`" if found else "missing"
            message = (
                f"`{printable(key, 60)}` is {shown} where a number that is not negative is due."
            )
            raise SourceError(message, line=self.line)
        return float(found)

    def count(self, key: str) -> int:
        """A whole number that is not negative."""
        found = self.number(key)
        if found != int(found):
            raise SourceError(f"`{key}` is {found:g} where a whole number is due.", line=self.line)
        return int(found)


def _entry(row: Row, seconds: float | None) -> Entry:
    succ, fail, count = (row.count(key) for key in ("succ", "fail", "throughput"))
    subject = row.values["label"] or OVERALL
    if succ + fail != count:
        message = (
            f"`{printable(subject, 200)}` has {succ} and {fail} requests, which are not {count}."
        )
        raise SourceError(message, line=row.line)
    unanswered = sum(number for code, number in _codes(row) if code == _NO_ANSWER)
    names = ((_PERCENTILE.fullmatch(key), key) for key in row.values)
    ranks = [(float(match.group(1)), key) for match, key in names if match]
    times = {percent: row.number(key) * _MS for percent, key in ranks}
    return Entry(
        subject=subject,
        requests=count,
        failures=fail,
        timed=count if unanswered < count else 0,
        mean=row.number("avg_rt") * _MS,
        stddev=row.number("stdev_rt") * _MS if "stdev_rt" in row.values else None,
        fastest=times.get(0),
        slowest=times.get(_ALL),
        throughput=count / seconds if seconds else None,
        percentiles=tuple(
            (percentile_name("latency", percent), time)
            for percent, time in times.items()
            if 0 < percent < _ALL
        ),
    )


def _codes(row: Row) -> Iterator[tuple[str, int]]:
    for key, value in row.values.items():
        match = _CODE.fullmatch(key)
        if match and value:
            yield match.group(1), row.count(key)


def _errors(row: Row) -> list[ErrorCount]:
    """Why requests of a label failed, as far as its statuses say."""
    subject = row.values["label"] or OVERALL
    found = []
    for code, count in _codes(row):
        if code == _NO_ANSWER:
            found.append(ErrorCount(subject, "no answer", count))
        elif not code.isdigit() or int(code) >= _FAILED:
            found.append(ErrorCount(subject, f"HTTP {code}", count))
    if sum(error.count for error in found) > row.count("fail"):
        return [error for error in found if not error.text.startswith("HTTP")]
    return found


def _forgiven(row: Row) -> bool:
    """Whether Taurus takes answers with a status from 400 on for successes, as apiritif does without an assertion."""
    refused = sum(
        count for code, count in _codes(row) if not code.isdigit() or int(code) >= _FAILED
    )
    return refused > row.count("fail")


def reading(source: Source, form: str, rows: list[Row], seconds: float | None) -> Reading[RunFacts]:
    """The reading of all rows, over so many seconds. Raises SourceError where they contradict each other."""
    totals = [row for row in rows if not row.values["label"]]
    if len(totals) != 1:
        found = f"{len(totals)} rows of the total, which has no label"
        raise SourceError(f"there are {found}; the file is damaged or cut.")
    labels = [row for row in rows if row.values["label"]]
    listed = [_entry(row, seconds) for row in (*totals, *labels)]
    lines = ((each, row.line) for each, row in zip(listed[1:], labels, strict=True))
    if (twice := entry.unique(lines)) is not None:
        raise twice
    together = sum(each.requests for each in listed[1:])
    if labels and together != listed[0].requests:
        message = (
            f"the labels have {together} requests together, and the total {listed[0].requests}."
        )
        raise SourceError(message, line=totals[0].line)
    errors = tuple(error for row in labels or totals for error in _errors(row))
    some = any(error.text == "no answer" for error in errors) and listed[0].timed
    notes = (
        *((_UNANSWERED,) if some else ()),
        *((_FORGIVEN,) if any(map(_forgiven, rows)) else ()),
    )
    return Reading(
        path=source.path,
        tool=TOOL,
        format=form,
        state="complete" if listed[0].requests else "empty",
        facts=RunFacts(
            measurements=tuple(m for each in listed for m in entry.measurements(each)),
            errors=errors,
        ),
        count=len(labels),
        unit="endpoints",
        notes=notes,
    )
