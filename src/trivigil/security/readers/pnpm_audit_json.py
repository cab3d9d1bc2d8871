"""`pnpm audit --json`: one finding for each advisory.

Format: see `trivigil.security.npm`; paths begin with `.>` there. pnpm's own failures are an `error` with a code such as ERR_PNPM_AUDIT_BAD_RESPONSE.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from trivigil import foreign
from trivigil.security import dependency, lenient, npm, outline, scan

if TYPE_CHECKING:
    from trivigil.core.reading import Reading
    from trivigil.security.facts import ScanFacts
    from trivigil.sources import Source

TOOL: Final = "pnpm-audit"
FORMAT: Final = "json"
UNIT: Final = "advisories"


def recognises(source: Source) -> bool:
    """Whether it has advisories as pnpm prints them, or only pnpm's failure."""
    return npm.tool_of(source) == TOOL or _failed(source)


def _failed(source: Source) -> bool:
    seen = outline.outline(source)
    asked = b"/security/a" in source.head or b'"ERR_PNPM' in source.head
    return asked and seen.below("error", "code", "message")


def read(source: Source) -> Reading[ScanFacts]:
    """Every advisory; a file that only tells of pnpm's failure is crashed."""
    if not _failed(source):
        return npm.read(source, (TOOL, FORMAT, UNIT))
    report = foreign.root(foreign.load(source, TOOL), TOOL)
    why = dependency.said(lenient.text(lenient.inner(report, "error"), "message"))
    return scan.reading(source, (TOOL, FORMAT, UNIT), (), crashed=f"pnpm audit failed: {why}.")
