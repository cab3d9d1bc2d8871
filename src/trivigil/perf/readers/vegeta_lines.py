"""The lines of `vegeta encode -to json`, typed. Imports msgspec, so it is imported only when such a file is read."""

from __future__ import annotations

import msgspec


class Line(msgspec.Struct, gc=False):
    """One result (`jsonResult` in lib/results.go of tsenart/vegeta); the latency is in nanoseconds."""

    code: int
    timestamp: str
    latency: int
    error: str = ""
    method: str = ""
    url: str = ""


LINES = msgspec.json.Decoder(Line)


def lines(block: bytes) -> list[Line]:
    """The lines of a block. Raises ValueError where one is not as vegeta writes it."""
    return LINES.decode_lines(block)


def line(text: bytes) -> Line:
    """One line. Raises ValueError likewise."""
    return LINES.decode(text)
