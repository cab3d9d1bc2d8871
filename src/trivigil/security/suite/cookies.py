"""Cookies as a site sets them: names and attributes; their values are for comparing only (RFC 6265bis, 5.6)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from trivigil.core.record import NamedTuple
from trivigil.security.suite.weakness import Skipped

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from trivigil.security.suite.site import Site
    from trivigil.web.observation import Observation

_SESSION: Final = re.compile(
    r"sess|(?:^|[._-])sid(?:$|[._-])|auth|login|token|jwt|remember", re.IGNORECASE
)
_READABLE: Final = re.compile(r"c?[sx]s?rf", re.IGNORECASE)
"""Tokens against forged requests are made to be read by scripts."""
_KEPT: Final = {
    "path": "Path",
    "domain": "Domain",
    "max-age": "Max-Age",
    "secure": "Secure",
    "httponly": "HttpOnly",
    "samesite": "SameSite",
}
_PLAIN: Final = re.compile(r"[\w./-]{0,80}", re.ASCII)
_NAME: Final = re.compile(r"[\w!#$%&'*+.^`|~-]{1,100}")


class Cookie(NamedTuple):
    """One Set-Cookie."""

    name: str
    value: str
    attributes: Mapping[str, str]
    """Names in lower case."""
    page: Observation

    @property
    def session(self) -> bool:
        """Whether its name sounds as if it held a session."""
        return bool(_SESSION.search(self.name)) and not _READABLE.search(self.name)

    def __repr__(self) -> str:
        """Without the value."""
        return f"<Cookie {self.name}>"


def read(line: str, page: Observation) -> Cookie | None:
    """One cookie; None where it is none, or only takes one back."""
    pair, *rest = line.split(";")
    name, equals, value = pair.partition("=")
    if not equals or not _NAME.fullmatch(name.strip()):
        return None
    attributes = {}
    for part in rest:
        key, _, text = part.partition("=")
        attributes[key.strip().lower()] = text.strip()
    if attributes.get("max-age", "1").startswith(("0", "-")) or not value.strip():
        return None
    return Cookie(name.strip(), value.strip(), attributes, page)


def of(pages: Iterable[Observation]) -> tuple[Cookie, ...]:
    """All cookies that these answers set."""
    lines = [(line, page) for page in pages for line in page.values("set-cookie")]
    found = (read(line, page) for line, page in lines)
    return tuple(cookie for cookie in found if cookie is not None)


def seen(site: Site) -> tuple[Cookie, ...]:
    """The cookies of the site's pages, and of a login where one is possible; the first of each name.

    Raises Skipped where there are none.
    """
    pages = list(site.pages())
    if site.allow_writes and site.login.user and site.login.password:
        pages.append(site.log_in())
    first: dict[str, Cookie] = {}
    for cookie in of(pages):
        first.setdefault(cookie.name, cookie)
    if not first:
        raise Skipped("no cookie was set")
    return tuple(first.values())


def line(cookie: Cookie, *wanted: str) -> str:
    """The line to send: the attributes it has and these, without its value."""
    kept = [
        f"{_KEPT[name]}{f'={text}' if text else ''}"
        for name, text in cookie.attributes.items()
        if name in _KEPT and _PLAIN.fullmatch(text)
    ]
    names = {each.partition("=")[0].lower() for each in wanted}
    kept = [each for each in kept if each.partition("=")[0].lower() not in names]
    return "; ".join((f"Set-Cookie: {cookie.name}=…", *kept, *wanted))
