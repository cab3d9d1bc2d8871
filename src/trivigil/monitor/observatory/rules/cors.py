"""Cross-origin resource sharing, as the answer to the preflight says it.

The reference never sees the Origin header of its own preflight, so an origin that is reflected together with credentials counts as
restricted access; the strict grade reports it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from trivigil.monitor.observatory import ecma

if TYPE_CHECKING:
    from trivigil.monitor.observatory.algorithm import Algorithm
    from trivigil.monitor.observatory.scan import Scan

NAME: Final = "cross-origin-resource-sharing"


def judge(scan: Scan, _algorithm: Algorithm) -> str:
    """The result's name."""
    allowed = scan.preflight.said("access-control-allow-origin") if scan.preflight else ""
    if not allowed:
        return f"{NAME}-not-implemented"
    access = "public" if ecma.trim(allowed[:256]) == "*" else "restricted"
    return f"{NAME}-implemented-with-{access}-access"
