"""The application under test: start it before the work, stop it afterwards, from another process.

`start` takes what the action's input of that name holds: a compose file (`*.yml`, `*.yaml`), a
Procfile (`Procfile`, `Procfile.*`), or one command line, which no shell reads.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

from trivigil.core.errors import InputError, TrivigilError
from trivigil.core.untrusted import printable
from trivigil.stack import compose
from trivigil.stack.command import Command, Place, read_command
from trivigil.stack.environment import child_environment
from trivigil.stack.processes import PATIENCE_S, check_alive, end, launch, tell_of_ends
from trivigil.stack.procfile import find_skipped, read_procfile
from trivigil.stack.state import Running, State, read_state, state_file, write_state
from trivigil.stack.table import find_ours

SETTLE_S = 1.0
"""How long `start` watches new processes: one that fails at once is an error at once."""
_STEP_S = 0.05
_COMPOSE_SUFFIXES = (".yml", ".yaml")

Say = Callable[[str], None]


class Started(NamedTuple):
    """What was started: names of processes (none for containers), those skipped, and the logs."""

    kind: str
    names: tuple[str, ...]
    skipped: tuple[str, ...]
    logs: Path


class Stopped(NamedTuple):
    """What was still running and was ended, how many processes had to be killed, and the logs."""

    names: tuple[str, ...]
    killed: int
    logs: Path


def start(
    spec: str, *, directory: Path, state_dir: Path, environ: Mapping[str, str], say: Say
) -> Started:
    """Start the application that `spec` names, relative to `directory`.

    Returns when containers are healthy, or processes have lived for a second; `trivigil.web.wait`
    then says when they answer. Raises InputError, with nothing left running.
    """
    logs = state_dir / "logs"
    logs.mkdir(mode=0o700, parents=True, exist_ok=True)
    _check_free(state_dir)
    environment = child_environment(environ)
    path = _file_of(spec, directory)
    try:
        if path and path.suffix in _COMPOSE_SUFFIXES:
            return _start_containers(path, environment, state_dir, say)
        if path:
            return _start_procfile(path, environment, state_dir, say)
        command = read_command(
            "app", spec, directory=directory, environ=environment, place=Place(key="start")
        )
        running = _launch_all([command], environment, state_dir, say)
        return Started("command", running, (), logs)
    except TrivigilError:
        _clean_up(state_dir, environ, say)
        raise


def stop(
    state_dir: Path, *, environ: Mapping[str, str], say: Say, patience: float = PATIENCE_S
) -> Stopped:
    """End what `start` started: SIGTERM, `patience` seconds, SIGKILL. The logs stay.

    Does nothing where nothing is started. Raises InputError where the state is damaged or Docker
    does not remove the containers.
    """
    logs = state_dir / "logs"
    state = read_state(state_dir)
    if state is None:
        return Stopped((), 0, logs)
    ends = tell_of_ends(state.processes, say)
    names, killed = end(state, patience=patience)
    for gone in (each.name for each in state.processes):
        if gone not in names and gone not in ends:
            say(f"{gone} was not running any more")
    if state.compose_file:
        file = Path(state.compose_file)
        compose.down(file, environ=child_environment(environ), logs=logs)
        say(f"Removed the containers of {file}")
    for name in names:
        say(f"Stopped {name}")
    if killed:
        say(f"{killed} of the processes did not end within {patience:g} s and were killed")
    state_file(state_dir).unlink(missing_ok=True)
    return Stopped(names, killed, logs)


def verify(state_dir: Path, *, say: Say) -> None:
    """Raise InputError where a process of the stack, started by this process, has failed since."""
    state = read_state(state_dir)
    if state:
        check_alive(state.processes, say)


def _clean_up(state_dir: Path, environ: Mapping[str, str], say: Say) -> None:
    """Stop what a failed start has left, without hiding why it failed."""
    try:
        stop(state_dir, environ=environ, say=say)
    except TrivigilError as error:
        say(str(error))


def _check_free(state_dir: Path) -> None:
    state = read_state(state_dir)
    if state and (state.compose_file or find_ours(state)):
        raise InputError(
            "a stack is already running from this state folder.",
            path=str(state_dir),
            tip="Stop it first, or use another folder.",
        )


def _file_of(spec: str, directory: Path) -> Path | None:
    """The compose file or Procfile that `spec` names, None where it is a command line."""
    text = spec.strip()
    if not text:
        raise InputError("names nothing to start.", key="start", tip=_FORMS)
    if "\n" in text or "\0" in text:
        raise InputError("has several lines, and one thing is started.", key="start", tip=_FORMS)
    path = directory / text
    known = path.suffix in _COMPOSE_SUFFIXES or path.name.split(".")[0] == "Procfile"
    if not known or (not path.exists() and len(text.split()) > 1):
        return None
    if not path.is_file():
        raise InputError(f"{printable(text)} is not a file.", key="start", tip=_FORMS)
    return path.absolute()


_FORMS = "Name a compose file (*.yml), a Procfile, or write one command."


def _start_containers(file: Path, environ: Mapping[str, str], state_dir: Path, say: Say) -> Started:
    logs = state_dir / "logs"
    compose.check(file, environ)
    # Written first: what comes up only by half must be removed too.
    write_state(state_dir, State(_new_mark(), compose_file=str(file)))
    compose.up(file, environ=environ, logs=logs, say=say)
    return Started("compose", (), (), logs)


def _start_procfile(file: Path, environ: Mapping[str, str], state_dir: Path, say: Say) -> Started:
    procfile = read_procfile(file, environ)
    skipped: tuple[str, ...] = ()
    for group in find_skipped(procfile, environ):
        missing = printable(", ".join(group.missing), 200)
        say(f"Not started: {', '.join(group.names)}. Not installed here: {missing}")
        skipped += group.names
    commands = [command for command in procfile.commands if command.name not in skipped]
    running = _launch_all(commands, environ, state_dir, say)
    return Started("procfile", running, skipped, state_dir / "logs")


def _launch_all(
    commands: list[Command], environ: Mapping[str, str], state_dir: Path, say: Say
) -> tuple[str, ...]:
    if not commands:
        raise InputError("nothing is left to start.", key="start", tip="Install what is missing.")
    mark = _new_mark()
    running: tuple[Running, ...] = ()
    # Written first: who is killed between a launch and its note leaves a process with this mark.
    write_state(state_dir, State(mark))
    for command in commands:
        log = state_dir / "logs" / f"{command.name}.log"
        running += (launch(command, environ=environ, mark=mark, log=log),)
        write_state(state_dir, State(mark, running))
        say(f"Started {command.name} (process {running[-1].pid}); its output goes to {log}")
    deadline = time.monotonic() + SETTLE_S
    while time.monotonic() < deadline:
        check_alive(running, say)
        time.sleep(_STEP_S)
    return tuple(process.name for process in running)


def _new_mark() -> str:
    import secrets

    return secrets.token_hex(16)
