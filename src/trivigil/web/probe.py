"""One HTTP(S) exchange, measured phase by phase: `observe(request, rules) -> Observation`.

HTTP/1.1 on a connection of its own, no proxy, no cookie jar, no redirect, no retry: what is seen is what was sent. The whole
exchange has one deadline, also where a site sends a byte now and then. A fault of the site or of the way is a value (`error`,
of the contract's closed list); only a URL that is none raises. Safe to call from many threads.
"""

from __future__ import annotations

import errno
import socket
import ssl
import time
from functools import lru_cache
from typing import TYPE_CHECKING, Final, Literal

from trivigil.core.record import NamedTuple
from trivigil.web import guard, handshake, lookup, target
from trivigil.web.observation import Observation, Phases, Stopped, Tls
from trivigil.web.wire import Wire, final, left

if TYPE_CHECKING:
    from collections.abc import Sequence
    from http.client import HTTPResponse
    from typing import Any

    from trivigil.web.lookup import Family, Resolver
    from trivigil.web.observation import Cause
    from trivigil.web.target import Target

USER_AGENT: Final = "trivigil"
_MOST_ADDRESSES: Final = 4
_PIECE: Final = 16384
_VERSIONS: Final = {10: "1.0", 11: "1.1"}
# OpenSSL's x509_vfy.h: not yet valid, expired; host name and IP address mismatch.
_DISTRUST: Final[dict[int, Cause]] = {
    9: "tls-expired",
    10: "tls-expired",
    62: "tls-name",
    64: "tls-name",
}
_DISTRUSTED: Final[dict[Cause, str]] = {
    "tls-expired": "the certificate is not valid today",
    "tls-name": "the certificate is for another name",
    "tls-untrusted": "the certificate is not signed by anybody who is trusted",
}


class Request(NamedTuple):
    """What is asked."""

    url: str
    method: str = "GET"
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes | None = None


class Rules(NamedTuple):
    """What an exchange may do and cost."""

    timeout: float = 10.0
    """Seconds for the whole exchange."""
    connect: float | None = None
    """Seconds for the connection alone; None: as long as the whole exchange has."""
    kept: int = 64 * 1024
    """Bytes of the body that are kept."""
    longest: int = 4 * 1024 * 1024
    """Bytes of the body that are read; more is `too-large`."""
    allow_private: bool = False
    """Private and loopback addresses too; link-local ones and metadata services never."""
    family: Family = "any"
    distrust: Literal["stop", "note"] = "stop"
    """What an untrusted certificate does. Noted, the exchange goes on and says so in `distrust`."""
    roots: str | None = None
    """A PEM file with certificates to trust; else those of the system."""
    resolver: Resolver = lookup.system
    until: Literal["tls", "answer"] = "answer"
    """`tls`: the connection and its certificates are all that is wanted, and nothing is asked."""


_RULES: Final = Rules()


def observe(request: Request, rules: Rules = _RULES) -> Observation:
    """The exchange. Raises InputError where the URL is none."""
    exchange = _Exchange(request, target.read(request.url), rules)
    stopped: Stopped | None = None
    try:
        exchange.run()
    except Stopped as early:
        stopped = early
    finally:
        exchange.close()
    return exchange.observation(stopped)


class _Exchange:
    """What is known so far, and how much time is left."""

    def __init__(self, request: Request, at: Target, rules: Rules) -> None:
        self._request, self._at, self._rules = request, at, rules
        self._deadline = time.monotonic() + rules.timeout
        self._phases: dict[str, float] = {}
        self._socket: socket.socket | None = None
        self._seen: dict[str, Any] = {}
        self._body, self._size = bytearray(), 0

    def run(self) -> None:
        """All phases. Raises Stopped."""
        addresses = self._addresses()
        self._socket = self._connected(addresses)
        if self._at.scheme == "https":
            self._secure()
        if self._rules.until == "answer":
            self._exchange()

    def close(self) -> None:
        if self._socket is not None:
            self._socket.close()

    def observation(self, stopped: Stopped | None) -> Observation:
        return Observation(
            url=self._at.url,
            method=self._request.method,
            phases=Phases(**self._phases),
            body=bytes(self._body),
            size=self._size,
            error=stopped.cause if stopped else None,
            reason=stopped.reason if stopped else None,
            **self._seen,
        )

    def _ended(self, phase: str, started: float) -> None:
        self._phases[phase] = (time.monotonic() - started) * 1000

    # --- DNS ------------------------------------------------------------------------------------

    def _addresses(self) -> tuple[str, ...]:
        found = self._written() if _is_address(self._at.host) else self._looked_up()
        refusals = [guard.refusal(each, allow_private=self._rules.allow_private) for each in found]
        allowed = tuple(each for each, refusal in zip(found, refusals, strict=True) if not refusal)
        if not allowed:
            raise Stopped("blocked-address", f"the address is not allowed: {refusals[0]}")
        return allowed[:_MOST_ADDRESSES]

    def _written(self) -> tuple[str, ...]:
        """The address that stands in the URL itself, where it is of the family that is asked for."""
        if self._rules.family == ("ipv4" if ":" in self._at.host else "ipv6"):
            raise Stopped("dns-nxdomain", "the address is not of the family that is asked for")
        return (self._at.host,)

    def _looked_up(self) -> tuple[str, ...]:
        started, rules = time.monotonic(), self._rules
        found = lookup.resolve(
            rules.resolver, self._at.host, self._at.port, rules.family, self._deadline - started
        )
        self._ended("dns", started)
        return found

    # --- TCP ------------------------------------------------------------------------------------

    def _connected(self, addresses: Sequence[str]) -> socket.socket:
        """A connection to the first address that accepts one; each gets its share of the time left."""
        started, first = time.monotonic(), None
        limit = self._rules.connect
        deadline = min(self._deadline, started + limit) if limit is not None else self._deadline
        for tried, address in enumerate(addresses):
            share = (deadline - time.monotonic()) / (len(addresses) - tried)
            try:
                connected = socket.create_connection((address, self._at.port), max(share, 0.001))
            except OSError as error:
                first = first or error
                continue
            self._ended("connect", started)
            self._seen["address"] = address
            return connected
        raise _no_connection(first)

    # --- TLS ------------------------------------------------------------------------------------

    def _secure(self) -> None:
        context = handshake.context(self._rules.roots, verified=True)
        started = time.monotonic()
        try:
            secured = self._handshake(context)
        except ssl.SSLCertVerificationError as error:
            started = time.monotonic()
            secured = self._distrusted(_DISTRUST.get(error.verify_code, "tls-untrusted"))
        self._ended("tls", started)
        cipher = secured.cipher()
        self._seen["tls"] = Tls(secured.version() or "", cipher[0] if cipher else "")
        self._see_certificates(secured)

    def _see_certificates(self, secured: ssl.SSLSocket) -> None:
        self._seen["der"] = secured.getpeercert(binary_form=True) or b""
        self._seen["certificate"], self._seen["chain"] = handshake.certificates(secured)

    def _distrusted(self, cause: Cause) -> ssl.SSLSocket:
        """Another handshake with the same address, to see the certificate; the request only where rules allow it."""
        self._seen["distrust"] = cause
        if self._socket is not None:
            self._socket.close()
        self._socket = self._connected([self._seen["address"]])
        secured = self._handshake(handshake.context(None, verified=False))
        if self._rules.distrust == "stop":
            self._see_certificates(secured)
            raise Stopped(cause, _DISTRUSTED[cause])
        return secured

    def _handshake(self, context: ssl.SSLContext) -> ssl.SSLSocket:
        """TLS over the connection. Raises SSLCertVerificationError where `context` verifies, and Stopped."""
        assert self._socket is not None  # noqa: S101 (for the type checker)
        try:
            self._socket.settimeout(left(self._deadline))
            self._socket = context.wrap_socket(self._socket, server_hostname=self._at.host)
        except ssl.SSLCertVerificationError:
            raise
        except TimeoutError:
            raise Stopped("tls-timeout", "the TLS handshake took too long") from None
        except ConnectionError:
            raise Stopped("reset", "the connection was closed during the TLS handshake") from None
        except (OSError, ValueError):
            raise Stopped("tls-handshake", "the TLS handshake failed") from None
        return self._socket

    # --- HTTP -----------------------------------------------------------------------------------

    def _exchange(self) -> None:
        from http.client import HTTPException

        assert self._socket is not None  # noqa: S101 (for the type checker)
        wire = Wire(self._socket, self._deadline)
        try:
            self._receive(self._asked(wire))
            self._ended("transfer", wire.first)
        except TimeoutError:
            raise _too_late(wire) from None
        except ConnectionError:
            cause: Cause = "transfer-short" if "status" in self._seen else "reset"
            raise Stopped(cause, "the connection was closed before the answer was whole") from None
        except ssl.SSLError:
            raise self._no_tls() from None
        except (HTTPException, OSError, ValueError):
            raise self._no_http() from None
        finally:
            if wire.first:  # a site may answer before it has read all
                self._phases["ttfb"] = max(wire.first - wire.sent, 0.0) * 1000

    def _asked(self, wire: Wire) -> HTTPResponse:
        """The answer's head."""
        from http.client import HTTPConnection

        connection = HTTPConnection(self._at.host, self._at.port)
        connection.default_port = target.PORTS[self._at.scheme]
        connection.sock = wire
        given = {name.lower() for name, _ in self._request.headers}
        method, body = self._request.method, self._request.body
        connection.putrequest(
            method, self._at.path, skip_host="host" in given, skip_accept_encoding=True
        )
        defaults = (pair for pair in _defaults(body) if pair[0].lower() not in given)
        for name, value in (*defaults, *self._request.headers):
            connection.putheader(name, value.encode())  # http.client itself would take Latin-1
        connection.endheaders(body)
        response = final(wire, method)
        self._seen["status"] = response.status
        self._seen["version"] = _VERSIONS.get(response.version, "")
        self._seen["headers"] = tuple(response.getheaders())
        if wire.stream.cut:
            raise Stopped("transfer-short", "the head of the answer ends before it should")
        return response

    def _receive(self, response: HTTPResponse) -> None:
        while piece := response.read(_PIECE):
            self._size += len(piece)
            self._body += piece[: max(self._rules.kept - len(self._body), 0)]
            if self._size > self._rules.longest:
                raise Stopped("too-large", f"the body has more than {self._rules.longest} bytes")
        if response.length:
            raise Stopped("transfer-short", "the body is shorter than its Content-Length")

    def _no_tls(self) -> Stopped:
        """With TLS 1.3 a site refuses after the handshake, as one does that wants a certificate of the client's."""
        if "status" in self._seen:
            return Stopped("transfer-short", "TLS was broken off before the answer was whole")
        return Stopped("tls-handshake", "the site broke off TLS before it answered")

    def _no_http(self) -> Stopped:
        if "status" in self._seen:
            return Stopped("transfer-short", "the body ends before it should")
        return Stopped("unknown", "the answer is not HTTP")


def _defaults(body: bytes | None) -> tuple[tuple[str, str], ...]:
    length = () if body is None else (("Content-Length", str(len(body))),)
    return (("User-Agent", USER_AGENT), ("Accept", "*/*"), ("Connection", "close"), *length)


def _too_late(wire: Wire) -> Stopped:
    if wire.first:
        return Stopped("transfer-timeout", "the answer did not end in time")
    return Stopped("ttfb-timeout", "the answer did not begin in time")


@lru_cache(maxsize=1024)
def _is_address(host: str) -> bool:
    from ipaddress import ip_address

    try:
        ip_address(host.partition("%")[0])
    except ValueError:
        return False
    return True


def _no_connection(error: OSError | None) -> Stopped:
    if isinstance(error, ConnectionRefusedError):
        return Stopped("refused", "nothing listens there")
    if isinstance(error, TimeoutError) and error.errno != errno.EHOSTUNREACH:
        return Stopped("connect-timeout", "no connection was accepted in time")
    if isinstance(error, ConnectionError):
        return Stopped("reset", "the connection was closed at once")
    return Stopped("unreachable", "there is no way to this address")
