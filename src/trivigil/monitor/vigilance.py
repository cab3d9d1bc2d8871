"""When people are told: what a run saw, and what is remembered, make incidents and notices. Pure.

    holds   + failing, too few times    pending     nobody is told yet
    holds   + failing, often enough     opened      every receiver is told
    open    + failing                   failing     receivers that know it are not told again
    open    + passing, too few times    recovering
    open    + passing, often enough     recovered   every receiver that was told is told
    any     + not seen                  unseen      nothing changes: silence is neither an outage nor a recovery

Without a memory nobody can count: what fails is told at once, and the notice says why. Each receiver has its own book: one that
could not be reached is told by the next run, one that is new is told of what is open. A run says in the memory what it is about to
send before it sends it, so that two runs at once do not both; a claim whose run died runs out.
"""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Any, Final, Literal

from trivigil.core.notice import Notice
from trivigil.core.record import NamedTuple
from trivigil.monitor.memory import Memory, Row

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from trivigil.core.incident import Saying
    from trivigil.core.notice import Turn
    from trivigil.core.result import Severity

Event = Literal["holds", "pending", "opened", "failing", "recovering", "recovered", "unseen"]

FORGOTTEN_DAYS: Final = 30
"""What no run has seen for so long (its check file is gone) is forgotten."""
CLOSEST_SECONDS: Final = 60
"""Runs that begin nearer to each other than this count as one: two at once are no two failures in a row."""


CLAIM_SECONDS: Final = 600
"""How long a run may take from its beginning to the last notice."""


class Policy(NamedTuple):
    """When a state of things is told."""

    failures: int = 2
    """Runs in a row that must see a failure."""
    successes: int = 2
    """Runs in a row that must see it hold before its end is told."""


class Seen(NamedTuple):
    """What one run says about one thing."""

    fingerprint: str
    name: str
    says: Saying
    severity: Severity
    status: str
    cause: str | None
    title: str
    message: str
    runbook: str | None = None


class Frame(NamedTuple):
    """Which run speaks, of what."""

    watch: str
    target: str
    age: tuple[int, int]
    at: str
    """When it began, UTC, ISO 8601 with Z."""
    run_url: str | None = None
    lost: str | None = None
    """Why there is no memory, as a clause; None where there is one, or where this is known to be the first run."""


class Turned(NamedTuple):
    """What has come of one thing in this run."""

    seen: Seen
    event: Event
    row: Row


class Told(NamedTuple):
    """What came of a notice at one receiver."""

    fingerprint: str
    receiver: str
    turn: Turn
    problem: str | None = None
    """Why it was not sent, in words of ours."""


class Due(NamedTuple):
    """A notice, and who is to get it."""

    receiver: str
    notice: Notice


def overtaken(memory: Memory | None, frame: Frame) -> bool:
    """Whether a newer run has spoken already: this one then changes nothing and tells nobody."""
    return memory is not None and memory.age > frame.age


def turn(
    memory: Memory | None, seen: Sequence[Seen], policy: Policy, frame: Frame
) -> tuple[Memory, tuple[Turned, ...]]:
    """The memory after this run, and what came of each thing."""
    rows = _recent(memory.rows, frame.at) if memory else {}
    counts = memory is None or _apart(memory.at, frame.at)
    turned = []
    for one in seen:
        row, event = _turned(rows.get(one.fingerprint), one, policy, frame, counts=counts)
        rows[one.fingerprint] = row
        turned.append(Turned(one, event, row))
    return Memory(frame.watch, frame.age, frame.at, rows), tuple(turned)


def _turned(
    before: Row | None, one: Seen, policy: Policy, frame: Frame, *, counts: bool
) -> tuple[Row, Event]:
    row = (before or Row(one.name))._replace(name=one.name)
    if one.says == "silent":
        return row, "unseen"
    row = row._replace(seen_at=frame.at)
    step = 1 if counts or before is None else 0
    if one.says == "failing":
        since = row.since if row.is_open or row.failures else frame.at
        row = row._replace(failures=max(row.failures + step, 1), successes=0, since=since)
        if row.is_open:
            return row, "failing"
        enough = row.failures >= policy.failures or frame.lost is not None
        return row._replace(is_open=enough), "opened" if enough else "pending"
    row = row._replace(successes=row.successes + step)
    if not row.is_open:
        return _held(row), "holds"
    if row.successes < policy.successes:
        return row, "recovering"
    return row._replace(is_open=False, failures=0), "recovered"


def _held(row: Row) -> Row:
    """What is over; who has not yet heard of the recovery stays in the book, and with it when it began."""
    still: Mapping[str, Turn] = {name: turn for name, turn in row.told.items() if turn == "failing"}
    return row._replace(failures=0, since=row.since if still else "", told=still)


def _recent(rows: Mapping[str, Row], now: str) -> dict[str, Row]:
    return {key: row for key, row in rows.items() if _days(row.seen_at, now) < FORGOTTEN_DAYS}


def _days(earlier: str, now: str) -> float:
    return _seconds(earlier, now) / 86_400


def _apart(earlier: str, now: str) -> bool:
    return abs(_seconds(earlier, now)) >= CLOSEST_SECONDS


def _seconds(earlier: str, now: str) -> float:
    """From one time to another; what is no time is long ago."""
    try:
        return (_moment(now) - _moment(earlier)).total_seconds()
    except (ValueError, TypeError):
        return float("inf")


def _moment(text: str) -> datetime.datetime:
    moment = datetime.datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=datetime.UTC)


# --- who is told -------------------------------------------------------------------------------


def due(
    turned: Iterable[Turned],
    receivers: Sequence[str],
    frame: Frame,
    *,
    repeating: frozenset[str] = frozenset(),
) -> tuple[Due, ...]:
    """Every notice that somebody still has to get. `repeating` receivers forget, and are told in every run while it is open."""
    found = []
    for one in turned:
        for receiver in receivers:
            wanted = _wanted(one, receiver, repeating, frame)
            if wanted is not None:
                found.append(Due(receiver, _notice(one, wanted, frame)))
    return tuple(found)


def _wanted(one: Turned, receiver: str, repeating: frozenset[str], frame: Frame) -> Turn | None:
    before = one.row.told.get(receiver)
    claim = one.row.claims.get(receiver)
    if claim not in {None, _claim(frame)} and _age(claim or "", frame.at) < CLAIM_SECONDS:
        return None
    if one.row.is_open:
        again = receiver in repeating and one.event != "unseen"
        return "failing" if before != "failing" or again else None
    return "recovered" if before == "failing" else None


def _notice(one: Turned, wanted: Turn, frame: Frame) -> Notice:
    seen, row = one.seen, one.row
    lost = f"Told at once, because {frame.lost}." if frame.lost and wanted == "failing" else None
    return Notice(
        turn=wanted,
        fingerprint=seen.fingerprint,
        name=seen.name,
        watch=frame.watch,
        target=frame.target,
        title=seen.title if wanted == "failing" else f"{seen.name} holds again",
        message=seen.message,
        severity=seen.severity,
        status=seen.status,
        cause=seen.cause,
        since=row.since or frame.at,
        at=frame.at,
        runs=max(row.failures, 1),
        run_url=frame.run_url,
        runbook=seen.runbook,
        notes=(lost,) if lost else (),
    )


def claimed(memory: Memory, dues: Iterable[Due], frame: Frame) -> Memory:
    """The memory that says what this run is about to send."""
    rows = dict(memory.rows)
    for one in dues:
        row = rows[one.notice.fingerprint]
        claims = {**row.claims, one.receiver: _claim(frame)}
        rows[one.notice.fingerprint] = row._replace(claims=claims)
    return memory._replace(rows=rows)


def is_claimed(memory: Memory, due: Due, frame: Frame) -> bool:
    """Whether the memory, whoever wrote it last, still says that this run is about to send it."""
    row = memory.rows.get(due.notice.fingerprint)
    return row is not None and row.claims.get(due.receiver) == _claim(frame)


def _claim(frame: Frame) -> str:
    """When and by which run."""
    run, attempt = frame.age
    return f"{frame.at} {run}.{attempt}"


def _age(claim: str, now: str) -> float:
    return abs(_seconds(claim.partition(" ")[0], now))


def noted(memory: Memory, told: Iterable[Told]) -> Memory:
    """The memory with what each receiver has got; an incident that is over, and known to be over by all, has no book."""
    rows = dict(memory.rows)
    for one in told:
        row = rows.get(one.fingerprint)
        if row is None:
            continue
        kept = {name: at for name, at in row.claims.items() if name != one.receiver}
        rows[one.fingerprint] = row = row._replace(claims=kept)
        if one.problem is not None:
            continue
        book = {**row.told, one.receiver: one.turn}
        if not row.is_open:
            book = {name: turn for name, turn in book.items() if turn == "failing"}
        rows[one.fingerprint] = row._replace(told=book)
    return memory._replace(rows=rows)


# --- what the result file says of it -----------------------------------------------------------


def as_json(
    turned: Iterable[Turned], told: Sequence[Told], policy: Policy, *, why_not: str | None = None
) -> list[dict[str, Any]]:
    """`incidents` of the result file: what fails or did until now, who was told, and why nobody was.

    `why_not` says why nobody could be told at all.
    """
    worth = (one for one in turned if one.event != "holds" or one.row.told)
    return [_incident(one, told, policy, why_not) for one in worth if one.row.since]


def _incident(
    one: Turned, told: Sequence[Told], policy: Policy, why_not: str | None
) -> dict[str, Any]:
    mine = [each for each in told if each.fingerprint == one.seen.fingerprint]
    sent = [each for each in mine if each.problem is None]
    problems = [f"{each.receiver}: {each.problem}" for each in mine if each.problem is not None]
    withheld = "; ".join(problems) or None
    if not mine:
        withheld = _withheld(one, policy) or why_not
    return {
        "fingerprint": one.seen.fingerprint,
        "name": one.seen.name,
        "state": "open" if one.row.is_open else "pending" if one.event == "pending" else "closed",
        "events": [one.event],
        "since": one.row.since,
        "failures": one.row.failures,
        "successes": one.row.successes,
        "notices_sent": [{"receiver": each.receiver, "turn": each.turn} for each in sent],
        "notices_withheld": withheld,
    }


def _withheld(one: Turned, policy: Policy) -> str | None:
    row = one.row
    return {
        "pending": f"it failed in {row.failures} of {policy.failures} runs before an alert",
        "recovering": f"it held in {row.successes} of {policy.successes} runs before its end is told",
        "unseen": "this run could not see whether it holds",
        "failing": "everybody was told already" if row.told else None,
        "opened": None,
        "recovered": None,
        "holds": None,
    }[one.event]
