"""The protocol of a scanner that can be started: a module with these names, listed in `trivigil.security.tools`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal, Protocol

from trivigil.core.record import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


class Job(NamedTuple):
    """What is to be scanned."""

    directory: str
    """Absolute folder of the project; scanners run in it."""
    output: str
    """Absolute folder, ours alone, for everything that the scanner writes."""
    target: str = ""
    """URL of the running application."""
    image: str = ""
    """Name of a container image."""
    version: tuple[int, ...] = ()
    """What the program said of its version; empty where it says none."""
    tag: str = ""
    """Of a scanner's own container: the version of it."""
    container: str = ""
    """Of a scanner's own container: its name, which no other has."""
    allow_private: bool = False
    """Whether the target may have a private address, for what goes by addresses."""
    allow_writes: bool = False
    """Whether requests that may change something may be sent."""
    arguments: tuple[str, ...] = ()
    """The user's own, after ours; or the words of a command of the user's."""

    def has(self, *options: str) -> bool:
        """Whether the user's arguments have one of these options, so that ours is left out."""
        return any(word.partition("=")[0] in options for word in self.arguments)


class Meaning(NamedTuple):
    """What an exit code says."""

    kind: Literal["clean", "found", "either", "failed", "unstarted"]
    """`either`: it ended, whatever it found. `unstarted`: the machine cannot run it."""
    why: str = ""
    """Of a failure: what happened, as the end of a sentence."""


CLEAN: Final = Meaning("clean")
FOUND: Final = Meaning("found")
EITHER: Final = Meaning("either")
UNKNOWN: Final = Meaning("failed", "its documentation does not list this code")
CONTAINER: Final = {
    125: Meaning("unstarted", "the container could not be started"),
    126: Meaning("unstarted", "the container's program could not be started"),
    127: Meaning("unstarted", "the container has no such program"),
}
"""Of `docker run` itself (its reference, section "Exit status")."""


def failed(why: str) -> Meaning:
    """The meaning of a code that says that the scan failed."""
    return Meaning("failed", why)


class Ended(NamedTuple):
    """How a scanner's process ended."""

    code: int
    seconds: float
    timed_out: bool
    log: str
    """Path of what it printed."""


class Scanner(Protocol):
    """How one scanner is installed, started and understood."""

    NAME: str
    """As users order it."""
    TOOL: str
    """The reader's name of the tool."""
    PROGRAM: str
    """What is started, as it is called on PATH."""
    PACKAGE: str
    """As `launching.install` knows it; empty where only the one on PATH is started."""
    DEFAULT_VERSION: str
    """What is installed where the user named no version and none is on PATH; of a container its tag."""
    IMAGE: str
    """Of a scanner that is a container: its image without the tag, and PROGRAM starts containers."""
    NEEDS: frozenset[str]
    """Which of `target` and `image` it scans; neither: the project's folder."""
    ENVIRON: Mapping[str, str]
    """What its environment has besides the user's own."""
    ASK: Sequence[str]
    """The arguments by which it says its version; none where it cannot."""
    FILE: str
    """Name of the file that it writes into the output folder."""
    STDOUT: bool
    """Whether that file is its standard output."""
    CODES: Mapping[int, Meaning]
    """What each documented exit code says."""
    DOUBTS: Mapping[str, str]
    """What it prints (a regular expression) where it did not look at everything, and a sentence on it."""

    def command(self, job: Job, program: str) -> list[str]:
        """The command line; no shell sees it. Raises InputError where there is nothing that it could scan."""
        ...

    def after(self, job: Job, program: str) -> Sequence[Sequence[str]]:
        """Command lines that remove what it may leave behind, such as a container."""
        ...
