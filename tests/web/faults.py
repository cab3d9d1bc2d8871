"""A server on loopback that answers bytes as told, and misbehaves as told."""

from __future__ import annotations

import socket
import ssl
import struct
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from threading import Event, Thread
from typing import Final, NamedTuple

RESET: Final = b"\0reset"
"""A piece that tears the connection down."""


class Wire(NamedTuple):
    """Where it listens, and the heads of the requests that it got."""

    port: int
    heads: list[bytes]
    host: str = "127.0.0.1"

    def url(self, path: str = "/", scheme: str = "http") -> str:
        """An address of it."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{scheme}://{host}:{self.port}{path}"


@contextmanager
def wire(
    *pieces: bytes | float | None,
    context: ssl.SSLContext | None = None,
    host: str = "127.0.0.1",
    answers: Sequence[bytes] = (),
    shakes_after: float = 0.0,
) -> Iterator[Wire]:
    """Answers each request with the pieces: bytes are sent, a number is waited, None hangs to the end, RESET tears down.

    Connections are served side by side. `shakes_after` are seconds before a TLS handshake. `answers` are whole answers, one a request, and then `pieces`.
    """
    with socket.create_server((host, 0), family=_family(host)) as listener:
        site = _Site(listener, pieces, list(answers), context, shakes_after)
        thread = Thread(target=site.serve)
        thread.start()
        try:
            yield Wire(listener.getsockname()[1], site.heads, host)
        finally:
            site.over.set()
            listener.shutdown(socket.SHUT_RDWR)
            thread.join()
            for each in site.threads:
                each.join()


class _Site:
    def __init__(
        self,
        listener: socket.socket,
        pieces: Sequence[bytes | float | None],
        answers: list[bytes],
        context: ssl.SSLContext | None,
        shakes_after: float,
    ) -> None:
        self.listener, self.pieces, self.answers, self.context = listener, pieces, answers, context
        self.shakes_after = shakes_after
        self.over, self.heads = Event(), list[bytes]()
        self.threads = list[Thread]()

    def serve(self) -> None:
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            connection.settimeout(10)
            thread = Thread(target=self.serve_one, args=(connection,))
            self.threads.append(thread)
            thread.start()

    def serve_one(self, connection: socket.socket) -> None:
        with suppress(OSError):
            self.exchange(connection)
        connection.close()

    def exchange(self, connection: socket.socket) -> None:
        if self.context is None:
            self.answer(connection)
            return
        time.sleep(self.shakes_after)
        with self.context.wrap_socket(
            connection, server_side=True, do_handshake_on_connect=False
        ) as secured:
            try:
                secured.do_handshake()
            except ssl.SSLError:
                # Closed with something unread, the connection would be reset, and our alert lost.
                secured.shutdown(socket.SHUT_WR)
                while socket.socket.recv(secured, 65536):
                    pass
                return
            self.answer(secured)
            secured.unwrap()

    def answer(self, connection: socket.socket) -> None:
        head = b""
        while b"\r\n\r\n" not in head and (received := connection.recv(65536)):
            head += received
        self.heads.append(head)
        for piece in (self.answers.pop(0),) if self.answers else self.pieces:
            if piece is None:
                self.over.wait(10)
            elif piece == RESET:
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                raise ConnectionResetError
            elif isinstance(piece, bytes):
                connection.sendall(piece)
            else:
                time.sleep(piece)


def http(
    status: str = "200 OK", *headers: str, body: bytes = b"hello", length: int | None = None
) -> bytes:
    """A whole answer."""
    size = len(body) if length is None else length
    lines = (f"HTTP/1.1 {status}", f"Content-Length: {size}", *headers, "", "")
    return "\r\n".join(lines).encode() + body


def closed_port(host: str = "127.0.0.1") -> int:
    """A port that nobody listens on."""
    with socket.create_server((host, 0), family=_family(host)) as listener:
        port: int = listener.getsockname()[1]
    return port


@contextmanager
def refusing_port(host: str = "127.0.0.1") -> Iterator[int]:
    """A port that refuses, and that nobody else gets meanwhile."""
    with socket.socket(_family(host)) as bound:
        bound.bind((host, 0))
        yield bound.getsockname()[1]


@contextmanager
def full_port(host: str = "127.0.0.1") -> Iterator[int]:
    """A port whose listener accepts nothing, its queue full: no connection is ever answered."""
    with ExitStack() as stack:
        full = stack.enter_context(socket.socket(_family(host)))
        full.bind((host, 0))
        full.listen(0)
        port = full.getsockname()[1]
        for _ in range(8):
            each = stack.enter_context(socket.socket(_family(host)))
            each.setblocking(False)
            each.connect_ex((host, port))
        yield port


def has_ipv6() -> bool:
    """Whether this machine has it, on loopback at least."""
    try:
        closed_port("::1")
    except OSError:
        return False
    return True


def _family(host: str) -> int:
    return socket.AF_INET6 if ":" in host else socket.AF_INET
