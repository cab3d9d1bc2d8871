"""Starting a load tool: in an environment of its own, watched, bounded, and always stopped."""

from __future__ import annotations

import os
import re
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from trivigil.core.errors import InputError
from trivigil.core.measurement import OVERALL
from trivigil.core.result import Location, Result, Rule, Severity
from trivigil.core.untrusted import printable
from trivigil.perf.tool import Ended

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable, Mapping, Sequence

    from trivigil.perf.tool import Job, Tool

REPORT_EVERY: Final = 5.0
"""Seconds between two lines of progress."""
GRACE: Final = 15.0
"""Seconds a tool gets to stop by itself before it is killed."""

_WORKER_GRACE: Final = 5.0
"""Seconds a worker gets to go after its master."""
_LOCAL: Final = re.compile(r"(localhost|127(\.\d{1,3}){3}|\[?::1\]?|0\.0\.0\.0)", re.IGNORECASE)


def check_host(host: str, *, allow_remote: bool) -> None:
    """Refuse to load a machine that is not this one, unless the user allowed it.

    Raises InputError for a host that is no http(s) URL, or that is remote without `allow-remote`.
    """
    from urllib.parse import urlsplit

    try:
        parts = urlsplit(host)
        name = parts.hostname
    except ValueError:
        parts, name = None, None
    if parts is None or parts.scheme not in ("http", "https") or not name:
        raise InputError(
            f"`{printable(host, 80)}` is not a URL such as http://localhost:8080.", key="host"
        )
    if not allow_remote and not _LOCAL.fullmatch(name):
        raise InputError(
            f"{printable(name, 80)} is not this machine.",
            key="host",
            tip="Set `allow-remote: true` if you may load it.",
        )


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
    os.makedirs(job.output, exist_ok=True)
    said = version_said(program, environ, directory) if tool.VERSIONED else ""
    line = tool.command(job, program, numbers(said))
    for name, text in tool.files(job).items():
        with open(os.path.join(job.output, name), "w", encoding="utf-8") as file:
            file.write(text)
    profile = job.profile
    load = f": {profile.name}, {profile.users} users, {profile.run_time:g} s"
    say(f"Starting {tool.NAME}{load if tool.LOADS else ''}")
    log = os.path.join(job.output, f"{tool.NAME}.log")
    started = time.monotonic()
    beside: list[subprocess.Popen[bytes]] = []
    try:
        for number, companion in enumerate(tool.companions(job, program), start=1):
            own = os.path.join(job.output, f"{tool.NAME}-worker-{number}.log")
            beside.append(_start(tool, companion, own, "", environ, directory))
        output = os.path.join(job.output, tool.STDOUT) if tool.STDOUT else ""
        process = _start(tool, line, log, output, environ, directory)
        timed_out = _watch(process, tool, job, started + timeout, say)
    finally:
        lost = tuple(_ended(each, number) for number, each in enumerate(beside, start=1))
    ended = Ended(
        process.returncode,
        time.monotonic() - started,
        timed_out,
        log,
        ".".join(map(str, numbers(said))),
        tuple(sentence for sentence in lost if sentence),
    )
    say(f"{tool.NAME} ended after {ended.seconds:.0f} s with exit code {ended.code}")
    return ended


def _start(
    tool: Tool,
    line: Sequence[str],
    log: str,
    output: str,
    environ: Mapping[str, str],
    directory: str,
) -> subprocess.Popen[bytes]:
    """Start a process of its own group; what it prints goes into its log, or its standard output into `output`."""
    import subprocess

    with open(log, "wb") as printed, open(output or os.devnull, "wb") as apart:
        try:
            return subprocess.Popen(
                line,
                cwd=directory,
                env=dict(environ),
                stdin=subprocess.DEVNULL,
                stdout=apart if output else printed,
                stderr=printed,
                start_new_session=True,
            )
        except OSError as error:
            raise InputError(
                f"{tool.NAME} cannot be started: {error.strerror}.", key="tool"
            ) from error


def _ended(worker: subprocess.Popen[bytes], number: int) -> str:
    """The end of a worker, which its master tells to go; a sentence where it ended before, and badly."""
    import subprocess

    with suppress(subprocess.TimeoutExpired):
        worker.wait(_WORKER_GRACE)
    code = worker.poll()
    stop(worker)
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
                process.wait(min(REPORT_EVERY, left))
            except subprocess.TimeoutExpired:
                if (words := tool.progress(job)) is not None:
                    say(f"  {printable(words, 120)}")
            else:
                return False
    finally:
        stop(process)


def stop(process: subprocess.Popen[bytes]) -> None:
    """End the tool and everything it started: asked first, killed after GRACE seconds."""
    import signal
    import subprocess

    if process.poll() is None:
        _signal(process.pid, signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            process.wait(GRACE)
    # Also where it ended by itself: workers that it left behind are in its process group.
    _signal(process.pid, getattr(signal, "SIGKILL", signal.SIGTERM))
    process.wait()


def _signal(pid: int, number: int) -> None:
    try:
        if hasattr(os, "killpg"):
            os.killpg(pid, number)
        else:
            os.kill(pid, number)
    except ProcessLookupError:
        return


def version_said(program: str, environ: Mapping[str, str], directory: str) -> str:
    """What `PROGRAM --version` prints."""
    import subprocess

    try:
        return subprocess.run(
            [program, "--version"],
            cwd=directory,
            env=dict(environ),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=60,
            check=False,
        ).stdout.decode("utf-8", "replace")
    except (OSError, subprocess.TimeoutExpired) as error:
        raise InputError(
            f"`{os.path.basename(program)} --version` did not answer.", key="tool"
        ) from error


def numbers(said: str) -> tuple[int, ...]:
    """The version in what a program says, as numbers; empty where it says nothing that looks like one."""
    match = re.search(r"(\d+)\.(\d+)\.(\d+)", said)
    return tuple(int(part) for part in match.groups()) if match else ()


def free_port() -> int:
    """A port of this machine that nobody uses now."""
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def last_lines(log: str, count: int = 8) -> str:
    """The end of a log in one printable line."""
    with open(log, "rb") as file:
        file.seek(max(0, os.fstat(file.fileno()).st_size - 16384))
        lines = file.read().decode("utf-8", "replace").splitlines()
    return " / ".join(printable(line.strip(), 200) for line in lines[-count:] if line.strip())


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
