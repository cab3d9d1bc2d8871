"""SonarQube's words for severity, in issues of its own and of other tools.

Until 10.2 they are BLOCKER to INFO, of which CRITICAL is the second and so high here; impacts, from 10.3 on, and hotspots are HIGH, MEDIUM and LOW.
"""

from __future__ import annotations

from typing import Final

from trivigil.core.result import Severity
from trivigil.security.severity import of_word

_WORDS: Final = {
    "BLOCKER": Severity.CRITICAL,
    "CRITICAL": Severity.HIGH,
    "MAJOR": Severity.MEDIUM,
    "MINOR": Severity.LOW,
}


def of_severity(word: str | None) -> Severity:
    """The scale's step for SonarQube's word; UNKNOWN for any other."""
    return _WORDS.get((word or "").upper(), of_word(word))
