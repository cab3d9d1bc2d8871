"""Faults that a test sets per call, and hooks that run before a call is handled."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Literal, NamedTuple

from .exchange import Answer, Request, matches
from .refusal import DOCS, Refusal

if TYPE_CHECKING:
    from .clock import Clock

Kind = Literal[
    "timeout", "reset", "slow", "truncated",
    "404", "409", "410", "422", "429", "500", "502", "503",
    "secondary", "primary",
]  # fmt: skip
Moment = Literal["before", "after"]

SECONDARY = (
    "You have exceeded a secondary rate limit. Please wait a few minutes before you try again. "
    "If you reach out to GitHub Support for help, please include the request ID."
)
SECONDARY_DOCS = (
    f"{DOCS}/using-the-rest-api/rate-limits-for-the-rest-api#about-secondary-rate-limits"
)
MESSAGES = {
    "404": "Not Found",
    "409": "Conflict",
    "410": "This resource is gone",
    "422": "Validation Failed",
    "429": "Too Many Requests",
    "500": "Server Error",
    "503": "Service Unavailable",
}
UNICORN = "<!DOCTYPE html>\n<html><head><title>Unicorn!</title></head><body>502 Bad Gateway</body></html>\n"
WIRE = {"timeout": "stall", "reset": "reset", "slow": "slow", "truncated": "truncated"}


class Fault(NamedTuple):
    """One planned fault: which calls, from the which-th match on, how often, when and what."""

    kind: Kind
    method: str | None
    path: str | None
    call: int
    times: int | None
    moment: Moment
    retry_after: int | None
    seconds: float

    def due(self, seen: int) -> bool:
        """True for the matching call of this number (from 1)."""
        return self.call <= seen and (self.times is None or seen < self.call + self.times)

    def answer(self, given: Answer | None, clock: Clock) -> Answer:
        """What the client gets; `given` is the answer of the call where it was carried out."""
        if self.kind in WIRE:
            whole = given or Answer(0)
            return whole._replace(wire=WIRE[self.kind], seconds=self.seconds)
        if self.kind == "502":
            return Answer(502, UNICORN, {"Content-Type": "text/html"})
        waiting = {"Retry-After": str(self.retry_after)} if self.retry_after is not None else {}
        return self._refused(clock)._replace(headers=waiting | self._exhausted(clock))

    def _refused(self, clock: Clock) -> Answer:
        if self.kind == "secondary":
            return Refusal(403, SECONDARY).answer(SECONDARY_DOCS)
        if self.kind == "primary":
            return Refusal(403, "API rate limit exceeded for installation ID 51234567.").answer()
        return Refusal(int(self.kind), MESSAGES[self.kind]).answer()

    def _exhausted(self, clock: Clock) -> dict[str, str]:
        if self.kind != "primary":
            return {}
        reset = str(clock.epoch() + int(self.seconds))
        return {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": reset}


class Faults:
    """The faults of one double, each with its own count of matching calls."""

    def __init__(self) -> None:
        self._planned: list[Fault] = []
        self._seen: list[int] = []
        self._lock = threading.Lock()

    def add(
        self,
        kind: Kind,
        *,
        method: str | None = None,
        path: str | None = None,
        call: int = 1,
        times: int | None = 1,
        moment: Moment = "before",
        retry_after: int | None = None,
        seconds: float = 5.0,
    ) -> None:
        """Plan a fault for the `call`-th matching call and `times` in all (None: for good).

        `seconds` bounds a timeout's stall, delays a slow answer, or is the time to the reset of
        an exhausted primary limit. A truncated or slow answer exists only after the commit.
        """
        if kind in {"truncated", "slow"}:
            moment = "after"
        fault = Fault(kind, method, path, call, times, moment, retry_after, seconds)
        with self._lock:
            self._planned.append(fault)
            self._seen.append(0)

    def take(self, request: Request) -> Fault | None:
        """Count this call in every fault that it matches; the first that is due."""
        with self._lock:
            due = []
            for place, fault in enumerate(self._planned):
                if matches(request.method, request.path, fault.method, fault.path):
                    self._seen[place] += 1
                    due += [fault] if fault.due(self._seen[place]) else []
        return due[0] if due else None

    def clear(self) -> None:
        """Forget all faults."""
        with self._lock:
            self._planned.clear()
            self._seen.clear()


class Hook(NamedTuple):
    """A callback for the calls that a predicate picks."""

    picks: Callable[[Request], bool]
    run: Callable[[Request], object]


class Hooks:
    """Callbacks that run in the server's thread before a call is handled, outside of all locks."""

    def __init__(self) -> None:
        self._hooks: list[Hook] = []

    def add(self, picks: Callable[[Request], bool], run: Callable[[Request], object]) -> None:
        """Run `run` before every call that `picks` accepts."""
        self._hooks.append(Hook(picks, run))

    def run(self, request: Request) -> None:
        """Run the callbacks for this request in the order of their setting."""
        for hook in tuple(self._hooks):
            if hook.picks(request):
                hook.run(request)
