"""Cookies that stay: what has expired is not judged, what a browser refuses is said."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from trivigil.core.result import Severity
from trivigil.core.untrusted import printable
from trivigil.monitor.strict.finding import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from trivigil.monitor.observatory.jar import Cookie
    from trivigil.monitor.observatory.scan import Scan

_SESSION: Final = re.compile(
    r"sess(?!ment)|login|(?:^|[._-])(?:sid|auth|token|jwt)(?:$|[._-])|^(?:connect\.)?sid$",
    re.IGNORECASE,
)
_PREFIXED: Final = re.compile(r"\s*(__(?:Host|Secure)-[^=;\s]*)\s*=", re.IGNORECASE)


def judge(scan: Scan) -> Iterator[Finding]:
    """Secure, HttpOnly and SameSite of what the jar keeps."""
    live = [cookie for cookie in scan.graded.cookies if cookie.expires > scan.now]
    for cookie in live:
        yield from _faults(cookie)
    kept = {cookie.name for cookie in scan.graded.cookies}
    for line in scan.page.values("set-cookie"):
        found = _PREFIXED.match(line)
        if found and found[1] not in kept:
            said = f"browsers refuse the cookie `{printable(found[1], 100)}`: its prefix promises more than is set."
            yield Finding("cookies-refused", Severity.LOW, said, _line(found[1]))


def holds_session(scan: Scan) -> bool:
    """Whether the page sets a session cookie."""
    return any(is_session(one) and one.expires > scan.now for one in scan.graded.cookies)


def is_session(cookie: Cookie) -> bool:
    """Whether a cookie's name says that it stands for a person. Not `assessment`, but `sid`."""
    return bool(_SESSION.search(cookie.name))


def _faults(cookie: Cookie) -> Iterator[Finding]:
    name, session = printable(cookie.name, 100), is_session(cookie)
    send = _line(cookie.name)
    kind = "session-" if session else ""
    if not cookie.secure:
        severity = Severity.HIGH if session else Severity.MEDIUM
        yield Finding(f"cookies-{kind}insecure", severity, f"`{name}` is sent in the clear.", send)
    if session and not cookie.http_only:
        said = f"scripts can read `{name}`."
        yield Finding("cookies-session-readable", Severity.HIGH, said, send)
    if cookie.same_site is None:
        severity = Severity.LOW if session or "csrf" in cookie.name.lower() else Severity.INFO
        said = f"`{name}` does not say whether other sites may send it."
        yield Finding(f"cookies-{kind}no-samesite", severity, said, send)
    elif cookie.same_site == "none" and not cookie.secure:
        said = f"browsers refuse `{name}`: SameSite=None needs Secure."
        yield Finding("cookies-refused-samesite", Severity.MEDIUM, said, send)


def _line(name: str) -> str:
    """The line to send. The value is never shown: it may be somebody's session."""
    return f"Set-Cookie: {printable(name, 100)}=…; Path=/; Secure; HttpOnly; SameSite=Lax"
