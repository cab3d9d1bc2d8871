"""Cross-origin resource sharing: which other sites may read answers, with the visitor's cookies."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trivigil.core.result import Severity
from trivigil.monitor.observatory.scan import ORIGIN
from trivigil.monitor.strict.finding import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from trivigil.monitor.observatory.scan import Scan


def judge(scan: Scan) -> Iterator[Finding]:
    """The answer to the preflight, and the page's own headers."""
    send = f"Access-Control-Allow-Origin: https://{scan.host}"
    for answer in (scan.preflight, scan.page):
        if answer is None:
            continue
        allowed = answer.said("access-control-allow-origin").strip()
        credentials = answer.said("access-control-allow-credentials").strip() == "true"
        if allowed.lower() == ORIGIN and credentials:
            said = "any site that asks is allowed, with the visitor's cookies."
            yield Finding("cors-any-origin-reflected", Severity.CRITICAL, said, send)
        elif allowed.lower() == ORIGIN:
            said = "any site that asks is allowed by its name: the origin is reflected."
            yield Finding(
                "cors-origin-reflected", Severity.LOW, said, "Access-Control-Allow-Origin: *"
            )
        elif allowed.lower() == "null" and credentials:
            said = "the origin `null`, which every sandboxed frame has, is allowed with the visitor's cookies."
            yield Finding("cors-null-origin", Severity.HIGH, said, send)
        elif allowed == "*" and credentials:
            said = "browsers refuse `*` together with credentials."
            yield Finding("cors-wildcard-with-credentials", Severity.INFO, said, send)
