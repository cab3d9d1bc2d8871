"""The example service in this process, with a fault wherever a test puts one; and a clock that is set on for what is remembered."""

from __future__ import annotations

import datetime
import re
import ssl
import time
from threading import Thread
from types import TracebackType
from typing import Any, Final, Self

from examples.service.hardened import HardenedShop
from examples.service.http import Request, Response, as_json
from examples.service.jobs import LocalQueue
from examples.service.server import Server
from tests.github_double import Repository
from tests.github_double.subjects.issues import change
from trivigil.publish import hidden

CANARY: Final = "canary-of-the-shop"
"""Stands in every answer that is wrong, as a customer's data might."""
SLOW_SECONDS: Final = 2.0
_STATE: Final = re.compile(r"(<!-- trivigil:monitor-state:1 )([A-Za-z0-9+/=]+)( -->)")
_TIME: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z")


class FaultyShop(HardenedShop):
    """By path what is wrong there: `500`, `slow` or `content`."""

    faults: dict[str, str]

    def answer(self, request: Request) -> Response:
        """The fault's answer, or the shop's."""
        fault = self.faults.get(request.path)
        if fault == "500":
            return Response(500, CANARY.encode(), "text/plain")
        if fault == "content":
            return as_json(200, {"status": CANARY, "products": []})
        if fault == "slow":
            time.sleep(SLOW_SECONDS)
        return super().answer(request)


class Shop:
    """The shop on loopback, which can be closed and opened again at the same address."""

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        self.shop = FaultyShop(LocalQueue())
        self.shop.faults = {}
        self._tls = tls
        self._server: Server | None = None
        self._thread: Thread | None = None
        self.port = 0
        self.open()

    @property
    def url(self) -> str:
        """Its address."""
        return f"http{'s' if self._tls else ''}://127.0.0.1:{self.port}"

    def lose_headers(self) -> None:
        """A deployment after which no answer has a security header."""
        self.shop.EVERY_ANSWER = ()

    def open(self) -> None:
        """Listen."""
        self._server = Server(("127.0.0.1", self.port), self.shop, verbose=False, tls=self._tls)
        self.port = self._server.server_port
        self._thread = Thread(target=self._server.serve_forever, args=(0.02,))
        self._thread.start()

    def close(self) -> None:
        """Listen no longer."""
        if self._server is not None and self._thread is not None:
            self._server.shutdown()
            self._server.server_close()
            self._thread.join()
        self._server = self._thread = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        _type: type[BaseException] | None,
        _error: BaseException | None,
        _at: TracebackType | None,
    ) -> None:
        self.close()


def memory(repository: Repository) -> int:
    """The number of the issue that remembers."""
    [number] = [one.number for one in repository.issues().values() if _STATE.search(one.body or "")]
    return number


def half_an_hour_passes(repository: Repository) -> None:
    """What is remembered lies half an hour further back, as it does when the next scheduled run begins."""
    issue = repository.issues()[memory(repository)]
    body = _STATE.sub(_older, issue.body or "")
    with repository.world.lock:
        change(repository, issue.number, body=body)


def _older(match: re.Match[str]) -> str:
    text: Any = hidden.unpack(match[2])
    return f"{match[1]}{hidden.pack(_TIME.sub(_earlier, text))}{match[3]}"


def _earlier(match: re.Match[str]) -> str:
    moment = datetime.datetime.fromisoformat(match[0]) - datetime.timedelta(minutes=30)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
