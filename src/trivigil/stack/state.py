"""What `start` leaves for `stop`, which is another process: one JSON file in the state folder."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any, NamedTuple

from trivigil.core.errors import InputError

_FORMAT = "trivigil/stack/1"


class Running(NamedTuple):
    """A process that we started, the leader of its own session and process group.

    A process id alone is soon another process's; with `started`, the kernel's word for when it
    started, it is not.
    """

    name: str
    pid: int
    started: str
    log: str


class State(NamedTuple):
    """What was started: processes, or the compose file of the containers."""

    mark: str
    processes: tuple[Running, ...] = ()
    compose_file: str | None = None


def state_file(state_dir: Path) -> Path:
    """Where the state lies."""
    return state_dir / "state.json"


def write_state(state_dir: Path, state: State) -> None:
    """Replace the state in one step, so that a reader never meets half of it."""
    value = {
        "schema": _FORMAT,
        "mark": state.mark,
        "processes": [process._asdict() for process in state.processes],
        "compose_file": state.compose_file,
    }
    path = state_file(state_dir)
    draft = path.with_suffix(".new")
    draft.write_text(json.dumps(value, indent=1) + "\n", encoding="utf-8")
    os.replace(draft, path)


def read_state(state_dir: Path) -> State | None:
    """The state, None where nothing was started. Raises InputError where the file is damaged."""
    path = state_file(state_dir)
    try:
        return _state(json.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError):
        raise InputError(
            "is not what `start` wrote, so nothing can be stopped by it.",
            path=str(path),
            tip="End the processes of the stack by hand and delete the file.",
        ) from None


def _state(value: Any) -> State:
    if value["schema"] != _FORMAT:
        raise ValueError(value["schema"])
    compose_file = value["compose_file"]
    if not (compose_file is None or isinstance(compose_file, str)):
        raise TypeError(compose_file)
    processes = tuple(_running(process) for process in value["processes"])
    mark = value["mark"]
    if not isinstance(mark, str) or not mark:
        raise TypeError(mark)
    return State(mark, processes, compose_file)


def _running(value: Any) -> Running:
    running = Running(value["name"], value["pid"], value["started"], value["log"])
    texts = (running.name, running.started, running.log)
    # 0 and -1 mean "everybody" to kill(2), and 1 is the first process.
    if not all(isinstance(text, str) for text in texts) or type(running.pid) is not int:
        raise TypeError(value)
    if running.pid <= 1:
        raise ValueError(running.pid)
    return running
