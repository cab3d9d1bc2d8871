"""X-Frame-Options, or the frame-ancestors of a Content-Security-Policy, which outweighs it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from trivigil.monitor.observatory import ecma
from trivigil.monitor.observatory.rules import csp

if TYPE_CHECKING:
    from trivigil.monitor.observatory.algorithm import Algorithm
    from trivigil.monitor.observatory.scan import Scan

NAME: Final = "x-frame-options"


def judge(scan: Scan, algorithm: Algorithm) -> str:
    """The result's name."""
    if csp.has_frame_ancestors(scan, algorithm):
        return f"{NAME}-implemented-via-csp"
    header = scan.page.said(NAME)
    if not header:
        return f"{NAME}-not-implemented"
    value = ecma.trim(header[:1024]).lower()
    if value in ("deny", "sameorigin"):
        return f"{NAME}-sameorigin-or-deny"
    return f"{NAME}-{'allow-from-origin' if value.startswith('allow-from') else 'header-invalid'}"
