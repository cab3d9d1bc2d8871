"""The processes of this machine, and which of them are ours.

Ours are the members of a process group whose leader is the very process that we started (same id,
same start), and, where /proc shows environments, whatever carries the mark of this stack in its
environment: also what has left its group, as programs do that put themselves into the background.

On Linux from /proc (proc(5): stat fields 3, 5 and 22, environ), elsewhere from ps(1), POSIX.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from trivigil.stack.state import State

MARK_VARIABLE = "TRIVIGIL_STACK_MARK"
_PROC = Path("/proc")
_PS_FIELDS = 4


class Row(NamedTuple):
    """One process. `started` is only good for comparing; a zombie has ended and does nothing."""

    pid: int
    group: int
    started: str
    zombie: bool


def read_table() -> dict[int, Row]:
    """All processes that can be seen, by id."""
    rows = _rows_of_proc() if (_PROC / "self" / "stat").exists() else _rows_of_ps()
    return {row.pid: row for row in rows}


def find_ours(state: State) -> tuple[int, ...]:
    """The ids of the living processes of this stack, never our own."""
    table = read_table()
    groups = {
        process.pid
        for process in state.processes
        if (row := table.get(process.pid)) and row.started == process.started
    }
    mark = f"{MARK_VARIABLE}={state.mark}".encode()
    return tuple(
        row.pid
        for row in table.values()
        if not row.zombie
        and row.pid != os.getpid()
        and (row.group in groups or mark in _environment(row.pid))
    )


def start_of(pid: int) -> str | None:
    """When this process started, None where there is none."""
    row = read_table().get(pid)
    return row.started if row else None


def _rows_of_proc() -> Iterable[Row]:
    for entry in _PROC.iterdir():
        if entry.name.isdigit() and (row := _row_of_proc(entry)):
            yield row


def _row_of_proc(entry: Path) -> Row | None:
    try:
        text = (entry / "stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    # Field 2 is the program's name in parentheses and may hold anything, parentheses too.
    fields = text.rpartition(")")[2].split()
    return Row(int(entry.name), int(fields[2]), fields[19], fields[0] in "ZX")


def _rows_of_ps() -> Iterable[Row]:
    import subprocess

    command = ["ps", "-A", "-o", "pid=", "-o", "pgid=", "-o", "stat=", "-o", "lstart="]
    listing = subprocess.run(command, capture_output=True, text=True, check=True)
    for line in listing.stdout.splitlines():
        fields = line.split(maxsplit=_PS_FIELDS - 1)
        if len(fields) == _PS_FIELDS:
            zombie = fields[2].startswith("Z")
            yield Row(int(fields[0]), int(fields[1]), fields[3].strip(), zombie)


def _environment(pid: int) -> list[bytes]:
    try:
        return (_PROC / str(pid) / "environ").read_bytes().split(b"\0")
    except OSError:
        return []
