"""`trufflehog --json` of version 2, and of trufflehog3 before 3: lines, or a list, of what one rule saw in one file of a commit.

Format: truffleHog/truffleHog.py of version 2 of trufflesecurity/trufflehog, and feeltheajf/trufflehog3. `commit` is the commit's message. A record holds
all strings, or lines, of that rule.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from trivigil.security import leak, lenient, place, scan
from trivigil.security.facts import Place
from trivigil.security.outline import outline

if TYPE_CHECKING:
    from trivigil.core.reading import Reading
    from trivigil.foreign import Fields
    from trivigil.security.facts import Finding, ScanFacts
    from trivigil.sources import Source

TOOL: Final = "trufflehog"
FORMAT: Final = "json-2"
UNIT: Final = "files"

_KEYS: Final = {"stringsFound", "reason"}


def recognises(source: Source) -> bool:
    """Whether its records have the strings that were found, and why."""
    return outline(source).has("stringsFound", "reason", "path")


def read(source: Source) -> Reading[ScanFacts]:
    """A finding for each record, whose strings are counted besides."""
    records, left = lenient.of_tool(lenient.documents(source, TOOL), "TruffleHog", _KEYS)
    strings = sum(len(lenient.texts(each.value.get("stringsFound"))) for each in records)
    return scan.reading(
        source,
        (TOOL, FORMAT, UNIT),
        [_finding(each) for each in records],
        incomplete=left,
        counts={"strings": strings},
    )


def _finding(record: Fields) -> Finding:
    path = lenient.text(record, "path")
    strings = sorted(set(lenient.texts(record.value.get("stringsFound"))))
    return leak.finding(
        TOOL,
        lenient.text(record, "reason"),
        Place(path=place.path(path) if path else None),
        leak.digest_of("\n".join(strings)),
        description=lenient.commit(record.value.get("commitHash")),
    )
