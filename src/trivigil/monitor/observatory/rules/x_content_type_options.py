"""X-Content-Type-Options."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from trivigil.monitor.observatory import ecma

if TYPE_CHECKING:
    from trivigil.monitor.observatory.algorithm import Algorithm
    from trivigil.monitor.observatory.scan import Scan

NAME: Final = "x-content-type-options"


def judge(scan: Scan, _algorithm: Algorithm) -> str:
    """The result's name."""
    header = scan.page.said(NAME)
    if not header:
        return f"{NAME}-not-implemented"
    known = ecma.trim(header[:256]).lower() == "nosniff"
    return f"{NAME}-{'nosniff' if known else 'header-invalid'}"
