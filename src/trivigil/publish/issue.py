"""An incident's issue as text: title, body, hidden marker and state, and the comments of its history. Pure.

The marker binds an issue to repository, watch, name and fingerprint; it counts only where we are the author. The
state behind it says which run spoke last, what failed, and how often the issue was closed and opened. Both are read as
foreign data: whoever may write in the repository may change them.
"""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, Final, NamedTuple

from trivigil.core.incident import TERM_DAYS, Closing, Known
from trivigil.core.untrusted import printable
from trivigil.publish import hidden
from trivigil.publish.comment import BETWEEN, MAX_BYTES, MAX_CHARS
from trivigil.publish.hidden import normal
from trivigil.publish.section import MOST_INCIDENTS
from trivigil.render.escape import code_span, inline, link, unlinked

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from trivigil.core.incident import Incident
    from trivigil.core.report import Report
    from trivigil.github.event import Event
    from trivigil.github.records import Comment, Issue, Viewer
    from trivigil.publish.section import Section

TITLE_CHARS: Final = 120
"""GitHub takes 256 characters; the zero-width spaces that break mentions come on top."""
MOST_FAILING: Final = 500
MOST_ENTRIES: Final = 20
LABEL_CHARS: Final = 50
"""GitHub's own limit."""
MEMBERS: Final = frozenset({"OWNER", "MEMBER", "COLLABORATOR"})
"""Whose word accepts a failure: GitHub's `author_association`."""

_MARKER = re.compile(r"<!-- trivigil:issue:1 (\{[^\n]{0,4000}\}) -->(?:\n|\Z)")
_STATE = re.compile(r"<!-- trivigil:issue-state:1 ([A-Za-z0-9+/=]{1,40000}) -->")
_TURN = re.compile(r"<!-- trivigil:issue-turn:1 (\{[^\n]{0,200}\}) -->(?:\n|\Z)")
_ACCEPTED = re.compile(
    r"^[ \t]*(?:<!--[ \t]*)?trivigil:[ \t]*accepted until[ \t]+(\d{4}-\d\d-\d\d)\.?[ \t]*(?:-->)?[ \t]*$",
    re.MULTILINE | re.IGNORECASE,
)
_WORDS: Final = {
    "opened": "opened",
    "closed": "holds again, closed",
    "held": "holds again, seen while closed",
    "reopened": "fails again, reopened",
}


class Subject(NamedTuple):
    """What an issue is about; its marker is bound to it."""

    repository: str
    watch: str
    name: str
    fingerprint: str


class Wishes(NamedTuple):
    """What an issue gets when it is opened. Later it is the people's, and left alone."""

    labels: tuple[str, ...] = ("trivigil",)
    assignees: tuple[str, ...] = ()
    milestone: int | None = None


class Entry(NamedTuple):
    """One turn of an issue's history."""

    day: str
    what: str
    """One of: opened, closed, held, reopened."""
    run_id: int
    sha: str


class State(NamedTuple):
    """What an issue remembers, hidden in its body."""

    run_id: int
    run_attempt: int
    failing: tuple[str, ...]
    recovered: bool
    turn: int
    """How many entries the history has had."""
    history: tuple[Entry, ...]
    labels: tuple[str, ...] = ()
    """Those of its incident that it was given last, beside what was wished for."""

    @property
    def age(self) -> tuple[int, int]:
        """The run that spoke last; the greater is the newer."""
        return (self.run_id, self.run_attempt)


class Draft(NamedTuple):
    """An incident with everything that its issue may need."""

    subject: Subject
    incident: Incident
    section: Section
    wishes: Wishes
    day: str
    """Of the report, ISO 8601."""
    server_url: str
    branch: str | None
    """The default branch."""
    ref: str
    """Where the check runs of newer runs are to be found."""


def draft(
    incident: Incident,
    section: Section,
    *,
    watch: str,
    generated_at: str,
    event: Event | None,
    wishes: Wishes,
) -> Draft:
    """What is known before anything is asked of GitHub."""
    branch = event.default_branch if event else None
    on_default = event is not None and on_default_branch(event)
    return Draft(
        Subject(
            event.repository if event else "owner/repository",
            watch,
            section.name,
            incident.fingerprint,
        ),
        incident,
        section,
        wishes,
        _day(generated_at) or "1970-01-01",
        event.server_url if event else "https://github.com",
        branch,
        f"heads/{branch}" if on_default and branch else section.head_sha,
    )


def incidents_of(report: Report, event: Event | None) -> tuple[Incident, ...]:
    """What a report says about the incidents of its watch.

    A pass proves a recovery only where the next runs of everybody look: on the default branch, by an event that proves.
    """
    from trivigil.monitor import incidents as monitor
    from trivigil.perf import incidents as perf
    from trivigil.security import incidents as security

    readers: dict[str, Callable[[Report], tuple[Incident, ...]]] = {
        "perf": perf.of,
        "security": security.of,
        "monitor": monitor.of,
    }
    read = readers.get(report.action)
    found = read(report) if read is not None else ()
    if event is None or (event.name in proving(report.action) and on_default_branch(event)):
        return found
    return tuple(_no_proof(one, report) if one.says == "passing" else one for one in found)


def proving(action: str) -> tuple[str, ...]:
    """The events that may open an issue by themselves, and prove a recovery.

    Who presses the button may try other numbers, so `workflow_dispatch` proves nothing of code. How the monitor's target
    is, does not depend on who asks.
    """
    if action == "monitor":
        return ("push", "schedule", "workflow_dispatch", "repository_dispatch")
    return ("push", "schedule")


def _events(action: str) -> str:
    *first, last = proving(action)
    return f"{', '.join(first)} or {last}"


def _no_proof(incident: Incident, report: Report) -> Incident:
    reason = f"only a run by {_events(report.action)} on the default branch proves a recovery"
    return incident._replace(says="silent", reason=reason)


def sayings(incidents: Iterable[Incident]) -> tuple[tuple[str, str], ...]:
    """What is said of them, as a section keeps it; silence is not kept."""
    told = [
        (one.fingerprint, one.says) for one in incidents if one.says != "silent" and not one.sweeps
    ]
    return tuple(told[:MOST_INCIDENTS])


def on_default_branch(event: Event) -> bool:
    """Whether a run is about the default branch: by schedule and `repository_dispatch` always, else where its ref says so."""
    if event.name in {"schedule", "repository_dispatch"}:
        return True
    return event.default_branch is not None and event.ref == f"refs/heads/{event.default_branch}"


# --- what is sent ------------------------------------------------------------------------------


def title(incident: Incident) -> str:
    """The title of a new issue; people may change it, and it is not changed again."""
    return unlinked(printable(incident.title, TITLE_CHARS)) or "A watch fails"


def opening(own: Draft) -> dict[str, object]:
    """The request that opens an issue."""
    body: dict[str, object] = {"title": title(own.incident), "body": compose(own, first(own))}
    if own.wishes.labels:
        body["labels"] = list(dict.fromkeys((*own.wishes.labels, *own.incident.labels)))
    if own.wishes.assignees:
        body["assignees"] = list(own.wishes.assignees)
    if own.wishes.milestone is not None:
        body["milestone"] = own.wishes.milestone
    return body


def compose(own: Draft, state: State, section: Section | None = None) -> str:
    """The whole body, with the greatest of the section's lengths that leaves room for the rest."""
    told = section or own.section
    head = hidden.marker("issue:1", dict(own.subject._asdict()))
    tail = (_history(own, state), _rule(own), _packed(state))
    for text in (*told.texts, told.line):
        body = BETWEEN.join((head, hidden.harmless(text.strip("\n")), *tail))
        if _fits(body):
            return body
    return BETWEEN.join((head, *tail))


def _fits(body: str) -> bool:
    units = len(body.encode("utf-16-le", "replace")) // 2
    return units <= MAX_CHARS and len(body.encode("utf-8", "replace")) <= MAX_BYTES


def _history(own: Draft, state: State) -> str:
    lines = (
        f"- {one.day}: {_WORDS[one.what]} by {_run(own, one.run_id)} on commit {code_span(one.sha[:12])}"
        for one in state.history
    )
    return "\n".join(("#### History", "", *lines))


def _rule(own: Draft) -> str:
    branch = code_span(own.branch) if own.branch else "the default branch"
    return (
        f"<sub>It is closed when a complete run by {_events(own.subject.watch)} on {branch} passes and has judged again what failed. "
        f"Closed by a person before that, it counts as accepted for {TERM_DAYS} days, or until the day that a member names in "
        "a comment, on a line like `trivigil: accepted until YYYY-MM-DD`.</sub>"
    )


def _run(own: Draft, run_id: int) -> str:
    url = f"{own.server_url}/{own.subject.repository}/actions/runs/{run_id}"
    return link(f"run {run_id}", url)


def turn_comment(own: Draft, state: State, reason: str) -> str:
    """The comment that tells of the newest entry of the history."""
    entry = state.history[-1]
    mark = hidden.marker(
        "issue-turn:1", {"fingerprint": own.subject.fingerprint, "turn": state.turn}
    )
    what = "Holds again, closed" if entry.what == "closed" else "Fails again, reopened"
    told = f"{what} by {_run(own, entry.run_id)} on commit {code_span(entry.sha[:12])}: {inline(reason)}."
    before = [
        f"{_WORDS[one.what]} on {one.day}" for one in state.history[:-1] if one.what != "held"
    ]
    past = f"Before: {', '.join(before)}." if before else ""
    return BETWEEN.join(part for part in (mark, own.section.line, told, past) if part)


def duplicate(original: Issue) -> str:
    """The body of a twin that a race made."""
    number = original.number
    return f"Duplicate of #{number}: two runs opened an issue at the same moment, and the older one stays."


# --- the state ---------------------------------------------------------------------------------


def first(own: Draft) -> State:
    """The state of an issue that is opened now."""
    age = own.section.age
    return State(*age, _failing(own), False, 1, (_entry(own, "opened"),), _given(own))


def updated(state: State, own: Draft) -> State:
    """The state after a report that fails once more, nothing else having changed."""
    run_id, attempt = own.section.age
    return state._replace(
        run_id=run_id,
        run_attempt=attempt,
        failing=_failing(own),
        recovered=False,
        labels=_given(own),
    )


def turned(state: State, own: Draft, what: str) -> State:
    """The state after a turn: closed, held or reopened."""
    run_id, attempt = own.section.age
    fails = what == "reopened"
    return State(
        run_id,
        attempt,
        _failing(own) if fails else state.failing,
        not fails,
        state.turn + 1,
        (*state.history, _entry(own, what))[-MOST_ENTRIES:],
        _given(own) if fails else state.labels,
    )


def _failing(own: Draft) -> tuple[str, ...]:
    return tuple(sorted(set(own.incident.failing)))[:MOST_FAILING]


def _given(own: Draft) -> tuple[str, ...]:
    """What the incident is labelled with; nothing where no label is wished for."""
    return own.incident.labels if own.wishes.labels else ()


def relabelled(home: Issue, state: State, own: Draft) -> tuple[str, ...] | None:
    """All labels of an issue whose incident has others than before, such as another severity; None where they stay.

    Only what we gave is taken away. Where a person has taken that away already, the labels are theirs.
    """
    wanted, carried = _given(own), {one.casefold() for one in home.labels}
    old = {one.casefold() for one in state.labels if one not in wanted}
    new = [one for one in wanted if one not in state.labels]
    if not (state.labels and wanted and (old or new)) or not old <= carried:
        return None
    kept = [one for one in home.labels if one.casefold() not in old]
    return (*kept, *(one for one in new if one.casefold() not in carried))


def _entry(own: Draft, what: str) -> Entry:
    return Entry(own.day, what, own.section.run_id, own.section.head_sha)


def _packed(state: State) -> str:
    data = {**state._asdict(), "history": [list(one) for one in state.history]}
    return f"<!-- trivigil:issue-state:1 {hidden.pack(data)} -->"


def state_in(body: str) -> State:
    """The state in a body; an empty one, older than any run, where none of ours is there."""
    found = _STATE.findall(normal(body))
    data = hidden.unpack(found[-1]) if found else None
    state = _state(data) if isinstance(data, dict) else None
    return state or State(0, 0, (), False, 0, ())


def _state(data: dict[str, object]) -> State | None:
    run, attempt, turn = (data.get(key) for key in ("run_id", "run_attempt", "turn"))
    failing, history = data.get("failing"), data.get("history")
    if type(run) is not int or type(attempt) is not int or type(turn) is not int:
        return None
    if not isinstance(failing, list) or not isinstance(history, list):
        return None
    entries = [_entry_in(one) for one in history[-MOST_ENTRIES:]]
    if not all(isinstance(one, str) and len(one) <= 64 for one in failing):  # noqa: PLR2004 -- a hash
        return None
    return State(
        run,
        attempt,
        tuple(failing[:MOST_FAILING]),
        data.get("recovered") is True,
        min(max(turn, 0), 1_000_000),
        tuple(one for one in entries if one is not None),
        _labels_in(data.get("labels")),
    )


def _labels_in(data: object) -> tuple[str, ...]:
    listed = data if isinstance(data, list) else []
    return tuple(one for one in listed[:10] if isinstance(one, str) and len(one) <= LABEL_CHARS)


def _entry_in(data: object) -> Entry | None:
    if not isinstance(data, list) or len(data) != len(Entry._fields):
        return None
    day, what, run, sha = data
    if not isinstance(day, str) or _day(day) is None or what not in _WORDS or type(run) is not int:
        return None
    if not isinstance(sha, str) or not re.fullmatch(r"[0-9a-f]{40,64}", sha):
        return None
    return Entry(day, what, run, sha)


# --- what is read ------------------------------------------------------------------------------


def is_about(issue: Issue, subject: Subject, viewer: Viewer) -> bool:
    """Whether we wrote this issue about this subject: by its author, and by its marker."""
    found = subject_of(issue, viewer)
    if found is None or found.repository.casefold() != subject.repository.casefold():
        return False
    return found[1:] == subject[1:]


def subject_of(issue: Issue, viewer: Viewer) -> Subject | None:
    """What an issue that we wrote is about; None for any other."""
    match = _MARKER.match(normal(issue.body))
    if match is None or not viewer.wrote(issue.author, issue.author_id):
        return None
    data = hidden.parsed(match[1])
    found = [data.get(key) for key in Subject._fields] if isinstance(data, dict) else []
    texts = [one for one in found if isinstance(one, str)]
    return Subject(*texts) if len(texts) == len(Subject._fields) else None


def known(issue: Issue, state: State, comments: Sequence[Comment] = ()) -> Known:
    """What an issue, read as far as it was asked for, says about its incident."""
    closing = None
    if not issue.is_open:
        closing = Closing(
            day=_day(issue.closed_at) or "1970-01-01",
            not_planned=issue.state_reason == "not_planned",
            by_person=not issue.closed_by_app,
            until=accepted_until(issue, comments),
        )
    return Known(state.age, state.failing, state.recovered, closing)


def accepted_until(issue: Issue, comments: Iterable[Comment]) -> str | None:
    """The day that a member names in the newest comment that has such a line, else in the body."""
    said = [issue.body, *(one.body for one in comments if one.association in MEMBERS)]
    days = [day for text in said for day in _ACCEPTED.findall(normal(text)) if _day(day)]
    return days[-1] if days else None


def turn_of(comment: Comment, subject: Subject, viewer: Viewer) -> int | None:
    """Which turn of the history a comment of ours tells; None where it is none of ours."""
    match = _TURN.match(normal(comment.body))
    if match is None or not viewer.wrote(comment.author, comment.author_id):
        return None
    data = hidden.parsed(match[1])
    if not isinstance(data, dict) or data.get("fingerprint") != subject.fingerprint:
        return None
    turn = data.get("turn")
    return turn if type(turn) is int else None


def _day(text: str) -> str | None:
    """The date at the beginning of a timestamp."""
    try:
        return date.fromisoformat(text[:10]).isoformat()
    except ValueError:
        return None
