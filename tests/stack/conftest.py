"""A stack in a folder of its own, which is always stopped in the end."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from trivigil import stack
from trivigil.stack.state import read_state
from trivigil.stack.table import find_ours, read_table


class Bench:
    """One project folder, one state folder, one environment, and what was said."""

    def __init__(self, folder: Path) -> None:
        self.project = folder / "project"
        self.state = folder / "state"
        self.project.mkdir()
        self.environ = {"PATH": os.environ["PATH"], "HOME": str(folder)}
        self.said: list[str] = []

    def start(self, spec: str) -> stack.Started:
        """Start `spec` in the project."""
        return stack.start(
            spec,
            directory=self.project,
            state_dir=self.state,
            environ=self.environ,
            say=self.said.append,
        )

    def stop(self, patience: float = 10.0) -> stack.Stopped:
        """Stop what runs."""
        return stack.stop(self.state, environ=self.environ, say=self.said.append, patience=patience)

    def write(self, name: str, text: str) -> Path:
        """A file of the project."""
        path = self.project / name
        path.write_text(text, encoding="utf-8")
        return path

    def script(self, name: str, text: str) -> str:
        """A Python program of the project; returns the command that runs it."""
        return f"{sys.executable} -u {self.write(name, text)}"

    def living(self) -> tuple[int, ...]:
        """The processes of the stack that live."""
        state = read_state(self.state)
        return find_ours(state) if state else ()

    def log(self, name: str) -> str:
        """What a process has written."""
        return (self.state / "logs" / f"{name}.log").read_text(encoding="utf-8")


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    """A bench; whatever a test leaves running is ended."""
    bench = Bench(tmp_path)
    yield bench
    bench.stop(patience=0.5)


def ended(pids: tuple[int, ...]) -> bool:
    """Whether none of these processes does anything any more."""
    table = read_table()
    return bool(pids) and all(pid not in table or table[pid].zombie for pid in pids)


def until(true: Callable[[], object], seconds: float = 10.0) -> None:
    """Wait until something holds, and fail where it never does."""
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "this never came true"
        time.sleep(0.02)
