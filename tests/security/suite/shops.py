"""Sites to test: the example shop as users start it, and small ones that answer as told."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import NamedTuple

from trivigil.security.suite.site import Login, Site
from trivigil.web.probe import Rules

EXAMPLES = Path(__file__).parents[3] / "examples"
RULES = Rules(timeout=10, allow_private=True)
DEMO = Login(user="demo", password="demo")


@contextmanager
def shop(security: str, certificate: Path | None = None) -> Iterator[str]:
    """The address of the example shop in this mode."""
    environ = {name: value for name, value in os.environ.items() if name != "REDIS_URL"}
    environ |= {"PORT": "0", "SHOP_SECURITY": security}
    if certificate:
        environ["TLS_CERTIFICATE"] = str(certificate)
    command = [sys.executable, "-m", "service"]
    with subprocess.Popen(
        command, cwd=EXAMPLES, env=environ, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        match = re.search(r"https?://[\d.:]+", process.stdout.readline())
        assert match
        yield f"{match[0]}/"
        process.terminate()
        assert process.wait(10) == 0


class Answer(NamedTuple):
    """What a small site says."""

    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""


HTML = (("Content-Type", "text/html"),)
PAGE = Answer(headers=HTML, body=b"<html>a page</html>")
ABSENT = Answer(404, body=b"not here")


class Small(NamedTuple):
    """A small site and what it was asked: `GET /path?query`."""

    url: str
    asked: list[str]

    def site(self, *, allow_writes: bool = False, login: Login | None = None) -> Site:
        """To be tested."""
        return Site(self.url, RULES, allow_writes=allow_writes, login=login)


@contextmanager
def small(
    answer: Callable[[str, str], Answer | None],
    *,
    sees: Callable[[str, str], None] = lambda *_: None,
) -> Iterator[Small]:
    """A site that answers by method and path with its query; None closes the connection.

    `sees` is told Origin or Cookie, and the body, of each request before it is answered.
    """
    asked: list[str] = []

    class Exchange(BaseHTTPRequestHandler):
        def answer(self) -> None:
            asked.append(f"{self.command} {self.path}")
            body = self.rfile.read(int(self.headers.get("Content-Length", "0"))).decode()
            sees(self.headers.get("Origin") or self.headers.get("Cookie") or "", body)
            said = answer(self.command, self.path)
            if said is None:
                return
            self.send_response_only(said.status)
            for name, value in (("Content-Length", str(len(said.body))), *said.headers):
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(said.body)

        do_GET = do_POST = do_OPTIONS = do_TRACE = answer

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Exchange)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield Small(f"http://127.0.0.1:{server.server_port}/", asked)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
