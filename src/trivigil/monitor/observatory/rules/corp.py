"""Cross-Origin-Resource-Policy: the whole value, in any case."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from trivigil.monitor.observatory import ecma

if TYPE_CHECKING:
    from trivigil.monitor.observatory.algorithm import Algorithm
    from trivigil.monitor.observatory.scan import Scan

NAME: Final = "cross-origin-resource-policy"


def judge(scan: Scan, _algorithm: Algorithm) -> str:
    """The result's name."""
    value = ecma.trim(scan.page.said(NAME)[:256]).lower()
    if not value:
        return "corp-not-implemented"
    if value in ("same-origin", "same-site", "cross-origin"):
        return f"corp-implemented-with-{value}"
    return "corp-header-invalid"
