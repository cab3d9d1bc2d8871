"""Every fault of the closed list, on loopback and for real: what is planned, and the cause that it has to get."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import NamedTuple

from tests.certificates import Authority, server_context
from tests.web.faults import RESET, full_port, http, refusing_port, wire
from tests.web.names import SILENT, name_server
from trivigil.monitor import certificates, reachability
from trivigil.monitor.facts import Status
from trivigil.monitor.planned import Planned
from trivigil.web.observation import Cause
from trivigil.web.probe import Rules

LONGEST = 2000
SLOW_MS = 1500.0
"""Far more than an answer on loopback takes, far less than the timeout."""
CLOUDFLARE = http(
    "403 Forbidden",
    "Server: cloudflare",
    "CF-RAY: 1-FRA",
    "CF-Mitigated: challenge",
    body=b"<title>Just a moment...</title>",
)
AKAMAI = http(
    "403 Forbidden",
    "Server: AkamaiGHost",
    body=b"<H1>Access Denied</H1> Reference&#32;&#35;18&#46;2 "
    b"https&#58;&#47;&#47;errors&#46;edgesuite&#46;net&#47;18",
)
AWS = http("405 Method Not Allowed", "x-amzn-waf-action: captcha")


class Row(NamedTuple):
    """One fault, or health."""

    id: str
    plan: Planned
    cause: Cause | None
    status: Status


@contextmanager
def gallery(folder: Path, host: str) -> Iterator[tuple[str, list[Row]]]:
    """The roots to trust, and all faults at this loopback address."""
    with ExitStack() as stack:
        yield _Gallery(stack, folder, host).rows()


class _Gallery:
    def __init__(self, stack: ExitStack, folder: Path, host: str) -> None:
        self.stack, self.host = stack, host
        (folder / "stranger").mkdir(parents=True)
        self.authority = Authority(folder)
        self.stranger = Authority(folder / "stranger")
        names = {"shop.test": (host,)}
        self.rules = Rules(longest=LONGEST, resolver=stack.enter_context(name_server(names)))

    def rows(self) -> tuple[str, list[Row]]:
        rows = [*self.names(), *self.connections(), *self.secured(), *self.answers()]
        return str(self.authority.roots), [*rows, *self.certificates()]

    def row(self, name: str, url: str, cause: Cause | None, status: Status = "down") -> Row:
        slow = SLOW_MS if cause == "slow" else None
        plan = reachability.plan(f"{name} {self.host}", url=url, slow=slow, rules=self.rules)
        return Row(name, plan, cause, "up" if cause is None else status)

    def site(self, *pieces: bytes | float | None, context: ssl.SSLContext | None = None) -> str:
        served = self.stack.enter_context(wire(*pieces, context=context, host=self.host))
        return served.url(scheme="https" if context else "http")

    def at(self, port: int) -> str:
        return f"http://[{self.host}]:{port}/" if ":" in self.host else f"http://{self.host}:{port}"

    def names(self) -> Iterator[Row]:
        port = self.stack.enter_context(wire(http(), host=self.host)).port
        yield self.row("a name", f"http://shop.test:{port}/", None)
        yield self.row("no such name", "http://nobody.test/", "dns-nxdomain")
        yield self.row("name server silent", f"http://{SILENT}/", "dns-timeout")

    def connections(self) -> Iterator[Row]:
        refusing = self.stack.enter_context(refusing_port(self.host))
        yield self.row("closed port", self.at(refusing), "refused")
        yield self.row("torn down", self.site(RESET), "reset")
        full = self.stack.enter_context(full_port(self.host))
        yield self.row("queue full", self.at(full), "connect-timeout")
        metadata = "[fd00:ec2::254]" if ":" in self.host else "169.254.169.254"
        yield self.row("metadata", f"http://{metadata}/", "blocked-address", "unknown")
        if ":" not in self.host:
            # The kernel knows no way for TCP to a broadcast address: a real ENETUNREACH.
            yield self.row("no way there", "http://127.255.255.255/", "unreachable")

    def context(
        self, *names: str, begins: float = -1, ends: float = 90, known: bool = True
    ) -> ssl.SSLContext:
        authority = self.authority if known else self.stranger
        return server_context(authority.sign(names or (self.host,), begins=begins, ends=ends))

    def secured(self) -> Iterator[Row]:
        yield self.row("TLS", self.site(http(), context=self.context()), None)
        ended = self.context(begins=-9, ends=-0.5)
        yield self.row("ended", self.site(http(), context=ended), "tls-expired")
        other = self.context("other.test")
        yield self.row("another name", self.site(http(), context=other), "tls-name")
        strange = self.context(known=False)
        yield self.row("a stranger's", self.site(http(), context=strange), "tls-untrusted")
        for name, context in (("no cipher", self.odd()), ("wants a certificate", self.mutual())):
            yield self.row(name, self.site(http(), context=context), "tls-handshake")
        hanging = self.site(None).replace("http:", "https:")
        yield self.row("no handshake", hanging, "tls-timeout")

    def odd(self) -> ssl.SSLContext:
        """TLS 1.2 with ciphers for a kind of key that it does not have."""
        context = self.context()
        context.maximum_version = ssl.TLSVersion.TLSv1_2
        context.set_ciphers("AES128-SHA")
        return context

    def mutual(self) -> ssl.SSLContext:
        context = self.context()
        context.verify_mode = ssl.CERT_REQUIRED
        context.load_verify_locations(self.authority.roots)
        return context

    def answers(self) -> Iterator[Row]:
        for name, pieces, cause in self.answered():
            yield self.row(
                name, self.site(*pieces), cause, "degraded" if cause == "slow" else "down"
            )
        for name, page in (("Cloudflare", CLOUDFLARE), ("Akamai", AKAMAI), ("AWS WAF", AWS)):
            yield self.row(name, self.site(page), "waf-block", "unknown")

    def answered(self) -> Iterator[tuple[str, tuple[bytes | float | None, ...], Cause | None]]:
        yield "health", (http(),), None
        yield "never answers", (None,), "ttfb-timeout"
        yield "stops in the body", (http(length=9), None), "transfer-timeout"
        yield "body cut", (http(length=9),), "transfer-short"
        yield "not found", (http("404 Not Found"),), "http-4xx"
        behind = ("Server: cloudflare", "CF-RAY: 1-FRA")
        yield "forbidden behind a wall", (http("403 Forbidden", *behind),), "http-4xx"
        yield "error", (http("500 Internal Server Error"),), "http-5xx"
        yield "overloaded", (http("503 Service Unavailable", "Retry-After: 5"),), "http-5xx"
        yield "circle", (http("302 Found", "Location: /"),), "redirect-loop"
        yield "too large", (http(body=b"x" * (LONGEST + 1)),), "too-large"
        yield "slow", (SLOW_MS / 1000 + 0.1, http()), "slow"
        yield "no HTTP", (b"SSH-2.0-x\r\n",), "unknown"

    def certificates(self) -> Iterator[Row]:
        for name, ends, cause, status in self.ends():
            yield self.certificate(name, self.context(begins=-99, ends=ends), cause, status)
        strange, other = self.context(known=False), self.context("other.test")
        yield self.certificate("certificate of a stranger", strange, "tls-untrusted", "down")
        yield self.certificate("certificate for another", other, "tls-name", "down")

    def certificate(
        self, name: str, context: ssl.SSLContext, cause: Cause | None, status: Status
    ) -> Row:
        url = self.site(http(), context=context)
        plan = certificates.plan(f"{name} {self.host}", url=url, rules=self.rules)
        assert plan is not None
        return Row(name, plan, cause, status)

    def ends(self) -> Iterator[tuple[str, float, Cause | None, Status]]:
        yield "certificate", 80, None, "up"
        yield "ends in 5 days", 5, "assertion", "degraded"
        yield "ends in 2 days", 2, "assertion", "down"
        yield "ended long ago", -9.5, "tls-expired", "down"
