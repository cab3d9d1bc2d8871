"""Gitleaks' JSON report, version 8, and 1 to 7 with their older keys: one record for each leak, in each commit.

Format: report/finding.go of gitleaks/gitleaks, and scan/leak.go of version 7. A clean report is `[]` or `null`, which is Gitleaks' only where it is
named; Gitleaks writes the same for a folder that is not there. Secrets, authors and messages of commits are not kept; teams take the secrets out before they keep a report.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from trivigil import foreign
from trivigil.security import lenient, scan
from trivigil.security.outline import nothing, outline
from trivigil.security.readers import gitleaks_leaks

if TYPE_CHECKING:
    from trivigil.core.reading import Reading
    from trivigil.security.facts import ScanFacts
    from trivigil.sources import Source

TOOL: Final = gitleaks_leaks.TOOL
FORMAT: Final = "json"
UNIT: Final = gitleaks_leaks.UNIT


def recognises(source: Source) -> bool:
    """Whether it is a list of leaks, of version 8 or an older one; an empty list only where the tool is named."""
    seen = outline(source)
    newer = seen.has("RuleID", "StartLine", "File") and seen.keys & {"Secret", "Fingerprint"}
    older = seen.has("offender", "commit") and seen.keys & {"rule", "reason"}
    return (seen.opens == "[" and bool(newer or older)) or nothing(source, TOOL)


def read(source: Source) -> Reading[ScanFacts]:
    """Every leak: one secret in three commits is three."""
    leaks, left = lenient.objects(foreign.load(source, TOOL))
    found = [gitleaks_leaks.finding(each) for each in leaks]
    return scan.reading(
        source,
        (TOOL, FORMAT, UNIT),
        found,
        incomplete=left,
        counts=gitleaks_leaks.counts(found),
    )
