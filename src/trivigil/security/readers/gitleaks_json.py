"""Gitleaks' JSON report, version 8, and 4 to 7 with their older keys: one record for each leak, in each commit.

Format: report/finding.go of gitleaks/gitleaks, and scan/leak.go of version 7. A clean report is `[]` or `null`, which is Gitleaks' only where it is
named; Gitleaks writes the same for a folder that is not there. Secrets, authors and messages of commits are not kept.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from trivigil import foreign
from trivigil.security import leak, lenient, place, scan
from trivigil.security.facts import Place
from trivigil.security.outline import nothing, outline

if TYPE_CHECKING:
    from trivigil.core.reading import Reading
    from trivigil.foreign import Fields
    from trivigil.security.facts import Finding, ScanFacts
    from trivigil.sources import Source

TOOL: Final = "gitleaks"
FORMAT: Final = "json"
UNIT: Final = "leaks"


def recognises(source: Source) -> bool:
    """Whether it is a list of leaks, of version 8 or an older one; an empty list only where the tool is named."""
    seen = outline(source)
    known = seen.has("RuleID", "Secret", "StartLine") or seen.has("rule", "offender", "commit")
    return (seen.opens == "[" and known) or nothing(source, TOOL)


def read(source: Source) -> Reading[ScanFacts]:
    """Every leak: one secret in three commits is three."""
    leaks, left = lenient.objects(foreign.load(source, TOOL))
    found = [_finding(each) for each in leaks]
    return scan.reading(
        source,
        (TOOL, FORMAT, UNIT),
        found,
        incomplete=left,
        counts={"secrets": len({each.secret for each in found if each.secret})},
    )


def _finding(record: Fields) -> Finding:
    path = lenient.text(record, "File", "file")
    return leak.finding(
        TOOL,
        lenient.text(record, "RuleID", "rule"),
        Place(
            path=place.path(path) if path else None,
            line=lenient.line(record.value.get("StartLine", record.value.get("lineNumber"))),
            end_line=lenient.line(record.value.get("EndLine")),
        ),
        leak.digest_of(record.value.get("Secret", record.value.get("offender"))),
        title=lenient.text(record, "Description"),
        description=lenient.commit(record.value.get("Commit", record.value.get("commit"))),
    )
