"""One message posted: a few attempts within one time, what the service asks to wait waited, no redirect followed.

429, 5xx                         again, after Retry-After where it says so
no connection, or none in time   again
sent, but no clear answer        again only where a second time changes nothing: else it may come twice
any other answer                 the receiver's to judge

A message is given up with a sentence in words of ours; nothing that a service said is repeated.
"""

from __future__ import annotations

import base64
import time
from typing import TYPE_CHECKING, Final

from trivigil.alert.address import LOOPBACK
from trivigil.core.record import NamedTuple
from trivigil.web import lookup, probe

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from trivigil.alert.address import Address
    from trivigil.web.lookup import Family
    from trivigil.web.observation import Observation

_TOO_MANY, _SERVER_ERROR, _OK, _REDIRECT, _REFUSED = 429, 500, 200, 300, 400
_UNSENT: Final = frozenset(
    {"dns-timeout", "refused", "unreachable", "connect-timeout", "tls-timeout"}
)
"""Nothing had been sent yet."""
_UNCLEAR: Final = frozenset(
    {"reset", "ttfb-timeout", "transfer-timeout", "transfer-short", "too-large", "unknown"}
)
_KEPT, _LONGEST = 4096, 64 * 1024


class Limits(NamedTuple):
    """What one receiver may cost; times in seconds."""

    timeout: float = 10.0
    """Of one exchange."""
    attempts: int = 3
    """Of one message."""
    ceiling: float = 60.0
    """Of all messages and pauses of one receiver together."""
    backoff: float = 1.0
    """The first pause where the service names none; it doubles."""
    roots: str | None = None
    """A PEM file with certificates to trust; else those of the system."""
    sleep: Callable[[float], None] = time.sleep
    clock: Callable[[], float] = time.monotonic


LIMITS: Final = Limits()


class Patience:
    """The time that is left for one receiver."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self._end = limits.clock() + limits.ceiling

    @property
    def left(self) -> float:
        """Seconds; not above nothing when it is over."""
        return self._end - self.limits.clock()

    def rest(self, pause: float) -> bool:
        """Wait, and say True; False, at once, where there is not so much time."""
        if pause >= self.left:
            return False
        self.limits.sleep(pause)
        return True


class Answer(NamedTuple):
    """What a service said."""

    status: int
    text: str
    """The beginning of the body: hostile."""

    @property
    def good(self) -> bool:
        """2xx."""
        return _OK <= self.status < _REDIRECT


def post(
    address: Address,
    body: bytes,
    patience: Patience,
    *,
    repeatable: bool,
    headers: Callable[[], Mapping[str, str]] = dict,
    method: str = "POST",
) -> Answer | str:
    """The service's answer, or why there is none to judge, in words of ours. `headers` are made for each attempt."""
    limits, said = patience.limits, "there was no time left for it"
    for attempt in range(limits.attempts):
        if patience.left <= 0:
            break
        seen = _asked(address, body, headers(), patience, method)
        if seen.status is not None and seen.status != _TOO_MANY and seen.status < _SERVER_ERROR:
            return _answer(seen)
        said = _problem(seen)
        if not _again(seen, repeatable=repeatable):
            break
        pause = _pause(seen, limits.backoff * 2.0**attempt)
        if attempt + 1 < limits.attempts and not patience.rest(pause):
            return f"{said}, and there was no time to wait {pause:.0f} s and try again"
    return said


def _asked(
    address: Address, body: bytes, headers: Mapping[str, str], patience: Patience, method: str
) -> Observation:
    limits = patience.limits
    given = {"Content-Type": "application/json", **headers}
    if address.login is not None:
        encoded = base64.b64encode(address.login.reveal().encode()).decode()
        given["Authorization"] = f"Basic {encoded}"
    url = address.url.reveal()
    rules = probe.Rules(
        timeout=max(min(limits.timeout, patience.left), 0.01),
        kept=_KEPT,
        longest=_LONGEST,
        allow_private=True,
        roots=limits.roots,
        resolver=lookup.system if url.startswith("https:") else _here,
    )
    return probe.observe(probe.Request(url, method, tuple(given.items()), body), rules)


def _here(host: str, _port: int, _family: Family) -> tuple[str, ...]:
    """This machine, whatever a resolver thinks that `localhost` is: without TLS nothing goes elsewhere."""
    return ("127.0.0.1", "::1") if host in LOOPBACK else ()


def _answer(seen: Observation) -> Answer | str:
    assert seen.status is not None  # noqa: S101 (for the type checker)
    if _REDIRECT <= seen.status < _REFUSED:
        return (
            f"it redirects ({seen.status}), which is not followed: name the address where it leads"
        )
    return Answer(seen.status, seen.body.decode("utf-8", "replace"))


def _problem(seen: Observation) -> str:
    if seen.status == _TOO_MANY:
        return "it takes no more for now (429)"
    if seen.status is not None:
        return f"it answers {seen.status}"
    unclear = ", so it may have arrived all the same" if seen.error in _UNCLEAR else ""
    return f"{seen.reason}{unclear}"


def _again(seen: Observation, *, repeatable: bool) -> bool:
    if seen.status is not None or seen.error in _UNSENT:
        return True
    return repeatable and seen.error in _UNCLEAR


def _pause(seen: Observation, otherwise: float) -> float:
    """Retry-After in seconds, or as a date (RFC 9110, 10.2.3)."""
    asked = (seen.value("retry-after") or "").strip()
    if asked.isascii() and asked.isdigit():
        return float(asked[:9])
    return otherwise if (until := _date(asked)) is None else max(until - time.time(), 0.0)


def _date(text: str) -> float | None:
    if not text:
        return None
    from email.utils import parsedate_to_datetime

    try:
        return parsedate_to_datetime(text).timestamp()
    except (ValueError, TypeError, OverflowError):
        return None
