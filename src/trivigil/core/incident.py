"""Incidents: what fails is remembered until it is proven to hold again. Pure.

    nothing known + failing             open
    open          + failing             update
    open          + passing, proven     close
    closed        + failing             reopen, unless a person has accepted it and the term still runs
    closed        + passing, proven     update once: the next failure is a new one, whoever closed the last

Everything else is left as it is. Silence is no recovery: a report that is not complete, judged nothing or did not
judge again what failed closes nothing.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Final, Literal

from trivigil.core.record import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet

Saying = Literal["failing", "passing", "silent"]
Act = Literal["open", "update", "reopen", "close", "leave"]

TERM_DAYS: Final = 90
"""How long a closing by a person counts as an acceptance where no date is given."""


class Incident(NamedTuple):
    """What one report says about one incident."""

    fingerprint: str
    """Identity across runs, within one watch."""
    title: str
    """What fails, as plain text."""
    says: Saying
    reason: str
    """Why it says so, as a clause: `2 of 12 budgets fail`."""
    failing: tuple[str, ...] = ()
    """The marks of what fails; each has to be among `passed` before the incident is over."""
    passed: AbstractSet[str] = frozenset()
    """The marks of what this report has judged and found to hold."""
    labels: tuple[str, ...] = ()
    """What a new issue is labelled with beside what is wished for, unless no label is."""
    about: tuple[str, ...] | None = None
    """Fingerprints of the results that it tells of, and of no others; None: the whole report."""
    sweeps: bool = False
    """Whether it stands for everything that is remembered of the watch and that the report does not name."""


class Closing(NamedTuple):
    """How an issue came to be closed."""

    day: str
    """ISO 8601 date."""
    not_planned: bool
    by_person: bool
    """By somebody who is neither an app nor us."""
    until: str | None = None
    """The day up to which a member has accepted it, where one said so."""


class Known(NamedTuple):
    """An incident as it is remembered."""

    age: tuple[int, int]
    """Run and attempt that spoke last."""
    failing: tuple[str, ...]
    recovered: bool
    """Whether it was proven to hold since it last failed."""
    closing: Closing | None
    """None while its issue is open."""


class Decision(NamedTuple):
    """What is to be done about the issue of an incident, and why."""

    act: Act
    reason: str


def decide(known: Known | None, said: Incident, age: tuple[int, int], today: str) -> Decision:
    """What follows from what is remembered and what a report says.

    `age` is the run and attempt of the report, `today` its day as an ISO 8601 date.
    """
    if known is None:
        failing = said.says == "failing"
        return Decision("open", said.reason) if failing else _leave("nothing is known to fail")
    if known.age > age:
        return _leave("a newer run has spoken already")
    if known.closing is None:
        return _while_open(known, said)
    if said.says == "failing":
        return _failing_while_closed(known, known.closing, today)
    if known.recovered or said.says == "silent" or unproven(known, said):
        return _leave("it is closed already")
    return Decision("update", "it holds again, which is noted in the closed issue")


def unproven(known: Known, said: Incident) -> int:
    """How much of what failed was not found to hold by this report."""
    return len(set(known.failing) - said.passed)


def _leave(reason: str) -> Decision:
    return Decision("leave", reason)


def _while_open(known: Known, said: Incident) -> Decision:
    if said.says == "failing":
        return Decision("update", said.reason)
    if said.says == "silent":
        return _leave(f"silence is no recovery: {said.reason}")
    missing = unproven(known, said)
    if missing:
        return _leave(
            f"silence is no recovery: {missing:,} of what failed was not judged again in this run"
        )
    return Decision("close", said.reason)


def _failing_while_closed(known: Known, closing: Closing, today: str) -> Decision:
    if not closing.not_planned:
        if known.recovered:
            return Decision("reopen", "it fails again after it had recovered")
        if not closing.by_person:
            return Decision("reopen", "it was closed without a recovery, and not by a person")
    end = accepted_until(closing)
    if today <= end:
        return _leave(f"it was closed by a person and counts as accepted until {end}")
    return Decision("reopen", f"it still fails, and its acceptance ended on {end}")


def accepted_until(closing: Closing) -> str:
    """The last day of an acceptance; a date that had passed at the closing is not about it."""
    if closing.until is not None and closing.until >= closing.day:
        return closing.until
    try:
        return (date.fromisoformat(closing.day) + timedelta(days=TERM_DAYS)).isoformat()
    except (ValueError, OverflowError):
        return closing.day
