"""Locust's own arithmetic over its JSON records (locust/stats.py of 2.47), to agree with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from trivigil.core.errors import SourceError
from trivigil.core.histogram import of_counts
from trivigil.core.measurement import OVERALL, percentile_name
from trivigil.core.untrusted import printable
from trivigil.perf.readers import locust_cells
from trivigil.perf.readers.locust_entry import Entry, consistent

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from trivigil.perf.readers.locust_records import Record

QUANTILES: Final = (0.50, 0.66, 0.75, 0.80, 0.90, 0.95, 0.98, 0.99, 0.999, 0.9999)
"""PERCENTILES_TO_REPORT, without the maximum."""


def subject(record: Record) -> str:
    """`GET /login`, or the bare name."""
    return locust_cells.subject(record.method, "" if record.name is None else str(record.name))


def check(record: Record) -> None:
    """Raise SourceError where the counts or times of a record cannot be true."""
    place = printable(subject(record), 200)
    numbers = (
        record.num_requests,
        record.num_failures,
        record.num_none_requests,
        record.num_requests - record.num_none_requests,
        record.total_response_time,
        record.max_response_time,
        record.min_response_time or 0,
        *record.response_times,
        *record.response_times.values(),
    )
    if not all(0 <= number < float("inf") for number in numbers):
        raise SourceError(f"the record of {place} has a number below zero or without end.")
    consistent(Entry(place, record.num_requests, record.num_failures, 0), f"the record of {place}")


def percentile(counts: Mapping[float, int], requests: int, quantile: float) -> float:
    """calculate_response_time_percentile: from the slowest down, until enough requests are left."""
    wanted, processed = int(requests * quantile), 0
    for time in sorted(counts, reverse=True):
        processed += counts[time]
        if requests - processed <= wanted:
            return time
    return 0.0


def entry(record: Record, run: Sequence[Record]) -> Entry:
    """One endpoint; its throughput is over the whole run's time, as in total_rps."""
    return _entry(subject(record), (record,), run)


def overall(run: Sequence[Record]) -> Entry:
    """All records together, as StatsEntry.extend adds them: exact counts, never percentiles."""
    return _entry(OVERALL, run, run)


def _entry(name: str, records: Sequence[Record], run: Sequence[Record]) -> Entry:
    requests = sum(record.num_requests for record in records)
    timed = requests - sum(record.num_none_requests for record in records)
    counts = _merged(record.response_times for record in records)
    total = sum(record.total_response_time for record in records)
    lows = [r.min_response_time for r in records if r.min_response_time is not None]
    return Entry(
        subject=name,
        requests=requests,
        failures=sum(record.num_failures for record in records),
        timed=timed,
        mean=total / timed if timed else None,
        fastest=min(lows, default=None),
        slowest=max((record.max_response_time for record in records), default=None),
        throughput=_rate(requests, run),
        percentiles=tuple(_percentiles(counts, timed)) if counts else (),
        histogram=of_counts(counts.items()),
    )


def _merged(times: Iterable[Mapping[float, int]]) -> dict[float, int]:
    merged: dict[float, int] = {}
    for counts in times:
        for time, count in counts.items():
            merged[time] = merged.get(time, 0) + count
    return merged


def _percentiles(counts: Mapping[float, int], timed: int) -> Iterator[tuple[str, float]]:
    for quantile in QUANTILES:
        yield percentile_name("latency", 100 * quantile), percentile(counts, timed, quantile)


def started(run: Iterable[Record]) -> float | None:
    """When the first endpoint was first requested, in Unix seconds."""
    return min((r.start_time for r in run if r.start_time is not None), default=None)


def ended(run: Iterable[Record]) -> float | None:
    """When the last answer came, in Unix seconds."""
    times = (r.last_request_timestamp for r in run if r.last_request_timestamp is not None)
    return max(times, default=None)


def _rate(requests: int, run: Sequence[Record]) -> float | None:
    """Requests per second of the whole run's time. Locust's own begins a moment earlier."""
    first, last = started(run), ended(run)
    if first is None or last is None or last <= first:
        return None
    return requests / (last - first)
