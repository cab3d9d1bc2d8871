"""Which machines may be sent requests: this one; another only where the user says so."""

from __future__ import annotations

import re
from typing import Final

from trivigil.core.errors import InputError
from trivigil.core.untrusted import printable

_LOCAL: Final = re.compile(r"(localhost|127(\.\d{1,3}){3}|\[?::1\]?|0\.0\.0\.0)", re.IGNORECASE)


def is_local(host: str) -> bool:
    """Whether a URL names this machine itself."""
    name = _parts(host)[1]
    return name is not None and _LOCAL.fullmatch(name) is not None


def _parts(host: str) -> tuple[str, str | None]:
    """Scheme and name of a URL; no name where it is none."""
    from urllib.parse import urlsplit

    try:
        parts = urlsplit(host)
        name = parts.hostname
    except ValueError:
        return "", None
    return parts.scheme, name or None


def check_host(host: str, *, allow_remote: bool, key: str = "host", purpose: str = "load") -> None:
    """Refuse to send requests to a machine that is not this one, unless the user allowed it.

    Raises InputError for a host that is no http(s) URL, or that is remote without `allow-remote`.
    """
    if not host.strip():
        raise InputError("a URL such as http://localhost:8080 is needed.", key=key)
    scheme, name = _parts(host)
    if scheme not in ("http", "https") or name is None:
        raise InputError(
            f"`{printable(host, 80)}` is not a URL such as http://localhost:8080.", key=key
        )
    if not allow_remote and not _LOCAL.fullmatch(name):
        raise InputError(
            f"{printable(name, 80)} is not this machine.",
            key=key,
            tip=f"Set `allow-remote: true` if you may {purpose} it.",
        )
