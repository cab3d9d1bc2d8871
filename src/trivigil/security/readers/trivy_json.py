"""`trivy … --format json`, schema 2, its older lists, and Kubernetes reports: advisories, failed checks, secrets, licences.

Format: pkg/types/report.go and pkg/k8s/report of aquasecurity/trivy. `Results` may be absent or null where nothing was found. Checks
have a status, of which only FAIL is a finding; older files have failed ones alone and no status. Suppressed findings
stand in ExperimentalModifiedFindings. Trivy itself masks secrets.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from trivigil import foreign
from trivigil.core.errors import SourceError
from trivigil.core.result import Severity
from trivigil.security import advisory, place, scan
from trivigil.security.facts import Finding, Package, Place, Rating
from trivigil.security.purl import ecosystem
from trivigil.security.severity import of_score, of_word

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from trivigil.core.reading import Reading
    from trivigil.foreign import Fields
    from trivigil.security.facts import ScanFacts
    from trivigil.sources import Source

TOOL: Final = "trivy"
FORMAT: Final = "json"
UNIT: Final = "findings"

_SHAPE: Final = re.compile(
    rb'\s*\{(?=.*"(?:SchemaVersion|ArtifactName|ClusterName)"\s*:)(?!.*"\$schema")', re.DOTALL
)
_OLDER: Final = re.compile(
    rb'\s*\[\s*\{(?=.*"Target"\s*:)(?=.*"(?:Vulnerabilities|Misconfigurations|Type|Class)"\s*:)',
    re.DOTALL,
)
_VENDOR: Final = (
    Severity.UNKNOWN,
    Severity.LOW,
    Severity.MEDIUM,
    Severity.HIGH,
    Severity.CRITICAL,
)
_FINDINGS: Final = ("Vulnerabilities", "Misconfigurations", "Secrets", "Licenses")


def recognises(source: Source) -> bool:
    """Whether it is a report of Trivy: by its schema and artifact, or the older list of targets."""
    return _SHAPE.match(source.head) is not None or _OLDER.match(source.head) is not None


def read(source: Source) -> Reading[ScanFacts]:
    """Every finding of every target."""
    decoded = foreign.load(source, TOOL)
    report = foreign.root({"Results": decoded} if isinstance(decoded, list) else decoded, TOOL)
    targets = [foreign.Fields(dict(target.value), target.place) for target in _targets(report)]
    findings: list[Finding] = []
    drifted: list[str] = []
    for target in targets:
        for key, make in _MAKERS.items():
            kept, left = foreign.drifting(_objects(target, key), lambda r: make(r, target))  # noqa: B023 (used at once)
            findings += [each for each in kept if each is not None]
            drifted += left
        findings += _modified(target)
    return scan.reading(
        source,
        (TOOL, FORMAT, UNIT),
        findings,
        incomplete=drifted,
        version=report.maybe_nested("Trivy").maybe_text("Version"),
        scope=report.maybe_text("ArtifactName") or report.maybe_text("ClusterName"),
        scanned_at=report.maybe_text("CreatedAt"),
    )


def _targets(report: Fields) -> Iterator[Fields]:
    """The results of a report, and of every resource of a Kubernetes report."""
    yield from _objects(report, "Results")
    for key in ("Resources", "Findings", "Vulnerabilities", "Misconfigurations"):
        for resource in _objects(report, key):
            name = "/".join(
                part
                for part in (resource.maybe_text(k) for k in ("Namespace", "Kind", "Name"))
                if part
            )
            for result in _objects(resource, "Results"):
                yield foreign.Fields({**result.value, "_resource": name}, result.place)


def _objects(fields: Fields, key: str) -> tuple[Fields, ...]:
    """A list of objects; empty for null or no field."""
    return () if fields.value.get(key) is None else fields.objects(key)


def _place(target: Fields, line: int | None = None, resource: str | None = None) -> Place:
    """A file of the repository, or what of an image or cluster it is."""
    name = target.maybe_text("Target") or ""
    kubernetes = target.maybe_text("_resource")
    if kubernetes is not None or target.maybe_text("Class") == "os-pkgs" or "(" in name:
        image = " ".join(part for part in (kubernetes, name) if part)
        return Place(image=image, resource=resource)
    return Place(path=place.path(name), line=line, resource=resource)


def _vulnerability(record: Fields, target: Fields) -> Finding:
    name = record.maybe_text("VulnerabilityID") or "unknown advisory"
    vendor = (*record.texts("VendorIDs"), *record.texts("Aliases"))
    where = _place(target)
    inner = record.maybe_text("PkgPath")
    if inner and where.path is not None:
        where = where._replace(path=place.path(inner))
    return Finding(
        tool=TOOL,
        kind="dependency",
        id=name,
        title=record.maybe_text("Title") or f"{record.text('PkgName')}: {name}",
        place=where,
        description=record.maybe_text("Description") or "",
        aliases=vendor,
        cwes=tuple(_cwes(record.texts("CweIDs"))),
        ratings=tuple(_ratings(record)),
        package=Package(
            name=record.text("PkgName"),
            version=record.maybe_text("InstalledVersion"),
            ecosystem=ecosystem(target.maybe_text("Type")),
            purl=record.maybe_nested("PkgIdentifier").maybe_text("PURL"),
            fixed=tuple(
                part.strip()
                for part in (record.maybe_text("FixedVersion") or "").split(",")
                if part.strip()
            ),
        ),
        help_uri=record.maybe_text("PrimaryURL"),
        malicious=advisory.is_malware((name, *vendor)),
    )


def _cwes(names: Iterable[str]) -> Iterator[int]:
    for name in names:
        number = name.rpartition("-")[2]
        if number.isdigit():
            yield int(number)


def _ratings(record: Fields) -> Iterator[Rating]:
    """Trivy's choice as the word of its source, every vendor's own, and every CVSS score."""
    chosen = record.maybe_text("SeveritySource") or TOOL
    word = record.maybe_text("Severity")
    yield Rating(chosen, "word", of_word(word), word=word)
    for vendor, number in record.maybe_nested("VendorSeverity").value.items():
        if vendor != chosen and isinstance(number, int) and 0 <= number < len(_VENDOR):
            yield Rating(vendor, "word", _VENDOR[number], word=_VENDOR[number].label)
    scores = record.maybe_nested("CVSS")
    for vendor in scores.value:
        yield from _scores(vendor, scores.nested(vendor))


def _scores(vendor: str, scores: Fields) -> Iterator[Rating]:
    for key in ("V40", "V3", "V2"):
        vector, score = scores.maybe_text(f"{key}Vector"), scores.maybe_number(f"{key}Score")
        if score is None:
            continue
        if key == "V2":
            yield Rating(vendor, "cvss:2.0", of_score(score, "2"), score, vector)
        elif key == "V40":
            yield Rating(vendor, "cvss:4.0", of_score(score), score, vector)
        else:
            older = (vector or "").startswith("CVSS:3.0")
            yield Rating(
                vendor, "cvss:3.0" if older else "cvss:3.1", of_score(score), score, vector
            )


def _misconfiguration(record: Fields, target: Fields) -> Finding | None:
    if record.maybe_text("Status") not in (None, "", "FAIL"):
        return None
    cause = record.maybe_nested("CauseMetadata")
    line = cause.count("StartLine", 0) or None
    word = record.maybe_text("Severity")
    other = record.maybe_text("AVDID")
    return Finding(
        tool=TOOL,
        kind="iac",
        id=record.text("ID"),
        title=record.maybe_text("Title") or record.text("ID"),
        place=_place(target, line, cause.maybe_text("Resource"))._replace(
            end_line=cause.count("EndLine", 0) or None
        ),
        description=record.maybe_text("Message") or "",
        aliases=(other,) if other else (),
        ratings=(Rating(TOOL, "word", of_word(word), word=word),),
        fix=record.maybe_text("Resolution"),
        help_uri=record.maybe_text("PrimaryURL"),
    )


def _secret(record: Fields, target: Fields) -> Finding:
    word = record.maybe_text("Severity")
    return Finding(
        tool=TOOL,
        kind="secret",
        id=record.maybe_text("RuleID") or "unknown rule",
        title=record.maybe_text("Title") or record.maybe_text("RuleID") or "a secret",
        place=_place(target, record.count("StartLine", 0) or None)._replace(
            end_line=record.count("EndLine", 0) or None
        ),
        ratings=(Rating(TOOL, "word", of_word(word), word=word),),
        fix="Revoke it, then take it out of the code and its history.",
    )


def _licence(record: Fields, target: Fields) -> Finding:
    word = record.maybe_text("Severity")
    name = record.maybe_text("Name") or "unknown"
    package = record.maybe_text("PkgName")
    file, where = record.maybe_text("FilePath"), _place(target, resource=package)
    return Finding(
        tool=TOOL,
        kind="license",
        id=f"license:{name}",
        title=f"{package or file or 'It'} has the licence {name} ({record.maybe_text('Category') or 'unknown'})",
        place=where._replace(path=place.path(file) if file else where.path),
        ratings=(Rating(TOOL, "word", of_word(word), word=word),),
        help_uri=record.maybe_text("Link") or None,
    )


_MAKERS: Final = {
    "Vulnerabilities": _vulnerability,
    "Misconfigurations": _misconfiguration,
    "Secrets": _secret,
    "Licenses": _licence,
}
_TYPES: Final = {
    "vulnerability": _vulnerability,
    "misconfiguration": _misconfiguration,
    "secret": _secret,
    "license": _licence,
}


def _modified(target: Fields) -> Iterator[Finding]:
    """What `.trivyignore` or VEX took out, with its reason."""
    for record in _objects(target, "ExperimentalModifiedFindings"):
        make = _TYPES.get(record.maybe_text("Type") or "")
        if make is None:
            continue
        try:
            found = make(record.nested("Finding"), target)
        except SourceError:
            continue
        if found is not None:
            why = [record.maybe_text("Status"), record.maybe_text("Statement")]
            reason = ": ".join(part for part in why if part) or "not counted"
            yield found._replace(accepted=reason)
