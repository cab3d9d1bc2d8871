"""The performance gate: reads what load tools write, judges it, and explains it.

`judge_files` and `judge_order` gather; `analysis.analyze` is pure. An order may have several profiles: each is run into a
folder of its own and judged by itself, and `several.together` makes one report of them.
"""

from __future__ import annotations

import os
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from trivigil.core.errors import InputError
from trivigil.core.record import NamedTuple
from trivigil.perf.analysis import Context, analyze, refused
from trivigil.perf.parts import AUTO

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from trivigil.core.report import Report
    from trivigil.core.result import Result
    from trivigil.core.threshold import Threshold
    from trivigil.perf.parts import Merging
    from trivigil.perf.profiles import Amount, Profile
    from trivigil.perf.runs import Run
    from trivigil.perf.tool import Job, Tool

_PATIENCE: Final = 120.0
"""Seconds a tool gets beyond its run's length, where no `timeout` is given."""


class Order(NamedTuple):
    """A load test to be run: what, against which host, and how much of it."""

    tool: str
    script: str
    host: str
    profile: str = "smoke"
    """One profile, several between commas, `full`, or `auto` (by event)."""
    tool_version: str = ""
    users: int | None = None
    spawn_rate: float | None = None
    run_time: str | None = None
    timeout: str | None = None
    """For all profiles together."""
    allow_remote: bool = False
    choice: str = ""
    """The profile that somebody chose who started the workflow by hand."""
    amounts: Mapping[str, Amount] = MappingProxyType({})
    """What the configuration file changes in a profile; `users` and its like above change every one, and go first."""
    processes: int = 0
    workers: int = 0
    shard: str = ""
    command: str = ""
    results: tuple[str, ...] = ()
    """What the command writes."""


class Errand(NamedTuple):
    """An order that was checked as a whole, before anything is started."""

    tool: Tool
    profiles: tuple[Profile, ...]
    timeout: float | None
    job: Job
    """Without a profile of its own, and with the output folder of all."""
    program: str
    child: Mapping[str, str]
    directory: str
    fence: Sequence[str] | None


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
    from trivigil.perf import several

    try:
        thresholds = read_budgets(context.budgets, context.root)
        errand = prepare(order, directory=directory, output=output, environ=environ, say=say)
    except InputError as error:
        return _refused(error, context, tell or say)
    reports: list[Report] = []
    for index, profile in enumerate(errand.profiles):
        own = context
        if errand.tool.LOADS:
            own = context._replace(profile=profile.name, load=_planned(profile, errand))
        try:
            run, verdicts = _execute(errand, index, say)
        except InputError as error:
            reports.append(_refused(error, own, tell or say))
        else:
            reports.append(analyze(run, thresholds, own, verdicts))
        if reports[-1].problems:
            break
    left = [profile.name for profile in errand.profiles[len(reports) :]]
    report = several.together(reports, left, context) if len(errand.profiles) > 1 else reports[0]
    return report._replace(notes=(*report.notes, *_remarks(order, errand)))


def _refused(error: InputError, context: Context, tell: Callable[[str], None]) -> Report:
    if error.detail:
        tell(error.detail)
    return refused(str(error), context)


def _remarks(order: Order, errand: Errand) -> Iterable[str]:
    """What is to be said of an order, whatever came out."""
    part, parts = errand.job.shard
    if parts > 1:
        yield (
            f"This is shard {part} of {parts}: its numbers are of its own part of the load. The whole is judged from "
            "the files of all, with `results` and `merge: shards`."
        )
    if not errand.tool.LOADS and order.profile != "auto":
        yield f"{errand.tool.NAME} measures benchmarks, which know no profile: `profile` changes nothing."


def _planned(profile: Profile, errand: Errand) -> Profile:
    """The load of this machine: of a shard its part of the users."""
    users = max(1, profile.users // errand.job.shard[1])
    return profile._replace(users=users, arrivals=errand.tool.ARRIVALS)


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


def prepare(
    order: Order,
    *,
    directory: str,
    output: str,
    environ: Mapping[str, str],
    say: Callable[[str], None],
) -> Errand:
    """Check the whole order, and get its tool. Raises InputError before anything is started."""
    from trivigil.launching import duration, install, process, words
    from trivigil.perf import profiles, tools
    from trivigil.perf.tool import Job
    from trivigil.stack.environment import child_environment

    tool = tools.named(order.tool)
    command = _words(order)
    chosen = _profiles(order, environ) if tool.LOADS else _profiles(order, environ)[:1]
    job = Job(
        os.path.join(directory, order.script),
        order.host,
        chosen[0],
        output,
        processes=order.processes,
        workers=order.workers,
        shard=_shard(order.shard),
        command=command,
        results=order.results,
    )
    _check_shares(tool, job)
    if tool.LOADS:
        _check_hosts(order, job, chosen)
    if not command and not _is_there(job.script, tool):
        raise InputError("there is no such file.", path=order.script, key="script")
    timeout = duration.seconds(order.timeout, "timeout") if order.timeout else None
    if timeout and tool.LOADS:
        profiles.check_time(chosen, timeout)
    child = {**child_environment(environ), **tool.ENVIRON}
    if command:
        program = words.find(command, directory, child.get("PATH"))
    else:
        program = install.program(tool, order.tool_version, child, say)
    if job.processes and not job.workers:
        job = job._replace(port=process.free_port())
    fence = (directory, output) if order.results else None
    return Errand(tool, chosen, timeout, job, program, child, directory, fence)


def _words(order: Order) -> tuple[str, ...]:
    from trivigil.launching import words
    from trivigil.perf.tools import command

    if order.tool != command.NAME:
        if order.command:
            raise InputError(
                f"`command` and the tool {order.tool} exclude each other.", key="command"
            )
        return ()
    if order.tool_version:
        raise InputError("the version of a command cannot be chosen.", key="tool-version")
    return words.words(order.command)


def _check_shares(tool: Tool, job: Job) -> None:
    """Whether the tool knows how its load is to be shared out."""
    asked = {"processes": job.processes, "workers": job.workers, "shard": job.shard[1] > 1}
    for name, wanted in asked.items():
        if wanted and name not in tool.SHARES:
            raise InputError(
                f"{tool.NAME} has no `{name}`.",
                key=name,
                tip="`processes` and `workers` are Locust's, `shard` is k6's.",
            )


def _check_hosts(order: Order, job: Job, chosen: Sequence[Profile]) -> None:
    """Whether all that will be loaded may be."""
    from trivigil.launching.hosts import check_host
    from trivigil.perf import profiles
    from trivigil.perf.tools import command

    heavy = [profile.name for profile in chosen if profile.name in profiles.HEAVY]
    if heavy and not order.host:
        raise InputError(
            f"{heavy[0]} loads only a host that is named.", key="host", tip="Name it in `host`."
        )
    if order.host or not job.command:
        check_host(order.host, allow_remote=order.allow_remote)
    for profile in chosen:
        for address in command.addresses(job._replace(profile=profile)):
            check_host(address, allow_remote=order.allow_remote)


def _shard(text: str) -> tuple[int, int]:
    """`2/4` as numbers."""
    import re

    if not text:
        return (1, 1)
    match = re.fullmatch(r"([1-9]\d{0,2})/([1-9]\d{0,2})", text.strip())
    part, parts = (int(match[1]), int(match[2])) if match else (0, 0)
    if not 1 <= part <= parts:
        raise InputError("a part and their number such as 1/4 was expected.", key="shard")
    return part, parts


def _execute(
    errand: Errand, index: int, say: Callable[[str], None]
) -> tuple[Run, Sequence[Result]]:
    """Run the tool for one of the profiles, and read what it wrote."""
    from trivigil.launching import process
    from trivigil.perf import launch

    tool, directory = errand.tool, errand.directory
    profile = errand.profiles[index]
    output = os.path.join(errand.job.output, profile.name) if tool.LOADS else errand.job.output
    job = errand.job._replace(profile=profile, output=output)
    _clear(output, "" if job.command else tool.NAME)
    ended = launch.run(
        tool,
        job,
        errand.program,
        environ=errand.child,
        directory=directory,
        timeout=_limit(errand, profile),
        say=say,
    )
    verdicts = [
        *tool.verdicts(ended),
        *([launch.lost(tool, ended)] if ended.lost else ()),
        *([launch.overtime(tool, _limit(errand, profile))] if ended.timed_out else ()),
    ]
    try:
        shown = os.path.relpath(output, directory)
        specs = tool.outputs(job if job.command else job._replace(output=shown))
        return _versioned(gather(specs, directory, errand.fence), tool, ended.version), verdicts
    except InputError as error:
        message = f"{tool.NAME} wrote no results and ended with exit code {ended.code}."
        tip = f"The step's log and {os.path.basename(ended.log)} show what it said."
        said = f"{tool.NAME} said: {process.last_lines(ended.log)}"
        raise InputError(message, key="script", tip=tip, detail=said) from error


def _limit(errand: Errand, profile: Profile) -> float:
    """Seconds after which the tool is stopped: of the time for all, what the others do not need."""
    from trivigil.perf.profiles import START

    if errand.timeout is None:
        return profile.run_time + _PATIENCE
    others = sum(each.run_time + START for each in errand.profiles if each is not profile)
    return errand.timeout - (others if errand.tool.LOADS else 0)


def _versioned(run: Run, tool: Tool, version: str) -> Run:
    """The readings with the version that the tool itself said, where its files do not say it."""
    if not version:
        return run
    readings = (
        reading._replace(tool_version=version)
        if reading.tool == tool.NAME and not reading.tool_version
        else reading
        for reading in run.readings
    )
    return run._replace(readings=tuple(readings))


def _is_there(script: str, tool: Tool) -> bool:
    """Whether it can be started: a file; for benchmarks a folder too, or a test in a file (`a.py::b`)."""
    if tool.LOADS:
        return os.path.isfile(script)
    return os.path.exists(script.partition("::")[0])


def _profiles(order: Order, environ: Mapping[str, str]) -> tuple[Profile, ...]:
    """The profiles of the order, with all that was changed in them."""
    from trivigil.launching import duration
    from trivigil.perf import profiles

    own = profiles.Amount(
        order.users,
        order.spawn_rate,
        duration=duration.seconds(order.run_time, "run-time") if order.run_time else None,
    )
    names = profiles.chosen(order.profile, environ.get("GITHUB_EVENT_NAME"), order.choice)
    return tuple(
        profiles.amounted(
            profiles.PROFILES[name], (order.amounts.get(name, profiles.Amount()), own)
        )
        for name in names
    )


def _clear(output: str, prefix: str) -> None:
    """Remove an earlier run's files: old results must never be taken for new ones."""
    if os.path.isdir(output):
        for entry in os.scandir(output):
            if entry.is_file() and entry.name.startswith(prefix):
                os.unlink(entry.path)
