"""Cookies that other sites' requests do not carry (RFC 6265bis, 4.1.2.7)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from trivigil.core.result import Severity
from trivigil.security.suite import cookies
from trivigil.security.suite import site as sites
from trivigil.security.suite.weakness import Weakness

if TYPE_CHECKING:
    from collections.abc import Iterator

    from trivigil.security.suite.site import Site

TITLE: Final = "Cookies have SameSite"
CATEGORY: Final = "cookies"
WRITES: Final = False


def test(site: Site) -> Iterator[Weakness]:
    """No SameSite or no known value, which browsers treat differently; or None without Secure, which they refuse."""
    for cookie in cookies.seen(site):
        value = cookie.attributes.get("samesite", "").lower()
        refused = value == "none" and "secure" not in cookie.attributes
        if value in {"lax", "strict", "none"} and not refused:
            continue
        wanted = ("Secure", "SameSite=None") if refused else ("SameSite=Lax",)
        yield Weakness(
            "cookie-same-site",
            "It is left to the browser whether other sites' requests carry a cookie",
            Severity.MEDIUM if cookie.session else Severity.LOW,
            "A page of another site can act in the name of whoever visits it.",
            sites.shown(cookie.page),
            1275,
            f"Send `{cookies.line(cookie, *wanted)}`.",
            cookie.page.method,
            cookie.name,
            {"same_site": value in {"lax", "strict", "none"}},
        )
