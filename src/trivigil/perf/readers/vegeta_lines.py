"""The lines of `vegeta encode -to json`, typed. Imports msgspec, so it is imported only when such a file is read."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import msgspec

Time = Annotated[datetime, msgspec.Meta(tz=True)]
"""To the microsecond."""


class Line(msgspec.Struct, gc=False):
    """One result (`jsonResult` in lib/results.go of tsenart/vegeta); the latency is in nanoseconds."""

    code: int
    timestamp: str
    latency: int
    error: str = ""
    method: str = ""
    url: str = ""


class TimedLine(msgspec.Struct, gc=False):
    """The same with its time made out, which is faster than to cut it out of a text."""

    code: int
    timestamp: Time
    latency: int
    error: str = ""
    method: str = ""
    url: str = ""


LINE = msgspec.json.Decoder(Line)
LINES = msgspec.json.Decoder(TimedLine)


def lines(block: bytes) -> list[TimedLine]:
    """The lines of a block. Raises ValueError where one is not as vegeta writes it."""
    return LINES.decode_lines(block)


def line(text: bytes) -> Line:
    """One line. Raises ValueError where it is not as vegeta writes it."""
    return LINE.decode(text)


def time(text: str) -> float:
    """Unix seconds. Raises ValueError where it is no time with its zone."""
    return msgspec.convert(text, Time).timestamp()
