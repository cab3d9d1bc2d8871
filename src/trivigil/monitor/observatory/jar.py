"""A cookie jar that keeps and drops cookies as the reference grader's does (RFC 6265 and the prefixes of its successor)."""

from __future__ import annotations

import re
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Final

from trivigil.core.record import NamedTuple
from trivigil.monitor.observatory import domains, ecma, urls

if TYPE_CHECKING:
    from collections.abc import Iterable

_CONTROL: Final = re.compile(r"[\x00-\x1f]")
_SPECIAL: Final = ("local", "example", "invalid", "localhost", "test")
"""Top-level names of RFC 6761; a cookie may be set for a domain below them."""
_SAME_SITE: Final = ("strict", "lax", "none")


class Cookie(NamedTuple):
    """A cookie with what the server said of it."""

    name: str
    domain: str
    path: str
    host_only: bool
    secure: bool
    http_only: bool
    same_site: str | None
    """`strict`, `lax` or `none`; None where it is absent or not one of them."""
    expires: float
    """Seconds since 1970; infinite for a cookie of the session."""


class Jar:
    """Cookies of one session, in the order of their arrival."""

    def __init__(self, now: float) -> None:
        self._now = now
        self._kept: dict[tuple[str, str, str], Cookie] = {}

    @property
    def cookies(self) -> tuple[Cookie, ...]:
        """Everything in the jar, expired or not."""
        return tuple(self._kept.values())

    def asked(self, url: str) -> None:
        """A request goes out: expired cookies that it would have carried are dropped."""
        for key, cookie in list(self._kept.items()):
            if cookie.expires <= self._now and _matches(cookie, url):
                del self._kept[key]

    def answered(self, url: str, lines: Iterable[str]) -> None:
        """Keep what `Set-Cookie` lines set, except what the standards forbid."""
        for line in lines:
            cookie = read(line, url, self._now)
            if cookie is not None:
                self._kept[cookie.domain, cookie.path, cookie.name] = cookie


def read(line: str, url: str, now: float) -> Cookie | None:
    """The cookie of one `Set-Cookie` line, None where it is dropped."""
    pair, _, rest = ecma.trim(line).partition(";")
    name, equals, value = pair.partition("=")
    name = ecma.trim(name)
    if not equals or pair.startswith("=") or _CONTROL.search(name + ecma.trim(value)):
        return None
    said = _attributes(rest)
    host = urls.host(url)
    domain = said.get("domain", "")
    if domain and not _allowed(domain, host):
        return None
    cookie = Cookie(
        name=name,
        domain=domain or host,
        path=said.get("path") or _default_path(urls.path(url)),
        host_only=not domain,
        secure="secure" in said,
        http_only="httponly" in said,
        same_site=said.get("samesite") or None,
        expires=_expiry(said, now),
    )
    return cookie if _keeps_prefix(cookie) else None


def _attributes(text: str) -> dict[str, str]:
    """Attributes by lower-case name, each the last that counts (RFC 6265, section 5.2)."""
    found: dict[str, str] = {}
    for piece in text.split(";"):
        name, _, value = ecma.trim(piece).partition("=")
        name, value = ecma.trim(name).lower(), ecma.trim(value)
        if name == "samesite":
            value = value.lower() if value.lower() in _SAME_SITE else ""
        elif name == "domain":
            value = value.removeprefix(".").lower()
            if not value:
                continue
        elif name == "path":
            value = value if value.startswith("/") else ""
        elif (name == "max-age" and not re.fullmatch("-?[0-9]+", value)) or (
            name == "expires" and _date(value) is None
        ):
            continue
        found[name] = value
    return found


def _expiry(said: dict[str, str], now: float) -> float:
    if "max-age" in said:
        return now + int(said["max-age"][:12]) if not said["max-age"].startswith("-") else 0.0
    return (_date(said["expires"]) or 0.0) if "expires" in said else float("inf")


def _date(text: str) -> float | None:
    try:
        return parsedate_to_datetime(text.replace("-", " ")).timestamp()
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def _allowed(domain: str, host: str) -> bool:
    """Whether a host may set a cookie for a domain: its own, no public suffix, or one above it."""
    labels = domain.split(".")
    special = labels[-1] in _SPECIAL and (len(labels) > 1 or domain in ("localhost", "invalid"))
    if not special and domains.registrable(domain) is None:
        return False
    return domain == host or (host.endswith(f".{domain}") and not urls.is_address(host))


def _keeps_prefix(cookie: Cookie) -> bool:
    """`__Secure-` and `__Host-` keep their promise; tested with the case as written."""
    if cookie.name.startswith("__Secure-"):
        return cookie.secure
    if cookie.name.startswith("__Host-"):
        return cookie.secure and cookie.host_only and cookie.path == "/"
    return True


def _default_path(path: str) -> str:
    """RFC 6265, section 5.1.4."""
    return path[: path.rfind("/")] or "/"


def _matches(cookie: Cookie, url: str) -> bool:
    """Whether a request would carry the cookie (RFC 6265, section 5.4)."""
    host, path = urls.host(url), urls.path(url)
    at_host = host == cookie.domain or (not cookie.host_only and host.endswith(f".{cookie.domain}"))
    below = path == cookie.path or path.startswith(cookie.path.rstrip("/") + "/")
    return at_host and below and (not cookie.secure or urls.scheme(url) == "https")
