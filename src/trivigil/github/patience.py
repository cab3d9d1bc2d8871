"""How long a publish waits for GitHub, and what it tries again.

PyGithub's own retry repeats POST (a comment can appear twice), never repeats PATCH and sleeps until
a primary limit resets, up to an hour; so it is switched off, and this policy decides instead:
a call that was refused by a rate limit was not carried out and may be repeated, whatever its verb;
a call without a clear answer is repeated only where a second time changes nothing.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

    from trivigil.github.refusal import Refused

REPEATS: Final = 3


class Manners(NamedTuple):
    """The settings of one connection, in seconds."""

    ceiling: float = 60.0
    """What all waits and failed calls of a publish may take together."""
    backoff: float = 1.0
    """The first pause after a call without a clear answer; it doubles."""
    timeout: int = 20
    """For one answer."""


class Patience:
    """The time that may still be spent on waiting, shared by all calls of one connection."""

    def __init__(
        self,
        manners: Manners = Manners(),  # noqa: B008 -- immutable
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._manners = manners
        self._sleep = sleep
        self._clock = clock
        self._left = manners.ceiling

    def started(self) -> float:
        """The moment at which a call starts, for `spent`."""
        return self._clock()

    def spent(self, started: float) -> None:
        """Charge the time of a failed call."""
        self._left -= self._clock() - started

    def wait(self, trouble: Refused, attempt: int, *, repeatable: bool) -> bool:
        """Wait and say True where the call is to be repeated; `attempt` counts from 0."""
        pause = self._pause(trouble, attempt, repeatable=repeatable)
        if pause is None or pause > self._left:
            return False
        self._left -= pause
        self._sleep(pause)
        return True

    def rest(self, factor: float) -> bool:
        """Wait for something that takes its time, and say True; False where that is too long.

        `factor` is in units of the first pause.
        """
        pause = self._manners.backoff * factor
        if pause > self._left:
            return False
        self._left -= pause
        self._sleep(pause)
        return True

    def _pause(self, trouble: Refused, attempt: int, *, repeatable: bool) -> float | None:
        if attempt >= REPEATS:
            return None
        if trouble.limited:
            return trouble.pause
        if trouble.unclear and repeatable:
            return self._manners.backoff * 2.0**attempt
        return None
