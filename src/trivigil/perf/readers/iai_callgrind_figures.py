"""Which of Callgrind's counts are measurements (instructions, estimated cycles, RAM hits; never times), and the tool's own limits."""

from __future__ import annotations

from typing import Final

from trivigil.core.result import Location, Result, Rule, Severity
from trivigil.core.untrusted import printable

METRICS: Final = {
    "Instructions": "instructions",
    "Ir": "instructions",
    "Estimated Cycles": "cycles",
    "EstimatedCycles": "cycles",
    "RAM Hits": "ram_hits",
    "RamHits": "ram_hits",
}
"""By the names of the text and of the JSON. Hits of nearer caches are better or worse with what they stand beside, so they are left out."""
_RULE: Final = Rule("iai-callgrind.limit", "a limit of the iai-callgrind benchmark")


def verdict(place: str, said: str, *, held: bool) -> Result:
    """What iai-callgrind judged; a broken limit ends it with exit code 3."""
    return Result(
        rule=_RULE,
        kind="pass" if held else "fail",
        severity=Severity.INFO if held else Severity.HIGH,
        message=f"iai-callgrind: {printable(said, 300)}",
        location=Location(place),
        fix=None if held else "Mend what got slower, or the limit in the benchmark.",
        tools=("iai-callgrind",),
    )
