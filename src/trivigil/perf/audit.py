"""The audit of a run: whether the load generator did what it was there for. Pure.

A generator that stands still measures nothing, and the run would look better than the service is. A stall of the service
shows in its times: some request took at least so long. A gap in which no request was on its way is the generator's own.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Final

from trivigil.core.measurement import OVERALL

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from trivigil.perf.facts import RunFacts, Window

_LONGER: Final = 3
"""How many times the usual distance of two windows a gap is longer."""
_SECONDS: Final = 3.0
_EXPECTED: Final = 10.0
"""How many requests would have ended in the gap at the usual rate; slow tests have gaps by nature."""
_MOST: Final = 2
_FEWEST: Final = 5
_REACHED: Final = 0.98
"""The share of what was asked for from which on it counts as reached."""


def stalls(facts: RunFacts) -> tuple[str, ...]:
    """A sentence for each time in which the generator stood still, at most two of them."""
    course = [window for window in facts.timeline if window.subject == OVERALL]
    busy = [window for window in course if window.throughput > 0]
    slowest = _slowest(facts)
    if len(busy) < _FEWEST or slowest is None:
        return ()
    gaps = [(one, other) for one, other in _gaps(busy) if other.at - one.at > slowest]
    sentences = [_sentence(one, other, course[0].at, slowest) for one, other in gaps]
    more = (f"It stood still {len(gaps) - _MOST} more times.",) if len(gaps) > _MOST else ()
    return (*sentences[:_MOST], *more)


def _gaps(busy: Sequence[Window]) -> Iterator[tuple[Window, Window]]:
    """Neighbours that are too far apart for the run's usual pace."""
    usual = _middle([after.at - before.at for before, after in pairwise(busy)])
    rate = _middle([window.throughput for window in busy])
    for before, after in pairwise(busy):
        length = after.at - before.at - usual
        if length >= max(_SECONDS, (_LONGER - 1) * usual) and length * rate >= _EXPECTED:
            yield before, after


def _slowest(facts: RunFacts) -> float | None:
    """The longest time of any request, in seconds."""
    times = [m.value for m in facts.measurements if m.metric.name == "latency.max"]
    return max(times) / 1000 if times else None


def _sentence(before: Window, after: Window, begin: float, slowest: float) -> str:
    return (
        f"Nothing ended for {after.at - before.at:.0f} s from second {before.at - begin:.0f} on, and no request took longer than "
        f"{slowest:.1f} s: the load generator stood still."
    )


def _middle(values: Sequence[float]) -> float:
    return sorted(values)[len(values) // 2]


def users(facts: RunFacts, asked: int) -> tuple[str, ...]:
    """A sentence where fewer users ran than were asked for, at the run's best moment."""
    seen = [w.users for w in facts.timeline if w.subject == OVERALL and w.users is not None]
    if not seen or max(seen) >= _REACHED * asked:
        return ()
    return (
        f"At most {max(seen)} of the {asked} users ran at once, so the service never had the load that was asked for.",
    )
