"""Leaks of Gitleaks, as its JSON and its CSV have them; authors and messages of commits are not kept.

Format: report/finding.go of gitleaks/gitleaks, and scan/leak.go of version 7.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from trivigil.security import leak, lenient, place
from trivigil.security.facts import Place

if TYPE_CHECKING:
    from collections.abc import Iterable

    from trivigil.foreign import Fields
    from trivigil.security.facts import Finding

TOOL: Final = "gitleaks"
UNIT: Final = "leaks"


def counts(found: Iterable[Finding]) -> dict[str, int]:
    """How many secrets these leaks are of."""
    return {"secrets": len({each.secret for each in found if each.secret})}


def finding(record: Fields) -> Finding:
    """A leak, by the keys of version 8 or of an older one."""
    path = lenient.text(record, "File", "file")
    return leak.finding(
        TOOL,
        lenient.text(record, "RuleID", "rule", "reason"),
        Place(
            path=place.path(path) if path else None,
            line=lenient.line(record.value.get("StartLine", record.value.get("lineNumber"))),
            end_line=lenient.line(record.value.get("EndLine")),
        ),
        leak.digest_of(record.value.get("Secret", record.value.get("offender"))),
        title=lenient.text(record, "Description"),
        description=lenient.commit(record.value.get("Commit", record.value.get("commit"))),
    )
