"""Plain processes: start them, see whether they live, end them."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from trivigil.core.errors import InputError
from trivigil.stack.command import Command, find_program
from trivigil.stack.logs import ending
from trivigil.stack.state import Running, State
from trivigil.stack.table import MARK_VARIABLE, find_ours, start_of

PATIENCE_S = 10.0
"""How long processes may take to end by themselves after SIGTERM."""
_AFTER_KILL_S = 5.0
_STEP_S = 0.05


def launch(command: Command, *, environ: Mapping[str, str], mark: str, log: Path) -> Running:
    """Start a program in a session of its own; its output goes to `log`.

    Raises InputError where the program is not found or cannot be executed.
    """
    import subprocess

    environment = dict(environ) | dict(command.added) | {MARK_VARIABLE: mark}
    program = find_program(
        command.words[0], directory=command.directory, path=environment.get("PATH")
    )
    if program is None:
        raise command.place.error(
            f"`{command.words[0]}` is not a program that can be started.",
            "Install it, correct its name, or make the file executable (chmod +x).",
        )
    try:
        with log.open("wb") as output:
            process = subprocess.Popen(
                command.words,
                executable=program,
                cwd=command.directory,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "it holds a NUL character"
        raise command.place.error(
            f"`{command.words[0]}` cannot be started: {reason}.", "Try the command by hand."
        ) from None
    # The process outlives us on purpose: Popen must neither wait for it nor warn about it.
    process.returncode = 0
    return Running(command.name, process.pid, start_of(process.pid) or "", str(log))


def exit_status(process: Running) -> int | None:
    """The exit status (negative: the signal) of our own child, None while it runs.

    A status is told once. None also for processes that another process started.
    """
    try:
        pid, status = os.waitpid(process.pid, os.WNOHANG)
    except ChildProcessError:
        return None
    return os.waitstatus_to_exitcode(status) if pid else None


def tell_of_ends(processes: tuple[Running, ...], say: Callable[[str], None]) -> tuple[str, ...]:
    """Say which processes ended by themselves and how, since the last look; their names. It explains what did not answer."""
    told = []
    for process in processes:
        status = exit_status(process)
        if status is not None:
            how = f"exit status {status}" if status >= 0 else f"signal {-status}"
            more = f". {ending(Path(process.log))}" if status else ""
            say(f"{process.name} had ended by itself, with {how}{more}")
            told.append(process.name)
    return tuple(told)


def check_alive(processes: tuple[Running, ...], say: Callable[[str], None]) -> None:
    """Raise InputError for a process that has failed since the last call.

    One that ended with 0 has done its work, as a migration does.
    """
    for process in processes:
        status = exit_status(process)
        if status == 0:
            say(f"{process.name} has ended with exit status 0.")
        elif status is not None:
            how = f"exit status {status}" if status > 0 else f"signal {-status}"
            raise InputError(
                f"process {process.name} of the stack has ended with {how}.",
                detail=ending(Path(process.log)),
            )


def end(state: State, *, patience: float = PATIENCE_S) -> tuple[tuple[str, ...], int]:
    """End all processes of the stack: SIGTERM, `patience` seconds, SIGKILL.

    Returns the names of those that were living, and how many single processes had to be killed.
    """
    names = {process.pid: process.name for process in state.processes}
    living = set(find_ours(state))
    alive = tuple(names[pid] for pid in names if pid in living)
    left = _signal_until_gone(state, signal.SIGTERM, patience)
    if left:
        _signal_until_gone(state, signal.SIGKILL, _AFTER_KILL_S)
    return alive, len(left)


def _signal_until_gone(state: State, number: signal.Signals, patience: float) -> tuple[int, ...]:
    deadline = time.monotonic() + patience
    told: set[int] = set()
    while True:
        for process in state.processes:
            exit_status(process)
        ours = find_ours(state)
        for pid in ours:
            # A process that appears late was started by one of ours while it ended.
            if pid not in told:
                _signal(pid, number)
        told.update(ours)
        if not ours or time.monotonic() >= deadline:
            return ours
        time.sleep(_STEP_S)


def _signal(pid: int, number: signal.Signals) -> None:
    try:
        os.kill(pid, number)
    except (ProcessLookupError, PermissionError):
        return
