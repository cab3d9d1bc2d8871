"""A real site on loopback, over HTTP and TLS, for check files: what it answers follows from the path alone."""

from __future__ import annotations

import gzip
import json
import threading
import time
from collections import Counter
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import parse_qsl, unquote, urlsplit

from tests.certificates import Authority, server_context

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

DOCUMENT = {"id": 7, "name": "café", "ok": True, "none": None, "list": [1, 2, 3], "deep": {"a": [{"b": "x"}, {"b": "y"}]}, "text": "a b"}  # fmt: skip
_JSON = ("Content-Type", "application/json")
_ECHOED = ("X-A", "Cookie", "Authorization", "Content-Type", "Accept", "Accept-Encoding", "Host", "User-Agent")  # fmt: skip


class Served(NamedTuple):
    """Where the site is, and what it was asked."""

    plain: str
    tls: str
    roots: Path
    asked: list[str]
    """Request lines."""
    tries: Counter[str]

    def forget(self) -> None:
        """As if nobody had asked."""
        self.asked.clear()
        self.tries.clear()

    @property
    def host(self) -> str:
        """Host and port of the plain one."""
        return self.plain.removeprefix("http://")


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    asked: list[str]
    tries: Counter[str]

    def handle_error(self, request: object, client_address: object) -> None:
        """Clients that go away are the tests' own."""


class _Site(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server
    sent = b""

    def log_message(self, format: str, *args: object) -> None:
        """Nothing."""

    def answer(self, status: int = 200, body: bytes = b"", *headers: tuple[str, str]) -> None:
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def do_GET(self) -> None:
        self.sent = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.server.asked.append(f"{self.command} {self.path}")
        kind, *rest = urlsplit(self.path).path.strip("/").split("/")
        _ANSWERS.get(kind, _absent)(self, rest)

    do_POST = do_PUT = do_PATCH = do_DELETE = do_HEAD = do_OPTIONS = do_GET


def _absent(site: _Site, _rest: list[str]) -> None:
    site.answer(404, b"not found")


def _echo(site: _Site, _rest: list[str]) -> None:
    url = urlsplit(site.path)
    body = {
        "method": site.command,
        "path": url.path,
        "query": parse_qsl(url.query, keep_blank_values=True),
        "headers": {name: site.headers.get_all(name) for name in _ECHOED},
        "body": site.sent.decode("utf-8", "replace"),
    }
    site.answer(200, json.dumps(body).encode(), _JSON)


def _json(site: _Site, _rest: list[str]) -> None:
    site.answer(200, json.dumps(DOCUMENT).encode(), _JSON, ("ETag", '"v7"'))


def _to(site: _Site, rest: list[str]) -> None:
    site.answer(int(rest[0]), b"", ("Location", f"/{'/'.join(rest[1:])}"))


def _away(site: _Site, rest: list[str]) -> None:
    site.answer(302, b"", ("Location", unquote("/".join(rest))))


def _cookies(site: _Site, _rest: list[str]) -> None:
    lines = ("sid=s-1; Path=/; HttpOnly; SameSite=Lax", "in=1; Path=/in", "gone=1; Max-Age=0")
    site.answer(200, b"set", *(("Set-Cookie", line) for line in lines))


def _gzip(site: _Site, _rest: list[str]) -> None:
    if "gzip" in site.headers.get("Accept-Encoding", ""):
        site.answer(200, gzip.compress(b"Hello"), ("Content-Encoding", "gzip"))
    else:
        site.answer(200, b"Hello")


def _flaky(site: _Site, rest: list[str]) -> None:
    site.server.tries[rest[0]] += 1
    site.answer(200 if site.server.tries[rest[0]] >= int(rest[1]) else 503, b"flaky")


def _slow(site: _Site, rest: list[str]) -> None:
    time.sleep(int(rest[0]) / 1000)
    site.answer(200, b"slow")


def _many(site: _Site, _rest: list[str]) -> None:
    kind = ("Content-Type", "text/plain; charset=utf-8")
    site.answer(200, b"a\nb\n", ("X-Many", "one"), ("X-Many", "two"), kind)


def _short(site: _Site, _rest: list[str]) -> None:
    site.send_response(200)
    site.send_header("Content-Length", "100")
    site.end_headers()
    site.wfile.write(b"cut")
    site.close_connection = True


def _drop(site: _Site, _rest: list[str]) -> None:
    site.close_connection = True


def _size(site: _Site, rest: list[str]) -> None:
    site.answer(200, b"x" * int(rest[0]))


_ANSWERS: dict[str, Callable[[_Site, list[str]], None]] = {
    "away": _away,
    "cookies": _cookies,
    "drop": _drop,
    "echo": _echo,
    "flaky": _flaky,
    "gzip": _gzip,
    "json": _json,
    "latin": lambda site, _: site.answer(
        200, "café".encode("latin-1"), ("Content-Type", "text/plain; charset=ISO-8859-1")
    ),
    "loop": lambda site, _: site.answer(302, b"", ("Location", "/loop")),
    "many": _many,
    "short": _short,
    "size": _size,
    "slow": _slow,
    "status": lambda site, rest: site.answer(int(rest[0]), b"status"),
    "to": _to,
}


@contextmanager
def served(folder: Path) -> Iterator[Served]:
    """The site, until the end; `folder` is for its certificates."""
    authority = Authority(folder)
    plain, secure = (_Server(("127.0.0.1", 0), _Site) for _ in range(2))
    asked, tries = list[str](), Counter[str]()
    secure.socket = server_context(authority.sign()).wrap_socket(secure.socket, server_side=True)
    threads = []
    for server in (plain, secure):
        server.asked, server.tries = asked, tries
        threads.append(threading.Thread(target=server.serve_forever))
        threads[-1].start()
    try:
        yield Served(
            f"http://127.0.0.1:{plain.server_port}",
            f"https://127.0.0.1:{secure.server_port}",
            authority.roots,
            asked,
            tries,
        )
    finally:
        for server in (plain, secure):
            server.shutdown()
            server.server_close()
        for thread in threads:
            thread.join()
