"""The step that works: starts the application, runs or reads the load test, judges, writes the report.

It never fails the step: the report is published first, and the verdict comes last.
"""

from __future__ import annotations

import os
from contextlib import suppress
from typing import TYPE_CHECKING, Final, NamedTuple, cast

from trivigil import config, files
from trivigil.cli import application, outcome, written
from trivigil.cli.origin import context
from trivigil.cli.outcome import Outcome
from trivigil.core.disclosure import discloses
from trivigil.core.errors import InputError, TrivigilError
from trivigil.perf.analysis import conceal
from trivigil.perf.profiles import single

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from trivigil.cli.console import Console
    from trivigil.config import Perf
    from trivigil.core.report import Report
    from trivigil.perf import Order
    from trivigil.perf.analysis import Context
    from trivigil.perf.profiles import Amount

NOT_TOLD: Final = (
    "What it printed is not shown in the log of a public repository, because it may hold secrets: set "
    "`disclose: true`, or run it on your machine."
)
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
        _mask_passwords((settings.host, *settings.wait_for), environ)
        ground = _ground(workspace, settings.working_directory, watch, name, settings.output_dir)
        is_twin = not outcome.claim(name, environ)
        if is_twin:
            raise _name_taken(name)
        report = _perf(settings, name, ground, environ, console)
    except TrivigilError as error:
        if error.detail:
            _teller(settings, environ, console)(error.detail)
        report = _refused(str(error), name, settings, environ)
    shown = _disclosed(environ, asked=settings.disclose if settings else False)
    return Attempt(report, name, ground, settings, is_twin, shown)


def _disclosed(environ: Mapping[str, str], *, asked: bool) -> bool:
    """Private repositories show everything; where it is not known, the repository counts as public."""
    from trivigil.github.event import read_event

    event = read_event(environ)
    return discloses(private=event.private if event else True, asked=asked)


def _mask_passwords(addresses: Iterable[str], environ: Mapping[str, str]) -> None:
    """Passwords in addresses are hidden before anything is started that may print them."""
    from urllib.parse import urlsplit

    for address in addresses:
        with suppress(ValueError):
            if urlsplit(address).password:
                from trivigil.github.workflow import Workflow

                Workflow(environ).mask(address)


def _teller(
    settings: Perf | None, environ: Mapping[str, str], console: Console
) -> Callable[[str], None]:
    """Where the words of a tool or of the application go: the log of a public repository is public too."""
    if _disclosed(environ, asked=settings.disclose if settings else False):
        return console.say
    return lambda _: console.say(NOT_TOLD)


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
        comment_recreate=settings.comment_recreate if settings else "false",
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
    tool = _tool(settings)
    if tool or settings.start:
        key = "start" if not tool else "tool" if settings.tool else "command"
        _refuse_privileged(key, environ)
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
    if not tool:
        from trivigil.perf.parts import Merging

        merging = Merging(settings.merge, settings.parts)
        return perf.judge_files(
            settings.results, where, directory=ground.directory, fence=fence, merging=merging
        )
    return perf.judge_order(
        _order(settings, tool, environ),
        where,
        directory=ground.directory,
        output=os.path.join(ground.output, "raw"),
        environ=environ,
        say=console.say,
        tell=_teller(settings, environ, console),
    )


def _refuse_privileged(key: str, environ: Mapping[str, str]) -> None:
    """Nothing of a pull request's code is started where the token may write."""
    from trivigil.github.event import read_event, refuses_run

    event = read_event(environ)
    reason = refuses_run(event) if event else None
    if reason:
        raise InputError(f"{reason}.", key=key)


def _tool(settings: Perf) -> str:
    """The tool that is to be started; none where files are judged that are there."""
    from trivigil.perf.tools import command

    tool = settings.tool or (command.NAME if settings.command else "")
    if tool == command.NAME and not settings.command:
        raise InputError("`tool: command` needs `command`.", key="command")
    if tool and tool != command.NAME and settings.results:
        raise InputError("give `tool` or `results`, not both.", key="tool")
    if not tool and not settings.results:
        raise InputError(
            "give `results` (files to judge) or `tool` (to run a load test).", key="results"
        )
    return tool


def _order(settings: Perf, tool: str, environ: Mapping[str, str]) -> Order:
    from trivigil.perf import Order, tools

    loads, own = tools.named(tool).LOADS, bool(settings.command)
    needed = () if own else ("script", "host") if loads else ("script",)
    for name in needed:
        if not getattr(settings, name):
            raise InputError(f"`tool` needs `{name}`.", key=name)
    inputs = {name for name in _EACH if environ.get(config.variable(name), "").strip()}
    return Order(
        tool=tool,
        tool_version=settings.tool_version,
        script=settings.script,
        host=settings.host,
        profile=",".join(settings.profile),
        users=settings.users if "users" in inputs else None,
        spawn_rate=settings.spawn_rate if "spawn-rate" in inputs else None,
        run_time=settings.run_time if "run-time" in inputs else None,
        timeout=settings.timeout or None,
        allow_remote=settings.allow_remote,
        choice=_choice(environ),
        amounts=_amounts(settings),
        processes=settings.processes,
        workers=settings.workers,
        shard=settings.shard,
        command=settings.command,
        results=settings.results,
    )


_EACH = ("users", "spawn-rate", "run-time")
"""Inputs that change every profile. In the file a profile's own section goes before them; an input goes before both."""


def _amounts(settings: Perf) -> dict[str, Amount]:
    """What the configuration file says of each profile."""
    from trivigil.launching.duration import seconds
    from trivigil.perf.profiles import PROFILES, Amount

    amounts = {}
    for name in PROFILES:
        own = settings.profiles.get(name)  # type: ignore[call-overload]
        users, rate, ramp, duration, steps = own.model_dump().values() if own else [None] * 5
        key = f"profiles.{name}"
        amounts[name] = Amount(
            users=users or settings.users,
            rate=rate or (None if ramp else settings.spawn_rate),
            ramp=seconds(ramp, f"{key}.ramp") if ramp else None,
            duration=_first_duration(
                (duration, f"{key}.duration"), (settings.run_time, "run-time")
            ),
            steps=steps,
        )
    return amounts


def _first_duration(*given: tuple[str | None, str]) -> float | None:
    from trivigil.launching.duration import seconds

    return next((seconds(text, key) for text, key in given if text), None)


def _choice(environ: Mapping[str, str]) -> str:
    """The input `profile` of a workflow that somebody started by hand."""
    from trivigil.github.event import dispatched

    return dispatched(environ, "profile")


def _context(settings: Perf, name: str, ground: Ground, environ: Mapping[str, str]) -> Context:
    """Paths are shown as the repository has them, so that links and annotations find the file."""
    budgets = None
    if settings.thresholds:
        absolute = os.path.join(ground.directory, settings.thresholds)
        budgets = os.path.relpath(absolute, ground.workspace).replace(os.sep, "/")
    started = settings.tool or settings.command
    profile = None if started else single(",".join(settings.profile))
    return context(name, environ, root=ground.workspace, budgets=budgets, profile=profile)


def _refused(problem: str, name: str, settings: Perf | None, environ: Mapping[str, str]) -> Report:
    from trivigil.perf.analysis import refused

    budgets = (settings.thresholds or None) if settings else None
    return refused(problem, context(name, environ, root=".", budgets=budgets))


def _write(report: Report, path: str, console: Console) -> None:
    from trivigil.render import json, text

    files.write(path, json.dump(report))
    written.beside(report, os.path.dirname(path))
    console.show(text.render(report, width=console.width, colour=False))
