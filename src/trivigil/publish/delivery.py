"""The delivery of a plan, channel by channel, with one connection and a ledger of what became of each.

A refusal is a warning that names the permission line, is remembered for the run, and never changes
the verdict; the rest of the plan is then made again, so that another channel can stand in.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from trivigil.core.errors import TrivigilError
from trivigil.github.refusal import FORBIDDEN, UNAUTHORIZED, Refusal, Refused
from trivigil.publish import changed_lines, earlier, handover_file, memory, outputs
from trivigil.publish.annotations import room
from trivigil.publish.channel import Delivered, Desk
from trivigil.publish.channels import CHANNELS
from trivigil.publish.plan import NOT_ASKED, OUTPUTS
from trivigil.publish.plan import plan as planned
from trivigil.publish.publication import nearest_first, since
from trivigil.publish.published import Published

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from trivigil.github.client import Client
    from trivigil.github.workflow import Workflow
    from trivigil.publish.channel import Channel
    from trivigil.publish.conversation import Thread
    from trivigil.publish.plan import Plan
    from trivigil.publish.publication import Publication


def deliver(
    plan: Plan,
    publication: Publication,
    connect: Callable[[], Client],
    workflow: Workflow,
    *,
    state_dir: str | None = None,
    report_path: str = "",
    prefixes: Sequence[str] = ("",),
    sharers: int = 1,
    handover_dir: str | None = None,
) -> Published:
    """Carry out the plan. `connect` is called once, and only where something goes to GitHub.

    The outputs are set under each of the prefixes; `sharers` is how many reports of this step, with
    this one, are still to be published. What is handed over is written below `handover_dir`.

    Raises nothing for what GitHub refuses or does not answer.
    """
    delivery = _Delivery(plan, publication, connect, workflow, state_dir, sharers)
    try:
        delivery.hand_over(handover_dir)
        delivery.look_back()
        for channel in CHANNELS:
            delivery.deliver(channel)
    finally:
        delivery.close()
    return delivery.finish(report_path, prefixes)


class _Delivery:
    """One walk through the channels."""

    def __init__(
        self,
        plan: Plan,
        publication: Publication,
        connect: Callable[[], Client],
        workflow: Workflow,
        state_dir: str | None,
        sharers: int,
    ) -> None:
        self._sharers = sharers
        self._plan = plan
        self._publication = publication
        self._connect = connect
        self._workflow = workflow
        self._state_dir = state_dir
        self._client: Client | None = None
        self._thread: Thread | None = None
        self._looked = False
        self._refused = memory.recall(state_dir, publication.event)
        self._ledger = Published(refused=tuple(self._refused.values()))

    def look_back(self) -> None:
        """Find what the watch said last, and tell what has changed since, in every channel."""
        found = earlier.find(self._plan, self._publication, self._github)
        self._thread = found.thread
        self._publication = since(self._publication, found.last)
        if found.note is not None:
            self._ledger = self._ledger._replace(notes=(found.note,))

    def hand_over(self, folder: str | None) -> None:
        """Write what another workflow is to publish, before the summary, which says what became of it."""
        steps = self._plan.handed_over
        if not steps:
            return
        try:
            handed = handover_file.write(self._plan, self._publication, folder)
        except TrivigilError as error:
            missing = f"nothing is handed over to the workflow that publishes: {error}"
            alone = tuple(
                step._replace(act="skip", reason=f"{step.reason}, but {missing}") for step in steps
            )
            self._workflow.warning(missing, title="Trivigil")
            self._ledger = self._ledger._replace(skipped=alone, notes=(missing,))
        else:
            named = ", ".join(step.channel for step in steps)
            note = f"handed over to the workflow that publishes, where there is one (docs/forks.md of Trivigil): {named}"
            self._ledger = self._ledger._replace(handed_over=steps, handover=handed, notes=(note,))

    def deliver(self, channel: Channel) -> None:
        """Use one channel, where the plan says so."""
        if not self._plan.does(channel.NAME):
            return
        self._look_at_the_diff(channel.NAME)
        try:
            outcome = channel.deliver(self._desk())
        except Refused as refused:
            self._refuse(channel.NAME, refused)
        else:
            self._book(channel.NAME, outcome)

    def _look_at_the_diff(self, channel: str) -> None:
        """Once, where the order of annotations decides what is seen of them."""
        ready, fits = self._publication, room(self._workflow, self._sharers)
        if self._looked or not changed_lines.decides(channel, ready.annotations, fits):
            return
        self._looked = True
        found = changed_lines.find(ready, self._github)
        if found.diff is not None:
            self._publication = nearest_first(ready, found.diff)
        if found.note is not None:
            self._ledger = self._ledger._replace(notes=(*self._ledger.notes, found.note))

    def close(self) -> None:
        """End the connection, where there is one."""
        if self._client is not None:
            self._client.close()

    def finish(self, report_path: str, prefixes: Sequence[str]) -> Published:
        """Set the outputs, and say in the log what was not published and why."""
        untouched = tuple(
            step for step in self._plan.steps if step.act == "skip" and step.refusal is None
        )
        self._ledger = self._ledger._replace(skipped=self._ledger.skipped + untouched)
        if self._plan.does(OUTPUTS):
            self._ledger = self._ledger._replace(done=(*self._ledger.done, OUTPUTS))
            self._outputs(report_path, prefixes)
        for step in self._ledger.skipped:
            if step.reason != NOT_ASKED:
                self._workflow.log(f"{step.channel}: skipped, {step.reason}")
        for note in self._ledger.notes:
            self._workflow.log(note)
        return self._ledger

    def _desk(self) -> Desk:
        refused = (one.sentence for one in self._ledger.refused)
        remarks = (*refused, *self._ledger.notes)
        return Desk(
            self._publication,
            self._workflow,
            self._github,
            self._plan,
            self._ledger.run,
            remarks,
            self._thread,
            self._sharers,
        )

    def _github(self) -> Client:
        if self._client is None:
            self._client = self._connect()
        return self._client

    def _book(self, channel: str, outcome: Delivered) -> None:
        known = self._ledger
        if outcome.skipped is not None:
            step = self._plan.step(channel)._replace(act="skip", reason=outcome.skipped)
            self._ledger = known._replace(skipped=(*known.skipped, step))
            return
        urls = {**known.urls, channel: outcome.url} if outcome.url else known.urls
        self._ledger = known._replace(
            done=(*known.done, channel),
            notes=known.notes + outcome.notes,
            urls=urls,
            run=outcome.run or known.run,
        )

    def _outputs(self, report_path: str, prefixes: Sequence[str]) -> None:
        report, headline = self._publication.report, self._publication.texts.headline
        values = outputs.values(report, headline, report_path)
        values |= outputs.published_values(self._ledger)
        try:
            for prefix in prefixes:
                for name, value in values.items():
                    self._workflow.output(f"{prefix}{name}", value)
        except OSError as error:
            self._workflow.warning(f"the step's outputs cannot be written: {error.strerror}")

    def _refuse(self, channel: str, refused: Refused) -> None:
        refusal = refused.of(channel)
        if self._plan.step(channel).stands_in:
            self._workflow.log(refusal.sentence)
        else:
            self._workflow.warning(refusal.sentence, title="Trivigil")
        self._ledger = self._ledger._replace(refused=(*self._ledger.refused, refusal))
        if refused.status in {UNAUTHORIZED, FORBIDDEN} and not refused.limited:
            self._remember(refusal)
        self._plan = _instead(self._plan, self._publication, refusal)

    def _remember(self, refusal: Refusal) -> None:
        event = self._publication.event
        self._refused[refusal.channel] = refusal
        if event is not None:
            memory.remember(self._state_dir, event, self._refused)


def _instead(plan: Plan, publication: Publication, refusal: Refusal) -> Plan:
    """The plan after a refusal: the refused channel is out, and another may stand in for it."""
    known: dict[str, Refusal] = {
        step.channel: step.refusal for step in plan.steps if step.refusal is not None
    }
    known[refusal.channel] = refusal
    return planned(publication.report, publication.event, plan.wanted, known)
