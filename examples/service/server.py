"""The shop over HTTP: the standard library's server, one thread a connection."""

from __future__ import annotations

import socket
import ssl
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit

from .http import Request, Response, refusal
from .metrics import Metrics
from .shop import Shop

BODY_LIMIT = 1024 * 1024
DROPPED_LIMIT = 8 * BODY_LIMIT


class Server(ThreadingHTTPServer):
    """A server for one shop."""

    daemon_threads = True
    # The standard library lets 5 connections wait; a load test opens more at once.
    request_queue_size = 128

    def __init__(
        self,
        address: tuple[str, int],
        shop: Shop,
        *,
        verbose: bool,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        """Listen on `address`; OSError where that is not possible. `verbose` logs each request."""
        self.shop = shop
        self.metrics = Metrics()
        self.verbose = verbose
        self.tls = tls
        super().__init__(address, Exchange)

    def get_request(self) -> tuple[socket.socket, object]:
        """A connection; its TLS handshake is left to its own thread, where a slow one is alone."""
        connection, address = super().get_request()
        if self.tls is None:
            return connection, address
        secured = self.tls.wrap_socket(connection, server_side=True, do_handshake_on_connect=False)
        return secured, address

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing of clients that hang up, which load tests do at their end."""
        if not isinstance(sys.exc_info()[1], (ConnectionError, ssl.SSLError, TimeoutError)):
            super().handle_error(request, client_address)  # type: ignore[arg-type]


class Exchange(BaseHTTPRequestHandler):
    """Requests and answers of one connection."""

    server: Server
    protocol_version = "HTTP/1.1"
    timeout = 65
    disable_nagle_algorithm = True
    # Buffered, so that head and body of an answer leave in one packet.
    wbufsize = -1

    def version_string(self) -> str:
        """The name of the server, without versions where the shop is not careless."""
        return self.server.shop.SERVER

    def _exchange(self) -> None:
        began = time.monotonic()
        body = self._body()
        if isinstance(body, Response):
            self.close_connection = True
            self._counted(self.path, body, began)
            return
        headers = {name.lower(): value for name, value in self.headers.items()}
        parts = urlsplit(self.path)
        query = dict(parse_qsl(parts.query, keep_blank_values=True))
        request = Request(self.command, parts.path, {}, headers, body, query)
        if request.method == "GET" and request.path == "/metrics":
            self._send(self.server.metrics.page())
            return
        self._counted(request.path, self.server.shop.answer(request), began)

    def _counted(self, path: str, answer: Response, began: float) -> None:
        """Count an answer before it is sent: who has it can find it among the metrics."""
        taken = time.monotonic() - began
        self.server.metrics.count(self.command, path, answer.status, taken)
        self._send(answer)

    do_GET = _exchange
    do_HEAD = _exchange
    do_POST = _exchange
    do_PUT = _exchange
    do_DELETE = _exchange
    do_PATCH = _exchange
    do_OPTIONS = _exchange
    do_TRACE = _exchange

    def _body(self) -> bytes | Response:
        if "transfer-encoding" in self.headers:
            return refusal(411, "a body with a Content-Length is expected")
        length = self.headers.get("content-length", "0")
        if not (length.isascii() and length.isdigit()):
            return refusal(400, "Content-Length is not a number")
        if len(length) > len(str(BODY_LIMIT)) or int(length) > BODY_LIMIT:
            self._drop(int(length) if len(length) <= len(str(DROPPED_LIMIT)) else DROPPED_LIMIT)
            return refusal(413, f"a body of at most {BODY_LIMIT} bytes is accepted")
        return self.rfile.read(int(length))

    def _drop(self, length: int) -> None:
        """Read a body that is refused: a client still writing would not see the answer."""
        left = min(length, DROPPED_LIMIT)
        while left > 0 and (piece := self.rfile.read1(min(left, 65536))):
            left -= len(piece)

    def _send(self, response: Response) -> None:
        self.send_response(response.status)
        if response.body:
            self.send_header("Content-Type", response.content_type)
        if response.status != 204:
            self.send_header("Content-Length", str(len(response.body)))
        if self.close_connection:
            self.send_header("Connection", "close")
        for name, value in (*self.server.shop.EVERY_ANSWER, *response.headers):
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(response.body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """One line a request where LOG_LEVEL is DEBUG."""
        if self.server.verbose:
            super().log_message(format, *args)
