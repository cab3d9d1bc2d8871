"""The lines of what a tool printed, with their numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from trivigil import sources

if TYPE_CHECKING:
    from collections.abc import Iterator

    from trivigil.sources import Source

LONGEST: Final = 2000
"""Characters of a line that are looked at; a result is far shorter, and what is printed beside it may be of any length."""


def lines(source: Source) -> Iterator[tuple[int, str]]:
    """Number and text of every line, without its end."""
    for number, line in enumerate(sources.text(source).split("\n"), start=1):
        yield number, line[:LONGEST].rstrip("\r")
