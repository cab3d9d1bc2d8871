"""The step that tells: what a monitoring run saw, counted with what is remembered, becomes notices, and the notices are sent.

    remember     the memory of earlier runs, from its issue or the data branch
    count        failures and recoveries in a row: what is to be told, to whom
    claim        the memory says what is about to be sent, so that two runs at once do not both send it
    send         every receiver within its time; one that fails is told by the next run
    keep         what each receiver has got

The report then says of each incident who was told, and why nobody was. Nothing here changes the verdict.
"""

from __future__ import annotations

import datetime
import time
from typing import TYPE_CHECKING, Final

from trivigil.cli import remembering
from trivigil.core.errors import InputError, TrivigilError
from trivigil.core.record import NamedTuple
from trivigil.monitor import incidents, schedule, vigilance
from trivigil.monitor.vigilance import Due, Frame, Policy, Told, Turned

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from trivigil.alert import Recipient
    from trivigil.cli.console import Console
    from trivigil.core.report import Report
    from trivigil.github.event import Event
    from trivigil.github.workflow import Workflow
    from trivigil.monitor.memory import Memory
    from trivigil.publish.memory_home import Home, Recollection

TRIES: Final = 3
"""How often everything begins anew where another run has written the memory in between."""
REPEATING: Final = frozenset({"alertmanager"})
"""Receivers that drop what is not repeated."""
BUSY: Final = "other runs were writing the memory at the same moment"


class Settled(NamedTuple):
    """What came of a run's incidents."""

    turned: tuple[Turned, ...]
    told: tuple[Told, ...]
    why_not: str | None = None
    """Why nobody could be told."""
    notes: tuple[str, ...] = ()


_OVERTAKEN: Final = Settled(
    (), (), notes=("A newer run has spoken already; this one is not counted.",)
)
"""Nothing is counted: the issues are left as they are, too."""


def run(environ: Mapping[str, str], console: Console) -> int:
    """Tell people of every monitoring report of this job. What goes wrong is a warning."""
    from trivigil.cli import outcome
    from trivigil.github.workflow import Workflow

    workflow = Workflow(environ)
    workflow.mask(environ.get("TRIVIGIL_GITHUB_TOKEN", ""))
    for one in outcome.load(environ):
        if one.watch != "monitor":
            continue
        try:
            settle(one.report, one.output, environ, workflow, console)
        except TrivigilError as error:
            console.say(f"Nobody was told: {error}")
            workflow.warning(f"Nobody was told: {error}", title=f"Trivigil / {one.name}")
    return 0


def settle(
    path: str, output: str, environ: Mapping[str, str], workflow: Workflow, console: Console
) -> None:
    """Tell people of one report, and write into it who was told."""
    from trivigil import files
    from trivigil.cli import written
    from trivigil.render import json

    report = written.load(path)
    recipients, notes = _recipients(environ, workflow)
    policy = _policy(report)
    done = _settled(report, policy, recipients, environ)
    for note in (*notes, *done.notes):
        workflow.warning(note, title=f"Trivigil / {report.name}")
    told = vigilance.as_json(done.turned, done.told, policy, why_not=done.why_not)
    report = report._replace(
        facts={**report.facts, "incidents": told, "counted": bool(done.turned)},
        notes=(*report.notes, *notes, *done.notes),
    )
    files.write(path, json.dump(report))
    written.beside(report, output, environ)
    for each in told:
        sent = ", ".join(one["receiver"] for one in each["notices_sent"])
        reason = each["notices_withheld"]
        console.say(
            f"{each['name']}: {each['events'][0]}; {f'told: {sent}' if sent else reason or 'nobody is to be told'}"
        )


def _recipients(
    environ: Mapping[str, str], workflow: Workflow
) -> tuple[tuple[Recipient, ...], tuple[str, ...]]:
    """Who is to be told; a receiver whose address cannot be used is a note, and hinders nobody else."""
    from trivigil import alert

    found: list[Recipient] = []
    notes = []
    for receiver in alert.TABLE:
        value = environ.get(receiver.VARIABLE, "")
        for line in value.split():
            workflow.mask(line)
        try:
            one = alert.recipient(receiver, {}, environ)
        except InputError as error:
            notes.append(f"{receiver.NAME} is told nothing: {error}")
            continue
        found += [one] if one is not None else []
    return tuple(found), tuple(notes)


def _policy(report: Report) -> Policy:
    """The thresholds that the step before this one has noted; the usual ones where it has not."""
    noted = report.facts.get("policy")
    noted = noted if isinstance(noted, dict) else {}
    usual = Policy()
    values = {
        key: value
        for key in usual._fields
        if type(value := noted.get(key)) is int and 1 <= value <= 100  # noqa: PLR2004 (as the settings have it)
    }
    return usual._replace(**values)


# --- what is remembered, counted and sent --------------------------------------------------------


def _settled(
    report: Report,
    policy: Policy,
    recipients: Sequence[Recipient],
    environ: Mapping[str, str],
) -> Settled:
    from trivigil.github.event import read_event
    from trivigil.publish.memory_home import recollect

    event = read_event(environ)
    with remembering.Line(event, environ.get("TRIVIGIL_GITHUB_TOKEN", "")) as line:
        homes, reason = remembering.homes(
            remembering.state_of(report), report.name, event, line.client, environ
        )
        frame, before = _frame(report, event), None
        for _ in range(TRIES):
            found = recollect(homes, report.name)
            lost = reason if found.lost and not found.homes and reason else found.lost
            frame = frame._replace(lost=lost)
            desk = _Desk(report, policy, recipients, frame, environ)
            if vigilance.overtaken(found.memory, frame):
                return desk.left_to_send(before, found) or _OVERTAKEN
            done = desk.told(found)
            if isinstance(done, Settled):
                return done
            before = done
    return Settled((), (), notes=(f"Nobody was told: {BUSY}.",))


class _Attempt(NamedTuple):
    """What was claimed, and perhaps written over by another run: nothing of it is sent yet."""

    turned: tuple[Turned, ...]
    dues: tuple[Due, ...]


class _Desk(NamedTuple):
    """Everything that one try at telling needs."""

    report: Report
    policy: Policy
    recipients: Sequence[Recipient]
    frame: Frame
    environ: Mapping[str, str]

    def told(self, found: Recollection) -> Settled | _Attempt:
        """Count, claim, send, keep; an attempt where another run has written the memory meanwhile."""
        from trivigil.publish.memory_home import keep

        after, turned, dues = self._counted(found.memory, self.frame)
        after = vigilance.claimed(after, dues, self.frame)
        home, reason = keep(found.homes, after, sure=bool(dues))
        if home is not None:
            return self._sent(turned, dues, after, home)
        if reason is None:
            return _Attempt(turned, dues)
        lost = self.frame.lost if not found.homes and self.frame.lost else reason
        _, turned, dues = self._counted(None, self.frame._replace(lost=lost))
        said = (f"{_sentence(lost)} What fails is told at once, in every run.",)
        done = self._sent(turned, dues, None, None)
        return done._replace(notes=said if dues or found.homes else ())

    def left_to_send(self, before: _Attempt | None, found: Recollection) -> Settled | None:
        """What this run has claimed, where the newer one that wrote after it has left that to it."""
        if before is None or found.memory is None:
            return None
        memory = found.memory
        mine = tuple(due for due in before.dues if vigilance.is_claimed(memory, due, self.frame))
        return self._sent(before.turned, mine, memory, found.homes[0]) if mine else None

    def _counted(
        self, memory: Memory | None, frame: Frame
    ) -> tuple[Memory, tuple[Turned, ...], tuple[Due, ...]]:
        seen, names = incidents.seen(self.report), [one.receiver.NAME for one in self.recipients]
        after, turned = vigilance.turn(memory, seen, self.policy, frame)
        return after, turned, vigilance.due(turned, names, frame, repeating=REPEATING)

    def _sent(
        self,
        turned: tuple[Turned, ...],
        dues: Sequence[Due],
        memory: Memory | None,
        home: Home | None,
    ) -> Settled:
        """Send, and keep who was told."""
        from trivigil.publish.memory_home import keep

        told = _sent(dues, self.recipients, self.environ)
        notes: tuple[str, ...] = ()
        if home is not None and memory is not None and told:
            kept, why = keep([home], vigilance.noted(memory, told), sure=False)
            if kept is None:
                notes = (f"It could not be kept who was told: {why or BUSY}.",)
        why_not = None if self.recipients else "no receiver is named"
        return Settled(turned, told, why_not, notes)


def _sentence(clause: str | None) -> str:
    text = clause or "nothing is remembered"
    return f"{text[:1].upper()}{text[1:]}."


def _sent(
    dues: Sequence[Due], recipients: Sequence[Recipient], environ: Mapping[str, str]
) -> tuple[Told, ...]:
    from trivigil import alert
    from trivigil.cli import outlook

    letters = [
        (one, [due.notice for due in dues if due.receiver == one.receiver.NAME])
        for one in recipients
    ]
    now = datetime.datetime.now(datetime.UTC)
    every = schedule.interval(outlook.cron(environ), now)
    moment = alert.Moment(time.time(), every) if every else alert.Moment(time.time())
    sent = alert.deliver_each(letters, moment)
    return tuple(
        Told(one.notice.fingerprint, one.receiver, one.notice.turn, one.problem) for one in sent
    )


def _frame(report: Report, event: Event | None) -> Frame:
    facts = report.facts
    return Frame(
        watch=report.name,
        target=str(facts.get("target") or report.name),
        age=(event.run_id, event.run_attempt) if event else (int(time.time()), 1),
        at=str(facts.get("started_at") or report.generated_at),
        run_url=report.origin.run_url,
    )
