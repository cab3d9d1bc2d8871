"""Starting scanners: as many at once as there are cores, each bounded in time, all of them always stopped."""

from __future__ import annotations

import os
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from trivigil.core.errors import InputError
from trivigil.core.record import NamedTuple
from trivigil.launching import process as processes
from trivigil.security.tool import Ended

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable, Iterable, Mapping, Sequence

_LOOK_EVERY: Final = 0.1
"""Seconds between two looks at what is running."""
_TIDYING: Final = 60
"""Seconds that removing what a scanner left behind may take."""


class Task(NamedTuple):
    """One scanner that is ready to be started."""

    name: str
    line: Sequence[str]
    after: Sequence[Sequence[str]]
    output: str
    """The file for its standard output; empty where that joins the log."""
    log: str
    environ: Mapping[str, str]
    directory: str


class _Running(NamedTuple):
    task: Task
    process: subprocess.Popen[bytes]
    started: float


def cores() -> int:
    """How many scanners run at once."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def run(
    tasks: Iterable[Task], *, at_once: int, timeout: float, say: Callable[[str], None]
) -> dict[str, Ended | str]:
    """Run all to their end, by name; a sentence in place of an end where one could not be started.

    One that is late is asked to stop, then killed; the others go on.
    """
    waiting, running = list(tasks), list[_Running]()
    done: dict[str, Ended | str] = {}
    told = time.monotonic()
    try:
        while waiting or running:
            while waiting and len(running) < at_once:
                _start(waiting.pop(0), running, done, say)
            running = _looked_after(running, done, timeout, say)
            if running and time.monotonic() - told >= processes.REPORT_EVERY:
                told = time.monotonic()
                say(f"  {_words(running, told)}")
            time.sleep(_LOOK_EVERY if running else 0)
    finally:
        for each in running:
            _end(each)
    return done


def _start(
    task: Task,
    running: list[_Running],
    done: dict[str, Ended | str],
    say: Callable[[str], None],
) -> None:
    say(f"Starting {task.name}")
    try:
        process = processes.start(
            task.name, task.line, task.log, task.output,
            environ=task.environ, directory=task.directory,
        )  # fmt: skip
    except InputError as error:
        done[task.name] = error.message
    else:
        running.append(_Running(task, process, time.monotonic()))


def _looked_after(
    running: Sequence[_Running],
    done: dict[str, Ended | str],
    timeout: float,
    say: Callable[[str], None],
) -> list[_Running]:
    """Those that still run; those that ended, or are late, are done."""
    left = []
    for each in running:
        seconds = time.monotonic() - each.started
        late = seconds >= timeout
        if each.process.poll() is None and not late:
            left.append(each)
            continue
        late = each.process.poll() is None
        _end(each)
        code = each.process.returncode
        done[each.task.name] = Ended(code, seconds, late, each.task.log)
        say(f"{each.task.name} ended after {seconds:.0f} s with exit code {code}")
    return left


def _end(each: _Running) -> None:
    """Stop it, and remove what it may have left behind."""
    import subprocess

    processes.stop(each.process)
    for line in each.task.after:
        with suppress(OSError, subprocess.TimeoutExpired):
            subprocess.run(
                line,
                cwd=each.task.directory,
                env=dict(each.task.environ),
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=_TIDYING,
                check=False,
            )


def _words(running: Sequence[_Running], now: float) -> str:
    return ", ".join(f"{each.task.name} for {now - each.started:.0f} s" for each in running)
