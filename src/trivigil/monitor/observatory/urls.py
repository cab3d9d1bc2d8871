"""Absolute http(s) URLs, taken apart and resolved as the URL standard says, as far as redirects and scripts need it."""

from __future__ import annotations

import ipaddress
import re
from typing import Final
from urllib.parse import quote, urljoin, urlsplit

_DROPPED: Final = re.compile(r"[\t\n\r]")
_NO_HOST: Final = re.compile(r"[\x00-\x20#%/:<>?@\[\\\]^|\x7f]")
_PORTS: Final = {"http": 80, "https": 443}
_KEPT: Final = "%/:;@&=+$,!~*'()[]|^\\"


def normal(text: str) -> str | None:
    """The URL in its one spelling, without fragment; None where it is not an absolute http(s) URL."""
    text = _DROPPED.sub("", text.strip("".join(map(chr, range(33)))))
    found = re.match(r"(https?):[/\\]*(.*)", text, re.IGNORECASE | re.DOTALL)
    if found is None:
        return None
    scheme = found[1].lower()
    head, mark, query = found[2].partition("#")[0].partition("?")
    authority, slash, path = head.replace("\\", "/").partition("/")
    place = _authority(authority, _PORTS[scheme])
    if place is None:
        return None
    path = urlsplit(urljoin("http://h/", slash + path if slash else "/")).path or "/"
    path = quote(path, safe=_KEPT) if path.startswith("/") else f"/{path}"
    return f"{scheme}://{place}{path}{mark if query else ''}{quote(query, safe=_KEPT + '?`{}')}"


def _authority(text: str, default: int) -> str | None:
    """Host and port in their one spelling; a user's name is left out."""
    found = re.fullmatch(r"(?:.*@)?(\[[0-9a-fA-F:.]+\]|[^:]+?)(?::([0-9]*))?", text, re.DOTALL)
    if found is None:
        return None
    name, port = found[1].lower(), found[2]
    if not name.startswith("[") and _NO_HOST.search(name):
        return None
    if port and int(port[:7]) > 65535:  # noqa: PLR2004 (the last port)
        return None
    return name if not port or int(port) == default else f"{name}:{int(port)}"


def resolve(reference: str, base: str) -> str | None:
    """The URL that a redirect from `base` to `reference` leads to; None where none can be followed."""
    text = _DROPPED.sub("", reference.strip("".join(map(chr, range(33)))))
    own = scheme(base)
    if re.match(rf"{own}:(?![/\\])", text, re.IGNORECASE):
        text = text[len(own) + 1 :]  # relative in spite of its scheme: the base has the same
    elif re.match(r"[a-zA-Z][a-zA-Z0-9+.-]*:", text):
        return normal(text)
    if re.match(r"[/\\]{2}", text):
        return normal(f"{own}:{text}")
    path, mark, rest = text.partition("?")
    try:
        return normal(urljoin(base, path.replace("\\", "/") + mark + rest))
    except ValueError:
        return None


def scheme(url: str) -> str:
    """`http` or `https`."""
    return url.partition(":")[0]


def host(url: str) -> str:
    """The host of a normal URL, without its port."""
    authority = url.split("/", 3)[2]
    return authority if authority.endswith("]") else authority.rpartition(":")[0] or authority


def path(url: str) -> str:
    """The path of a normal URL, without its query."""
    return "/" + url.split("/", 3)[3].partition("?")[0]


def is_address(name: str) -> bool:
    """Whether a host is an IP address."""
    try:
        ipaddress.ip_address(name.strip("[]"))
    except ValueError:
        return False
    return True
