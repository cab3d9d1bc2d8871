"""The delivery of a plan: GitHub first, then the runner's channels, which can say what was refused.

A refusal is a warning that names the permission line, is remembered for the run, and never changes
the verdict; what can stand in for the refused channel is then used instead.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from trivigil.github.refusal import FORBIDDEN, UNAUTHORIZED, Refusal, Refused
from trivigil.publish import check_run, conversation, memory, outputs, summary
from trivigil.publish.annotations import issue
from trivigil.publish.plan import plan as planned
from trivigil.publish.published import Published

if TYPE_CHECKING:
    from collections.abc import Callable

    from trivigil.github.client import Client
    from trivigil.github.records import CheckRun
    from trivigil.github.workflow import Workflow
    from trivigil.publish.plan import Channel, Plan
    from trivigil.publish.publication import Publication

ON_GITHUB: Final[tuple[Channel, ...]] = ("check-run", "comment")


def deliver(
    plan: Plan,
    publication: Publication,
    connect: Callable[[], Client],
    workflow: Workflow,
    *,
    state_dir: str | None = None,
    report_path: str = "",
) -> Published:
    """Carry out the plan. `connect` is called once, and only where something goes to GitHub.

    Raises nothing for what GitHub refuses or does not answer.
    """
    delivery = _Delivery(plan, publication, workflow, state_dir)
    if plan.does("check-run") or plan.does("comment"):
        delivery.on_github(connect)
    delivery.annotations()
    delivery.summary()
    return delivery.finish(report_path)


class _Delivery:
    """One walk through the channels, with a ledger of what became of them."""

    def __init__(
        self, plan: Plan, publication: Publication, workflow: Workflow, state_dir: str | None
    ) -> None:
        self._plan = plan
        self._publication = publication
        self._workflow = workflow
        self._state_dir = state_dir
        self._refused = memory.recall(state_dir, publication.event)
        self._ledger = Published(refused=tuple(self._refused.values()))

    def on_github(self, connect: Callable[[], Client]) -> None:
        """Use the channels on GitHub, over one connection."""
        try:
            client = connect()
        except Refused as refused:
            for channel in ON_GITHUB:
                if self._plan.does(channel):
                    self._refuse(channel, refused)
            return
        with client:
            run = self.check_run(client)
            self.comment(client, run)

    def check_run(self, client: Client) -> CheckRun | None:
        """Create the check run; where it is refused, annotations go another way."""
        if not self._plan.does("check-run"):
            return None
        try:
            outcome = check_run.publish(
                client, self._publication.section, self._publication.check_run
            )
        except Refused as refused:
            self._refuse("check-run", refused)
            return None
        self._done("check-run", outcome.notes)
        self._ledger = self._ledger._replace(check_run_url=outcome.run.url)
        return outcome.run

    def comment(self, client: Client, run: CheckRun | None) -> None:
        """Bring the sticky comment up to date."""
        place = self._publication.place
        if not self._plan.does("comment") or place is None:
            return
        try:
            outcome = conversation.publish(client, place, self._publication.section, run)
        except Refused as refused:
            self._refuse("comment", refused)
            return
        if outcome.skipped is not None:
            self._skip("comment", outcome.skipped)
            return
        self._done("comment", outcome.notes)
        self._ledger = self._ledger._replace(comment_url=outcome.url)

    def annotations(self) -> None:
        """Issue annotations as workflow commands where there is no check run to carry them."""
        if not self._plan.does("annotations"):
            return
        left_out = issue(self._workflow, self._publication.annotations)
        more = f"{left_out:,} more annotations are left out, because the runner keeps only ten"
        self._done("annotations", (more,) if left_out else ())

    def summary(self) -> None:
        """Append the job summary, with what is to be said about the other channels."""
        if not self._plan.does("summary"):
            return
        room = self._workflow.summary_room()
        text = summary.text(self._publication.texts, room, self._remarks())
        try:
            written = bool(text) and self._workflow.summary(text)
        except OSError as error:
            self._skip("summary", f"the summary file cannot be written: {error.strerror}")
            return
        if written:
            self._done("summary", ())
        else:
            self._skip("summary", "the step's summary file is full, or there is none")

    def finish(self, report_path: str) -> Published:
        """Set the outputs, and say in the log what was not published and why."""
        untouched = tuple(
            step for step in self._plan.steps if step.act == "skip" and step.refusal is None
        )
        self._ledger = self._ledger._replace(skipped=self._ledger.skipped + untouched)
        if self._plan.does("outputs"):
            self._done("outputs", ())
            self._outputs(report_path)
        for step in self._ledger.skipped:
            self._workflow.log(f"{step.channel}: skipped, {step.reason}")
        for note in self._ledger.notes:
            self._workflow.log(note)
        return self._ledger

    def _outputs(self, report_path: str) -> None:
        report, headline = self._publication.report, self._publication.texts.headline
        values = outputs.values(report, headline, report_path)
        try:
            for name, value in (values | outputs.published_values(self._ledger)).items():
                self._workflow.output(name, value)
        except OSError as error:
            self._workflow.warning(f"the step's outputs cannot be written: {error.strerror}")

    def _remarks(self) -> tuple[str, ...]:
        refused = (one.sentence for one in self._ledger.refused)
        return (*refused, *self._ledger.notes)

    def _done(self, channel: Channel, notes: tuple[str, ...]) -> None:
        self._ledger = self._ledger._replace(
            done=(*self._ledger.done, channel), notes=self._ledger.notes + notes
        )

    def _skip(self, channel: Channel, reason: str) -> None:
        step = self._plan.step(channel)._replace(act="skip", reason=reason)
        self._ledger = self._ledger._replace(skipped=(*self._ledger.skipped, step))

    def _refuse(self, channel: Channel, refused: Refused) -> None:
        refusal = refused.of(channel)
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
