"""The address of a request: as it goes to the probe, and as the query `url` gives it (WHATWG URL, which Hurl follows)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final
from urllib.parse import quote, unquote, urlsplit

from trivigil.core.record import NamedTuple

if TYPE_CHECKING:
    from .model import Check

_HOST: Final = re.compile(r"https?://([A-Za-z0-9.-]+)(?=[:/?#])")
_PORTS: Final = {"http": 80, "https": 443}
_VISIBLE: Final = "".join(map(chr, range(0x21, 0x7F)))
_IN_PATH: Final = "".join(char for char in _VISIBLE if char not in '"<>`#?{}')
_IN_QUERY: Final = "".join(char for char in _VISIBLE if char not in "\"<>#'")


class Address(NamedTuple):
    """An address in the two forms, and who asks."""

    asked: str
    """Without user and password, without `..`."""
    written: str
    user: str | None = None
    password: str = ""


def read(url: str) -> Address:
    """Raises ValueError where the host or port is none."""
    parts = urlsplit(url)
    path = _without_dots(parts.path.replace("\\", "/")) or "/"
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname or ""
    port = f":{parts.port}" if parts.port not in (None, _PORTS.get(parts.scheme)) else ""
    user, at, _ = parts.netloc.rpartition("@")
    query = f"?{parts.query}" if parts.query or url.endswith("?") else ""
    written = f"{parts.scheme}://{user}{at}{host}{port}{quote(path, safe=_IN_PATH)}"
    return Address(
        f"{parts.scheme}://{host}{port}{path}{query}",
        written + quote(query, safe=_IN_QUERY),
        None if parts.username is None else unquote(parts.username),
        unquote(parts.password or ""),
    )


def _without_dots(path: str) -> str:
    """RFC 3986, 5.2.4."""
    kept: list[str] = []
    segments = path.split("/")
    for place, segment in enumerate(segments):
        last = place == len(segments) - 1
        if segment == "..":
            del kept[max(len(kept) - 1, 1) :]
        elif segment != ".":
            kept.append(segment)
            continue
        if last:
            kept.append("")
    return "/".join(kept)


def named_host(check: Check) -> str:
    """Whom the first step asks, where the file itself names the host: `GET https://other.example/…`."""
    begin = check.steps[0].request.url.parts[:1]
    found = _HOST.match(begin[0]) if begin and isinstance(begin[0], str) else None
    return found.group(1).lower() if found else ""
