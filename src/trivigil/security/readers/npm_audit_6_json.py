"""`npm audit --json` of npm 6: one finding for each advisory.

Format: see `trivigil.security.npm`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from trivigil.security import npm

if TYPE_CHECKING:
    from trivigil.core.reading import Reading
    from trivigil.security.facts import ScanFacts
    from trivigil.sources import Source

TOOL: Final = "npm-audit"
FORMAT: Final = "json-6"
UNIT: Final = "advisories"


def recognises(source: Source) -> bool:
    """Whether it has advisories as npm 6 prints them."""
    return npm.tool_of(source) == TOOL


def read(source: Source) -> Reading[ScanFacts]:
    """Every advisory."""
    return npm.read(source, (TOOL, FORMAT, UNIT))
