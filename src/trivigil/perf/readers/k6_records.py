"""The lines of k6's `--out json`, typed. Imports msgspec, so it is imported only when such a file is read.

A line is decoded in two steps: what it is about, and, only for the few metrics that are used, the rest. The tags
stay as they are written, because few sets of tags stand in many lines.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal, TypeVar, Union

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterable

K = TypeVar("K", bound=msgspec.Struct)


class Line(msgspec.Struct, gc=False):
    """The envelope of every line (internal/output/json in grafana/k6)."""

    metric: str
    type: str
    data: msgspec.Raw


class Point(msgspec.Struct, gc=False):
    """One sample: RFC 3339 with up to nine decimals; times are in ms."""

    time: str
    value: float
    tags: msgspec.Raw = msgspec.Raw(b"null")


class PlainLine(msgspec.Struct, gc=False, tag_field="metric"):
    """A line that is a point, in one step: half the time where most lines are used. Each metric has a class of its own."""

    type: Literal["Point"]
    data: Point


class SkippedLine(msgspec.Struct, gc=False, tag_field="metric"):
    """A point of a metric that is not used: what it says is stepped over."""

    type: Literal["Point"]
    data: msgspec.Raw


class Submetric(msgspec.Struct):
    """A part of a metric that a threshold names."""

    name: str
    tags: dict[str, str] | None = None


class Definition(msgspec.Struct):
    """What k6 writes once a metric, before its first point."""

    thresholds: list[msgspec.Raw] | None = None
    submetrics: list[Submetric] | None = None


LINES = msgspec.json.Decoder(Line)
POINT = msgspec.json.Decoder(Point)
DEFINITION = msgspec.json.Decoder(Definition)
TAGS = msgspec.json.Decoder(dict[str, str] | None)


class Stray(msgspec.Struct, gc=False):
    """A line that is JSON, but not as k6 writes it, and why."""

    why: str
    metric: str = ""
    type: str = "stray"


class DamagedError(Exception):
    """The lines before one that is no JSON, and what is wrong with that one."""

    def __init__(self, before: list[Line | Stray], message: str) -> None:
        super().__init__(message)
        self.before = before


UNUSED: Final = (
    *("http_req_blocked", "http_req_connecting", "http_req_tls_handshaking", "http_req_sending"),
    *("http_req_waiting", "http_req_receiving", "data_sent", "data_received", "vus_max"),
    *("iterations", "iteration_duration", "group_duration"),
)
"""k6's own metrics that are not used (metrics/builtin.go); those of scripts are learnt as they come."""
_MOST: Final = 200
"""Metrics that are told apart."""


class Points:
    """Decodes blocks of points of known metrics."""

    def __init__(self, used: Iterable[str]) -> None:
        self.used: dict[str, type[PlainLine]] = {name: _tagged(PlainLine, name) for name in used}
        """The class of a used metric's points."""
        self.learnt: tuple[str, ...] = ()
        """Metrics of the script."""
        self._skipped = {name: _tagged(SkippedLine, name) for name in UNUSED}
        self._decoder = self._made()

    def learn(self, metrics: Iterable[str]) -> None:
        """Others may be in the lines, too."""
        known = self.used.keys() | self._skipped.keys()
        new = [name for name in dict.fromkeys(metrics) if name not in known]
        if new and len(self._skipped) + len(new) <= _MOST:
            self.learnt = (*self.learnt, *new)
            self._skipped |= {name: _tagged(SkippedLine, name) for name in new}
            self._decoder = self._made()

    def decode(self, block: bytes) -> list[PlainLine | SkippedLine] | None:
        """The lines of a block, each a point; None where one is something else, or of another metric."""
        try:
            return self._decoder.decode_lines(block)
        except (msgspec.MsgspecError, UnicodeDecodeError):
            return None

    def _made(self) -> msgspec.json.Decoder[PlainLine | SkippedLine]:
        kinds = (*self.used.values(), *self._skipped.values())
        return msgspec.json.Decoder(Union[kinds])  # noqa: UP007 (known only now)


def _tagged(base: type[K], metric: str) -> type[K]:
    return msgspec.defstruct("Line", (), bases=(base,), tag=metric, gc=False)  # type: ignore[return-value]  # its own class


def lines(block: bytes) -> list[Line | Stray]:
    """The lines of a block. Raises DamagedError at the first that is no JSON."""
    try:
        return LINES.decode_lines(block)  # type: ignore[return-value]  # lists are invariant
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return _one_by_one(block)


def _one_by_one(block: bytes) -> list[Line | Stray]:
    found: list[Line | Stray] = []
    for text in block.splitlines():
        try:
            found.append(LINES.decode(text) if text.strip() else Stray("it is blank"))
        except msgspec.ValidationError as error:
            found.append(Stray(str(error)))
        except (msgspec.MsgspecError, UnicodeDecodeError) as error:
            raise DamagedError(found, str(error)) from None
    return found
