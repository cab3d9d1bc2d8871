"""`detect-secrets audit --report --json`: every secret of a baseline in clear text, with what the audit made of it.

Format: detect_secrets/audit/report.py of Yelp/detect-secrets. One entry may stand in several lines and be of several types. Neither the secret nor its lines
are kept. A report without entries is this tool's only where it is named.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from trivigil import foreign
from trivigil.security import leak, lenient, place, scan
from trivigil.security.facts import Place
from trivigil.security.outline import outline

if TYPE_CHECKING:
    from trivigil.core.reading import Reading
    from trivigil.foreign import Fields
    from trivigil.security.facts import Finding, ScanFacts
    from trivigil.sources import Source

TOOL: Final = "detect-secrets"
FORMAT: Final = "audit-report"
UNIT: Final = "secrets"

_NOTHING: Final = re.compile(rb'\s*\{\s*"results"\s*:\s*\[\s*\]\s*\}\s*')


def recognises(source: Source) -> bool:
    """Whether its results have a category, secrets and their types; no results only where the tool is named."""
    if source.tool == TOOL and _NOTHING.fullmatch(source.head):
        return True
    return outline(source).below("results", "category", "filename", "secrets", "types")


def read(source: Source) -> Reading[ScanFacts]:
    """Every entry; those that the audit judged to be none are accepted."""
    report = foreign.root(foreign.load(source, TOOL), TOOL)
    entries, left = lenient.objects(report.value.get("results"), "results")
    return scan.reading(
        source, (TOOL, FORMAT, UNIT), [_finding(each) for each in entries], incomplete=left
    )


def _finding(entry: Fields) -> Finding:
    path = lenient.text(entry, "filename")
    lines = [
        number for each in lenient.inner(entry, "lines").value if (number := lenient.line(each))
    ]
    found = leak.finding(
        TOOL,
        ", ".join(lenient.texts(entry.value.get("types"))) or None,
        Place(path=place.path(path) if path else None, line=min(lines, default=None)),
        leak.digest_of(entry.value.get("secrets")),
    )
    category = lenient.text(entry, "category")
    if category == "VERIFIED_FALSE":
        return found._replace(accepted="audited: it is no secret")
    return found._replace(confidence="certain") if category == "VERIFIED_TRUE" else found
