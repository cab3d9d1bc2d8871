"""`trivigil publish REPORT…`: carry reports to GitHub, or write what would be sent."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

from trivigil.cli import written
from trivigil.cli.parser import Parser
from trivigil.core.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from trivigil.cli.console import Console
    from trivigil.core.report import Report
    from trivigil.github.client import Client
    from trivigil.github.event import Event
    from trivigil.github.workflow import Workflow
    from trivigil.publish import Publication, Published, Wanted
    from trivigil.publish.issue import Wishes


LARGEST_COPY: Final = 1024 * 1024


def run(argv: Sequence[str], environ: Mapping[str, str], console: Console) -> int:
    """Publish each report. What GitHub refuses is a warning; the verdict is not judged again."""
    parser = Parser(
        "trivigil publish",
        description="Carry reports to GitHub, by the event and token of the environment.",
    )
    parser.add_argument("reports", nargs="+", metavar="REPORT", help="what a watch wrote")
    parser.add_argument(
        "--publish", default="auto", metavar="C", help="auto, none, or a list of channels"
    )
    parser.add_argument(
        "--plan",
        metavar="FILE",
        help="write there first what is to be done with each channel, and why",
    )
    parser.add_argument(
        "--dry-run", metavar="DIR", help="write the exact payloads there, send nothing"
    )
    arguments = parser.parse_intermixed_args(argv)
    from trivigil.publish import parse_wanted

    if arguments.plan and len(arguments.reports) > 1:
        raise InputError("it holds the plan for one report; name one.", key="--plan")
    folders = _folders(arguments.dry_run, arguments.reports)
    for path, folder in zip(arguments.reports, folders, strict=True):
        report = written.load(path)
        if folder is None:
            publish(
                report, path, parse_wanted(arguments.publish), environ, plan_file=arguments.plan
            )
        else:
            _write(report, path, arguments.publish, folder, environ, plan_file=arguments.plan)
            console.say(f"Written, nothing sent: {folder}")
    return 0


def publish(
    report: Report,
    path: str,
    wanted: Wanted,
    environ: Mapping[str, str],
    workflow: Workflow | None = None,
    *,
    plan_file: str | None = None,
    prefixes: Sequence[str] = ("",),
    sharers: int = 1,
) -> Published:
    """Carry one report to where it may go. Refusals are warnings, and are remembered for the job.

    Reports of one step share a `workflow`, which counts the annotations of all of them. The plan is
    written to `plan_file` before anything is sent.
    """
    from trivigil import files
    from trivigil.cli import outcome
    from trivigil.github.client import connect
    from trivigil.github.workflow import Workflow
    from trivigil.publish import deliver, plan, recall
    from trivigil.publish.payloads import described

    token = environ.get("TRIVIGIL_GITHUB_TOKEN") or environ.get("GITHUB_TOKEN", "")
    workflow = workflow or Workflow(environ)
    workflow.mask(token)
    event, ready = _prepared(report, environ, wanted.issue)
    remembered = outcome.folder(environ)
    chosen = plan(report, event, wanted, recall(remembered, event))
    if plan_file is not None:
        files.write(plan_file, described(chosen))

    def client() -> Client:
        assert event is not None  # noqa: S101 (the plan does nothing on GitHub without an event)
        return connect(event, token)

    return deliver(
        chosen,
        ready,
        client,
        workflow,
        state_dir=remembered,
        report_path=path,
        handover_dir=os.path.dirname(os.path.abspath(path)),
        prefixes=prefixes,
        sharers=sharers,
    )


def _write(
    report: Report,
    path: str,
    channels: str,
    folder: str,
    environ: Mapping[str, str],
    *,
    plan_file: str | None,
) -> None:
    from trivigil import files
    from trivigil.publish import parse_wanted, payloads, plan
    from trivigil.publish.payloads import described

    wanted = parse_wanted(channels)
    event, ready = _prepared(report, environ, wanted.issue)
    chosen = plan(report, event, wanted, {})
    if plan_file is not None:
        files.write(plan_file, described(chosen))
    for name, text in payloads(chosen, ready, path).items():
        files.write(os.path.join(folder, name), text)
    for name in {annotation.path for annotation in ready.annotations}:
        _copy(name, _workspace(environ), folder)


def _copy(name: str, workspace: str, folder: str) -> None:
    """Keep a file that annotations speak of, so that the preview can show its lines."""
    from trivigil import files

    source = os.path.realpath(os.path.join(workspace, name))
    inside = os.path.commonpath([os.path.realpath(workspace), source]) == os.path.realpath(
        workspace
    )
    if inside and os.path.isfile(source) and os.path.getsize(source) <= LARGEST_COPY:
        files.write(os.path.join(folder, "files", name), files.read(source, empty=True))


def _prepared(
    report: Report, environ: Mapping[str, str], wishes: Wishes
) -> tuple[Event | None, Publication]:
    from trivigil.cli.checkout import checkout
    from trivigil.github.event import read_event
    from trivigil.publish import prepare

    event = read_event(environ)
    artifact = environ.get("TRIVIGIL_ARTIFACT_URL") or None
    return event, prepare(report, event, checkout(environ), artifact_url=artifact, wishes=wishes)


def _workspace(environ: Mapping[str, str]) -> str:
    return os.path.abspath(environ.get("GITHUB_WORKSPACE") or os.getcwd())


def _folders(dry_run: str | None, reports: Sequence[str]) -> list[str | None]:
    """One report goes into the folder itself, several into numbered folders below it."""
    if dry_run is None or len(reports) == 1:
        return [dry_run] * len(reports)
    return [os.path.join(dry_run, str(number)) for number in range(1, len(reports) + 1)]
