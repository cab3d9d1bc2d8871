"""The step that works: starts the application, runs or reads the load test, judges, writes the report.

It never fails the step: the report is published first, and the verdict comes last.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple, cast

from trivigil import config, files
from trivigil.cli import application, outcome
from trivigil.cli.origin import context
from trivigil.cli.outcome import Outcome
from trivigil.core.disclosure import discloses
from trivigil.core.errors import InputError, TrivigilError
from trivigil.perf.analysis import conceal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from trivigil.cli.console import Console
    from trivigil.config import Perf
    from trivigil.core.report import Report
    from trivigil.perf import Order
    from trivigil.perf.analysis import Context

REPORTS = {"perf": "performance-analysis.json"}


class Ground(NamedTuple):
    """Where a watch works."""

    workspace: str
    directory: str
    """The working directory, absolute."""
    output: str
    """Absolute folder for everything that is written."""


class Attempt(NamedTuple):
    """How far one watch came: its report, and what was known of its settings."""

    report: Report
    name: str
    ground: Ground
    settings: Perf | None = None
    is_twin: bool = False
    """Whether another watch of the job has the name already."""
    disclosed: bool = False
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
        outcomes.append(_finish(first, _unread(first, workspace, error, environ), state, console))
    for watch in chosen:
        outcomes.append(_finish(watch, _watch(watch, workspace, environ, console), state, console))
        outcome.save(state, outcomes)
    outcome.save(state, outcomes)
    return tuple(outcomes)


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
    return Attempt(_refused(str(error), name, None, environ), name, ground)


def _watch(watch: str, workspace: str, environ: Mapping[str, str], console: Console) -> Attempt:
    """One watch from its settings to its report; what the user can mend becomes a report too."""
    name = _name(watch, environ)
    ground = _ground(workspace, ".", watch, name, "")
    settings: Perf | None = None
    is_twin = False
    try:
        settings = cast("Perf", config.load(watch, environ, workspace))
        name = settings.name or name
        ground = _ground(workspace, settings.working_directory, watch, name, settings.output_dir)
        is_twin = not outcome.claim(name, environ)
        if is_twin:
            raise _name_taken(name)
        report = _perf(settings, name, ground, environ, console)
    except TrivigilError as error:
        if error.detail:
            console.say(error.detail)
        report = _refused(str(error), name, settings, environ)
    shown = _disclosed(environ, asked=settings.disclose if settings else False)
    return Attempt(report, name, ground, settings, is_twin, shown)


def _disclosed(environ: Mapping[str, str], *, asked: bool) -> bool:
    """Private repositories show everything; where it is not known, the repository counts as public."""
    from trivigil.github.event import read_event

    event = read_event(environ)
    return discloses(private=event.private if event else True, asked=asked)


def _finish(watch: str, attempt: Attempt, state: str, console: Console) -> Outcome:
    """Write the report, and note what the later steps need.

    A twin touches nothing of the first one: neither its files nor its comment nor its artifact.
    """
    report, name, ground, settings, is_twin, disclosed = attempt
    report = report if disclosed else conceal(report)
    output = state if is_twin else ground.output
    path = os.path.join(output, REPORTS[watch])
    _write(report, path, console)
    return Outcome(
        watch=watch,
        name=name,
        report=path,
        output=output,
        exit_code=report.conclusion.exit_code,
        fail=settings.fail if settings else True,
        channels=_channels(settings, is_twin=is_twin),
        comment_mode=settings.comment_mode if settings else "always",
        issue=_wishes(settings),
        publish_required=settings.publish_required if settings else False,
        artifact="" if is_twin else _artifact_name(settings, name),
        keep_raw=disclosed and (settings.keep_raw if settings else True),
    )


def _name_taken(name: str) -> InputError:
    return InputError(
        f"`{name}` is used twice in this job.",
        key="name",
        tip="Give each watch a `name` of its own.",
    )


def _channels(settings: Perf | None, *, is_twin: bool) -> tuple[str, ...]:
    wanted = settings.publish if settings else ("auto",)
    return ("summary",) if is_twin and wanted != ("none",) else wanted


def _wishes(settings: Perf | None) -> tuple[tuple[str, ...], tuple[str, ...], int | None]:
    """Labels, assignees and milestone of an issue; `none` is no label at all."""
    if settings is None:
        return ((), (), None)
    labels = () if settings.issue_labels == ("none",) else settings.issue_labels
    return (labels, settings.issue_assignees, settings.issue_milestone)


def _artifact_name(settings: Perf | None, name: str) -> str:
    wanted = settings.artifact_name if settings else ""
    return "" if wanted == "none" else wanted or f"trivigil-{outcome.slug(name)}"


def _ground(workspace: str, working: str, watch: str, name: str, output: str) -> Ground:
    directory = os.path.abspath(os.path.join(workspace, working))
    if os.path.commonpath([workspace, directory]) != workspace:
        raise InputError("it lies outside the workspace.", key="working-directory")
    if not os.path.isdir(directory):
        raise InputError("there is no such folder.", key="working-directory")
    own = "" if name == watch else outcome.slug(name)
    folder = os.path.join(directory, output or os.path.join("trivigil-results", own))
    if os.path.commonpath([workspace, os.path.abspath(folder)]) != workspace:
        raise InputError("it lies outside the workspace.", key="output-dir")
    return Ground(workspace, directory, os.path.abspath(folder))


def _perf(
    settings: Perf, name: str, ground: Ground, environ: Mapping[str, str], console: Console
) -> Report:
    from trivigil import perf

    where = _context(settings, name, ground, environ)
    fence = (
        ground.workspace,
        outcome.folder(environ),
        environ.get("RUNNER_TEMP") or ground.workspace,
    )
    if settings.tool and settings.results:
        raise InputError("give `tool` or `results`, not both.", key="tool")
    if not settings.tool and not settings.results:
        raise InputError(
            "give `results` (files to judge) or `tool` (to run a load test).", key="results"
        )
    if settings.tool or settings.start:
        _refuse_privileged("tool" if settings.tool else "start", environ)
    stack = os.path.join(ground.output, "stack")
    if settings.start:
        outcome.note_start(environ, stack)
    application.start(
        settings.start,
        settings.wait_for,
        directory=ground.directory,
        state=stack,
        environ=environ,
        say=console.say,
    )
    if settings.results:
        return perf.judge_files(settings.results, where, directory=ground.directory, fence=fence)
    return perf.judge_order(
        _order(settings),
        where,
        directory=ground.directory,
        output=os.path.join(ground.output, "raw"),
        environ=environ,
        say=console.say,
    )


def _refuse_privileged(key: str, environ: Mapping[str, str]) -> None:
    """Nothing of a pull request's code is started where the token may write."""
    from trivigil.github.event import read_event, refuses_run

    event = read_event(environ)
    reason = refuses_run(event) if event else None
    if reason:
        raise InputError(f"{reason}.", key=key)


def _order(settings: Perf) -> Order:
    from trivigil.perf import Order, tools

    for needed in ("script", "host") if tools.named(settings.tool).LOADS else ("script",):
        if not getattr(settings, needed):
            raise InputError(f"`tool` needs `{needed}`.", key=needed)
    return Order(
        tool=settings.tool,
        tool_version=settings.tool_version,
        script=settings.script,
        host=settings.host,
        profile=settings.profile,
        users=settings.users,
        spawn_rate=settings.spawn_rate,
        run_time=settings.run_time or None,
        timeout=settings.timeout or None,
        allow_remote=settings.allow_remote,
    )


def _context(settings: Perf, name: str, ground: Ground, environ: Mapping[str, str]) -> Context:
    """Paths are shown as the repository has them, so that links and annotations find the file."""
    budgets = None
    if settings.thresholds:
        absolute = os.path.join(ground.directory, settings.thresholds)
        budgets = os.path.relpath(absolute, ground.workspace).replace(os.sep, "/")
    profile = settings.profile if settings.tool else None
    return context(name, environ, root=ground.workspace, budgets=budgets, profile=profile)


def _refused(problem: str, name: str, settings: Perf | None, environ: Mapping[str, str]) -> Report:
    from trivigil.perf.analysis import refused

    budgets = (settings.thresholds or None) if settings else None
    return refused(problem, context(name, environ, root=".", budgets=budgets))


def _write(report: Report, path: str, console: Console) -> None:
    from trivigil.render import json, text

    files.write(path, json.dump(report))
    console.show(text.render(report, width=console.width, colour=False))
