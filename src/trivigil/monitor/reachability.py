"""The check that nobody has to write: whether the target answers, at the end of its redirects, and how long that takes."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

from trivigil.monitor import causes
from trivigil.monitor.facts import Attempt, status_of
from trivigil.monitor.planned import Planned
from trivigil.monitor.probing import moment, rules_of
from trivigil.web import redirects, target
from trivigil.web.observation import Phases
from trivigil.web.probe import Request, Rules

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from trivigil.monitor.planned import Bounds
    from trivigil.web.observation import Observation

NAME: Final = "reachability"
_RULES: Final = Rules()


def plan(
    name: str = NAME,
    *,
    url: str | None = None,
    slow: float | None = None,
    rules: Rules = _RULES,
    now: Callable[[], float] = time.time,
) -> Planned:
    """GET of the target, or of `url`; more than `slow` milliseconds with all redirects are too many.

    Redirects lead to other hosts too, as a browser follows them; each address is guarded. Raises InputError for what is no URL.
    """
    host = target.read(url).host if url else ""

    def attempt(bounds: Bounds) -> Attempt:
        started = moment(now())
        request = Request(url or bounds.target)
        journey = redirects.follow(request, rules_of(bounds, rules), other_hosts=True)
        return _judged(started, journey.hops, slow)

    return Planned(name, "synthetic", attempt, host=host)


def _judged(started: str, hops: Sequence[Observation], slow: float | None) -> Attempt:
    reason = causes.decide_all(hops, slow)
    return Attempt(
        started,
        status_of(reason.cause if reason else None),
        reason.cause if reason else None,
        _said(reason, len(hops)) if reason else "",
        together(hops),
        hops[-1].status,
        target.read(hops[-1].url).shown,
    )


def _said(reason: causes.Reason, hops: int) -> str:
    where = f" (after {hops - 1} redirect{'s' if hops > 2 else ''})" if hops > 1 else ""  # noqa: PLR2004 (more than one)
    return f"{reason.message}{where}"


def together(hops: Sequence[Observation]) -> Phases:
    """The phases of several exchanges, each summed; None stays where none of them had it."""
    sums: dict[str, float] = {}
    for hop in hops:
        for phase, took in hop.phases._asdict().items():
            if took is not None:
                sums[phase] = sums.get(phase, 0.0) + took
    return Phases(**sums)
