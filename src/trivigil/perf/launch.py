"""Starting a load tool: in an environment of its own, watched, bounded, and always stopped."""

from __future__ import annotations

import os
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from trivigil.core.measurement import OVERALL
from trivigil.core.result import Location, Result, Rule, Severity
from trivigil.core.untrusted import printable
from trivigil.launching import process as processes
from trivigil.perf.tool import Ended

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable, Mapping

    from trivigil.perf.tool import Job, Tool

_WORKER_GRACE: Final = 5.0
"""Seconds a worker gets to go after its master."""


def run(
    tool: Tool,
    job: Job,
    program: str,
    *,
    environ: Mapping[str, str],
    directory: str,
    timeout: float,
    say: Callable[[str], None],
) -> Ended:
    """Run the tool to its end, saying how far it is; a tool that is late is stopped, then killed.

    `environ` is what the child sees: no tokens in it. Raises InputError where it cannot be started.
    """
    said = processes.version_said(program, environ, directory) if tool.VERSIONED else ""
    line = tool.command(job, program, processes.numbers(said))
    _lay_out(tool, job)
    say(f"Starting {tool.NAME}{_load(job) if tool.LOADS else ''}")
    log = os.path.join(job.output, f"{tool.NAME}.log")
    started = time.monotonic()
    beside: list[subprocess.Popen[bytes]] = []
    try:
        for number, companion in enumerate(tool.companions(job, program), start=1):
            own = os.path.join(job.output, f"{tool.NAME}-worker-{number}.log")
            beside.append(
                processes.start(tool.NAME, companion, own, "", environ=environ, directory=directory)
            )
        output = os.path.join(job.output, tool.STDOUT) if tool.STDOUT else ""
        process = processes.start(
            tool.NAME, line, log, output, environ=environ, directory=directory
        )
        timed_out = _watch(process, tool, job, started + timeout, say)
    finally:
        lost = tuple(_ended(each, number) for number, each in enumerate(beside, start=1))
    ended = Ended(
        process.returncode,
        time.monotonic() - started,
        timed_out,
        log,
        ".".join(map(str, processes.numbers(said))),
        tuple(sentence for sentence in lost if sentence),
    )
    say(f"{tool.NAME} ended after {ended.seconds:.0f} s with exit code {ended.code}")
    return ended


def _lay_out(tool: Tool, job: Job) -> None:
    """The files that the tool wants to find in its output folder."""
    os.makedirs(job.output, exist_ok=True)
    for name, text in tool.files(job).items():
        with open(os.path.join(job.output, name), "w", encoding="utf-8") as file:
            file.write(text)


def _load(job: Job) -> str:
    profile = job.profile
    return f": {profile.name}, {profile.users} users, {profile.run_time:g} s"


def _ended(worker: subprocess.Popen[bytes], number: int) -> str:
    """The end of a worker, which its master tells to go; a sentence where it ended before, and badly."""
    import subprocess

    with suppress(subprocess.TimeoutExpired):
        worker.wait(_WORKER_GRACE)
    code = worker.poll()
    processes.stop(worker)
    return f"worker {number} ended with exit code {code}" if code else ""


def _watch(
    process: subprocess.Popen[bytes],
    tool: Tool,
    job: Job,
    deadline: float,
    say: Callable[[str], None],
) -> bool:
    """Wait for the end; True when it had to be stopped."""
    import subprocess

    try:
        while True:
            left = deadline - time.monotonic()
            if left <= 0:
                return True
            try:
                process.wait(min(processes.REPORT_EVERY, left))
            except subprocess.TimeoutExpired:
                if (words := tool.progress(job)) is not None:
                    say(f"  {printable(words, 120)}")
            else:
                return False
    finally:
        processes.stop(process)


def lost(tool: Tool, ended: Ended) -> Result:
    """The result of a run some of whose workers ended badly: it had less load than it should."""
    return Result(
        rule=Rule("run.workers", "workers of the load tool"),
        kind="fail",
        severity=Severity.HIGH,
        message=f"Of {tool.NAME}'s workers, {', '.join(ended.lost)}, so the load was less than planned.",
        location=Location(OVERALL),
        fix="See the workers' logs beside the results.",
        tools=(tool.NAME,),
    )


def overtime(tool: Tool, timeout: float) -> Result:
    """The result of a run that had to be stopped."""
    return Result(
        rule=Rule("run.timeout", "the load test did not end in time"),
        kind="fail",
        severity=Severity.HIGH,
        message=f"{tool.NAME} was stopped after {timeout:g} s, before its own end.",
        location=Location(OVERALL),
        fix="Give it more `timeout`, or a shorter `run-time`.",
        tools=(tool.NAME,),
    )
