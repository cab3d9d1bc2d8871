"""A big file in ranges of whole lines, which processes count apart while this one puts their counts together, in order.

The ranges depend on the file only, never on the machine, and a range that is not plain (damage, a row that belongs to one in the
range before, a clock that goes back) is gone through here with all that is known from before it. So the reading is the same with
one core and with many, its errors and their lines included.
"""

from __future__ import annotations

import os
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final, Protocol

from trivigil import sources

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO

    from trivigil.perf.workers import Team
    from trivigil.sources import Source

LARGE: Final = 24 << 20
"""Bytes from which a file is worth the start of processes (some 0.1 s)."""
RANGE: Final = 4 << 20
_WASTED: Final = 3
"""Ranges that processes counted in vain before they are given up."""

Range = tuple[int, int]


class Stream(Protocol):
    """What counts a file, block by block and part by part."""

    def block(self, block: bytes) -> None:
        """Count whole lines. Raises SourceError with the line of a damaged one."""

    def pause(self) -> None:
        """A range ends here: what was held back to be counted with later lines is counted."""

    def order(self) -> tuple[str, object] | None:
        """The module whose `part(order, blocks)` counts a range apart, and what it has to know; None where it cannot.

        A part is None where its range is not plain.
        """

    def take(self, part: Any) -> bool:
        """Add the count of the next range; False, and nothing is added, where it must be gone through by blocks."""


def count(source: Source, stream: Stream) -> None:
    """Give a stream its whole source. Raises SourceError where it is damaged, after everything before it was counted."""
    ends = () if source.packed else _ends(source)
    if not ends:
        _blocks(source, stream, 0, None)
        return
    _blocks(source, stream, 0, ends[0])
    _ranges(source, stream, tuple(pairwise(ends)))
    _blocks(source, stream, ends[-1], None)


def _blocks(source: Source, stream: Stream, start: int, end: int | None) -> None:
    try:
        for block in sources.blocks(source, start, end):
            stream.block(block)
    finally:
        stream.pause()


def _ranges(source: Source, stream: Stream, ranges: tuple[Range, ...]) -> None:
    from trivigil.perf import workers

    order = stream.order()
    team = workers.start(source, order, ranges) if order else None
    try:
        for number, (start, end) in enumerate(ranges):
            if not _taken(stream, team, number):
                _blocks(source, stream, start, end)
            if team is not None and team.wasted > _WASTED:
                team.stop()
                team = None
    finally:
        if team is not None:
            team.stop()


def _taken(stream: Stream, team: Team | None, number: int) -> bool:
    if team is None:
        return False
    part = team.part(number)
    if part is not None and stream.take(part):
        return True
    team.wasted += 1
    return False


def _ends(source: Source) -> tuple[int, ...]:
    """Where the ranges of a large file end: the first is short, and behind the last is at most one line without its end."""
    if source.problem is not None or source.size < LARGE:
        return ()
    with sources.reading(source), open(source.file, "rb") as stream:
        size = os.fstat(stream.fileno()).st_size
        return tuple(dict.fromkeys(_line_ends(stream, size)))


def _line_ends(stream: BinaryIO, size: int) -> Iterator[int]:
    places = [sources.BLOCK_BYTES, *range(RANGE, size, RANGE)]
    for place in places:
        stream.seek(place)
        if stream.readline(sources.MAX_LINE + 1).endswith(b"\n"):
            yield stream.tell()
    start = max(0, size - sources.BLOCK_BYTES)
    stream.seek(start)
    last = stream.read(size - start).rfind(b"\n")
    if last >= 0:
        yield start + last + 1
