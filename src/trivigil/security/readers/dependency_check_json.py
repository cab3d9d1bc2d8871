"""`dependency-check --format JSON`: one finding for each vulnerability of a dependency.

Format: see `trivigil.security.dependency_check`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from trivigil import foreign
from trivigil.security import dependency_check, outline

if TYPE_CHECKING:
    from trivigil.core.reading import Reading
    from trivigil.security.facts import ScanFacts
    from trivigil.sources import Source

TOOL: Final = "dependency-check"
FORMAT: Final = "json"
UNIT: Final = dependency_check.UNIT


def recognises(source: Source) -> bool:
    """Whether it has the report's schema and what was scanned."""
    return outline.outline(source).has("reportSchema", "scanInfo")


def read(source: Source) -> Reading[ScanFacts]:
    """Every vulnerability of every dependency, and the suppressed ones."""
    report = foreign.root(foreign.load(source, TOOL), TOOL)
    return dependency_check.read(source, FORMAT, report)
