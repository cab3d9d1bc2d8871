"""Session cookies that scripts cannot read (RFC 6265bis, 4.1.2.6)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from trivigil.core.result import Severity
from trivigil.security.suite import cookies
from trivigil.security.suite import site as sites
from trivigil.security.suite.weakness import Weakness

if TYPE_CHECKING:
    from collections.abc import Iterator

    from trivigil.security.suite.site import Site

TITLE: Final = "Session cookies are HttpOnly"
CATEGORY: Final = "cookies"
WRITES: Final = False


def test(site: Site) -> Iterator[Weakness]:
    """Cookies whose name sounds like a session; tokens against forged requests are meant to be read."""
    for cookie in cookies.seen(site):
        if cookie.session and "httponly" not in cookie.attributes:
            yield Weakness(
                "cookie-http-only",
                "Scripts can read a session cookie",
                Severity.MEDIUM,
                "One injected script is enough to take over sessions.",
                sites.shown(cookie.page),
                1004,
                f"Send `{cookies.line(cookie, 'HttpOnly')}`.",
                cookie.page.method,
                cookie.name,
            )
