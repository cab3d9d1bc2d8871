"""`trivigil step receive`: the second half of a fork's publishing, started by workflow_run on the default branch.

Runs no tool, checks nothing out, restores no cache, believes no file of the workspace. One hand-over that is refused does not
stop the others; the step fails only where it is misused, or where `publish-required` asks for it.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from trivigil import config
from trivigil.cli import watches
from trivigil.core.errors import InputError, TrivigilError
from trivigil.github import artifacts, finished_run
from trivigil.github.event import read_event
from trivigil.github.patience import Patience
from trivigil.github.refusal import Refused
from trivigil.publish import reception
from trivigil.publish.reception import PassedOver

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from trivigil.cli.console import Console
    from trivigil.config import Receive
    from trivigil.core.report import Report
    from trivigil.github.client import Client
    from trivigil.github.event import Event
    from trivigil.github.finished_run import FinishedRun
    from trivigil.github.records import Artifact, Pull
    from trivigil.github.workflow import Workflow
    from trivigil.publish import Published, Wanted
    from trivigil.publish.handover import Handover

NOWHERE: Final = "/repository"
"""Where paths of a report would lie; there is no checkout."""
TITLE: Final = "Trivigil"


def run(environ: Mapping[str, str], console: Console) -> int:
    """Publish every hand-over of the run that the event is about."""
    from trivigil.github.workflow import Workflow

    workflow = Workflow(environ)
    try:
        work = _begin(environ, workflow)
    except InputError as error:
        workflow.error(str(error), title=TITLE)
        return 2
    work.carry_out()
    return work.finish(console)


def _begin(environ: Mapping[str, str], workflow: Workflow) -> _Reception:
    """Settings and facts. Raises InputError where the action is misused."""
    settings = config.receive(environ)
    asked = _asked(settings)
    event = read_event(environ)
    if event is None:
        raise InputError("this is not a GitHub Actions run.", tip="See docs/forks.md.")
    return _Reception(settings, asked, event, finished_run.read(event), environ, workflow)


def _asked(settings: Receive) -> Wanted:
    from trivigil.publish import parse_wanted

    asked = parse_wanted(" ".join(settings.publish), recreate=settings.comment_recreate)
    if beyond := (asked.channels or frozenset()) - reception.CHANNELS:
        raise InputError(
            f"a fork's report is not published on {', '.join(sorted(beyond))}.",
            key="publish",
            tip=f"Use auto, none, or some of: {', '.join(sorted(reception.CHANNELS))}.",
        )
    return asked


class _Reception:
    """One run's hand-overs, and what becomes of them."""

    def __init__(
        self,
        settings: Receive,
        asked: Wanted,
        event: Event,
        finished: FinishedRun,
        environ: Mapping[str, str],
        workflow: Workflow,
    ) -> None:
        self._settings = settings
        self._asked = asked
        self._event = event
        self._run = finished
        self._environ = environ
        self._workflow = workflow
        self._token = environ.get("TRIVIGIL_GITHUB_TOKEN") or environ.get("GITHUB_TOKEN", "")
        self._patience = Patience()
        self._published: dict[str, Published] = {}
        self._refused: list[str] = []
        self._passed_over: list[str] = []

    def carry_out(self) -> None:
        """Find the hand-overs and the pull requests, and publish one after the other."""
        if (reason := finished_run.hindrance(self._run)) is not None:
            self._pass_over(reason)
            return
        if self._token:
            self._workflow.mask(self._token)
        try:
            with self._connect(self._event) as client:
                legs = self._legs(client)
                pulls = finished_run.pull_requests(client, self._run) if legs else []
                for leg in legs:
                    self._leg(client, leg, pulls)
        except Refused as refused:
            self._refuse(f"run {self._run.id}", refused)

    def finish(self, console: Console) -> int:
        """Set the outputs; the exit code."""
        legs = [{"name": name, **one.to_json()} for name, one in self._published.items()]
        told = {"published": legs, "refused": self._refused, "passed-over": self._passed_over}
        urls = [(one.comment_url, one.check_run_url) for one in self._published.values()]
        self._workflow.output("published", json.dumps(told, sort_keys=True))
        self._workflow.output("comment-url", next((comment for comment, _ in urls if comment), ""))
        self._workflow.output("check-run-url", next((check for _, check in urls if check), ""))
        console.say(f"Published {len(legs)} of the reports that run {self._run.id} handed over.")
        missing = bool(self._refused) or any(one.refused for one in self._published.values())
        if not (missing and self._settings.publish_required):
            return 0
        self._workflow.error("not everything is published, and `publish-required` is set")
        return 1

    def _connect(self, event: Event) -> Client:
        from trivigil.github.client import connect

        return connect(event, self._token, patience=self._patience)

    def _legs(self, client: Client) -> Sequence[Artifact]:
        listed, total = artifacts.listed(client, self._run.id)
        choice = reception.choose(listed, total, self._run)
        for sentence in choice.refused:
            self._warn(sentence)
        for sentence in choice.passed_over:
            self._pass_over(sentence)
        if not choice.legs:
            self._workflow.log(f"Run {self._run.id} left no hand-over to publish.")
        return choice.legs

    def _leg(self, client: Client, artifact: Artifact, pulls: Sequence[Pull]) -> None:
        """One hand-over. Whatever is wrong with it is told, and stays with it."""
        try:
            data = artifacts.download(client, artifact, self._event.api_url, reception.LARGEST)
            told = reception.opened(artifact, data)
            reception.ask_for(told, self._settings.artifact)
            reception.agree(told, self._run, self._event.repository)
            pull = reception.pull_of(told, pulls, self._run)
            self._published[told.name] = self._publish(told, pull)
        except PassedOver as reason:
            self._pass_over(f"{artifact.name}: {reason}")
        except TrivigilError as error:
            self._refuse(artifact.name, error)
        except Exception as error:  # noqa: BLE001 (a report that somebody made to break us is no fault of ours)
            self._warn(f"{artifact.name}: it cannot be shown ({type(error).__name__})")

    def _publish(self, told: Handover, pull: Pull) -> Published:
        from trivigil.publish import deliver, plan, prepare, recall
        from trivigil.publish.annotations import Checkout

        event = reception.event_of(self._event, self._run, pull)
        report = self._disclosed(reception.report_of(told, event), event)
        wanted = reception.wanted_of(told, self._asked, self._settings.comment_mode)
        ready = prepare(
            report, event, Checkout(NOWHERE, NOWHERE), artifact_url=f"{event.run_url}#artifacts"
        )
        state = self._environ.get("TRIVIGIL_STATE_FOLDER") or None
        chosen = plan(report, event, wanted, recall(state, event))
        self._workflow.log(f"{told.name}: for pull request {pull.number}")
        return deliver(chosen, ready, lambda: self._connect(event), self._workflow, state_dir=state)

    def _disclosed(self, report: Report, event: Event) -> Report:
        from trivigil.core.disclosure import discloses

        shown = discloses(private=event.private, asked=self._settings.disclose)
        return report if shown else watches.named(report.action).conceal(report)

    def _refuse(self, what: str, error: TrivigilError) -> None:
        advice = ""
        if isinstance(error, Refused) and error.forbidden and error.permission:
            advice = f"; add `{error.permission}` to the job's permissions"
        self._warn(f"{what}: {error}{advice}")

    def _warn(self, sentence: str) -> None:
        self._refused.append(sentence)
        self._workflow.warning(f"not published: {sentence}", title=TITLE)

    def _pass_over(self, sentence: str) -> None:
        self._passed_over.append(sentence)
        self._workflow.notice(f"passed over: {sentence}", title=TITLE)
