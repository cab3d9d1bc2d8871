"""Referrer-Policy: what other sites learn of the addresses here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from trivigil.core.result import Severity
from trivigil.monitor.observatory.algorithm import ALGORITHMS
from trivigil.monitor.observatory.rules import referrer_policy
from trivigil.monitor.strict.finding import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from trivigil.monitor.observatory.scan import Scan

SEND: Final = "Referrer-Policy: strict-origin-when-cross-origin"


def judge(scan: Scan) -> Iterator[Finding]:
    """The last known word decides; without one, the browser's own default, which is private."""
    values = referrer_policy.stated(scan, ALGORITHMS["6"])
    said = [word.strip().lower() for word in ",".join(values).split(",")]
    known = [word for word in said if word in (*referrer_policy.PRIVATE, *referrer_policy.UNSAFE)]
    if known and known[-1] in referrer_policy.UNSAFE:
        severity = Severity.MEDIUM if known[-1] == "unsafe-url" else Severity.LOW
        message = f"`{known[-1]}` tells other sites where people come from."
        yield Finding("referrer-unsafe", severity, message, SEND)
    elif values and not known:
        message = "no word of the header is known, so browsers ignore it."
        yield Finding("referrer-invalid", Severity.LOW, message, SEND)
    elif not values:
        message = "the browser's default decides."
        yield Finding("referrer-missing", Severity.INFO, message, SEND)
