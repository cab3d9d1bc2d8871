"""X-Content-Type-Options: browsers go by the first member of the list (Fetch standard, section 3.6)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trivigil.core.result import Severity
from trivigil.monitor.strict.finding import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from trivigil.monitor.observatory.scan import Scan


def judge(scan: Scan) -> Iterator[Finding]:
    """Anything but nosniff lets browsers guess."""
    value = scan.page.said("x-content-type-options").partition(",")[0].strip().lower()
    if value != "nosniff":
        rule = "sniffing-invalid" if value else "sniffing-missing"
        said = "browsers may take an answer for a script or a style that it is not."
        yield Finding(rule, Severity.LOW, said, "X-Content-Type-Options: nosniff")
