"""`trivy … --format json`, schema 2, its older lists, and Kubernetes reports: advisories, failed checks, secrets, licences.

Format: pkg/types/report.go and pkg/k8s/report of aquasecurity/trivy. `Results` may be absent or null where nothing was found. Checks
have a status, of which only FAIL is a finding; older files have failed ones alone and no status. Suppressed findings
stand in ExperimentalModifiedFindings. Trivy itself masks secrets.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from trivigil import foreign
from trivigil.core.result import Severity
from trivigil.security import advisory, cvss, leak, lenient, outline, place, scan
from trivigil.security.facts import Finding, Package, Place, Rating
from trivigil.security.purl import ecosystem
from trivigil.security.severity import of_score, of_word

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from trivigil.core.reading import Reading
    from trivigil.foreign import Fields
    from trivigil.security.facts import ScanFacts, System
    from trivigil.sources import Source

TOOL: Final = "trivy"
FORMAT: Final = "json"
UNIT: Final = "findings"

_OWN: Final = ("ArtifactName", "ArtifactType", "Metadata", "Results", "CreatedAt", "Trivy")
"""What stands beside `SchemaVersion`, which other formats have, too."""
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


def recognises(source: Source) -> bool:
    """Whether it is a report of Trivy: by its schema and artifact, or the older list of targets.

    An empty list and `null`, which older versions write for a clean scan, are Trivy's only where it is named.
    """
    if outline.nothing(source, TOOL):
        return True
    seen = outline.outline(source)
    if seen.opens == "{" and not seen.has("$schema"):
        named = seen.has("ArtifactName") or seen.has("ClusterName")
        return named or (seen.has("SchemaVersion") and not seen.keys.isdisjoint(_OWN))
    return _OLDER.match(source.head) is not None


def read(source: Source) -> Reading[ScanFacts]:
    """Every finding of every target."""
    decoded = foreign.load(source, TOOL)
    older = decoded is None or isinstance(decoded, list)
    report = foreign.root({"Results": decoded} if older else decoded, TOOL)
    targets = [foreign.Fields(dict(target.value), target.place) for target in _targets(report)]
    findings: list[Finding] = []
    drifted: list[str] = []
    for target in targets:
        for key, make in _MAKERS.items():
            records, left = lenient.objects(_list(target, key), f"{target.place}.{key}")
            made = (make(record, target) for record in records)
            findings += [each for each in made if each is not None]
            drifted += left
        findings += _modified(target)
    return scan.reading(
        source,
        (TOOL, FORMAT, UNIT),
        findings,
        incomplete=(*drifted, *_strange(report, targets)),
        version=report.maybe_nested("Trivy").maybe_text("Version"),
        scope=report.maybe_text("ArtifactName") or report.maybe_text("ClusterName"),
        scanned_at=lenient.moment(_whole_seconds(report.maybe_text("CreatedAt"))),
    )


def _whole_seconds(text: str | None) -> str | None:
    """A time without the nanoseconds that Go writes."""
    return None if text is None else re.sub(r"(?<=:\d\d)\.\d+", "", text)


def _strange(report: Fields, targets: Sequence[Fields]) -> Iterator[str]:
    """What is no list where one is due, or no object in it, and so tells nothing."""
    for key in _LISTS:
        found = report.value.get(key)
        if found is not None and not isinstance(found, list):
            yield f"`{key}` is not a list."
    yield from lenient.objects(_list(report, "Results"), "Results")[1]
    for target in targets:
        for key in (*_MAKERS, "ExperimentalModifiedFindings"):
            found = target.value.get(key)
            if found is not None and not isinstance(found, list):
                yield f"`{target.place}.{key}` is not a list."
    yield from scan.listed("Trivy could not scan", list(_unscanned(report)))


def _unscanned(report: Fields) -> Iterator[str]:
    """The resources of a cluster that Trivy tells only an error of, such as an image that it could not pull."""
    for resource in (each for key in _LISTS[1:] for each in _objects(report, key)):
        if (why := lenient.text(resource, "Error")) is not None:
            yield f"{_name(resource)}: {why}"


_LISTS: Final = ("Results", "Resources", "Findings", "Vulnerabilities", "Misconfigurations")


def _list(fields: Fields, key: str) -> object:
    found = fields.value.get(key)
    return found if isinstance(found, list) else None


def _targets(report: Fields) -> Iterator[Fields]:
    """The results of a report, and of every resource of a Kubernetes report."""
    yield from _objects(report, "Results")
    for key in _LISTS[1:]:
        for resource in _objects(report, key):
            name = _name(resource)
            for result in _objects(resource, "Results"):
                yield foreign.Fields({**result.value, "_resource": name}, result.place)


def _name(resource: Fields) -> str:
    """`default/Deployment/web`, of a resource of a cluster."""
    parts = (resource.maybe_text(key) for key in ("Namespace", "Kind", "Name"))
    return "/".join(part for part in parts if part)


def _objects(fields: Fields, key: str) -> tuple[Fields, ...]:
    """The objects of a list; empty for anything else."""
    return lenient.objects(_list(fields, key), f"{fields.place}.{key}".strip("."))[0]


def _place(target: Fields, line: int | None = None, resource: str | None = None) -> Place:
    """A file of the repository, or what of an image or cluster it is."""
    name = target.maybe_text("Target") or ""
    kubernetes = target.maybe_text("_resource")
    if kubernetes is not None or target.maybe_text("Class") == "os-pkgs" or "(" in name:
        # Without the distribution, which SARIF leaves out: the same scan is the same place.
        image = " ".join(part for part in (kubernetes, name.partition(" (")[0]) if part)
        return Place(image=image, resource=resource)
    return Place(path=place.path(name) if name else None, line=line, resource=resource)


def _vulnerability(record: Fields, target: Fields) -> Finding:
    name = lenient.text(record, "VulnerabilityID") or "unknown advisory"
    package = lenient.text(record, "PkgName") or "unknown package"
    vendor = (
        *lenient.texts(record.value.get("VendorIDs")),
        *lenient.texts(record.value.get("Aliases")),
    )
    where = _place(target)
    inner = lenient.text(record, "PkgPath")
    if inner and where.path is not None:
        where = where._replace(path=place.path(inner))
    fixed = (lenient.text(record, "FixedVersion") or "").split(",")
    return Finding(
        tool=TOOL,
        kind="dependency",
        id=name,
        title=lenient.text(record, "Title") or f"{package}: {name}",
        place=where,
        description=lenient.text(record, "Description") or "",
        aliases=vendor,
        cwes=lenient.cwes(record.value.get("CweIDs")),
        ratings=_rated(record),
        package=Package(
            name=package,
            version=lenient.text(record, "InstalledVersion"),
            ecosystem=ecosystem(target.maybe_text("Type")),
            purl=lenient.text(lenient.inner(record, "PkgIdentifier"), "PURL"),
            fixed=tuple(part.strip() for part in fixed if part.strip()),
        ),
        help_uri=lenient.text(record, "PrimaryURL"),
        malicious=advisory.is_malware((name, *vendor)),
    )


_RATED: Final[dict[str, tuple[Rating, ...]]] = {}
_MOST_RATED: Final = 4_096
"""Of them, and of the characters of one."""


def _rated(record: Fields) -> tuple[Rating, ...]:
    """Its ratings, made once for all advisories that are rated alike: what they say tells them apart, types and all."""
    try:
        said = repr([record.value.get(key) for key in _OF_RATINGS])
    except (RecursionError, ValueError):  # lists in lists, or a number, without an end
        return tuple(_ratings(record))
    if len(said) > _MOST_RATED:
        return tuple(_ratings(record))
    found = _RATED.get(said)
    if found is None:
        if len(_RATED) >= _MOST_RATED:
            _RATED.clear()
        found = _RATED[said] = tuple(_ratings(record))
    return found


_OF_RATINGS: Final = ("SeveritySource", "Severity", "VendorSeverity", "CVSS")


def _ratings(record: Fields) -> Iterator[Rating]:
    """Trivy's choice as the word of its source, every vendor's own, and every CVSS score."""
    chosen = lenient.text(record, "SeveritySource") or TOOL
    word = lenient.text(record, "Severity")
    yield Rating(chosen, "word", of_word(word), word=word)
    for vendor, number in lenient.inner(record, "VendorSeverity").value.items():
        if vendor != chosen and isinstance(number, int) and 0 <= number < len(_VENDOR):
            yield Rating(vendor, "word", _VENDOR[number], word=_VENDOR[number].label)
    scores = lenient.inner(record, "CVSS")
    for vendor in scores.value:
        yield from _scores(vendor, lenient.inner(scores, vendor))


def _scores(vendor: str, scores: Fields) -> Iterator[Rating]:
    for key, version in (("V40", "4.0"), ("V3", "3.1"), ("V2", "2.0")):
        vector, score = lenient.text(scores, f"{key}Vector"), scores.value.get(f"{key}Score")
        if not isinstance(score, (int, float)) or isinstance(score, bool) or score < 0:
            if vector:
                yield cvss.rating(vendor, vector)
            continue
        of = "3.0" if (vector or "").startswith("CVSS:3.0") else version
        yield Rating(vendor, _SYSTEMS[of], of_score(score, of), float(score), vector)


_SYSTEMS: Final[dict[str, System]] = {
    "4.0": "cvss:4.0",
    "3.1": "cvss:3.1",
    "3.0": "cvss:3.0",
    "2.0": "cvss:2.0",
}


def _misconfiguration(record: Fields, target: Fields) -> Finding | None:
    """A failed check; one with an exception is accepted, and one that passed is nothing."""
    status = (lenient.text(record, "Status") or "FAIL").upper()
    if status not in ("FAIL", "EXCEPTION"):
        return None
    cause = lenient.inner(record, "CauseMetadata")
    word, rule = lenient.text(record, "Severity"), lenient.text(record, "ID", "AVDID")
    where = _place(
        target, lenient.line(cause.value.get("StartLine")), lenient.text(cause, "Resource")
    )
    other = lenient.text(record, "AVDID")
    return Finding(
        tool=TOOL,
        kind="iac",
        id=rule or "unknown check",
        title=lenient.text(record, "Title") or rule or "unknown check",
        place=where._replace(end_line=lenient.line(cause.value.get("EndLine"))),
        description=lenient.text(record, "Message") or "",
        aliases=(other,) if other and other != rule else (),
        ratings=(Rating(TOOL, "word", of_word(word), word=word),),
        fix=lenient.text(record, "Resolution"),
        help_uri=lenient.text(record, "PrimaryURL"),
        accepted="excepted by Trivy's policy" if status == "EXCEPTION" else None,
    )


def _secret(record: Fields, target: Fields) -> Finding:
    word, rule = lenient.text(record, "Severity"), lenient.text(record, "RuleID")
    where = _place(target, lenient.line(record.value.get("StartLine")))
    return Finding(
        tool=TOOL,
        kind="secret",
        id=rule or "unknown rule",
        title=lenient.text(record, "Title") or rule or "a secret",
        place=where._replace(end_line=lenient.line(record.value.get("EndLine"))),
        ratings=(Rating(TOOL, "word", of_word(word), word=word),),
        fix=leak.FIX,
    )


def _licence(record: Fields, target: Fields) -> Finding:
    word = lenient.text(record, "Severity")
    name = lenient.text(record, "Name") or "unknown"
    package, file = lenient.text(record, "PkgName"), lenient.text(record, "FilePath")
    category = lenient.text(record, "Category") or "unknown"
    where = _place(target, resource=package)
    return Finding(
        tool=TOOL,
        kind="license",
        id=f"license:{name}",
        title=f"{package or file or 'It'} has the licence {name} ({category})",
        place=where._replace(path=place.path(file) if file else where.path),
        ratings=(Rating(TOOL, "word", of_word(word), word=word),),
        help_uri=lenient.text(record, "Link"),
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
        make = _TYPES.get(lenient.text(record, "Type") or "")
        found = make(lenient.inner(record, "Finding"), target) if make else None
        if found is not None:
            why = (lenient.text(record, "Status"), lenient.text(record, "Statement"))
            reason = ": ".join(part for part in why if part) or "not counted"
            yield found._replace(accepted=reason)
