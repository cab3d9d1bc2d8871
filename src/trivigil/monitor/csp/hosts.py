"""Hosts whose scripts get around a policy that allows them: they serve every package, AngularJS among them, or JSONP."""

from __future__ import annotations

import re
from typing import Final

PACKAGES: Final = (
    "ajax.googleapis.com",
    "cdn.jsdelivr.net",
    "cdnjs.cloudflare.com",
    "code.angularjs.org",
    "unpkg.com",
)
JSONP: Final = ("accounts.google.com", "www.google.com")

_SOURCE: Final = re.compile(r"(?:\w[+\w.-]*:)?(?://)?([^/:?#]*)(?::[0-9*]+)?(/.*)?", re.DOTALL)


def host(source: str) -> str:
    """The host of a source, as it is written."""
    found = _SOURCE.fullmatch(source)
    return found[1].lower() if found else ""


def bypassed(source: str) -> bool:
    """Whether a source allows such a host; one with a path allows too little to tell."""
    found = _SOURCE.fullmatch(source)
    if found is None or (found[2] or "/") != "/":
        return False
    name = found[1].lower()
    if name.startswith("*."):
        return any(known.endswith(name[1:]) for known in (*PACKAGES, *JSONP))
    return name in (*PACKAGES, *JSONP)
