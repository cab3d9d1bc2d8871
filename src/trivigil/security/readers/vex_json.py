"""VEX documents, OpenVEX and CSAF: known, so that it is said what they are, and read as no scan.

They say which vulnerabilities do and do not matter to a product, not what a scanner found: a document without statements proves nothing. Format: openvex/spec and
docs.oasis-open.org/csaf.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NoReturn

from trivigil.core.errors import SourceError
from trivigil.security import outline

if TYPE_CHECKING:
    from trivigil.sources import Source

TOOL: Final = "vex"
FORMAT: Final = "json"
UNIT: Final = "statements"


def recognises(source: Source) -> bool:
    """Whether it has OpenVEX's context, or is a CSAF document."""
    seen = outline.outline(source)
    if seen.has("@context") and b"openvex" in source.head:
        return True
    return seen.below("document", "csaf_version")


def read(source: Source) -> NoReturn:
    """Never: raises SourceError, which says that it is a VEX document."""
    kind = "OpenVEX" if outline.outline(source).has("@context") else "CSAF"
    raise SourceError(
        f"is a VEX document ({kind}): it says which vulnerabilities matter, and is no result of a scan.",
        tip="Name the scanner's own JSON.",
    )
