"""Semgrep's API of supply chain findings: one record for each vulnerable dependency of a lock file.

Format: `vulns[]` of the deployments' endpoint. The answer is one page of several where `hasMore` says so.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from trivigil import foreign
from trivigil.security import advisory, lenient, place, scan
from trivigil.security.facts import Finding, Package, Place, Rating
from trivigil.security.outline import outline
from trivigil.security.purl import ecosystem
from trivigil.security.severity import of_word

if TYPE_CHECKING:
    from trivigil.core.reading import Reading
    from trivigil.foreign import Fields
    from trivigil.security.facts import ScanFacts
    from trivigil.sources import Source

TOOL: Final = "semgrep"
FORMAT: Final = "supply-chain-json"
UNIT: Final = "advisories"

_OPEN: Final = (None, "NEW", "OPEN", "REOPENED", "UNKNOWN_STATUS")
_NO_REASON: Final = (None, "UNKNOWN_REASON")


def recognises(source: Source) -> bool:
    """Whether it has vulnerabilities with an advisory and the dependency that matched."""
    return outline(source).below("vulns", "advisory", "matchedDependency")


def read(source: Source) -> Reading[ScanFacts]:
    """Every record; a page of several is partial."""
    report = foreign.root(foreign.load(source, TOOL), TOOL)
    records, left = lenient.objects(report.value.get("vulns"), "vulns")
    more = report.value.get("hasMore") is True
    return scan.reading(
        source,
        (TOOL, FORMAT, UNIT),
        [_finding(record) for record in records],
        incomplete=(*left, *(("It is one page of several: fetch them all.",) if more else ())),
    )


def _finding(record: Fields) -> Finding:
    about = lenient.inner(record, "advisory")
    said = lenient.inner(about, "references")
    ids = lenient.texts(said.value.get("cveIds"))
    rule = lenient.text(about, "ruleId") or "unknown advisory"
    where = lenient.inner(record, "dependencyFileLocation")
    path = lenient.text(where, "path")
    word = lenient.text(about, "severity")
    return Finding(
        tool=TOOL,
        kind="dependency",
        id=advisory.leading(ids) if ids else rule,
        title=lenient.text(record, "title") or rule,
        place=Place(
            path=place.path(path) if path else None, line=lenient.line(where.value.get("startLine"))
        ),
        description=lenient.text(about, "description") or "",
        aliases=(*ids, *advisory.found(" ".join(lenient.texts(said.value.get("urls"))))),
        cwes=lenient.cwes(said.value.get("cweIds")),
        ratings=(Rating(TOOL, "word", of_word(word), word=word),),
        package=_package(record, about),
        malicious=advisory.is_malware(ids),
        accepted=_accepted(record),
    )


def _package(record: Fields, about: Fields) -> Package:
    matched = lenient.inner(record, "matchedDependency")
    safe = lenient.inner(record, "closestSafeDependency")
    return Package(
        name=lenient.text(matched, "name") or "unknown package",
        version=lenient.text(matched, "versionSpecifier"),
        ecosystem=ecosystem(lenient.text(about, "ecosystem")),
        fixed=lenient.texts(safe.value.get("versionSpecifier")),
    )


def _accepted(record: Fields) -> str | None:
    """What somebody decided about it there."""
    triage = lenient.inner(record, "triage")
    status, reason = lenient.text(triage, "status"), lenient.text(triage, "dismissReason")
    if status in _OPEN:
        return None
    return f"{status}: {reason}" if reason not in _NO_REASON else status
