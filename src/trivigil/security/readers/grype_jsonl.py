"""`grype -o jsonl`: one line, and one finding, for each match of an advisory and a package.

Format: grype/presenter/jsonl of anchore/grype; a line is a match of its JSON. What was scanned and what is ignored stand in no line, and nothing found is a file without a
byte, which a run that failed leaves, too: it is not clean. Nothing tells a cut at the end of a line.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from trivigil.foreign import Fields
from trivigil.security import lenient, outline, scan
from trivigil.security.readers import grype_matches

if TYPE_CHECKING:
    from trivigil.core.reading import Reading
    from trivigil.security.facts import ScanFacts
    from trivigil.sources import Source

TOOL: Final = grype_matches.TOOL
FORMAT: Final = "jsonl"
UNIT: Final = "matches"

_KEYS: Final = {"vulnerability", "artifact"}


def recognises(source: Source) -> bool:
    """Whether its lines have an advisory, a package and how they matched."""
    seen = outline.outline(source)
    return seen.has("vulnerability", "artifact", "matchDetails") and seen.below("artifact", "name")


def read(source: Source) -> Reading[ScanFacts]:
    """Every match."""
    records, left = lenient.of_tool(lenient.documents(source, TOOL), "Grype", _KEYS)
    here = grype_matches.Where(Fields({"target": "."}))  # paths are of what was scanned
    found = [grype_matches.finding(each, here) for each in records]
    return scan.reading(source, (TOOL, FORMAT, UNIT), found, incomplete=left)
