"""`vegeta encode -to json`: a line for each result, latencies in nanoseconds. Read as a stream."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from trivigil import sources
from trivigil.core.errors import SourceError
from trivigil.core.untrusted import printable
from trivigil.perf import byte_ranges, samples
from trivigil.perf.readers.vegeta_results import Hit, Results, checked

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from trivigil.core.reading import Reading
    from trivigil.perf.facts import RunFacts
    from trivigil.perf.readers.vegeta_lines import Line
    from trivigil.perf.samples import Samples
    from trivigil.sources import Source

TOOL = "vegeta"
FORMAT = "results-json"
RANK: int | None = 0
LAG = ""
WINDOWED = False

_SHAPE: Final = re.compile(rb'\{"attack":"[^\n]*","seq":\d+,"code":\d+,"timestamp":"')


def recognises(source: Source) -> bool:
    """Whether its first line is one of vegeta's results."""
    return _SHAPE.match(source.head) is not None


def part(order: Source, blocks: Iterable[bytes]) -> tuple[int, Samples] | None:
    """A range of lines; None where one is unusual."""
    stream = _Stream(order)
    stream.results.samples.apart()
    if not all(stream.plain(stream.checked(block)) for block in blocks):
        return None
    return stream.line - 1, stream.results.samples


def read(source: Source) -> Reading[RunFacts]:
    """Measurements of every address and of the whole run."""
    stream, damage = _Stream(source), None
    try:
        byte_ranges.count(source, stream)
    except SourceError as error:
        damage = error
    return samples.reading(source, (TOOL, FORMAT), stream.results.samples, damage=damage)


class _Stream:
    """Counts a file block by block."""

    def __init__(self, source: Source) -> None:
        from trivigil.perf.readers import vegeta_lines

        self.lines = vegeta_lines
        self.results = Results()
        self.line = 1
        """The next one."""
        self._source = source

    def block(self, block: bytes) -> None:
        """Count whole lines. Raises SourceError with the line where one is damaged."""
        first, written = self.line, self.checked(block)
        if not self.plain(written):
            self._one_by_one(first, written)

    def checked(self, block: bytes) -> bytes:
        """The block itself, as UTF-8. Raises SourceError where it is none."""
        first = self.line
        self.line += block.count(b"\n")
        if block.isascii() and b"\0" not in block:
            return block
        return sources.decoded(self._source, first, block).encode()

    def plain(self, written: bytes) -> bool:
        """Count a block at once; False, and nothing is counted, where a line is unusual."""
        try:
            return self.results.at_once(self.lines.lines(written))
        except (ValueError, OverflowError):
            return False

    def pause(self) -> None:
        """Nothing is held back."""

    def order(self) -> tuple[str, object]:
        """A range needs nothing of those before it."""
        return __name__, self._source._replace(head=b"")

    def take(self, part: tuple[int, Samples]) -> bool:
        """Add the next range, if the clock runs on."""
        lines, counted = part
        if not self.results.samples.take(counted):
            return False
        self.line += lines
        return True

    def _one_by_one(self, first: int, written: bytes) -> None:
        hits: list[Hit] = []
        damage = None
        try:
            hits.extend(self._hit(number, line) for number, line in self._decoded(first, written))
        except SourceError as error:  # what came before it is kept
            damage = error
        self.results.add_all(hits, first)
        if damage is not None:
            raise damage

    def _hit(self, number: int, line: Line) -> Hit:
        begin = self._time(line.timestamp, number)
        hit = Hit(begin, line.latency, line.code, line.error, line.method, line.url)
        return checked(hit, number)

    def _decoded(self, first: int, written: bytes) -> Iterator[tuple[int, Line]]:
        for number, line in enumerate(written.splitlines(), first):
            try:
                yield number, self.lines.line(line)
            except ValueError as error:
                why = printable(str(error), 200)
                message = (
                    f"the line is not as vegeta writes it ({why}); the file is damaged or cut."
                )
                raise SourceError(message, line=number) from None

    def _time(self, text: str, number: int) -> float:
        """Unix ms."""
        try:
            return self.lines.time(text) * 1000
        except (ValueError, OverflowError):
            message = f"timestamp is `{printable(text, 60)}` where a time is due."
            raise SourceError(message, line=number) from None
