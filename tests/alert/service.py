"""A service on loopback that takes posted messages: real HTTP, what it got kept, what it answers decided by a function."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any, NamedTuple


class Posted(NamedTuple):
    """A request as it came."""

    path: str
    headers: Mapping[str, str]
    """Names in lower case."""
    body: bytes


class Reply(NamedTuple):
    """An answer as it goes."""

    status: int = 200
    body: str = "ok"
    headers: Mapping[str, str] = {}


Respond = Callable[[Posted], Reply]


class Service(NamedTuple):
    """Where it listens, and what it got."""

    base: str
    posted: list[Posted]

    def url(self, path: str = "/") -> str:
        """An address of it."""
        return f"{self.base}{path}"


@contextmanager
def serving(respond: Respond, context: ssl.SSLContext | None = None) -> Iterator[Service]:
    """A service that answers each POST with what `respond` says."""
    posted: list[Posted] = []

    class Conversation(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            headers = {name.lower(): value for name, value in self.headers.items()}
            posted.append(Posted(self.path, headers, self.rfile.read(length)))
            reply = respond(posted[-1])
            body = reply.body.encode()
            self.send_response(reply.status)
            for name, value in reply.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            with suppress(OSError):  # who asked may have gone
                self.end_headers()
                self.wfile.write(body)

        def log_message(self, format: str, *arguments: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Conversation) as server:
        if context is not None:
            server.socket = context.wrap_socket(server.socket, server_side=True)
        thread = Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        try:
            scheme = "http" if context is None else "https"
            yield Service(f"{scheme}://127.0.0.1:{server.server_address[1]}", posted)
        finally:
            server.shutdown()
            thread.join()
