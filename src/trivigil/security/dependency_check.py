"""Vulnerabilities of a report of OWASP Dependency-Check, in the shape that its JSON has; its XML is brought into that shape first.

Format: core/src/main/resources/templates of dependency-check/DependencyCheck. `relatedDependencies` are other copies of a file, no findings of their own.
What a suppression file takes out stands in `suppressedVulnerabilities`. Packages found by CPE alone are guesses, with a confidence. Before version 5 a package was an
identifier with a type, and a vulnerability had one score.
"""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING, Final

from trivigil.security import advisory, dependency, lenient, place, scan
from trivigil.security.facts import Finding, Package, Place

if TYPE_CHECKING:
    from collections.abc import Iterator

    from trivigil.core.reading import Reading
    from trivigil.foreign import Fields
    from trivigil.security.facts import Rating, ScanFacts
    from trivigil.sources import Source

TOOL: Final = "dependency-check"
UNIT: Final = "vulnerabilities"

_SCORES: Final = (("cvssv4", "4.0"), ("cvssv3", "3.1"), ("cvssv2", "2.0"))
_COORDINATES: Final = {
    "maven": re.compile(r"([^:\s]+):([^:\s]+):([^:\s]+)"),
    "npm": re.compile(r"(?:(@[^:\s/]+)/)?([^:\s/]+):([^:\s]+)"),
}
"""Of each type of identifier: the group, the name and the version."""
_CONFIDENCE: Final = {"highest": "high", "high": "high", "medium": "medium", "low": "low"}


def read(source: Source, form: str, report: Fields) -> Reading[ScanFacts]:
    """Every vulnerability of every dependency, and the suppressed ones."""
    dependencies, left = lenient.objects(report.value.get("dependencies"), "dependencies")
    findings: list[Finding] = []
    missing = list(left)
    for each in dependencies:
        for key in ("vulnerabilities", "suppressedVulnerabilities"):
            records, bad = dependency.inside(each, key)
            found, drifted = dependency.every(records, partial(_finding, each))
            missing += (*bad, *drifted)
            findings += found if key == "vulnerabilities" else map(_suppressed, found, records)
    if report.value.get("dependencies") is None:
        missing.append("`dependencies` is missing: the file is cut.")
    info = lenient.inner(report, "scanInfo")
    failed = [_said(each) for each in lenient.listed(info, "analysisExceptions")]
    return scan.reading(
        source,
        (TOOL, form, UNIT),
        findings,
        incomplete=(*dependency.few(missing), *scan.listed("Dependency-Check failed at", failed)),
        counts={"dependencies": len(dependencies)},
        version=lenient.text(info, "engineVersion"),
        scope=lenient.text(lenient.inner(report, "projectInfo"), "name"),
        scanned_at=lenient.moment(lenient.inner(report, "projectInfo").value.get("reportDate")),
    )


def _said(exception: Fields) -> str:
    inner = lenient.inner(exception, "exception")
    return lenient.text(inner, "message") or lenient.text(exception, "message") or "an error"


def _suppressed(finding: Finding, record: Fields) -> Finding:
    said = lenient.text(record, "notes") or "suppressed in Dependency-Check"
    return finding._replace(accepted=said)


def _finding(owner: Fields, record: Fields) -> Finding:
    own = lenient.text(record, "name") or "unknown advisory"
    package, confidence = _package(owner)
    text = lenient.text(record, "description") or ""
    ids = advisory.found(own)
    return Finding(
        tool=TOOL,
        kind="dependency",
        id=ids[0] if ids else own,
        title=f"{package.name} has {own}",
        place=_place(owner, package),
        description=dependency.paragraph(text),
        cwes=lenient.cwes(record.value.get("cwes"), record.value.get("cwe")),
        ratings=tuple(_ratings(record)),
        confidence=confidence,
        package=package,
        help_uri=next(_links(record), None),
        malicious=advisory.is_malware((own,)),
    )


def _package(owner: Fields) -> tuple[Package, str | None]:
    """The package of a file, and how sure Dependency-Check is of it."""
    file = lenient.text(owner, "fileName") or "unknown file"
    for each in lenient.listed(owner, "packages"):
        named = lenient.text(each, "id")
        if named is not None and named.startswith("pkg:"):
            sure = (lenient.text(each, "confidence") or "").lower()
            return dependency.package(named), _CONFIDENCE.get(sure)
    for each in lenient.listed(owner, "identifiers"):
        url = coordinates(lenient.text(each, "type"), lenient.text(each, "name"))
        if url is not None:
            sure = (lenient.text(each, "confidence") or "").lower()
            return dependency.package(url), _CONFIDENCE.get(sure)
    guesses = [
        (lenient.text(each, "confidence") or "")
        for each in lenient.listed(owner, "vulnerabilityIds")
    ]
    return Package(file), _CONFIDENCE.get(guesses[0].lower()) if guesses else None


def coordinates(kind: str | None, name: str | None) -> str | None:
    """The package URL of an identifier of before version 5: `org.demo:demo-log:1.0` of `maven`."""
    pattern = _COORDINATES.get(kind or "")
    match = pattern.fullmatch((name or "").strip("()")) if pattern else None
    if match is None:
        return None
    group = f"{match[1].replace('@', '%40')}/" if match[1] else ""
    return f"pkg:{kind}/{group}{match[2]}@{match[3]}"


def _place(owner: Fields, package: Package) -> Place:
    """The manifest, which stands before a `?`; the file itself only where no package is known of it."""
    path = lenient.text(owner, "filePath")
    if path is None or ("?" not in path and package.purl is not None):
        return Place()
    return Place(path=place.path(path.partition("?")[0]))


def _ratings(record: Fields) -> Iterator[Rating]:
    """The source's word, then every CVSS score."""
    of = (lenient.text(record, "source") or TOOL).lower()
    yield from dependency.worded(of, record.value.get("severity"))
    for key, version in _SCORES:
        rated = lenient.inner(record, key)
        stated = lenient.text(rated, "version") or version
        score = rated.value.get("baseScore", rated.value.get("score"))
        yield from dependency.scored(of, rated.value.get("vectorString"), score, stated)
    yield from dependency.scored(of, score=record.value.get("cvssScore"), version="2.0")


def _links(record: Fields) -> Iterator[str]:
    for each in lenient.listed(record, "references"):
        if (url := lenient.text(each, "url")) is not None:
            yield url
