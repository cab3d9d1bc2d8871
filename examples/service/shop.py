"""The shop's routes, without a word about sockets."""

from __future__ import annotations

import re
import time
from itertools import count
from typing import NamedTuple

from .accounts import Accounts
from .catalogue import PRODUCTS, sales_report
from .http import Request, Response, Route, as_json, refusal
from .jobs import Job, Queue
from .uploads import uploaded

FLAKY_PERIOD = 10
REPORT_LEAST_S = 0.150
REPORT_SPREAD_MS = 150
PRODUCTS_A_PAGE = 20
_HOME = b"""<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>The example shop</title></head>
<body>
<h1>The example shop</h1>
<ul>
<li><a href="/products">products</a></li>
<li><a href="/reports">the report, which takes its time</a></li>
<li><a href="/flaky">the page that fails at every tenth visit</a></li>
<li><a href="/health">health</a></li>
</ul>
</body>
</html>
"""


class Entry(NamedTuple):
    """One line of the table of routes."""

    method: str
    path: re.Pattern[str]
    route: Route


class Shop:
    """All routes over one set of accounts and one queue. Safe to use from many threads.

    `weak` and `hardened` are shops that look after themselves worse and better than this one.
    """

    SERVER = "shop"
    EVERY_ANSWER: tuple[tuple[str, str], ...] = (
        ("X-Content-Type-Options", "nosniff"),
        ("X-Frame-Options", "DENY"),
    )
    COOKIE = "shop_session"
    COOKIE_RULES = "Path=/; HttpOnly; SameSite=Lax"

    def __init__(self, queue: Queue) -> None:
        """Open the shop; uploads go to `queue`."""
        self._queue = queue
        self._accounts = Accounts()
        # next() on a count is one step of the interpreter, so that two threads never share a number.
        self._visits = count(1)
        self._reports = count()
        self._entries = tuple(
            Entry(method, re.compile(path), route)
            for method, path, route in (
                ("GET", r"/", self.home),
                ("GET", r"/health", self.health),
                ("GET", r"/products", self.products),
                ("GET", r"/products/(?P<id>\d{1,9})", self.product),
                ("GET", r"/reports", self.reports),
                ("GET", r"/flaky", self.flaky),
                ("POST", r"/login", self.log_in),
                ("POST", r"/logout", self.log_out),
                ("GET", r"/account", self.account),
                ("POST", r"/orders", self.order),
                ("POST", r"/upload", self.upload),
                ("GET", r"/jobs/(?P<id>[0-9a-f-]{1,64})", self.job),
            )
        )

    def answer(self, request: Request) -> Response:
        """The answer to any request: its route's, or 404, or 405 with the methods that are allowed."""
        method = "GET" if request.method == "HEAD" else request.method
        allowed = []
        for entry in self._entries:
            match = entry.path.fullmatch(request.path)
            if match and entry.method == method:
                return entry.route(request._replace(parts=match.groupdict()))
            if match:
                allowed.append(entry.method)
        if allowed:
            return refusal(405, "the method is not allowed here", ("Allow", ", ".join(allowed)))
        return refusal(404, "there is no such page")

    def home(self, _request: Request) -> Response:
        """The front page."""
        return Response(200, _HOME, "text/html; charset=utf-8")

    def health(self, _request: Request) -> Response:
        """Whether the shop is open, and who does its jobs."""
        return as_json(200, {"status": "ok", "jobs": self._queue.name})

    def products(self, _request: Request) -> Response:
        """The first products: a fast page."""
        shown = list(PRODUCTS.values())[:PRODUCTS_A_PAGE]
        return as_json(200, {"products": [product._asdict() for product in shown]})

    def product(self, request: Request) -> Response:
        """One product."""
        product = PRODUCTS.get(int(request.parts["id"]))
        return as_json(200, product._asdict()) if product else refusal(404, "no such product")

    def reports(self, _request: Request) -> Response:
        """A report that takes 150 to 299 ms, a fixed sequence of times."""
        extra_ms = next(self._reports) * 37 % REPORT_SPREAD_MS
        time.sleep(REPORT_LEAST_S + extra_ms / 1000)
        return as_json(200, {"stock": sales_report()})

    def flaky(self, _request: Request) -> Response:
        """A page that fails: every tenth answer since the start is a 500."""
        visit = next(self._visits)
        if visit % FLAKY_PERIOD == 0:
            return refusal(500, "this page fails at every tenth visit")
        return as_json(200, {"visit": visit})

    def log_in(self, request: Request) -> Response:
        """Give a session cookie for a right user and password."""
        try:
            fields = request.fields()
        except ValueError:
            return refusal(400, "user and password are expected, as JSON or as a form")
        user, password = fields.get("user"), fields.get("password")
        if not isinstance(user, str) or not isinstance(password, str):
            return refusal(400, "user and password are expected")
        return self._admit(request, user, password)

    def _admit(self, _request: Request, user: str, password: str) -> Response:
        token = self._accounts.log_in(user, password)
        if token is None:
            return refusal(401, "user and password do not belong together")
        return as_json(200, {"user": user}, self._session_cookie(token))

    def _session_cookie(self, token: str) -> tuple[str, str]:
        return ("Set-Cookie", f"{self.COOKIE}={token}; {self.COOKIE_RULES}")

    def _session_token(self, request: Request) -> str | None:
        return request.cookie(self.COOKIE)

    def log_out(self, request: Request) -> Response:
        """End the session and take the cookie back."""
        self._accounts.log_out(self._session_token(request))
        gone = f"{self.COOKIE}=; Max-Age=0; {self.COOKIE_RULES}"
        return Response(204, headers=(("Set-Cookie", gone),))

    def account(self, request: Request) -> Response:
        """The customer's own page; it needs the cookie."""
        user = self._accounts.user_of(self._session_token(request))
        if user is None:
            return refusal(401, "log in first")
        orders = self._accounts.orders_of(user)
        return as_json(200, {"user": user, "orders": orders}, ("Cache-Control", "no-store"))

    def order(self, request: Request) -> Response:
        """Place an order; it needs the cookie, a known product and a quantity from 1 to 100."""
        user = self._accounts.user_of(self._session_token(request))
        if user is None:
            return refusal(401, "log in first")
        try:
            fields = request.fields()
            product, quantity = int(fields["product"]), int(fields.get("quantity", 1))
        except (ValueError, KeyError, TypeError):
            return refusal(400, "a product's number and a quantity are expected")
        if product not in PRODUCTS or not 1 <= quantity <= 100:
            return refusal(422, "no such product, or not between 1 and 100 of it")
        return as_json(201, self._accounts.order(user, product, quantity)._asdict())

    def upload(self, request: Request) -> Response:
        """Take a file, as the body or as a form's file, and queue it to be described."""
        try:
            content = uploaded(request.headers.get("content-type", ""), request.body)
        except ValueError as error:
            return refusal(400, str(error))
        job = self._queue.add(content)
        return as_json(202, _shown(job), ("Location", f"/jobs/{job.id}"))

    def job(self, request: Request) -> Response:
        """How far a job is."""
        job = self._queue.find(request.parts["id"])
        return as_json(200, _shown(job)) if job else refusal(404, "no such job")


def _shown(job: Job) -> dict[str, object]:
    return {"job": job.id, "state": job.state, "result": job.result}
