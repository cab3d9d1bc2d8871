"""Cache-Control of a page that belongs to one person."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from trivigil.core.result import Severity
from trivigil.monitor.strict import cookies
from trivigil.monitor.strict.finding import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from trivigil.monitor.observatory.scan import Scan

SEND: Final = "Cache-Control: no-store"


def judge(scan: Scan) -> Iterator[Finding]:
    """A page that sets a session cookie is kept by nobody but its reader."""
    if not scan.page.values("set-cookie") or not cookies.holds_session(scan):
        return
    words = {
        word.partition("=")[0].strip().lower()
        for word in scan.page.said("cache-control").split(",")
    }
    if "public" in words:
        said = "a page with a session cookie is marked `public`: caches may hand it to others."
        yield Finding("caching-public", Severity.HIGH, said, SEND)
    elif not words & {"no-store", "private", "no-cache"}:
        said = "a page with a session cookie may be kept by caches on the way."
        yield Finding("caching-session", Severity.MEDIUM, said, SEND)
