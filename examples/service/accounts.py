"""Who is logged in, and what they ordered. Everything is kept in memory and forgotten at the end."""

from __future__ import annotations

import secrets
from collections import OrderedDict
from threading import Lock
from typing import NamedTuple

# The one customer of a demonstration. This is a published password, not a secret.
DEMO_USER = "demo"
DEMO_PASSWORD = "demo"  # noqa: S105
SESSIONS_KEPT = 10_000


class Order(NamedTuple):
    """One accepted order."""

    number: int
    product: int
    quantity: int


class Accounts:
    """Sessions by cookie value, and the orders of all customers. Safe to use from many threads."""

    def __init__(self) -> None:
        """Start without sessions and orders."""
        self._lock = Lock()
        self._sessions: OrderedDict[str, str] = OrderedDict()
        self._orders: dict[str, int] = {}
        self._last_order = 0

    def log_in(self, user: str, password: str, *, token: str | None = None) -> str | None:
        """A new session's cookie value, None where user and password do not belong together.

        `token` is a value to use in place of a random one, which only a careless shop has.
        """
        known = secrets.compare_digest(user.encode(), DEMO_USER.encode())
        right = secrets.compare_digest(password.encode(), DEMO_PASSWORD.encode())
        if not (known and right):
            return None
        token = token or secrets.token_urlsafe(24)
        with self._lock:
            self._sessions[token] = user
            while len(self._sessions) > SESSIONS_KEPT:
                self._sessions.popitem(last=False)
        return token

    def user_of(self, token: str | None) -> str | None:
        """The user of a session, None where there is no such session."""
        with self._lock:
            return self._sessions.get(token or "")

    def log_out(self, token: str | None) -> None:
        """End a session. A session that does not exist is no error."""
        with self._lock:
            self._sessions.pop(token or "", None)

    def order(self, user: str, product: int, quantity: int) -> Order:
        """Accept an order and number it."""
        with self._lock:
            self._last_order += 1
            self._orders[user] = self._orders.get(user, 0) + 1
            return Order(self._last_order, product, quantity)

    def orders_of(self, user: str) -> int:
        """How many orders this user has placed."""
        with self._lock:
            return self._orders.get(user, 0)
