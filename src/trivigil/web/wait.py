"""Wait until services answer.

http and https are healthy at a status from 200 to 399 (redirects are not followed), `tcp://HOST:PORT`
when a connection is accepted. Every URL is asked by a thread of its own, because looking up a name
cannot be given a time limit, and one that hangs must not hold up the others.
"""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import Callable, Sequence
from queue import Empty, SimpleQueue
from threading import Event, Thread
from typing import NamedTuple
from urllib.parse import SplitResult, quote, urlsplit

from trivigil.core.errors import InputError
from trivigil.core.untrusted import printable

ATTEMPT_LIMIT_S = 5.0
"""How long one step of an attempt (connect, TLS, one read) may take."""
FIRST_PAUSE_S = 0.25
LONGEST_PAUSE_S = 2.0
_PAUSE_GROWTH = 1.5
_BODY_BYTES = 4096
_LONGEST_TIMEOUT_S = 24 * 3600.0
_HEALTHY = range(200, 400)
_PORTS = {"http": 80, "https": 443, "tcp": 0}


class Waited(NamedTuple):
    """A service that answers: its URL without user, password and query, after how many seconds."""

    url: str
    seconds: float
    attempts: int


class _Service:
    """One URL and what is known about it. Its thread writes `reason`, everybody may read it."""

    def __init__(self, url: str) -> None:
        self.target = _read_url(url)
        self.shown = printable(f"{self.target.scheme}://{_address(self.target)}{self.target.path}")
        self.reason = "timeout, no answer yet"


def wait(
    urls: Sequence[str],
    *,
    timeout: float,
    say: Callable[[str], None],
    watch: Callable[[], None] | None = None,
) -> tuple[Waited, ...]:
    """Wait until all `urls` answer, at most `timeout` seconds; the result is in their order.

    `watch` is called about four times a second and may raise, to give up early. Raises InputError
    for what is no such URL, and where a service does not answer in time: with its last reason.
    """
    services = [_Service(url) for url in urls]
    given_up = Event()
    answers: SimpleQueue[tuple[int, Waited]] = SimpleQueue()
    started = time.monotonic()
    for place, service in enumerate(services):
        work = (place, service, started, given_up, answers)
        Thread(target=_poll, args=work, name=f"wait {service.shown}", daemon=True).start()
    try:
        # Not more than a day, and not NaN, which no comparison would ever end.
        deadline = started + (min(timeout, _LONGEST_TIMEOUT_S) if timeout > 0 else 0.0)
        waited = _collect(services, deadline, answers, say, watch)
    finally:
        given_up.set()
    if len(waited) < len(services):
        late = [service for place, service in enumerate(services) if place not in waited]
        raise _not_ready(late, timeout)
    return tuple(waited[place] for place in range(len(services)))


def _collect(
    services: Sequence[_Service],
    deadline: float,
    answers: SimpleQueue[tuple[int, Waited]],
    say: Callable[[str], None],
    watch: Callable[[], None] | None,
) -> dict[int, Waited]:
    waited: dict[int, Waited] = {}
    while len(waited) < len(services):
        left = deadline - time.monotonic()
        try:
            place, answer = answers.get(timeout=max(0.0, min(left, FIRST_PAUSE_S)))
        except Empty:
            if left <= 0:
                break
        else:
            waited[place] = answer
            say(f"{answer.url} answers after {answer.seconds:.1f} s")
        if watch:
            watch()
    return waited


def _not_ready(late: Sequence[_Service], timeout: float) -> InputError:
    said = "; ".join(f"{service.shown} ({service.reason})" for service in late)
    return InputError(
        f"not ready after {timeout:g} s: {said}.",
        tip="See whether the service is started, listens on this address, and how long it needs.",
    )


def _poll(
    place: int,
    service: _Service,
    started: float,
    given_up: Event,
    answers: SimpleQueue[tuple[int, Waited]],
) -> None:
    pause, attempts = FIRST_PAUSE_S, 0
    while not given_up.is_set():
        attempts += 1
        reason = _ask(service.target)
        if reason is None:
            seconds = time.monotonic() - started
            answers.put((place, Waited(service.shown, seconds, attempts)))
            return
        service.reason = reason
        given_up.wait(pause)
        pause = min(pause * _PAUSE_GROWTH, LONGEST_PAUSE_S)


def _ask(target: SplitResult) -> str | None:
    """None where the service answers well, else the reason in a few words."""
    from http.client import HTTPException

    try:
        if target.scheme == "tcp":
            socket.create_connection((target.hostname, target.port), ATTEMPT_LIMIT_S).close()
            return None
        status = _status(target)
    except (OSError, HTTPException, ValueError) as error:
        return _reason(error)
    return None if status in _HEALTHY else f"HTTP {status}"


def _status(target: SplitResult) -> int:
    from http.client import HTTPConnection, HTTPSConnection

    kind = HTTPSConnection if target.scheme == "https" else HTTPConnection
    connection = kind(target.hostname or "", target.port, timeout=ATTEMPT_LIMIT_S)
    path = (target.path or "/") + (f"?{target.query}" if target.query else "")
    path = quote(path, safe="/?&=%:@!$'()*+,;~-._[]")
    try:
        connection.request("GET", path, headers={"User-Agent": "trivigil", "Connection": "close"})
        answer = connection.getresponse()
        # A little of the body, so that a simple server does not see its client vanish.
        answer.read(_BODY_BYTES)
        return answer.status
    finally:
        connection.close()


def _reason(error: Exception) -> str:
    """Why there was no answer. The order matters: most of these are kinds of OSError."""
    reasons: tuple[tuple[type[Exception], str], ...] = (
        (socket.gaierror, "dns: the name is not known"),
        (UnicodeError, "dns: this cannot be the name of a host"),
        (ssl.SSLCertVerificationError, "tls: the certificate is not trusted"),
        (ssl.SSLError, "tls: the handshake failed"),
        (TimeoutError, "timeout"),
        (ConnectionRefusedError, "refused"),
        (ConnectionError, "the connection was closed without an answer"),
        (OSError, "unreachable"),
    )
    for kind, reason in reasons:
        if isinstance(error, kind):
            return reason
    return "the answer is not HTTP"


def _read_url(url: str) -> SplitResult:
    try:
        target = urlsplit(url.strip())
        port = target.port or _PORTS[target.scheme]
    except (ValueError, KeyError):
        target, port = SplitResult("", "", "", "", ""), 0
    odd = target.scheme not in _PORTS or not url.isprintable() or " " in url.strip()
    if odd or not target.hostname or not port:
        # The text itself is not repeated: what is no URL may still hold a password.
        raise InputError(
            f"this is no URL that can be waited for: {_shown_beginning(url)}.",
            tip="Write http://HOST[:PORT][/PATH], https://... or tcp://HOST:PORT.",
        )
    return target


def _shown_beginning(url: str) -> str:
    return printable(url.rpartition("@")[2].split("?")[0], 80) or "(empty)"


def _address(target: SplitResult) -> str:
    return target.netloc.rpartition("@")[2]
