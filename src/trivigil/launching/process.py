"""A program that was started: in a process group of its own, what it prints in a file, and always stopped."""

from __future__ import annotations

import os
import re
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from trivigil.core.errors import InputError
from trivigil.core.untrusted import printable

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Mapping, Sequence

REPORT_EVERY: Final = 5.0
"""Seconds between two lines of progress."""
GRACE: Final = 15.0
"""Seconds a program gets to stop by itself before it is killed."""


def start(
    name: str,
    line: Sequence[str],
    log: str,
    output: str,
    *,
    environ: Mapping[str, str],
    directory: str,
) -> subprocess.Popen[bytes]:
    """Start a process of its own group; what it prints goes into its log, or its standard output into `output`.

    `environ` is what it sees: no tokens in it. Raises InputError where it cannot be started.
    """
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
            raise InputError(f"{name} cannot be started: {error.strerror}.", key="tool") from error


def stop(process: subprocess.Popen[bytes]) -> None:
    """End the program and everything it started: asked first, killed after GRACE seconds."""
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


def version_said(
    program: str, environ: Mapping[str, str], directory: str, ask: Sequence[str] = ("--version",)
) -> str:
    """What `PROGRAM --version` prints. Raises InputError where it does not answer."""
    import subprocess

    try:
        return subprocess.run(
            [program, *ask],
            cwd=directory,
            env=dict(environ),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=60,
            check=False,
        ).stdout.decode("utf-8", "replace")
    except (OSError, subprocess.TimeoutExpired) as error:
        raise InputError(
            f"`{os.path.basename(program)} {' '.join(ask)}` did not answer.", key="tool"
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


def tail(log: str, most: int = 16384) -> str:
    """The end of a log as text; empty where there is none."""
    try:
        with open(log, "rb") as file:
            file.seek(max(0, os.fstat(file.fileno()).st_size - most))
            return file.read().decode("utf-8", "replace")
    except OSError:
        return ""


def last_lines(log: str, count: int = 8) -> str:
    """The end of a log in one printable line."""
    lines = tail(log).splitlines()
    return " / ".join(printable(line.strip(), 200) for line in lines[-count:] if line.strip())
