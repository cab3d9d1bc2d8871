"""Cookies as an answer sets them, and a jar that keeps them from step to step (RFC 6265, and what curl makes of it)."""

from __future__ import annotations

import datetime
from email.utils import parsedate_to_datetime
from ipaddress import ip_address
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from trivigil.core.record import NamedTuple

from .dates import NoDate, parsed
from .problem import Trouble

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .exchange import Exchange

_MOST: Final = 300
"""Cookies that one jar keeps; a hostile site sets no more."""


class SetCookie(NamedTuple):
    """One Set-Cookie line, attributes by their names in lower case; None for one without a value."""

    name: str
    value: str
    attributes: tuple[tuple[str, str | None], ...]

    def attribute(self, name: str) -> str | None:
        """The first one's value."""
        return next((value for key, value in self.attributes if key == name), None)

    def has(self, name: str) -> bool:
        """Whether it is there without a value."""
        return any(key == name and value is None for key, value in self.attributes)

    @property
    def max_age(self) -> int | None:
        """Seconds."""
        text = self.attribute("max-age") or ""
        digits = text.removeprefix("-").removeprefix("+")
        return int(text) if digits.isascii() and digits.isdecimal() and len(digits) < 19 else None  # noqa: PLR2004 (64 bits)

    @property
    def expires(self) -> datetime.datetime | None:
        """When it ends; raises Trouble for a date that is none."""
        text = self.attribute("expires")
        if text is None:
            return None
        try:
            return parsed(text, "%a, %d-%b-%Y %H:%M:%S GMT")
        except NoDate:
            pass
        try:
            found = parsedate_to_datetime(text)
            return found.replace(tzinfo=found.tzinfo or datetime.UTC).astimezone(datetime.UTC)
        except ValueError:
            raise Trouble("Invalid cookie", "the Expires of the cookie is no date") from None


def set_cookies(exchange: Exchange) -> list[SetCookie]:
    """All Set-Cookie lines of an answer that have a name."""
    return [_read(line) for line in exchange.values("set-cookie") if "=" in line.partition(";")[0]]


def _read(line: str) -> SetCookie:
    name, _, rest = line.partition("=")
    value, *others = rest.split(";")
    attributes = [other.split("=") for other in others if other]
    return SetCookie(
        name,
        value,
        tuple((each[0].strip().lower(), each[1] if len(each) > 1 else None) for each in attributes),
    )


class _Kept(NamedTuple):
    name: str
    value: str
    domain: str
    path: str
    host_only: bool
    secure: bool
    ends: datetime.datetime | None


def _is_loopback(host: str) -> bool:
    """Loopback hosts count as secure, as in curl."""
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def _is_address(host: str) -> bool:
    try:
        ip_address(host.strip("[]"))
    except ValueError:
        return False
    return True


class Jar:
    """The cookies of one check."""

    def __init__(self) -> None:
        self._kept: Final[list[_Kept]] = []

    def keep(self, exchange: Exchange, url: str, now: datetime.datetime) -> None:
        """Keep what an answer from this address sets."""
        for cookie in set_cookies(exchange):
            made = _kept(cookie, url, now)
            if made is None:
                continue
            same = [
                each
                for each in self._kept
                if (each.name, each.domain, each.path) == (made.name, made.domain, made.path)
            ]
            ended = made.ends is not None and made.ends <= now
            if same:
                at = self._kept.index(same[0])
                self._kept[at : at + 1] = [] if ended else [made]
            elif not ended and len(self._kept) < _MOST:
                self._kept.append(made)

    def header(self, url: str, now: datetime.datetime) -> str:
        """The pairs for a request to this address; empty for none."""
        fitting = [each for each in self._kept if _fits(each, url, now)]
        fitting.sort(
            key=lambda each: (-len(each.path), -len(each.domain), -len(each.name))
        )  # as curl
        return "; ".join(f"{each.name}={each.value}" for each in fitting)

    def values(self) -> Iterator[str]:
        """All values, for who must not show them."""
        return (each.value for each in self._kept)


def _kept(cookie: SetCookie, url: str, now: datetime.datetime) -> _Kept | None:
    parts = urlsplit(url)
    host = (parts.hostname or "").lower()
    domain = (cookie.attribute("domain") or "").strip().lower().lstrip(".")
    if domain and domain != host and (_is_address(host) or not host.endswith("." + domain)):
        return None
    if domain and domain != host and "." not in domain:
        return None
    path = (cookie.attribute("path") or "").strip()
    if not path.startswith("/"):
        path = parts.path.rpartition("/")[0] or "/"
    ends: datetime.datetime | None = None
    if cookie.max_age is not None:
        seconds = min(max(cookie.max_age, 0), 400 * 86400)
        ends = now + datetime.timedelta(seconds=seconds)
    else:
        try:
            ends = cookie.expires
        except Trouble:
            ends = None
    secure = any(key == "secure" for key, _ in cookie.attributes)
    if secure and parts.scheme != "https" and not _is_loopback(host):
        return None
    return _Kept(
        cookie.name.strip(), cookie.value.strip(), domain or host, path, not domain, secure, ends
    )


def _fits(each: _Kept, url: str, now: datetime.datetime) -> bool:
    parts = urlsplit(url)
    host, path = (parts.hostname or "").lower(), parts.path or "/"
    if each.ends is not None and each.ends <= now:
        return False
    if each.secure and parts.scheme != "https" and not _is_loopback(host):
        return False
    if host != each.domain and (each.host_only or not host.endswith("." + each.domain)):
        return False
    return path == each.path or (
        path.startswith(each.path) and (each.path.endswith("/") or path[len(each.path)] == "/")
    )
