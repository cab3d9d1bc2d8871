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
    from collections.abc import Callable, Mapping

    from trivigil.perf.tool import Job, Tool

REPORT_EVERY: Final = 5.0
"""Seconds between two lines of progress."""
GRACE: Final = 15.0
"""Seconds a tool gets to stop by itself before it is killed."""

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
    import subprocess

    os.makedirs(job.output, exist_ok=True)
    log = os.path.join(job.output, f"{tool.NAME}.log")
    line = tool.command(job, program, version_of(program, environ, directory))
    load = f": {job.profile.name}, {job.profile.users} users, {job.profile.run_time:g} s"
    say(f"Starting {tool.NAME}{load if tool.LOADS else ''}")
    started = time.monotonic()
    with open(log, "wb") as output:
        try:
            process = subprocess.Popen(
                line,
                cwd=directory,
                env=dict(environ),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        except OSError as error:
            raise InputError(
                f"{tool.NAME} cannot be started: {error.strerror}.", key="tool"
            ) from error
        timed_out = _watch(process, tool, job, started + timeout, say)
    ended = Ended(process.returncode, time.monotonic() - started, timed_out, log)
    say(f"{tool.NAME} ended after {ended.seconds:.0f} s with exit code {ended.code}")
    return ended


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


def version_of(program: str, environ: Mapping[str, str], directory: str) -> tuple[int, ...]:
    """What `PROGRAM --version` says, as numbers; empty where it says nothing that looks like one."""
    import subprocess

    try:
        said = subprocess.run(
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
    match = re.search(r"(\d+)\.(\d+)\.(\d+)", said)
    return tuple(int(part) for part in match.groups()) if match else ()


def last_lines(log: str, count: int = 8) -> str:
    """The end of a log in one printable line."""
    with open(log, "rb") as file:
        file.seek(max(0, os.fstat(file.fileno()).st_size - 16384))
        lines = file.read().decode("utf-8", "replace").splitlines()
    return " / ".join(printable(line.strip(), 200) for line in lines[-count:] if line.strip())


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
