"""Cross-Origin-Opener-Policy."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from trivigil.monitor.observatory import structured

if TYPE_CHECKING:
    from trivigil.monitor.observatory.algorithm import Algorithm
    from trivigil.monitor.observatory.scan import Scan

NAME: Final = "cross-origin-opener-policy"
VALUES: Final = ("same-origin", "same-origin-allow-popups", "noopener-allow-popups", "unsafe-none")


def judge(scan: Scan, _algorithm: Algorithm) -> str:
    """The result's name."""
    return structured.judge("coop", scan.page.said(NAME), VALUES)
