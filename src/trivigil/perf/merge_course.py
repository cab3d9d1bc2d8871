"""Merging what is beside the measurements: the course over time, errors, exceptions and the times of the run."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from trivigil.perf.facts import ErrorCount, ExceptionCount, Window

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


def timeline(parts: Sequence[Sequence[Window]], *, at_once: bool) -> tuple[Window, ...]:
    """Shards' windows of one time and subject added up; repetitions' one after another.

    A window of several shards has no percentiles, because they cannot be made of theirs.
    """
    told = [part for part in parts if part]
    if not at_once or len(told) < 2:  # noqa: PLR2004 (one alone is not merged)
        return tuple(sorted((w for part in told for w in part), key=lambda window: window.at))
    width = max(_spacing(part) for part in told)
    slots: dict[tuple[int, str], list[list[Window]]] = {}
    for part in told:
        for slot, windows in _slots(part, width).items():
            slots.setdefault(slot, []).append(windows)
    return tuple(
        _window(slot * width, subject, slots[slot, subject]) for slot, subject in sorted(slots)
    )


def _spacing(windows: Sequence[Window]) -> float:
    """Seconds between two windows of the same subject; never below one."""
    times = sorted({window.at for window in windows})
    gaps = sorted(after - before for before, after in pairwise(times))
    return max(1.0, float(round(gaps[len(gaps) // 2])) if gaps else 1.0)


def _slots(windows: Sequence[Window], width: float) -> dict[tuple[int, str], list[Window]]:
    slots: dict[tuple[int, str], list[Window]] = {}
    for window in windows:
        slots.setdefault((int(window.at // width), window.subject), []).append(window)
    return slots


def _window(at: float, subject: str, parts: Sequence[Sequence[Window]]) -> Window:
    """All shards in one slot: each shard's mean rates, added up."""
    latest = [part[-1] for part in parts]
    users = [window.users for window in latest if window.users is not None]
    alone = len(parts) == 1 and len(parts[0]) == 1
    return Window(
        at=at,
        subject=subject,
        users=sum(users) if users else None,
        throughput=sum(_mean([w.throughput for w in part]) for part in parts),
        failures=sum(_mean([w.failures for w in part]) for part in parts),
        percentiles=latest[0].percentiles if alone else (),
        total_requests=sum(window.total_requests for window in latest),
        total_failures=sum(window.total_failures for window in latest),
    )


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)


def errors(parts: Iterable[Sequence[ErrorCount]]) -> tuple[ErrorCount, ...]:
    """The same message of the same subject counted together."""
    found: dict[tuple[str, str], ErrorCount] = {}
    for error in (error for part in parts for error in part):
        key = (error.subject, error.text)
        known = found.get(key)
        found[key] = error if known is None else _together(known, error)
    return tuple(found.values())


def _together(one: ErrorCount, other: ErrorCount) -> ErrorCount:
    first = min((each for each in (one.first_seen, other.first_seen) if each), default=None)
    last = max((each for each in (one.last_seen, other.last_seen) if each), default=None)
    return one._replace(count=one.count + other.count, first_seen=first, last_seen=last)


def exceptions(parts: Iterable[Sequence[ExceptionCount]]) -> tuple[ExceptionCount, ...]:
    """The same exception with the same traceback counted together."""
    found: dict[tuple[str, str], ExceptionCount] = {}
    for exception in (exception for part in parts for exception in part):
        key = (exception.message, exception.traceback)
        known = found.get(key)
        count = exception.count + (known.count if known else 0)
        found[key] = exception._replace(count=count)
    return tuple(found.values())
