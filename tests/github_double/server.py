"""The sockets: real HTTP/1.1 with keep-alive on loopback, and the faults that happen on the wire."""

from __future__ import annotations

import contextlib
import os
import socket
import struct
import sys
import threading
import traceback
from collections.abc import Callable
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from .exchange import Answer, Request

Respond = Callable[[Request], Answer]
Report = Callable[[str], None]
LARGEST_BODY = 64 * 1024 * 1024
CLOSING_SECONDS = 2.0


class Server(ThreadingHTTPServer):
    """Listens on a free port of 127.0.0.1; `close` ends all conversations, also stalled ones."""

    daemon_threads = True

    def __init__(self, prefix: str, graphql_path: str) -> None:
        super().__init__(("127.0.0.1", 0), Conversation)
        self.prefix = prefix
        self.graphql_path = graphql_path
        self.closing = threading.Event()
        self._open: dict[socket.socket, threading.Thread] = {}
        self._accepting = threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True)
        self._respond: Respond | None = None
        self._report: Report | None = None

    @property
    def address(self) -> str:
        """The server's address without a slash at its end."""
        return f"http://127.0.0.1:{self.server_port}"

    def start(self, respond: Respond, report: Report) -> None:
        """Begin to answer; crashes of the server itself are reported."""
        self._respond, self._report = respond, report
        self._accepting.start()

    def respond(self, request: Request) -> Answer:
        """Answer one request."""
        assert self._respond is not None
        return self._respond(request)

    def close(self) -> None:
        """Stop listening and end every conversation."""
        self.closing.set()
        self.shutdown()
        self._accepting.join()
        for conversation, thread in list(self._open.items()):
            _end(conversation)
            thread.join(CLOSING_SECONDS)
        self.server_close()

    def process_request(self, request: Any, client_address: Any) -> None:
        """Give the connection a thread of its own."""
        thread = threading.Thread(
            target=self.process_request_thread, args=(request, client_address), daemon=True
        )
        self._open[request] = thread
        thread.start()

    def shutdown_request(self, request: Any) -> None:
        """Close the connection."""
        self._open.pop(request, None)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that goes away is no error; anything else is reported."""
        error = sys.exception()
        if self._report and not isinstance(error, ConnectionError):
            self._report(traceback.format_exc())


class Conversation(BaseHTTPRequestHandler):
    """The requests of one connection, one after another."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: Server

    def _converse(self) -> None:
        size = int(self.headers.get("Content-Length") or 0)
        if size > LARGEST_BODY or "Transfer-Encoding" in self.headers:
            self.close_connection = True
            self._send(Answer(413 if size else 411))
            return
        body = self.rfile.read(size)
        headers = {name.lower(): text for name, text in self.headers.items()}
        path, _, query = self.path.partition("?")
        request = Request(self.command, self._inner(path), query, headers, body)
        self._send(self.server.respond(request))

    do_GET = do_HEAD = do_POST = do_PATCH = do_PUT = do_DELETE = do_OPTIONS = _converse

    def _inner(self, path: str) -> str:
        """The path as GitHub.com would have it; what lies outside of the prefix stays as it is."""
        if path == self.server.graphql_path:
            return "/graphql"
        if self.server.prefix and path.startswith(self.server.prefix + "/"):
            return path.removeprefix(self.server.prefix)
        return f"/outside{path}" if self.server.prefix else path

    def _send(self, answer: Answer) -> None:
        if answer.wire == "reset":
            self._reset()
            return
        if answer.wire in {"stall", "slow"}:
            self.server.closing.wait(answer.seconds)
        if answer.wire == "stall":
            self.close_connection = True
            return
        head, content = self._encoded(answer)
        if answer.wire == "truncated":
            self.close_connection = True
            content = content[: len(content) // 2]
        self.wfile.write(head + content)

    def _encoded(self, answer: Answer) -> tuple[bytes, bytes]:
        content = answer.content()
        headers = {"Date": self.date_time_string(), **answer.headers}
        if answer.status not in {204, 304}:
            headers["Content-Length"] = str(len(content))
        phrase = HTTPStatus(answer.status).phrase
        lines = [f"HTTP/1.1 {answer.status} {phrase}", *(f"{k}: {v}" for k, v in headers.items())]
        head = "\r\n".join([*lines, "", ""]).encode("latin-1")
        return head, b"" if self.command == "HEAD" else content

    def _reset(self) -> None:
        """Abort the connection: a zero linger makes closing send RST instead of FIN."""
        self.close_connection = True
        linger = struct.pack("hh" if os.name == "nt" else "ii", 1, 0)
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        self.rfile.close()
        self.connection.close()

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing: the journal has it all."""


def _end(connection: socket.socket) -> None:
    with contextlib.suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)
