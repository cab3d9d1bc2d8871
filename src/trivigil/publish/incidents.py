"""The issues of a report's incidents, delivered: read, decide, write, look again.

Whose issue it is follows from a listing by creator, never from a search. Issues have no conditional write, so after
writing the check runs of the branch are asked whether a newer run of the same watch has spoken meanwhile; if so, the issue
is made to say what that one says. Twins that a race opened are closed as duplicates of the oldest, with the
newest content in that one. What people did to an issue (title, labels, assignees) is left alone; of the labels only
those that we gave change, with the incident's severity.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from trivigil.core.incident import decide
from trivigil.github import issues
from trivigil.github.refusal import GONE, NOT_FOUND, Refused
from trivigil.publish import issue as forms
from trivigil.publish.conversation import just_before, kept_in
from trivigil.publish.hidden import normal

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from trivigil.core.incident import Decision
    from trivigil.github.client import Client
    from trivigil.github.records import CheckRun, Comment, Issue
    from trivigil.publish.issue import Draft, State
    from trivigil.publish.section import Section

ROUNDS: Final = 5
"""One writes, one looks; more only where other writers come in between."""
OVERTAKEN: Final = "a newer run has spoken meanwhile, and the issue says what that one says"


class Outcome(NamedTuple):
    """Where the issue is; `skipped` says why it was left alone, `notes` what is to be told."""

    url: str | None
    skipped: str | None = None
    notes: tuple[str, ...] = ()


class _Done(NamedTuple):
    """What one round did to an issue."""

    decision: Decision
    before: Issue | None = None
    after: Issue | None = None
    """None where nothing was written."""
    comment: int | None = None
    """The comment that was written on the way."""
    again: bool = False
    """Whether a race may have left something to see."""


def publish(client: Client, drafts: Sequence[Draft], run: CheckRun | None) -> Outcome:
    """Bring the issues up to date. `run` is the publication's own check run. Raises Refused."""
    desk = _Desk(client, run)
    named = [own for own in drafts if not own.incident.sweeps]
    outcomes = [desk.settle(own) for own in named]
    for own in drafts:
        if own.incident.sweeps:
            outcomes += [desk.settle(other) for other in desk.others(own, named)]
    skipped = [one.skipped for one in outcomes if one.skipped is not None]
    return Outcome(
        next((one.url for one in outcomes if one.url is not None), None),
        "; ".join(dict.fromkeys(skipped)) if len(skipped) == len(outcomes) else None,
        tuple(note for one in outcomes for note in one.notes),
    )


class _Desk:
    """What is known of our issues while one writer works on them."""

    def __init__(self, client: Client, run: CheckRun | None) -> None:
        self._client = client
        self._run = run
        self._viewer = client.viewer()
        self._since: str | None = None
        self._known: dict[int, Issue] = {}
        self._notes: list[str] = []
        self._look()

    def settle(self, own: Draft) -> Outcome:
        """Do what follows for one incident, and look again where others may have written."""
        self._notes = []
        done = last = self._round(own)
        try:
            for _ in range(ROUNDS):
                if not last.again:
                    break
                self._look()
                last = self._round(own)
                done = done if done.after is not None else last
            if done.after is not None:
                self._give_way(own, done)
        except Refused as refused:
            if done.after is None:
                raise
            self._notes.append(f"the issue is written, but not checked again: {refused}")
        left = done.after is None and done.decision.act == "leave"
        home = next(iter(self._about(own)), None)
        return Outcome(
            home.url if home else None, done.decision.reason if left else None, tuple(self._notes)
        )

    def others(self, own: Draft, named: Sequence[Draft]) -> list[Draft]:
        """What is open and remembered of the same watch, and has no draft of its own."""
        known = {one.subject.fingerprint for one in named}
        found = {}
        for one in self._known.values():
            about = forms.subject_of(one, self._viewer) if one.is_open else None
            if about is None or about.fingerprint in known or not forms.state_in(one.body).failing:
                continue
            subject = own.subject._replace(fingerprint=about.fingerprint)
            if forms.is_about(one, subject, self._viewer):
                incident = own.incident._replace(fingerprint=about.fingerprint)
                found[about.fingerprint] = own._replace(subject=subject, incident=incident)
        return list(found.values())

    # --- reading ---------------------------------------------------------------------------

    def _look(self) -> None:
        listed = issues.listed(self._client, self._viewer.login, self._since)
        self._since = self._since or just_before(listed)
        self._take(listed)

    def _take(self, listed: Iterable[Issue]) -> None:
        self._known.update((one.number, one) for one in listed)

    def _about(self, own: Draft) -> list[Issue]:
        """Our issues about this incident, oldest first."""
        found = (self._known[number] for number in sorted(self._known))
        return [one for one in found if forms.is_about(one, own.subject, self._viewer)]

    def _closing(self, home: Issue, own: Draft, state: State) -> tuple[Issue, list[Comment]]:
        """How an issue came to be closed, as far as it matters: lists say neither by whom nor until when."""
        planned = home.state_reason != "not_planned"
        if own.incident.says != "failing" or home.is_open or state.age > own.section.age:
            return home, []
        if planned and state.recovered:
            return home, []
        whole = issues.read(self._client, home.number) if planned else home
        if whole.is_open or (planned and whole.closed_by_app):
            return whole, []
        return whole, self._client.list_comments(home.number)

    # --- one round -------------------------------------------------------------------------

    def _round(self, own: Draft) -> _Done:
        found = self._about(own)
        if not found:
            return self._unknown(own)
        newest = max(found, key=lambda one: forms.state_in(one.body).age)
        state = forms.state_in(newest.body)
        home, comments = self._closing(found[0], own, state)
        known = forms.known(home, state, comments)
        decision = decide(known, own.incident, own.section.age, own.day)
        try:
            done = self._carry_out(own, decision, home, state)
            if done.after is None and newest.number != home.number and decision.act == "leave":
                done = done._replace(after=self._change(home, body=newest.body))
        except Refused as refused:
            if refused.status not in {NOT_FOUND, GONE} or self._exists(home):
                raise
            del self._known[home.number]
            return _Done(decision, again=True)
        return self._fold(done, home, found[1:])

    def _unknown(self, own: Draft) -> _Done:
        """Nothing is remembered: open an issue, or leave it at that."""
        decision = decide(None, own.incident, own.section.age, own.day)
        if decision.act != "open":
            return _Done(decision)
        body = forms.opening(own)

        def find() -> Issue | None:
            self._look()
            wanted = normal(str(body["body"]))
            return next((one for one in self._about(own) if normal(one.body) == wanted), None)

        made = issues.create(self._client, body, find)
        self._take([made.issue])
        if made.left_out:
            self._notes.append(
                f"GitHub left out of the new issue: {', '.join(made.left_out)}; "
                "it takes them only where they are known and the token may set them"
            )
        return _Done(decision, after=made.issue, again=True)

    def _carry_out(self, own: Draft, decision: Decision, home: Issue, state: State) -> _Done:
        done = _Done(decision, before=home)
        if decision.act == "leave":
            return done
        if decision.act == "update":
            failing = own.incident.says == "failing"
            after = forms.updated(state, own) if failing else forms.turned(state, own, "held")
            body = forms.compose(own, after)
            if normal(body) == normal(home.body):
                return done
            labels = self._labels(own, home, state) if failing else {}
            return done._replace(after=self._change(home, body=body, **labels))
        what: str = "closed"
        change: dict[str, object] = {"state": "closed", "state_reason": "completed"}
        if decision.act == "reopen":
            what, change = "reopened", {"state": "open", **self._labels(own, home, state)}
        after = forms.turned(state, own, what)
        comment = self._tell(own, home, after, decision.reason)
        changed = self._change(home, body=forms.compose(own, after), **change)
        return done._replace(after=changed, comment=comment)

    def _labels(self, own: Draft, home: Issue, state: State) -> dict[str, object]:
        labels = forms.relabelled(home, state, own)
        return {} if labels is None else {"labels": list(labels)}

    def _change(self, home: Issue, **facts: object) -> Issue:
        changed = issues.update(self._client, home.number, facts)
        self._take([changed])
        return changed

    def _fold(self, done: _Done, home: Issue, twins: Sequence[Issue]) -> _Done:
        """Close what a race left besides the oldest; without their marker they are no issues of ours any more."""
        for twin in twins:
            text = forms.duplicate(home)
            closed = issues.close_duplicate(self._client, twin.number, text, home)
            self._take([closed])
            if closed.state_reason != "duplicate":
                self._notes.append(
                    f"issue {twin.number} says in its text alone that it is a duplicate"
                )
        if not twins:
            return done
        return done._replace(after=done.after or self._known[home.number], again=True)

    def _exists(self, home: Issue) -> bool:
        try:
            issues.read(self._client, home.number)
        except Refused as refused:
            return refused.status not in {NOT_FOUND, GONE}
        return True

    # --- the history -----------------------------------------------------------------------

    def _tell(self, own: Draft, home: Issue, state: State, reason: str) -> int | None:
        """Tell a turn in a comment, once, before it is done: a turn without its comment is not seen."""
        text = forms.turn_comment(own, state, reason)
        listed = self._client.list_comments(home.number)
        mine = self._turns(listed, own, state)
        if mine:
            if normal(mine[0].body) != normal(text):
                self._client.edit_comment(mine[0].id, text)
            return mine[0].id
        try:
            made = self._client.create_comment(
                home.number, text, lambda one: normal(one.body) == normal(text)
            )
        except Refused as refused:
            if "locked" not in refused.message:
                raise
            self._notes.append(f"the issue's history stands in its text alone: {refused}")
            return None
        again = self._client.list_comments(home.number, just_before([*listed, made]))
        first, *twins = self._turns([*again, made], own, state)
        for twin in twins:
            self._client.delete_comment(twin.id)
        return first.id

    def _turns(self, listed: Iterable[Comment], own: Draft, state: State) -> list[Comment]:
        """Our comments that tell this turn, oldest first."""
        found = {
            one.id: one
            for one in listed
            if forms.turn_of(one, own.subject, self._viewer) == state.turn
        }
        return [found[number] for number in sorted(found)]

    # --- newer runs ------------------------------------------------------------------------

    def _give_way(self, own: Draft, done: _Done) -> None:
        """Let a newer run have the last word, where it wrote between our reading and our writing."""
        newer, home = self._newer(own), next(iter(self._about(own)), None)
        if newer is None or home is None or forms.state_in(home.body).age >= newer.age:
            return
        says = dict(newer.incidents)[own.subject.fingerprint]
        if says == "failing":
            self._as_failing(own, done, home, newer)
        elif done.decision.act == "reopen" and done.before:
            self._change(home, body=done.before.body, state="closed", state_reason="completed")
            self._untell(done)
        elif not home.is_open:
            state = forms.turned(forms.state_in(home.body), own._replace(section=newer), "closed")
            self._change(home, body=forms.compose(own, state, newer))
        else:
            return
        self._notes.append(OVERTAKEN)

    def _newer(self, own: Draft) -> Section | None:
        """What the newest run of the same incident says, where that is newer than ours."""
        if self._run is None:
            return None
        found = (
            kept_in(one)
            for one in self._client.check_runs_named(own.ref, self._run.name)
            if one.app_id == self._run.app_id
        )
        newer = [
            one
            for one in found
            if one is not None
            and one.name == own.subject.name
            and own.subject.fingerprint in dict(one.incidents)
            and one.age > own.section.age
        ]
        return max(newer, key=lambda one: one.age, default=None)

    def _as_failing(self, own: Draft, done: _Done, home: Issue, newer: Section) -> None:
        closed = done.decision.act == "close" and done.before is not None
        base = forms.state_in(done.before.body if closed and done.before else home.body)
        failing = tuple(sorted({*base.failing, *own.incident.failing}))[: forms.MOST_FAILING]
        run_id, attempt = newer.age
        state = base._replace(run_id=run_id, run_attempt=attempt, failing=failing, recovered=False)
        change = {"state": "open"} if closed else {}
        self._change(home, body=forms.compose(own, state, newer), **change)
        if closed:
            self._untell(done)

    def _untell(self, done: _Done) -> None:
        """Take back the comment on a turn that did not last."""
        if done.comment is not None:
            self._client.delete_comment(done.comment)
