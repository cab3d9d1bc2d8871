"""Measuring a target a few times, politely: a connection of its own for each sample, with a pause before it, one after another.

The first answer warms names and caches and is not counted. One exchange that fails makes the whole measurement invalid: what a
target that fails now and then takes otherwise is no answer to whether it is as fast as usual.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

from trivigil.core.record import NamedTuple
from trivigil.monitor import causes
from trivigil.monitor.probing import rules_of
from trivigil.monitor.reachability import together
from trivigil.web import redirects, target
from trivigil.web.probe import Request, Rules

if TYPE_CHECKING:
    from collections.abc import Callable

    from trivigil.monitor.causes import Reason
    from trivigil.monitor.planned import Bounds
    from trivigil.web.observation import Phases

PAUSE: Final = 0.5
"""Seconds from the end of a sample to the next one: at most two requests a second."""
JITTER: Final = 0.5
"""Up to so many of the pause on top, so that samples do not keep step with anything."""
_RULES: Final = Rules()


class Pace(NamedTuple):
    """How fast, and with which clock."""

    pause: float = PAUSE
    whole: float = 300.0
    """Seconds for everything."""
    clock: Callable[[], float] = time.monotonic
    wait: Callable[[float], None] = time.sleep
    luck: Callable[[], float] | None = None
    """A number from 0 to 1; None: the random module's."""


class Measured(NamedTuple):
    """What was measured, or why that is nothing."""

    samples: tuple[Phases, ...] = ()
    """Milliseconds; with redirects the sums."""
    problem: Reason | None = None
    shown: str = ""
    """What was asked last, as it may be shown."""


class Sampler:
    """Takes samples of one target; says how many there are after each."""

    def __init__(
        self, bounds: Bounds, pace: Pace, said: Callable[[int], None] | None = None
    ) -> None:
        self._request = Request(target.read(bounds.target).url)
        self._rules = rules_of(bounds, _RULES)
        self._pace, self._said = pace, said
        self._end = pace.clock() + pace.whole
        self.measured = Measured()

    def take(self, count: int) -> Measured:
        """Samples until there are so many, or one fails, or the time is over."""
        if not self.measured.samples and not self.measured.problem:
            self._keep(self._sample(), counted=False)
        while self.measured.problem is None and len(self.measured.samples) < count:
            self._pause()
            if self._pace.clock() >= self._end:
                break
            self._keep(self._sample(), counted=True)
        return self.measured

    def _sample(self) -> tuple[Phases, Reason | None, str]:
        journey = redirects.follow(self._request, self._rules, other_hosts=True)
        reason = causes.decide_all(journey.hops)
        return together(journey.hops), reason, target.read(journey.last.url).shown

    def _keep(self, found: tuple[Phases, Reason | None, str], *, counted: bool) -> None:
        phases, problem, shown = found
        samples = self.measured.samples
        if counted and problem is None:
            samples = (*samples, phases)
        self.measured = Measured(samples, problem, shown)
        if self._said is not None:
            self._said(len(samples))

    def _pause(self) -> None:
        luck = self._pace.luck or _random()
        self._pace.wait(self._pace.pause * (1 + JITTER * luck()))


def _random() -> Callable[[], float]:
    from random import random

    return random
