"""Cookies that no other host can set: the names' prefixes (RFC 6265bis, 4.1.3)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from trivigil.core.result import Severity
from trivigil.security.suite import cookies
from trivigil.security.suite import site as sites
from trivigil.security.suite.weakness import Weakness

if TYPE_CHECKING:
    from collections.abc import Iterator

    from trivigil.security.suite.cookies import Cookie
    from trivigil.security.suite.site import Site

TITLE: Final = "Session cookies have the __Host- prefix, and keep its promise"
CATEGORY: Final = "cookies"
WRITES: Final = False


def test(site: Site) -> Iterator[Weakness]:
    """A promise that is not kept, for which browsers drop the cookie; or, over https, none for a session."""
    for cookie in cookies.seen(site):
        name = cookie.name.lower()
        prefixed = name.startswith(("__host-", "__secure-"))
        if prefixed and not kept(cookie):
            yield _weakness(
                cookie,
                "cookie-prefix-broken",
                "Browsers drop a cookie whose name promises more than it keeps",
                Severity.MEDIUM,
                f"Send `{cookies.line(cookie, 'Path=/', 'Secure')}`, without Domain.",
            )
        elif site.encrypted and cookie.session and not prefixed:
            yield _weakness(
                cookie,
                "cookie-prefix",
                "Another host of the domain can set the session cookie",
                Severity.INFO,
                f"Name it `__Host-{cookie.name}`, with Path=/ and Secure and without Domain.",
            )


def kept(cookie: Cookie) -> bool:
    """Whether a browser would accept it."""
    given = cookie.attributes
    if cookie.name.lower().startswith("__secure-"):
        return "secure" in given
    return "secure" in given and given.get("path") == "/" and not given.get("domain")


def _weakness(cookie: Cookie, name: str, title: str, severity: Severity, fix: str) -> Weakness:
    return Weakness(
        name,
        title,
        severity,
        "A subdomain that somebody else controls can put a session of its choice in the browser.",
        sites.shown(cookie.page),
        565,
        fix,
        cookie.page.method,
        cookie.name,
    )
