"""The lines of k6's `--out json`, typed. Imports msgspec, so it is imported only when such a file is read.

A line is decoded in two steps: what it is about, and, only for the few metrics that are used, the rest. The tags
stay as they are written, because few sets of tags stand in many lines.
"""

from __future__ import annotations

from typing import Literal

import msgspec


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


class PlainLine(msgspec.Struct, gc=False):
    """A line that is a point, in one step: half the time where most lines are used."""

    metric: str
    type: Literal["Point"]
    data: Point


class Submetric(msgspec.Struct):
    """A part of a metric that a threshold names."""

    name: str
    tags: dict[str, str] | None = None


class Definition(msgspec.Struct):
    """What k6 writes once a metric, before its first point."""

    thresholds: list[msgspec.Raw] | None = None
    submetrics: list[Submetric] | None = None


LINES = msgspec.json.Decoder(Line)
PLAIN_LINES = msgspec.json.Decoder(PlainLine)
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


def points(block: bytes) -> list[PlainLine] | None:
    """The lines of a block, each a point; None where one is something else."""
    try:
        return PLAIN_LINES.decode_lines(block)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return None


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
