"""Cookies of the graded session: Secure, HttpOnly, SameSite; the worst cookie decides."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from trivigil.monitor.observatory import ecma
from trivigil.monitor.observatory.rules import hsts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from trivigil.monitor.observatory.algorithm import Algorithm
    from trivigil.monitor.observatory.jar import Cookie
    from trivigil.monitor.observatory.scan import Scan

NAME: Final = "cookies"
_WORSE: Final = (
    "cookies-without-secure-flag-but-protected-by-hsts",
    "cookies-without-secure-flag",
    "cookies-session-without-secure-flag-but-protected-by-hsts",
    "cookies-samesite-flag-invalid",
    "cookies-anticsrf-without-samesite-flag",
    "cookies-session-without-httponly-flag",
    "cookies-session-without-secure-flag",
)
_IGNORED: Final = ("heroku-session-affinity",)
"""A load balancer's cookie that its users cannot change."""


def judge(scan: Scan, algorithm: Algorithm) -> str:
    """The result's name."""
    kept = [one for one in scan.graded.cookies if one.name and one.name not in _IGNORED]
    if not kept:
        return "cookies-not-found"
    protected = hsts.judge(scan, algorithm) in hsts.PASSES
    found = [fault for one in kept for fault in _faults(one, protected=protected)]
    if any(_misspelt(line) for line in scan.page.values("set-cookie")):
        found.append("cookies-samesite-flag-invalid")
    if found:
        return max(found, key=_WORSE.index)
    bonus = all(cookie.same_site for cookie in kept)
    return "cookies-secure-with-httponly-sessions" + ("-and-samesite" if bonus else "")


def _faults(cookie: Cookie, *, protected: bool) -> Iterator[str]:
    name = cookie.name.lower()
    session = "login" in name or "sess" in name
    if not cookie.secure:
        shield = "-but-protected-by-hsts" if protected else ""
        yield f"cookies-without-secure-flag{shield}"
        if cookie.same_site == "none":
            yield "cookies-samesite-flag-invalid"
        if session:
            yield f"cookies-session-without-secure-flag{shield}"
    if "csrf" in name and not cookie.same_site:
        yield "cookies-anticsrf-without-samesite-flag"
    if session and not cookie.http_only:
        yield "cookies-session-without-httponly-flag"


def _misspelt(line: str) -> bool:
    """Whether a SameSite attribute of the raw line has no value that the standard knows."""
    for piece in ecma.trim(line).split(";"):
        name, _, rest = ecma.trim(piece).partition("=")
        value = ecma.trim(rest.partition("=")[0]).lower()
        if ecma.trim(name).lower() == "samesite" and value not in ("lax", "strict", "none"):
            return True
    return False
