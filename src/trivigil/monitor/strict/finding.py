"""What the strict grade finds, and what to send instead."""

from __future__ import annotations

from typing import Final

from trivigil.core.record import NamedTuple
from trivigil.core.result import Severity

POINTS: Final = {
    Severity.CRITICAL: 50,
    Severity.HIGH: 25,
    Severity.MEDIUM: 10,
    Severity.LOW: 5,
    Severity.INFO: 0,
}


class Finding(NamedTuple):
    """One fault. `send` is the exact header line (or what else to change) that mends it."""

    rule: str
    severity: Severity
    message: str
    send: str
    test: str = ""
