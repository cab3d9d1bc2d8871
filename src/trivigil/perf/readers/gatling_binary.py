"""Gatling's simulation.log from 3.13 on: binary records without a length, big-endian. Read as a stream.

The layout is that of `LogFileDataWriter.scala` and `LogFileReader.scala` of gatling/gatling: a byte for the kind (0 run, 1 request, 2 user,
3 group, 4 error), then its fields. A text is its length, its bytes and how they are coded (0 Latin-1, 1 UTF-16); most texts are written
once, with a number, and later by the negative number alone. Times are ms since the run's start. What is in an
assertion changed after 3.13.0 and is passed over. A process that was killed leaves the last record cut.
"""

from __future__ import annotations

import re
import struct
from typing import TYPE_CHECKING, Final

from trivigil import sources
from trivigil.core.errors import SourceError
from trivigil.perf.readers.gatling_log import Log

if TYPE_CHECKING:
    from trivigil.core.reading import Reading
    from trivigil.perf.facts import RunFacts
    from trivigil.sources import Source

TOOL = "gatling"
FORMAT = "log-binary"
RANK: int | None = 0
LAG = ""
WINDOWED = False

_SHAPE: Final = re.compile(rb"\x00\x00\x00\x00[\x03-\x40]\d+\.\d+[\w.-]*\x00\x00\x00[\x00-\xff]{2}")
_LONGEST: Final = 1 << 20
"""Of a text, in bytes, and of a list."""
_INT: Final = struct.Struct(">i")
_LONG: Final = struct.Struct(">q")
_LATIN, _UTF16 = 0, 1


class _ShortError(Exception):
    """A record goes on behind what has been read."""


class _DamagedError(Exception):
    """What is there cannot be."""


def recognises(source: Source) -> bool:
    """Whether it begins with the record of a run and Gatling's version."""
    return _SHAPE.match(source.head) is not None


def read(source: Source) -> Reading[RunFacts]:
    """Measurements of every request and group, and of the whole run."""
    records, damage = _Records(), None
    try:
        for block in sources.blocks(source):
            records.feed(block)
        records.end()
    except SourceError as error:
        damage = error
    return records.log.reading(source, FORMAT, damage)


class _Records:
    """Counts record after record, in what has been read."""

    def __init__(self) -> None:
        self.log = Log()
        self._data, self._at, self._before = b"", 0, 0
        self._start = 0
        self._texts: dict[int, str] = {}
        self._kinds = (self._run, self._request, self._user, self._group, self._error)

    def feed(self, block: bytes) -> None:
        """Count the records that are whole now. Raises SourceError where one cannot be."""
        self._data += block
        begin = 0
        try:
            while self._at < len(self._data):
                begin = self._at
                self._record()
        except _ShortError:
            self._at = begin
        except (_DamagedError, UnicodeDecodeError, SourceError) as error:
            why = (
                error.message if isinstance(error, SourceError) else "it is no record of Gatling's."
            )
            message = f"at byte {self._before + begin:,}: {why}"
            raise SourceError(message, tip=getattr(error, "tip", None)) from None
        self._before += self._at
        self._data, self._at = self._data[self._at :], 0

    def end(self) -> None:
        """Raises SourceError where the last record is cut."""
        if self._data:
            message = f"the record at byte {self._before:,} has no end: the file is cut."
            raise SourceError(message)

    def _record(self) -> None:
        kind = self._byte()
        if kind >= len(self._kinds) or (kind == 0) != (self.log.version is None):
            raise _DamagedError
        self._kinds[kind]()

    def _take(self, count: int) -> bytes:
        end = self._at + count
        if end > len(self._data):
            raise _ShortError
        taken = self._data[self._at : end]
        self._at = end
        return taken

    def _byte(self) -> int:
        return self._take(1)[0]

    def _int(self) -> int:
        found: int = _INT.unpack(self._take(4))[0]
        return found

    def _length(self) -> int:
        found = self._int()
        if not 0 <= found <= _LONGEST:
            raise _DamagedError
        return found

    def _text(self) -> str:
        length = self._length()
        if not length:
            return ""
        written, coder = self._take(length), self._byte()
        if coder not in (_LATIN, _UTF16):
            raise _DamagedError
        return written.decode("latin-1" if coder == _LATIN else "utf-16-le")

    def _cached(self) -> str:
        number = self._int()
        if number > 0:
            self._texts[number] = self._text()
        elif -number not in self._texts:
            raise _DamagedError
        return self._texts[abs(number)]

    def _names(self) -> list[str]:
        return [self._cached() for _ in range(self._length())]

    def _run(self) -> None:
        version, _ = self._text(), self._text()
        start: int = _LONG.unpack(self._take(8))[0]
        self._text()
        for _ in range(self._length()):
            self._text()
        for _ in range(self._length()):
            self._take(self._length())
        self.log.version, self._start = version, start

    def _request(self) -> None:
        groups, name = self._names(), self._cached()
        begin, end, ok, message = self._int(), self._int(), self._byte(), self._cached()
        start = self._start
        self.log.request(groups, name, start + begin, start + end, ok=bool(ok), message=message)

    def _user(self) -> None:
        _, starts, _ = self._int(), self._byte(), self._int()
        self.log.user(starts=bool(starts))

    def _group(self) -> None:
        groups, _, _, cumulated, ok = (
            self._names(), self._int(), self._int(), self._int(), self._byte(),
        )  # fmt: skip
        self.log.group(groups, cumulated, ok=bool(ok))

    def _error(self) -> None:
        message, _ = self._cached(), self._int()
        self.log.error(message)
