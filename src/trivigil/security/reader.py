"""The protocol of a security reader: a module with these names, listed in `trivigil.security.readers`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from trivigil.core.reading import Reading
    from trivigil.security.facts import ScanFacts
    from trivigil.sources import Source


class Reader(Protocol):
    """How one scanner's format is recognised and read."""

    TOOL: str
    """The tool's own name, as users write it in `TOOL=PATH`."""
    FORMAT: str
    """A stable name of the format, as `inspect` prints it."""
    UNIT: str
    """What one finding is in this format: advisories, packages, paths, instances, results."""

    def recognises(self, source: Source) -> bool:
        """Whether the first bytes are this format's; never decided by the file's name."""
        ...

    def read(self, source: Source) -> Reading[ScanFacts]:
        """The facts of the whole file. A damaged file is a reading with a `problem`, not an exception.

        `complete` means that the tool says it looked at everything; errors, skipped files and packages
        make it `partial`; a file that only tells that the tool failed is `crashed`.
        """
        ...
