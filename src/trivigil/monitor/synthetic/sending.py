"""Sends a check's requests by the monitor's own probe, within its bounds, and remembers what an attempt is told by.

Every request, that of a redirect too, is looked up and judged by the guard on addresses. Nothing is followed here: `course` does.
"""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING, Final

from trivigil.core.errors import InputError
from trivigil.monitor.walls import wall
from trivigil.web import probe, target
from trivigil.web.observation import Observation, Phases
from trivigil.web.probe import Request, Rules

from . import addresses, credentials, shown_certificate
from .course import Over, Refused
from .exchange import Exchange

if TYPE_CHECKING:
    from collections.abc import Iterable

    from trivigil.monitor.planned import Bounds
    from trivigil.web.observation import Cause

    from .rendering import Options, Outgoing

TOTAL_S: Final = 180.0
"""Seconds that one attempt at a check may take, repeats, retries and delays together."""
LARGEST_ANSWER: Final = 8 * 1024 * 1024
"""Bytes of an answer as it is sent."""
READING: Final = frozenset({"GET", "HEAD", "OPTIONS"})
"""Methods that change nothing."""
_NAME: Final = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
"""RFC 9110, 5.6.2."""
_WITH_BODY: Final = frozenset({"POST", "PUT", "PATCH"})


class NotAnswered(Refused):
    """No whole answer came, for one of the contract's causes."""

    def __init__(self, cause: Cause, reason: str) -> None:
        super().__init__(reason)
        self.cause: Final[Cause] = cause


class Sender:
    """Sends for one attempt at one check; it is `course.Send`, and its `wait` is what waits."""

    def __init__(self, bounds: Bounds, total: float = TOTAL_S) -> None:
        self._bounds: Final = bounds
        self._deadline: Final = time.monotonic() + total
        self._total: Final = total
        self.phases = Phases()
        """Sums over all requests so far."""
        self.status: int | None = None
        """Of the last answer."""
        self.url = ""
        """What was asked last, without password and query."""
        self.cause: Cause | None = None
        """Why the last request had no whole answer; None where it had one."""
        self.wall: str | None = None
        """The firewall that gave the last answer; None where the site did."""
        self.passwords: Final[set[str]] = set()
        """Those that stood in addresses, and what else let the check in: tokens and cookies, of either side."""

    def __call__(self, request: Outgoing, how: Options) -> Exchange:
        """Send one request. Raises Refused, with a reason in words of ours."""
        try:
            return self._sent(request, how)
        except NotAnswered as refused:
            self.cause = refused.cause
            raise

    def wait(self, milliseconds: int) -> None:
        """Wait. Raises Over where there is less time left."""
        if milliseconds / 1000 >= self._left():
            raise self._over()
        time.sleep(milliseconds / 1000)

    def _left(self) -> float:
        return self._deadline - time.monotonic()

    def _over(self) -> Over:
        self.cause = "slow"
        return Over(f"the check takes longer than the {self._total:g} s that it may take")

    def _sent(self, request: Outgoing, how: Options) -> Exchange:
        self.cause = self.wall = None
        if self._left() <= 0:
            raise self._over()
        if request.method not in READING and not self._bounds.allow_writes:
            raise NotAnswered("unknown", f"{request.method} is not allowed without `allow-writes`")
        try:
            address = addresses.read(request.url)
            self.url = target.read(address.asked).shown.partition("?")[0]
        except (ValueError, InputError):
            raise NotAnswered("unknown", "this is no address that can be asked") from None
        if not all(_NAME.fullmatch(name) for name, _ in request.headers):
            raise NotAnswered("unknown", "the name of a header cannot be sent")
        self.passwords.add(address.password)
        self._conceal(credentials.sent(request.headers))
        seen = probe.observe(_request(request, address), self._rules(how))
        self._conceal(credentials.received(seen.headers))
        self._remember(seen)
        if seen.error or seen.status is None:
            raise NotAnswered(seen.error or "unknown", seen.reason or "no answer came")
        return _exchange(seen, address.written)

    def _conceal(self, values: Iterable[str]) -> None:
        for value in values:
            if len(self.passwords) < credentials.MOST:
                self.passwords.add(value)

    def _remember(self, seen: Observation) -> None:
        pairs = zip(self.phases, seen.phases, strict=True)
        self.phases = Phases(*(_sum(one, two) for one, two in pairs))
        self.wall = wall(seen)
        self.status = seen.status if seen.status is not None else self.status

    def _rules(self, how: Options) -> Rules:
        limit = how.max_time / 1000 if how.max_time else self._bounds.timeout
        return Rules(
            timeout=min(limit, self._left()),
            connect=how.connect_timeout / 1000 if how.connect_timeout else None,
            kept=LARGEST_ANSWER,
            longest=LARGEST_ANSWER,
            allow_private=self._bounds.allow_private,
            family="ipv4" if how.ipv4 else "ipv6" if how.ipv6 else "any",
            distrust="note" if how.insecure else "stop",
            roots=self._bounds.roots,
        )


def _sum(one: float | None, two: float | None) -> float | None:
    found = [each for each in (one, two) if each is not None]
    return sum(found) if found else None


def _request(request: Outgoing, address: addresses.Address) -> Request:
    from base64 import b64encode

    headers = request.headers
    if address.user is not None and not request.has("authorization"):
        pair = b64encode(f"{address.user}:{address.password}".encode()).decode()
        headers = (*headers, ("Authorization", f"Basic {pair}"))
    body = request.body if request.body or request.method in _WITH_BODY else None
    return Request(address.asked, request.method, headers, body)


def _exchange(seen: Observation, url: str) -> Exchange:
    return Exchange(
        url,
        seen.status or 0,
        seen.version or "1.1",
        seen.headers,
        seen.body,
        int(seen.phases.total),
        seen.address or "",
        shown_certificate.read(seen.der) if seen.der else None,
    )
