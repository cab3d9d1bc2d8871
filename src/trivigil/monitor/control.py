"""The control probe: whether the runner itself has a network, asked of somebody else than the target.

A runner without names or without a way out sees every site down. Where a check heard nothing of its target, a control URL is
asked; where none of them answers, the check says nothing of the target.
"""

from __future__ import annotations

import time
from threading import Lock
from typing import TYPE_CHECKING, Final

from trivigil.monitor.causes import SILENT
from trivigil.web import target
from trivigil.web.probe import Request, Rules, observe

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from trivigil.monitor.facts import Attempt
    from trivigil.monitor.planned import Bounds

API: Final = "GITHUB_API_URL"
"""The runner's own variable: a runner that does not reach its GitHub has no network."""
TIMEOUT: Final = 5.0
FRESH: Final = 15.0
"""Seconds for which an answer counts: a network may fail in the middle of a run."""


class Control:
    """Asks the control URLs when that is needed, once for all checks. Safe to call from many threads."""

    def __init__(
        self,
        urls: Sequence[str],
        rules: Rules,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Raises InputError for what is no URL."""
        self._requests = [Request(target.read(url, "control").url, "HEAD") for url in urls]
        self._rules = rules._replace(timeout=min(rules.timeout, TIMEOUT), kept=0, distrust="note")
        self._clock, self._lock = clock, Lock()
        self._asked: float | None = None
        self._answer: bool | None = None

    def answers(self) -> bool | None:
        """Whether any of them does, with whatever status; None where nobody could be asked."""
        with self._lock:
            if self._asked is None or self._clock() - self._asked > FRESH:
                self._answer = self._ask()
                self._asked = self._clock()
            return self._answer

    def _ask(self) -> bool | None:
        asked = False
        for request in self._requests:
            seen = observe(request, self._rules)
            if seen.status is not None:
                return True
            asked |= seen.error != "blocked-address"
        return False if asked else None


def of(environ: Mapping[str, str], bounds: Bounds, urls: Sequence[str] = ()) -> Control | None:
    """The control of a run: these URLs, else the API of the runner's GitHub; None where there is nobody to ask.

    Where private addresses may be asked, the target is likely near, and far away GitHub proves nothing about the way to it.
    Raises InputError for what is no URL.
    """
    rules = Rules(roots=bounds.roots)
    if urls:
        return Control(urls, rules._replace(allow_private=bounds.allow_private))
    api = environ.get(API, "")
    if not api or bounds.allow_private:
        return None
    # GitHub Enterprise Server stands in private networks, and the address is not a stranger's.
    return Control([api], Rules(allow_private=True))


def judged(attempt: Attempt, control: Control | None) -> Attempt:
    """The attempt, its cause `runner-network` where nothing was heard of the target, nor of any control URL."""
    if control is None or attempt.cause not in SILENT or _heard(attempt):
        return attempt
    if control.answers() is not False:
        return attempt
    return attempt._replace(
        status="unknown",
        cause="runner-network",
        message=f"the runner has no network: no control URL answers either ({attempt.cause})",
    )


def _heard(attempt: Attempt) -> bool:
    """Whether the target answered an earlier request, or shook hands over TLS: then there is a way to it."""
    return attempt.phases.tls is not None or attempt.phases.ttfb is not None
