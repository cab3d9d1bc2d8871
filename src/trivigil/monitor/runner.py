"""Trying the checks of a plan: many at once, each again where it failed, and none longer than the run may take.

`run(plans, bounds) -> tuple[Checked, ...]`, in the plan's order. One thread, the caller's, decides what comes next; each attempt is made in
another one, because blocking threads measure phases truly where an event loop's callbacks wait for their turn. A retry waits
without keeping anybody from starting. What a thread does after the run has ended changes nothing.
"""

from __future__ import annotations

import heapq
import time
from collections import Counter, defaultdict, deque
from queue import Empty, SimpleQueue
from threading import Thread
from typing import TYPE_CHECKING, Final

from trivigil.core.record import NamedTuple
from trivigil.core.untrusted import printable
from trivigil.monitor import control as controls
from trivigil.monitor import dependencies
from trivigil.monitor.facts import Attempt, Checked, concluded
from trivigil.monitor.probing import moment
from trivigil.web import target

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from trivigil.monitor.control import Control
    from trivigil.monitor.planned import Bounds, Planned

FIRST: Final = 32
"""More attempts that are all busy crowd each other, and the crowd is what is measured."""
MOST: Final = 256
"""Attempts at once where those before only wait: it costs nothing, and the run takes little longer than its slowest check."""
STALL_S: Final = 0.2
"""Where nothing has ended for so long, all that are under way wait for their sites, and twice as many may be."""
_NO_GROUND: Final = frozenset({"down", "unknown"})
"""A check that depends on one with such a status is not tried."""


class Limits(NamedTuple):
    """How much of everything."""

    at_once: int = MOST
    per_host: int = MOST
    """Attempts at once at one host."""
    retries: int = 2
    """More attempts after a failed one."""
    waits: tuple[float, ...] = (2.0, 10.0)
    """Seconds before each of them; the last one is for all that follow."""
    whole: float = 300.0
    """Seconds for the whole run. What is not tried by then is unknown."""


_LIMITS: Final = Limits()


def run(
    plans: Sequence[Planned],
    bounds: Bounds,
    *,
    limits: Limits = _LIMITS,
    control: Control | None = None,
    clock: Callable[[], float] = time.monotonic,
    wait: Callable[[float], None] = time.sleep,
    now: Callable[[], float] = time.time,
) -> tuple[Checked, ...]:
    """Every check of the plan with its attempts. Raises InputError where names or dependencies do not fit, before anything is asked.

    `clock` counts seconds, `wait` passes them where nothing else is going on, `now` is the time of day.
    """
    work = _Run(plans, bounds, limits, control, clock, now)
    try:
        while not work.over:
            work.start()
            work.receive(wait)
        return work.checked()
    finally:
        work.close()


class _Run:
    """What has been tried, what is being tried, and what waits for its time. The caller's thread alone changes it."""

    def __init__(
        self,
        plans: Sequence[Planned],
        bounds: Bounds,
        limits: Limits,
        control: Control | None,
        clock: Callable[[], float],
        now: Callable[[], float],
    ) -> None:
        needs = dependencies.needs(plans)
        self._plans, self._bounds, self._limits, self._control = plans, bounds, limits, control
        self._clock, self._now = clock, now
        self._end = clock() + limits.whole
        self._host = target.read(bounds.target).host
        self._attempts: list[list[Attempt]] = [[] for _ in plans]
        self._done: dict[int, Checked] = {}
        self._missing = [set(each) for each in needs]
        self._dependents: dict[int, list[int]] = defaultdict(list)
        for place, each in enumerate(needs):
            for needed in each:
                self._dependents[needed].append(place)
        # Those that may start, and from when on; those that may, but for their host.
        self._due = [(0.0, place) for place, each in enumerate(needs) if not each]
        self._parked: dict[str, deque[int]] = defaultdict(deque)
        self._given: Counter[str] = Counter()
        self._limit = max(min(limits.at_once, MOST), 1)
        self._most = min(self._limit, FIRST)
        self._moved = clock()
        self._threads = 0
        self._closed = False
        self._begun: set[int] = set()
        self._work: SimpleQueue[int | None] = SimpleQueue()
        self._answers: SimpleQueue[tuple[int, Attempt]] = SimpleQueue()

    @property
    def over(self) -> bool:
        return len(self._done) == len(self._plans) or self._clock() >= self._end

    # --- Starting -------------------------------------------------------------------------------

    def start(self) -> None:
        """Give the threads all that may start now; as many as there are threads, they take at once."""
        while self._due and self._due[0][0] <= self._clock():
            _, place = heapq.heappop(self._due)
            host = self._host_of(place)
            if self._given[host] >= max(self._limits.per_host, 1):
                self._parked[host].append(place)
                continue
            self._given[host] += 1
            self._work.put(place)
            if self._threads < min(self._most, self._given.total()):
                self._add()

    def close(self) -> None:
        """Let the threads go: each at the end of what it does. One that hangs ends with the process."""
        self._closed = True
        for _ in range(self._threads):
            self._work.put(None)

    def _host_of(self, place: int) -> str:
        return self._plans[place].host or self._host

    def _serve(self) -> None:
        """What a thread does: one attempt after the other."""
        while (place := self._work.get()) is not None and not self._closed:
            self._begun.add(place)
            self._answers.put((place, self._try(place)))

    def _try(self, place: int) -> Attempt:
        """One attempt. Whatever happens, there is an answer."""
        started = self._now()
        try:
            attempt = self._plans[place].attempt(self._bounds)
            if not isinstance(attempt, Attempt):
                raise TypeError("no attempt")  # noqa: TRY301 (goes the way of every other fault)
            return controls.judged(attempt, self._control)
        except BaseException as error:  # noqa: BLE001 (a check that ends its thread would never be heard of again)
            return _fault(error, started)

    # --- Receiving ------------------------------------------------------------------------------

    def receive(self, wait: Callable[[float], None]) -> None:
        """Wait for an attempt to end, or for the time at which something may start."""
        pause = self._pause()
        if not self._given.total():
            wait(pause)
            return
        try:
            place, attempt = self._answers.get(timeout=pause)
        except Empty:
            self._widen()
            return
        self._moved = self._clock()
        self._ended(place, attempt)

    def _pause(self) -> float:
        until = self._end
        if self._due:
            until = min(until, self._due[0][0])
        if self._crowded:
            until = min(until, self._moved + STALL_S)
        return max(until - self._clock(), 0.0)

    @property
    def _crowded(self) -> bool:
        """Whether some of what is given waits for a thread, and there may be more of these."""
        return self._given.total() > self._threads and self._most < self._limit

    def _widen(self) -> None:
        """Twice as many threads where those that there are only wait."""
        if not self._crowded or self._clock() < self._moved + STALL_S:
            return
        self._moved = self._clock()
        self._most = min(2 * self._most, self._limit)
        while self._threads < min(self._most, self._given.total()):
            self._add()

    def _add(self) -> None:
        self._threads += 1
        Thread(target=self._serve, name=f"check {self._threads}", daemon=True).start()

    def _ended(self, place: int, attempt: Attempt) -> None:
        host = self._host_of(place)
        self._given[host] -= 1
        if self._parked[host]:
            heapq.heappush(self._due, (0.0, self._parked[host].popleft()))
        tried = self._attempts[place]
        tried.append(attempt)
        again = self._again(place, len(tried)) if _deserves_another(attempt) else None
        if again is None:
            self._finish(place)
        else:
            heapq.heappush(self._due, (again, place))

    def _again(self, place: int, tried: int) -> float | None:
        """When the next attempt may be made; None where there is none, or no time for it."""
        own, limits = self._plans[place].retries, self._limits
        if tried > (limits.retries if own is None else own):
            return None
        waits = limits.waits or (0.0,)
        due = self._clock() + waits[min(tried, len(waits)) - 1]
        return due if due < self._end else None

    # --- Finishing ------------------------------------------------------------------------------

    def _finish(self, place: int) -> None:
        """The check is done; what waited for it may start, or is skipped with all that waits for that."""
        self._done[place] = self._checked(place)
        ended = [place]
        for at in ended:  # grows while it is walked
            checked = self._done[at]
            for dependent in self._dependents[at]:
                if dependent in self._done:
                    continue
                self._missing[dependent].discard(at)
                if checked.status in _NO_GROUND:
                    reason = f"it depends on {dependencies.shown(checked.name)}, which is "
                    self._done[dependent] = self._skipped(dependent, reason + checked.status)
                    ended.append(dependent)
                elif not self._missing[dependent]:
                    heapq.heappush(self._due, (0.0, dependent))

    def _skipped(self, place: int, reason: str) -> Checked:
        return concluded(self._checked(place)._replace(skipped=reason))

    def _checked(self, place: int) -> Checked:
        plan = self._plans[place]
        return concluded(
            Checked(
                plan.name,
                plan.kind,
                tuple(self._attempts[place]),
                plan.file,
                plan.line,
                plan.depends_on,
                plan.runbook,
                plan.tags,
            )
        )

    def checked(self) -> tuple[Checked, ...]:
        """All checks in the plan's order. An attempt that has not ended by now is none."""
        return tuple(
            self._done.get(place) or self._late(place) for place in range(len(self._plans))
        )

    def _late(self, place: int) -> Checked:
        checked = self._checked(place)
        if checked.attempts:
            return checked
        what = "it did not end" if place in self._begun else "it was not tried"
        message = f"{what} within the {self._limits.whole:g} s that the run may take"
        return checked._replace(message=message)


def _deserves_another(attempt: Attempt) -> bool:
    """Whether another attempt may end otherwise: not after our own fault or the file's, nor where an address is forbidden."""
    if attempt.status == "up" or attempt.ours or attempt.cause == "blocked-address":
        return False
    if attempt.status == "unknown" and _is_of_the_file(attempt):
        return False
    return attempt.status != "degraded" or attempt.cause == "slow"


def _is_of_the_file(attempt: Attempt) -> bool:
    """Whether a line of the check's own file is at fault, and nobody was asked yet: an undefined variable, no URL."""
    asked = attempt.http_status is not None or any(attempt.phases)
    at_line = any(failed.line is not None for failed in attempt.failed)
    return attempt.cause == "unknown" and at_line and not asked


def _fault(error: BaseException, started: float) -> Attempt:
    """Of an error only its kind: its text may hold what a site sent, or a secret."""
    kind = printable(type(error).__name__, 80)
    message = f"an error of Trivigil itself, please report it: {kind}"
    return Attempt(moment(started), "unknown", "unknown", message, ours=True)
