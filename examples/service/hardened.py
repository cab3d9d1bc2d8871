"""A shop as it should be: the built-in security tests find nothing in it."""

from __future__ import annotations

import re
import time
from threading import Lock

from .http import Request, Response, refusal
from .jobs import Queue
from .shop import Shop

FAILURES_ALLOWED = 5
WINDOW_S = 60.0
NAMES_KEPT = 10_000
_LOCAL = re.compile(r"/(?!/)[\w/.-]*", re.ASCII)


class HardenedShop(Shop):
    """All headers, a cookie that no other host can set, and a limit on wrong passwords."""

    EVERY_ANSWER: tuple[tuple[str, str], ...] = (
        ("Strict-Transport-Security", "max-age=31536000; includeSubDomains"),
        (
            "Content-Security-Policy",
            "default-src 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'",
        ),
        ("X-Content-Type-Options", "nosniff"),
        ("X-Frame-Options", "DENY"),
        ("Referrer-Policy", "no-referrer"),
        ("Permissions-Policy", "camera=(), geolocation=(), microphone=()"),
    )
    COOKIE = "__Host-shop_session"
    COOKIE_RULES = "Path=/; Secure; HttpOnly; SameSite=Lax"

    def __init__(self, queue: Queue) -> None:
        """Open the shop; nobody has failed to log in yet."""
        super().__init__(queue)
        self._lock = Lock()
        self._failures: dict[str, list[float]] = {}

    def answer(self, request: Request) -> Response:
        """The answer; the way to the login leads on only within the shop."""
        if request.method == "GET" and request.path == "/login":
            wanted = request.query.get("next", "/")
            local = _LOCAL.fullmatch(wanted) is not None
            return Response(303, headers=(("Location", wanted if local else "/"),))
        return super().answer(request)

    def _admit(self, request: Request, user: str, password: str) -> Response:
        """As every shop does, until a name has failed too often, whether there is such a customer or not."""
        now = time.monotonic()
        with self._lock:
            recent = [each for each in self._failures.get(user, ()) if now - each < WINDOW_S]
            if len(recent) >= FAILURES_ALLOWED:
                wait = ("Retry-After", str(int(WINDOW_S)))
                return refusal(429, "too many wrong passwords, wait a minute", wait)
        answer = super()._admit(request, user, password)
        if answer.status == 401:
            with self._lock:
                if len(self._failures) >= NAMES_KEPT:
                    self._failures.clear()
                self._failures[user] = [*recent, now]
        return answer
