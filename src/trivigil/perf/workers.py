"""Processes that count ranges of one file apart, each told by number; answers are taken in the order of the file.

They are plain Pythons that are given the import path, an order and ranges, and nothing of the environment but what Python
itself needs to start: no token reaches them. What goes through their pipes is written by this program on both ends.
"""

from __future__ import annotations

import os
import pickle
import sys
from contextlib import suppress
from importlib import import_module
from typing import IO, TYPE_CHECKING, Any, Final, NamedTuple, cast

from trivigil import sources
from trivigil.core.errors import SourceError

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Sequence

    from trivigil.sources import Source

MOST: Final = 8
"""Processes at most: each holds some 50 MB."""
_MAX_QUOTA: Final = 100
_MAX_DIGITS: Final = 18
_AHEAD: Final = 2
"""Ranges that a process knows of at a time, so that it never waits."""
_KEPT: Final = ("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "SYSTEMROOT", "TMPDIR")
_START: Final = (
    "import sys; sys.path[:] = sys.argv[1:]; from trivigil.perf import workers; workers.serve()"
)


QUOTA: Final = "/sys/fs/cgroup/cpu.max"
"""Where Linux says how much time of processors a container has (cgroup v2 in the kernel's documentation)."""


def cores() -> int:
    """How many cores this process may use; of those that a container shares, as many as its time is worth."""
    try:
        many = len(os.sched_getaffinity(0))
    except (AttributeError, OSError):  # no Linux
        return os.cpu_count() or 1
    try:
        with open(QUOTA, "rb") as file:
            return min(many, quota(file.read(_MAX_QUOTA)) or many)
    except OSError:
        return many


def quota(text: bytes) -> int | None:
    """Whole cores of a `cpu.max` (`200000 100000`: two), at least one; None where there is no limit, or it says something else."""
    match text.split():
        case [spent, period] if _digits(spent) and _digits(period) and int(period) > 0:
            return max(1, int(spent) // int(period))
    return None


def _digits(word: bytes) -> bool:
    return word.isdigit() and len(word) <= _MAX_DIGITS


class Worker(NamedTuple):
    """A process, what it is asked, and what it tells."""

    process: subprocess.Popen[bytes]
    asked: IO[bytes]
    told: IO[bytes]

    def ask(self, what: object) -> None:
        """Raises OSError where it is gone."""
        pickle.dump(what, self.asked, pickle.HIGHEST_PROTOCOL)
        self.asked.flush()

    def tell(self) -> object:
        """What it says next. Raises SourceError where it has ended."""
        try:
            said: object = pickle.load(self.told)  # noqa: S301 (of our own process)
        except (EOFError, OSError, pickle.UnpicklingError):
            raise self._ended() from None
        return said

    def end(self) -> None:
        """End it, whatever it does."""
        self.process.kill()
        for pipe in (self.asked, self.told):
            with suppress(OSError):  # what was still to be written has nobody to read it
                pipe.close()
        self.process.wait()

    def _ended(self) -> SourceError:
        self.process.kill()
        code = self.process.wait()
        how = f"by signal {-code}" if code < 0 else f"with exit code {code}"
        return SourceError(
            f"a process that read a part of the file ended {how} before it was done.",
            tip="Is there too little memory? Run it again, or on a larger machine.",
        )


class Team:
    """Processes that were started; `part` asks for each range in turn."""

    def __init__(self, workers: Sequence[Worker], ranges: Sequence[tuple[int, int]]) -> None:
        self._workers, self._ranges = workers, ranges
        self.wasted = 0
        """Ranges that were counted in vain."""
        for number in range(_AHEAD * len(workers)):
            self._ask(number)

    def _ask(self, number: int) -> None:
        if number < len(self._ranges):
            with suppress(OSError):  # it is gone, which is said where its answer is due
                self._workers[number % len(self._workers)].ask(self._ranges[number])

    def part(self, number: int) -> object | None:
        """What was counted of a range; None where it is not plain. Raises SourceError where a process has ended."""
        found = self._workers[number % len(self._workers)].tell()
        self._ask(number + _AHEAD * len(self._workers))
        return found

    def stop(self) -> None:
        """End all processes."""
        for worker in self._workers:
            worker.end()


def start(
    source: Source, order: tuple[str, object], ranges: Sequence[tuple[int, int]]
) -> Team | None:
    """Processes for the ranges of a file; None where one core is all there is, or they cannot be started."""
    many = min(cores(), MOST, len(ranges))
    if many < 2 or not sys.executable:  # noqa: PLR2004 (one would only copy)
        return None
    workers: list[Worker] = []
    try:
        workers.extend(_started() for _ in range(many))
        for worker in workers:
            worker.ask((source._replace(head=b""), order))
        for worker in workers:
            worker.tell()
    except (OSError, SourceError):
        for worker in workers:
            worker.end()
        return None
    return Team(workers, ranges)


def _started() -> Worker:
    import subprocess

    flags = ["-I", "-S", *(["-B"] if sys.dont_write_bytecode else [])]
    if sys.pycache_prefix:
        flags += ["-X", f"pycache_prefix={sys.pycache_prefix}"]
    path = [os.path.abspath(each) for each in sys.path if each]
    process = subprocess.Popen(
        [sys.executable, *flags, "-c", _START, *path],
        env={name: os.environ[name] for name in _KEPT if name in os.environ},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    return Worker(process, cast("IO[bytes]", process.stdin), cast("IO[bytes]", process.stdout))


def serve() -> None:
    """The other end: count the ranges that are asked for, until nobody asks any more."""
    import gc

    gc.disable()
    asked, told = sys.stdin.buffer, sys.stdout.buffer
    source, (module, order) = pickle.load(asked)  # noqa: S301 (of the process that started this one)
    part = import_module(module).part
    _tell(told, True)
    try:
        while True:
            start, end = pickle.load(asked)  # noqa: S301 (likewise)
            _tell(told, _counted(source, part, order, start, end))
    except (EOFError, OSError):
        return


def _tell(told: IO[bytes], what: object) -> None:
    pickle.dump(what, told, pickle.HIGHEST_PROTOCOL)
    told.flush()


def _counted(source: Source, part: Any, order: object, start: int, end: int) -> object:
    try:
        made: object = part(order, sources.blocks(source, start, end))
    except SourceError:  # whoever knows the line says it
        return None
    return made
