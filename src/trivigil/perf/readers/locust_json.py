"""Locust's `--json` (on standard output) and `--json-file`: a list of records, one an endpoint.

There is no totals row and there are no percentiles: both are computed as Locust itself does
(locust/stats.py: StatsEntry.extend, calculate_response_time_percentile, total_rps), from the exact
counts of its rounded times. Captured output may have log lines around the list.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from trivigil import sources
from trivigil.core.errors import SourceError
from trivigil.core.reading import Reading
from trivigil.core.untrusted import printable
from trivigil.perf.facts import RunFacts
from trivigil.perf.readers import locust_entry, locust_tally

if TYPE_CHECKING:
    from trivigil.perf.readers.locust_records import Decoded, Record
    from trivigil.sources import Source

TOOL = "locust"
FORMAT = "json"
RANK: int | None = 0
LAG = ""
WINDOWED = False

_START: Final = re.compile(r"^[ \t]*\[(?=\s*(?:\]|\{|\Z))", re.MULTILINE)
"""A list of objects or of nothing; log lines begin with `[` and a date."""
_END: Final = re.compile(r"^(?:[ \t]*\[.*\]|\])[ \t\r]*$", re.MULTILINE)
"""The line that closes the list, or that holds all of it; inside, lines are indented."""
_KEYS: Final = re.compile(rb'"(?:num_requests|num_none_requests|response_times)"\s*:')
_LOG: Final = re.compile(rb"^\[[^\]\n]*\] [^\n]*/(?:INFO|WARNING|ERROR)/locust\.", re.MULTILINE)
_NOTHING = (
    "The list is empty: no request was made, or `--json` and `--json-file` were used together, "
    "which empties the file (Locust clears its statistics after the first of them)."
)


def recognises(source: Source) -> bool:
    """Whether it is a list with Locust's keys, an empty list, or Locust's log (around a list)."""
    head = source.head.strip()
    if _LOG.search(head):
        return True
    return head.startswith(b"[") and (head.replace(b" ", b"") == b"[]" or bool(_KEYS.search(head)))


def read(source: Source) -> Reading[RunFacts]:
    """Measurements of every endpoint and of OVERALL, with their histograms."""
    return _reading(source, _decode(sources.text(source)))


def _decode(text: str) -> Decoded:
    from trivigil.perf.readers import locust_records

    start, body = _body(text)
    try:
        return locust_records.decode(body)
    except RecursionError:
        raise SourceError("the JSON is nested too deeply to be Locust's.") from None
    except ValueError as error:
        place = re.search(r"byte (\d+)", str(error))
        before = body.encode()[: int(place.group(1))] if place else body.encode()
        line = text.count("\n", 0, start) + before.count(b"\n") + 1
        message = f"the JSON is damaged or cut ({printable(str(error), 200)})."
        raise SourceError(message, line=line) from None


def _body(text: str) -> tuple[int, str]:
    """Where the list begins, and the list, without what was printed around it."""
    start = _START.search(text)
    if start is None:
        message = "is Locust's log, and there is no JSON in it."
        raise SourceError(message, tip="Run Locust with `--json` or `--json-file`.")
    end = _END.search(text, start.start())
    stop = end.end() if end else len(text)
    if end and (second := _START.search(text, stop)):
        line = text.count("\n", 0, second.start()) + 1
        raise SourceError("a second list begins here; judge one run at a time.", line=line)
    return start.start(), text[start.start() : stop]


def _reading(source: Source, decoded: Decoded) -> Reading[RunFacts]:
    records = decoded.records
    if decoded.drifted and not records:
        raise SourceError(f"no record is as Locust writes it. {decoded.drifted[0]}")
    for record in records:
        locust_tally.check(record)
    entries = tuple(locust_tally.entry(record, records) for record in records)
    damage = locust_entry.unique((entry, None) for entry in entries)
    if damage is not None:
        raise damage
    overall = locust_tally.overall(records)
    listed = (overall, *entries) if records else ()
    empty = not records and not decoded.drifted
    return Reading(
        path=source.path,
        tool=TOOL,
        format=FORMAT,
        state="empty" if empty else "partial" if decoded.drifted else "complete",
        facts=RunFacts(
            measurements=tuple(m for entry in listed for m in locust_entry.measurements(entry)),
            started=locust_tally.started(records),
            ended=locust_tally.ended(records),
        ),
        count=len(records),
        unit="endpoints",
        notes=(_NOTHING,) if empty else (*decoded.drifted, *_uncounted(records)),
    )


def _uncounted(records: tuple[Record, ...]) -> tuple[str, ...]:
    """A note for each record whose times are of another number of requests than it counts."""
    return tuple(
        f"{printable(locust_tally.subject(record), 200)}: the times are of {held} requests, "
        f"but {record.num_requests - record.num_none_requests} were timed."
        for record in records
        if (held := sum(record.response_times.values()))
        != record.num_requests - record.num_none_requests
    )
