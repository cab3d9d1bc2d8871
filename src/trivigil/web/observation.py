"""One HTTP exchange as a record: what was asked, how long each phase took, what came back, or why nothing did."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal, get_args

from trivigil.core.record import NamedTuple

if TYPE_CHECKING:
    from trivigil.web.certificate import Certificate

Cause = Literal[
    "dns-nxdomain",
    "dns-timeout",
    "refused",
    "reset",
    "unreachable",
    "connect-timeout",
    "tls-expired",
    "tls-name",
    "tls-untrusted",
    "tls-handshake",
    "tls-timeout",
    "ttfb-timeout",
    "transfer-timeout",
    "transfer-short",
    "http-4xx",
    "http-5xx",
    "redirect-loop",
    "waf-block",
    "too-large",
    "assertion",
    "slow",
    "runner-network",
    "blocked-address",
    "unknown",
]
"""Why a probe failed: the closed list of the contract. Some are a judgement on an exchange that went well."""
CAUSES: Final[tuple[str, ...]] = get_args(Cause)


class Stopped(Exception):
    """An exchange ended before its answer was whole."""

    def __init__(self, cause: Cause, reason: str) -> None:
        super().__init__(reason)
        self.cause: Final = cause
        self.reason: Final = reason


class Phases(NamedTuple):
    """Milliseconds of each phase; None for a phase that never ended. An IP address has no DNS phase."""

    dns: float | None = None
    connect: float | None = None
    """Name known to connection open, all addresses that were tried."""
    tls: float | None = None
    ttfb: float | None = None
    """Request sent to the first byte of the answer."""
    transfer: float | None = None
    """First byte to the end of the body."""

    @property
    def total(self) -> float:
        """The sum of what was measured."""
        return sum(each for each in self if each is not None)


class Tls(NamedTuple):
    """What was negotiated."""

    version: str
    cipher: str


class Observation(NamedTuple):
    """One exchange. It holds what a site sent: show of it only what a check has taken out with care."""

    url: str
    method: str
    status: int | None = None
    """None where no answer came."""
    headers: tuple[tuple[str, str], ...] = ()
    """Name and value as sent, in their order, repeated ones too."""
    phases: Phases = Phases()
    address: str | None = None
    """The IP address that was connected to: the one that was checked."""
    tls: Tls | None = None
    certificate: Certificate | None = None
    """The site's own certificate, also one that is not trusted."""
    chain: tuple[Certificate, ...] = ()
    """All certificates that the site sent, its own first."""
    distrust: Cause | None = None
    """Why the certificate is not trusted."""
    body: bytes = b""
    """The beginning of the body, as long as the rules allow."""
    size: int = 0
    """Bytes of the body that were received."""
    error: Cause | None = None
    """Why the exchange failed; status, headers and body are what had come by then."""
    reason: str | None = None
    """The same in words of ours, with nothing of the site's in them."""
    version: str = ""
    """Of HTTP, as the answer says: 1.0 or 1.1."""
    der: bytes = b""
    """The site's own certificate as it was sent."""

    def values(self, name: str) -> tuple[str, ...]:
        """All values of a header, in their order."""
        wanted = name.lower()
        return tuple(value.strip() for key, value in self.headers if key.lower() == wanted)

    def value(self, name: str) -> str | None:
        """A header's values joined as RFC 9110 says; None where it was not sent."""
        found = self.values(name)
        return ", ".join(found) if found else None

    @property
    def media(self) -> str:
        """The media type in lower case, without parameters."""
        return (self.value("content-type") or "").partition(";")[0].strip().lower()

    def __repr__(self) -> str:
        """Nothing that the site sent, and no query: it may stand in a traceback."""
        return (
            f"<Observation {self.method} {self.url.partition('?')[0]} {self.status or self.error}>"
        )
