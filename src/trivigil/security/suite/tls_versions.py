"""Versions of TLS that are given up: 1.0 and 1.1 (RFC 8996)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from trivigil.core.result import Severity
from trivigil.security.suite import site as sites
from trivigil.security.suite.weakness import Failed, Skipped, Weakness
from trivigil.web import handshake

if TYPE_CHECKING:
    from collections.abc import Iterator

    from trivigil.security.suite.site import Site

TITLE: Final = "TLS 1.0 and 1.1 are refused"
CATEGORY: Final = "tls"
WRITES: Final = False


def test(site: Site) -> Iterator[Weakness]:
    """Handshakes that offer nothing newer."""
    site.needs_https()
    page = site.page()
    if page.address is None:
        raise Failed("the address of the site is not known")
    taken = {
        version: handshake.accepts(site.target, page.address, version, site.timeout)
        for version in handshake.OLD
    }
    accepted = [version for version, answer in taken.items() if answer]
    if accepted:
        yield Weakness(
            "tls-versions",
            "The site still speaks old versions of TLS",
            Severity.MEDIUM,
            "TLS 1.0 and 1.1 rest on broken hashes and ciphers; browsers have given them up.",
            sites.shown(page),
            327,
            "Allow TLS 1.2 and 1.3 alone (nginx: `ssl_protocols TLSv1.2 TLSv1.3;`).",
            facts={"versions": accepted},
        )
    elif None in taken.values():
        raise Skipped("the OpenSSL of this machine cannot speak TLS 1.0 and 1.1")
