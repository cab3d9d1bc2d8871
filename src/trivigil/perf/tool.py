"""The protocol of a load tool that can be started: a module with these names, listed in `perf.tools`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from trivigil.core.record import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from trivigil.core.result import Result
    from trivigil.perf.profiles import Profile


class Job(NamedTuple):
    """What is to be run."""

    script: str
    host: str
    profile: Profile
    output: str
    """Absolute folder, ours alone, for everything that the tool writes."""
    processes: int = 0
    """Processes on this machine that share the load; 0: the tool's own way."""
    workers: int = 0
    """Workers on other machines that are waited for."""
    port: int = 0
    """A free port of this machine, for tools whose processes talk to each other."""
    shard: tuple[int, int] = (1, 1)
    """Which part of how many this machine runs."""
    command: tuple[str, ...] = ()
    """The words of a command of the user's."""
    results: tuple[str, ...] = ()
    """`[TOOL=]GLOB` specs of what that command writes."""


class Ended(NamedTuple):
    """How the tool's process ended."""

    code: int
    seconds: float
    timed_out: bool
    log: str
    """Path of what it printed."""
    version: str = ""
    """What it said of its version before it was started."""
    lost: tuple[str, ...] = ()
    """Sentences on companions (workers) that ended badly."""


class Tool(Protocol):
    """How one load tool is installed, started and understood."""

    NAME: str
    PROGRAM: str
    """What is started, as it is called on PATH."""
    PACKAGE: str
    """The Python registry's name of the package; `npm:NAME` of npm's, `github:OWNER/NAME` where its releases are there.

    Empty where only the user's own is started.
    """
    DEFAULT_VERSION: str
    """What is installed where the user named no version and none is on PATH."""
    LOADS: bool
    """Whether it sends requests to a host; a benchmark needs none, and knows no profile."""
    ENVIRON: Mapping[str, str]
    """What its environment has besides the user's own."""
    SHARES: frozenset[str]
    """Which of `processes`, `workers` and `shard` it understands."""
    VERSIONED: bool
    """Whether `PROGRAM --version` says the tool's own version."""
    ARRIVALS: bool
    """Whether its users arrive whatever the service does (an open model): then how many are there is an outcome."""
    STDOUT: str
    """Name of the file for its standard output; empty where that joins the log."""

    def files(self, job: Job) -> Mapping[str, str]:
        """Files to write into the output folder before it is started: name and text."""
        ...

    def companions(self, job: Job, program: str) -> Sequence[Sequence[str]]:
        """Command lines of processes that run beside it, such as workers."""
        ...

    def command(self, job: Job, program: str, version: tuple[int, ...]) -> list[str]:
        """The command line; no shell sees it."""
        ...

    def outputs(self, job: Job) -> Sequence[str]:
        """`TOOL=GLOB` specs of what it writes."""
        ...

    def progress(self, job: Job) -> str | None:
        """How far it is, in a few words, from the files that it is writing."""
        ...

    def verdicts(self, ended: Ended) -> Sequence[Result]:
        """What its exit code says that its files do not."""
        ...
