"""The performance gate: reads what load tools write, judges it, and explains it.

`judge_files` and `judge_order` gather; `analysis.analyze` is pure.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from trivigil.core.errors import InputError
from trivigil.core.record import NamedTuple
from trivigil.perf.analysis import Context, analyze, refused
from trivigil.perf.parts import AUTO

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from trivigil.core.report import Report
    from trivigil.core.result import Result
    from trivigil.core.threshold import Threshold
    from trivigil.perf.parts import Merging
    from trivigil.perf.profiles import Profile
    from trivigil.perf.runs import Run
    from trivigil.perf.tool import Tool


class Order(NamedTuple):
    """A load test to be run: what, against which host, and how much of it."""

    tool: str
    script: str
    host: str
    profile: str = "smoke"
    tool_version: str = ""
    users: int | None = None
    spawn_rate: float | None = None
    run_time: str | None = None
    timeout: str | None = None
    allow_remote: bool = False


def judge_files(
    specs: Sequence[str],
    context: Context,
    *,
    directory: str,
    fence: Sequence[str] | None = None,
    merging: Merging = AUTO,
) -> Report:
    """Read the results that `[TOOL=]GLOB` specs name, and judge them.

    Everything that a user can mend becomes a failed report with its sentence, never an exception.
    """
    try:
        thresholds = read_budgets(context.budgets, context.root)
        run = gather(specs, directory, fence, merging)
    except InputError as error:
        return refused(str(error), context)
    return analyze(run, thresholds, context)


def judge_order(
    order: Order,
    context: Context,
    *,
    directory: str,
    output: str,
    environ: Mapping[str, str],
    say: Callable[[str], None],
    tell: Callable[[str], None] | None = None,
) -> Report:
    """Run the load test into the folder `output`, and judge what it wrote.

    `say` tells people how far it is, `tell` (else `say`) what the tool said in its own words.
    Everything that a user can mend becomes a failed report with its sentence, never an exception.
    """
    from trivigil.perf.tools import named

    try:
        thresholds = read_budgets(context.budgets, context.root)
        profile = _profile(order, environ)
        context = context._replace(profile=profile.name if named(order.tool).LOADS else None)
        run, verdicts = _execute(order, profile, directory, output, environ, say)
    except InputError as error:
        if error.detail:
            (tell or say)(error.detail)
        return refused(str(error), context)
    return analyze(run, thresholds, context, verdicts)


def read_budgets(path: str | None, root: str) -> tuple[Threshold, ...]:
    """The thresholds of a file, its path relative to the root; none where no file is named."""
    if not path:
        return ()
    from trivigil import files
    from trivigil.perf import budgets

    text = files.read(os.path.join(root, path), shown=path)
    return budgets.read(text, path).thresholds


def gather(
    specs: Sequence[str],
    directory: str,
    fence: Sequence[str] | None = None,
    merging: Merging = AUTO,
) -> Run:
    """Find the sources, read each, and put together what belongs to one run."""
    from trivigil import sources
    from trivigil.perf import readers, runs

    found = sources.find(specs, directory=directory, fence=fence)
    return runs.reconcile([readers.read(source) for source in found], merging)


def _execute(
    order: Order,
    profile: Profile,
    directory: str,
    output: str,
    environ: Mapping[str, str],
    say: Callable[[str], None],
) -> tuple[Run, Sequence[Result]]:
    from trivigil.perf import install, launch, profiles, tools
    from trivigil.perf.tool import Job
    from trivigil.stack.environment import child_environment

    tool = tools.named(order.tool)
    if tool.LOADS:
        launch.check_host(order.host, allow_remote=order.allow_remote)
    script = os.path.join(directory, order.script)
    if not _is_there(script, tool):
        raise InputError("there is no such file.", path=order.script, key="script")
    timeout = (
        profiles.seconds(order.timeout, "timeout") if order.timeout else profile.run_time + 120
    )
    child = {**child_environment(environ), **tool.ENVIRON}
    program = install.program(tool, order.tool_version, child, say)
    job = Job(script, order.host, profile, output)
    _clear(output, tool.NAME)
    ended = launch.run(
        tool, job, program, environ=child, directory=directory, timeout=timeout, say=say
    )
    verdicts = [
        *tool.verdicts(ended),
        *([launch.overtime(tool, timeout)] if ended.timed_out else ()),
    ]
    try:
        shown = os.path.relpath(output, directory)
        return gather(tool.outputs(job._replace(output=shown)), directory), verdicts
    except InputError as error:
        message = f"{tool.NAME} wrote no results and ended with exit code {ended.code}."
        tip = f"The step's log and {os.path.basename(ended.log)} show what it said."
        said = f"{tool.NAME} said: {launch.last_lines(ended.log)}"
        raise InputError(message, key="script", tip=tip, detail=said) from error


def _is_there(script: str, tool: Tool) -> bool:
    """Whether it can be started: a file; for benchmarks a folder too, or a test in a file (`a.py::b`)."""
    if tool.LOADS:
        return os.path.isfile(script)
    return os.path.exists(script.partition("::")[0])


def _profile(order: Order, environ: Mapping[str, str]) -> Profile:
    from trivigil.perf import profiles

    profile = profiles.profile(order.profile, environ.get("GITHUB_EVENT_NAME"))
    return profile._replace(
        users=order.users or profile.users,
        spawn_rate=order.spawn_rate or profile.spawn_rate,
        run_time=profiles.seconds(order.run_time, "run-time")
        if order.run_time
        else profile.run_time,
    )


def _clear(output: str, prefix: str) -> None:
    """Remove an earlier run's files: old results must never be taken for new ones."""
    if os.path.isdir(output):
        for entry in os.scandir(output):
            if entry.is_file() and entry.name.startswith(prefix):
                os.unlink(entry.path)
