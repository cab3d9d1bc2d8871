"""`detect-secrets scan`, and the baseline it keeps: secrets by file, each as its SHA-1.

Format: detect_secrets/core/baseline.py and potential_secret.py of Yelp/detect-secrets. An audit says `is_secret`: what was judged to be none is
accepted. Lines move in the baseline with every scan.
"""

from __future__ import annotations

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
FORMAT: Final = "json"
UNIT: Final = "secrets"


def recognises(source: Source) -> bool:
    """Whether it has the plugins that looked, and a version, a time or results by file."""
    seen = outline(source)
    rest = seen.keys & {"version", "generated_at", "results"}
    return seen.opens == "{" and seen.has("plugins_used") and bool(rest)


def read(source: Source) -> Reading[ScanFacts]:
    """Every secret of every file."""
    report = foreign.root(foreign.load(source, TOOL), TOOL)
    files = report.nested("results")
    found: list[Finding] = []
    missing: list[str] = []
    for name, secrets in files.value.items():
        kept, left = lenient.within(secrets, f"results.{name}")
        found += [_finding(each, name) for each in kept]
        missing += left
        if secrets is None:
            missing.append(f"`results.{name}` is left out: it is not a list.")
    return scan.reading(
        source,
        (TOOL, FORMAT, UNIT),
        found,
        incomplete=missing,
        counts={"files": len(files.value)},
        version=lenient.text(report, "version"),
        scanned_at=lenient.moment(report.value.get("generated_at")),
    )


def _finding(record: Fields, file: str) -> Finding:
    sure = record.value.get("is_secret")
    found = leak.finding(
        TOOL,
        lenient.text(record, "type"),
        Place(
            path=place.path(lenient.text(record, "filename") or file),
            line=lenient.line(record.value.get("line_number")),
        ),
        leak.of_sha1(record.value.get("hashed_secret")),
        verified=True in (record.value.get("is_verified"), record.value.get("verified_result")),
    )
    if sure is True:
        return found._replace(confidence="certain")
    return found._replace(accepted="audited: it is no secret") if sure is False else found
