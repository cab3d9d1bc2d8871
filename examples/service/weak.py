"""A shop as it should not be: everything that the built-in security tests look for is here to be found.

For loopback only. The passwords and keys in it open nothing.
"""

from __future__ import annotations

import io
import traceback
import zipfile
from itertools import count
from platform import python_version

from .accounts import DEMO_USER
from .http import Request, Response, as_json, refusal
from .jobs import Queue
from .shop import Shop


def _zip() -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("orders.csv", "number,product\n")
    return made.getvalue()


FILES = {
    "/.git/HEAD": b"ref: refs/heads/main\n",
    "/.env": b"DATABASE_PASSWORD=opens-nothing\nDEBUG=1\n",
    "/backup.zip": _zip(),
    "/index.html.bak": b"<!doctype html><html><title>The old shop</title></html>\n",
    "/server-status": b"<html><title>Apache Status</title><h1>Apache Server Status for shop</h1></html>",
    "/static/": b"<html><title>Index of /static/</title><h1>Index of /static/</h1></html>",
}
"""What was left behind, and a folder that lists itself."""
_METHODS = "GET, HEAD, POST, PUT, DELETE, TRACE, OPTIONS"


class WeakShop(Shop):
    """It names its versions, reflects origins, keeps sessions that others choose, and tells who its customers are."""

    SERVER = f"shop/1.4.2 Python/{python_version()}"
    EVERY_ANSWER = (("X-Powered-By", "Shop 1.4.2"),)
    COOKIE_RULES = "Path=/"

    def __init__(self, queue: Queue) -> None:
        """Open the shop, with sessions that are counted."""
        super().__init__(queue)
        self._sessions = count(1000)

    def answer(self, request: Request) -> Response:
        """The answer, with the origin that was asked from allowed, and each error told in full."""
        try:
            answer = self._careless(request)
        except Exception:  # noqa: BLE001 (the weakness)
            return Response(500, traceback.format_exc().encode(), "text/plain")
        origin = request.headers.get("origin")
        if origin is None:
            return answer
        shared = (
            ("Access-Control-Allow-Origin", origin),
            ("Access-Control-Allow-Credentials", "true"),
        )
        return answer._replace(headers=(*answer.headers, *shared))

    def _careless(self, request: Request) -> Response:
        if request.method == "TRACE":
            lines = [f"TRACE {request.path} HTTP/1.1", *map(": ".join, request.headers.items())]
            return Response(200, "\r\n".join(lines).encode(), "message/http")
        if request.method == "OPTIONS":
            return Response(204, headers=(("Allow", _METHODS),))
        if request.method == "GET" and request.path in FILES:
            kind = "text/html" if FILES[request.path].startswith(b"<") else "text/plain"
            return Response(200, FILES[request.path], kind)
        if request.method == "GET" and request.path == "/login":
            return Response(302, headers=(("Location", request.query.get("next") or "/"),))
        int(request.query.get("id", "0"))
        return super().answer(request)

    def home(self, request: Request) -> Response:
        """The front page, which gives everybody a session before a login."""
        page = super().home(request)
        if self._session_token(request):
            return page
        return page._replace(headers=(self._session_cookie(str(next(self._sessions))),))

    def _admit(self, request: Request, user: str, password: str) -> Response:
        if user != DEMO_USER:
            return refusal(404, "there is no such customer")
        given = self._session_token(request)
        token = self._accounts.log_in(user, password, token=given or str(next(self._sessions)))
        if token is None:
            return refusal(401, "the password is wrong")
        return as_json(200, {"user": user}, *(() if given else (self._session_cookie(token),)))
