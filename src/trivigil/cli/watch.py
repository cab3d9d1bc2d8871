"""The step that works: each watch that is asked for, from its settings to its report.

It never fails the step: the report is published first, and the verdict comes last.
"""

from __future__ import annotations

import os
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

from trivigil import config, files
from trivigil.cli import outcome, watches, written
from trivigil.cli.ground import Ground, disclosed, stop, teller
from trivigil.cli.outcome import Outcome
from trivigil.core import collector
from trivigil.core.errors import InputError, TrivigilError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from trivigil.cli.console import Console
    from trivigil.config import Common
    from trivigil.core.report import Report


class Attempt(NamedTuple):
    """How far one watch came: its report, and what was known of its settings."""

    report: Report
    name: str
    ground: Ground
    settings: Common | None = None
    is_twin: bool = False
    """Whether another watch of the job has the name already."""
    shown: bool = False
    """Whether raw output of tools may be shown."""


def run(environ: Mapping[str, str], console: Console) -> tuple[Outcome, ...]:
    """Run every watch that is asked for, one after the other."""
    workspace = os.path.abspath(environ.get("GITHUB_WORKSPACE") or os.getcwd())
    state = outcome.state_folder(environ)
    outcomes: list[Outcome] = []
    try:
        chosen = config.watches(environ, workspace)
    except TrivigilError as error:
        chosen = ()
        first = config.WATCHES[0]
        outcomes.append(
            _finish(first, _unread(first, workspace, error, environ), state, environ, console)
        )
    for number, watch in enumerate(chosen):
        if number:
            _clear(environ, console)
        own = _of_several(watch, environ) if len(chosen) > 1 else environ
        outcomes.append(
            _finish(watch, _watch(watch, workspace, own, console), state, environ, console)
        )
        outcome.save(state, outcomes)
    outcome.save(state, outcomes)
    return tuple(outcomes)


def _of_several(watch: str, environ: Mapping[str, str]) -> Mapping[str, str]:
    """The one input `name` of several watches, which need a name each."""
    name = environ.get("TRIVIGIL_NAME", "")
    return {**environ, "TRIVIGIL_NAME": f"{watch} {name}"} if name.strip() else environ


def _clear(environ: Mapping[str, str], console: Console) -> None:
    """End the application of the watch before: each begins with a fresh one."""
    try:
        stop(environ, console)
    except TrivigilError as error:
        console.say(str(error))


def _name(watch: str, environ: Mapping[str, str]) -> str:
    matrix = environ.get("TRIVIGIL_MATRIX", "")
    name = environ.get("TRIVIGIL_NAME") or outcome.default_name(watch, matrix)
    return name[: config.MAX_NAME]  # also where the settings are about to refuse it


def _unread(
    watch: str, workspace: str, error: TrivigilError, environ: Mapping[str, str]
) -> Attempt:
    """Settings that cannot be read are published like any other thing that a user can mend."""
    name = _name(watch, environ)
    ground = _ground(workspace, ".", watch, name, "")
    report = watches.named(watch).refused(str(error), name, None, environ)
    return Attempt(report, name, ground)


def _watch(watch: str, workspace: str, environ: Mapping[str, str], console: Console) -> Attempt:
    """One watch from its settings to its report; what the user can mend becomes a report too."""
    own = watches.named(watch)
    name = _name(watch, environ)
    ground = _ground(workspace, ".", watch, name, "")
    settings: Common | None = None
    is_twin = False
    try:
        settings = config.load(watch, environ, workspace)
        name = settings.name or name
        _mask_passwords((*own.addresses(settings), *settings.wait_for), environ)
        ground = _ground(workspace, settings.working_directory, watch, name, settings.output_dir)
        is_twin = not outcome.claim(name, environ)
        if is_twin:
            raise _name_taken(name)
        if not outcome.claim(ground.output, environ, "folders"):
            ground = ground._replace(output=os.path.join(ground.output, files.slug(name)))
        report = own.judge(settings, name, ground, environ, console)
    except TrivigilError as error:
        if error.detail:
            teller(settings, environ, console)(error.detail)
        report = own.refused(str(error), name, settings, environ)
    shown = disclosed(environ, asked=settings.disclose if settings else False)
    return Attempt(report, name, ground, settings, is_twin, shown)


def _mask_passwords(addresses: Iterable[str], environ: Mapping[str, str]) -> None:
    """Passwords in addresses are hidden before anything is started that may print them."""
    from urllib.parse import urlsplit

    for address in addresses:
        with suppress(ValueError):
            if urlsplit(address).password:
                from trivigil.github.workflow import Workflow

                Workflow(environ).mask(address)


@collector.paused()
def _finish(
    watch: str, attempt: Attempt, state: str, environ: Mapping[str, str], console: Console
) -> Outcome:
    """Write the report, and note what the later steps need.

    A twin touches nothing of the first one: neither its files nor its comment nor its artifact.
    """
    report, name, ground, settings, is_twin, shown = attempt
    own = watches.named(watch)
    report = report if shown else own.conceal(report)
    output = state if is_twin else ground.output
    path = os.path.join(output, own.REPORT)
    _write(report, path, environ, console)
    return Outcome(
        watch=watch,
        name=name,
        report=path,
        output=output,
        exit_code=report.conclusion.exit_code,
        fail=settings.fail if settings else True,
        channels=_channels(settings, is_twin=is_twin),
        comment_mode=settings.comment_mode if settings else "always",
        comment_recreate=settings.comment_recreate if settings else "false",
        issue=_wishes(settings),
        publish_required=settings.publish_required if settings else False,
        artifact="" if is_twin else _artifact_name(settings, name),
        keep_raw=shown and (settings.keep_raw if settings else True),
    )


def _name_taken(name: str) -> InputError:
    return InputError(
        f"`{name}` is used twice in this job.",
        key="name",
        tip="Give each watch a `name` of its own.",
    )


def _channels(settings: Common | None, *, is_twin: bool) -> tuple[str, ...]:
    wanted = settings.publish if settings else ("auto",)
    return ("summary",) if is_twin and wanted != ("none",) else wanted


def _wishes(settings: Common | None) -> tuple[tuple[str, ...], tuple[str, ...], int | None]:
    """Labels, assignees and milestone of an issue; `none` is no label at all."""
    if settings is None:
        return ((), (), None)
    labels = () if settings.issue_labels == ("none",) else settings.issue_labels
    return (labels, settings.issue_assignees, settings.issue_milestone)


def _artifact_name(settings: Common | None, name: str) -> str:
    wanted = settings.artifact_name if settings else ""
    own = files.slug(name)
    # A hand-over is found by the beginning of its name: nothing else may have it.
    own = f"results-{own}" if own.startswith("handover-") else own
    return "" if wanted == "none" else wanted or f"trivigil-{own}"


def _ground(workspace: str, working: str, watch: str, name: str, output: str) -> Ground:
    directory = os.path.abspath(os.path.join(workspace, working))
    if os.path.commonpath([workspace, directory]) != workspace:
        raise InputError("it lies outside the workspace.", key="working-directory")
    if not os.path.isdir(directory):
        raise InputError("there is no such folder.", key="working-directory")
    own = "" if name == watch else files.slug(name)
    folder = os.path.join(directory, output or os.path.join("trivigil-results", own))
    if os.path.commonpath([workspace, os.path.abspath(folder)]) != workspace:
        raise InputError("it lies outside the workspace.", key="output-dir")
    return Ground(workspace, directory, os.path.abspath(folder))


def _write(report: Report, path: str, environ: Mapping[str, str], console: Console) -> None:
    from trivigil.render import json, text

    files.write(path, json.pieces(report))
    written.beside(report, os.path.dirname(path), environ)
    console.show(text.render(report, width=console.width, colour=False))
