"""The address of an exchange, read once: what is asked, what is connected to, and what may be shown of it."""

from __future__ import annotations

from functools import lru_cache
from typing import Final
from urllib.parse import quote, urlsplit

from trivigil.core.errors import InputError
from trivigil.core.record import NamedTuple
from trivigil.core.untrusted import printable

PORTS: Final = {"http": 80, "https": 443}
_SAFE: Final = "/?&=%:@!$'()*+,;~-._[]"
_LONGEST: Final = 8192


class Target(NamedTuple):
    """A URL in its parts."""

    scheme: str
    host: str
    """In lower case and ASCII; an IPv6 address without brackets."""
    port: int
    path: str
    """Path and query, as they go over the wire."""

    @property
    def origin(self) -> str:
        """Scheme, host and port, as a browser writes an Origin."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        port = "" if self.port == PORTS[self.scheme] else f":{self.port}"
        return f"{self.scheme}://{host}{port}"

    @property
    def url(self) -> str:
        """The whole URL, its query's values too: to be asked, not to be shown."""
        return f"{self.origin}{self.path}"

    @property
    def shown(self) -> str:
        """The URL for people: names of the query without their values, which may be secrets."""
        path, _, query = self.path.partition("?")
        names = "&".join(part.partition("=")[0] for part in query.split("&") if part)
        rest = printable(f"{path}{f'?{names}' if names else ''}", 300)
        # The colons of an IPv6 address stand in brackets: no command begins there, and the address stays one.
        host = (
            self.origin
            if self.origin.endswith("]") or "]:" in self.origin
            else printable(self.origin)
        )
        return host + rest


@lru_cache(maxsize=1024)
def read(url: str, key: str | None = None) -> Target:
    """The parts of an http or https URL. Raises InputError for anything else, without repeating its secrets.

    `key` names the setting that holds it, for the error.
    """
    try:
        parts = urlsplit(url.strip())
        host = _host(parts.hostname or "")
        port = parts.port if parts.port is not None else PORTS[parts.scheme]
    except (ValueError, KeyError):
        raise _refusal(key) from None
    bare = url.strip()
    if parts.scheme not in PORTS or not host or not port or len(bare) > _LONGEST:
        raise _refusal(key)
    if not bare.isprintable() or " " in bare:
        raise _refusal(key)
    if parts.username is not None or parts.password is not None:
        raise InputError("a URL with a user and a password in it is not asked.", key=key)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Target(parts.scheme, host, port, quote(path, safe=_SAFE))


def _host(name: str) -> str:
    """The name as DNS and Host headers have it. Raises UnicodeError, a ValueError, where it cannot be one."""
    if ":" in name:
        return name.lower()
    return name.encode("idna").decode("ascii").lower().rstrip(".") if name else ""


def _refusal(key: str | None) -> InputError:
    return InputError(
        "this is no URL that can be asked.",
        key=key,
        tip="Write http:// or https://HOST[:PORT][/PATH].",
    )
