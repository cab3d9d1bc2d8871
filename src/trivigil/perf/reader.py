"""The protocol of a perf reader: a module with these names, listed in `trivigil.perf.readers`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from trivigil.core.reading import Reading
    from trivigil.perf.facts import RunFacts
    from trivigil.sources import Source


class Reader(Protocol):
    """How one tool's format is recognised and read."""

    TOOL: str
    """The tool's own name, as users write it in `TOOL=PATH`."""
    FORMAT: str
    """A stable name of the format, as `inspect` prints it."""

    RANK: int | None
    """Beside other files of the same run: 0 is the most exact, None measures nothing itself."""
    LAG: str
    """Why a file of this format may not count what the run had, mostly less; empty where it is exact."""
    WINDOWED: bool
    """Whether its percentiles may be of a part of the run, so that they are not the run's."""

    def recognises(self, source: Source) -> bool:
        """Whether the first bytes are this format's; never decided by the file's name."""
        ...

    def read(self, source: Source) -> Reading[RunFacts]:
        """The facts of the whole file. A damaged file is a reading with a `problem`, not an exception."""
        ...
