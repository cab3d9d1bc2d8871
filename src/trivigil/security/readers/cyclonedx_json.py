"""CycloneDX JSON 1.4 and later, with the vulnerabilities that a scanner put into it: Trivy, Grype, pip-audit, OSV-Scanner, Dependency-Track and others.

Format: see `trivigil.security.bom`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from trivigil import foreign
from trivigil.security import bom, outline

if TYPE_CHECKING:
    from trivigil.core.reading import Reading
    from trivigil.security.facts import ScanFacts
    from trivigil.sources import Source

TOOL: Final = "cyclonedx"
FORMAT: Final = "json"
UNIT: Final = bom.UNIT

_SHAPE: Final = re.compile(
    rb'"bomFormat"\s*:\s*"CycloneDX"|"\$schema"\s*:\s*"https?://cyclonedx\.org/'
)


def recognises(source: Source) -> bool:
    """Whether it says that it is CycloneDX; one that begins with large lists, by its components."""
    seen = outline.outline(source)
    if seen.opens != "{":
        return False
    return _SHAPE.search(source.head) is not None or seen.below("components", "bom-ref", "type")


def read(source: Source) -> Reading[ScanFacts]:
    """Every vulnerability for every component that it affects."""
    return bom.read(source, FORMAT, foreign.root(foreign.load(source, TOOL), TOOL))
