"""Cookies that go over https alone (RFC 6265bis, 4.1.2.5)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from trivigil.core.result import Severity
from trivigil.security.suite import cookies
from trivigil.security.suite import site as sites
from trivigil.security.suite.weakness import Weakness

if TYPE_CHECKING:
    from collections.abc import Iterator

    from trivigil.security.suite.site import Site

TITLE: Final = "Cookies are Secure"
CATEGORY: Final = "cookies"
WRITES: Final = False


def test(site: Site) -> Iterator[Weakness]:
    """Cookies of an https site that would be sent over http too."""
    site.needs_https()
    for cookie in cookies.seen(site):
        if "secure" not in cookie.attributes:
            yield Weakness(
                "cookie-secure",
                "A cookie is sent over http too",
                Severity.MEDIUM if cookie.session else Severity.LOW,
                "Whoever sees one request over http has the cookie.",
                sites.shown(cookie.page),
                614,
                f"Send `{cookies.line(cookie, 'Secure')}`.",
                cookie.page.method,
                cookie.name,
            )
