"""A connection as http.client reads it, with a deadline for all of it, and a memory for when bytes came and went.

http.client sets a time for each read alone, which a site that sends a byte now and then stretches without end; it takes a
head that was cut for a whole one; and of the interim answers it knows only one.
"""

from __future__ import annotations

import io
import socket
import time
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from http.client import HTTPResponse
    from typing import Any

_AT_ONCE: Final = 16384
_INTERIM: Final = 100
_SWITCHED: Final = 101
_FINAL: Final = 200


class Wire:
    """A connection that keeps to a deadline and knows when the first byte came; http.client's idea of a socket."""

    def __init__(self, connection: socket.socket, deadline: float) -> None:
        self._connection, self._deadline = connection, deadline
        self.first = 0.0
        """When the first byte came; 0 while none has."""
        self.sent = 0.0
        """When the last byte of the request was sent."""
        self.stream = _Lines(_Stream(self))

    def sendall(self, data: bytes) -> None:
        """Send all of it."""
        self._connection.settimeout(left(self._deadline))
        before = time.monotonic()
        self._connection.sendall(data)
        # What fits the kernel's buffer is sent at once; afterwards a thread may have waited long for its turn.
        self.sent = before if len(data) <= _AT_ONCE else time.monotonic()

    def receive(self, buffer: Any) -> int:
        """What has come, into the buffer; 0 at the end."""
        self._connection.settimeout(left(self._deadline))
        count = self._connection.recv_into(buffer)
        if count and not self.first:
            self.first = time.monotonic()
        return count

    def makefile(self, _mode: str) -> _Lines:
        """Always the same stream, so that nothing is lost between an interim answer and the next."""
        return self.stream

    def close(self) -> None:
        """Left to the exchange, which opened the connection."""


class _Stream(io.RawIOBase):
    def __init__(self, wire: Wire) -> None:
        super().__init__()
        self._wire = wire

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        return self._wire.receive(buffer)


class _Lines(io.BufferedReader):
    """http.client takes the end of a connection for the end of a head; this one remembers."""

    cut = False

    def readline(self, size: int | None = -1, /) -> bytes:
        line = super().readline(size)
        self.cut = not line
        return line


def final(wire: Wire, method: str) -> HTTPResponse:
    """The answer after all interim ones (RFC 9110, 15.2), of which http.client knows only 100."""
    from http.client import HTTPResponse

    while True:
        response = HTTPResponse(wire, method=method)  # type: ignore[arg-type]  # it has what http.client asks of a socket
        response.begin()
        if (
            not _INTERIM <= response.status < _FINAL
            or response.status == _SWITCHED
            or wire.stream.cut
        ):
            return response
        response.fp = None  # type: ignore[assignment]  # or it takes the stream with it when it goes


def left(deadline: float) -> float:
    """Seconds until then. Raises TimeoutError where there are none."""
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left
