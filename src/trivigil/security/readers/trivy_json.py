"""`trivy … --format json`, schema 2, its older lists, and Kubernetes reports: advisories, failed checks, secrets, licences.

Format: pkg/types/report.go and pkg/k8s/report of aquasecurity/trivy. `Results` may be absent or null where nothing was found. Checks
have a status, of which only FAIL is a finding; older files have failed ones alone and no status. Suppressed findings
stand in ExperimentalModifiedFindings. Trivy itself masks secrets.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from trivigil import foreign, sources
from trivigil.core.errors import SourceError
from trivigil.security import leak, lenient, outline, place, scan
from trivigil.security.facts import Finding, Rating
from trivigil.security.readers import trivy_places
from trivigil.security.severity import of_word

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from trivigil.core.reading import Reading
    from trivigil.foreign import Fields
    from trivigil.security.facts import ScanFacts
    from trivigil.sources import Source

TOOL: Final = "trivy"
FORMAT: Final = "json"
UNIT: Final = "findings"

_OWN: Final = ("ArtifactName", "ArtifactType", "Metadata", "Results", "CreatedAt", "Trivy")
"""What stands beside `SchemaVersion`, which other formats have, too."""
_MANY: Final = "Vulnerabilities"
"""The list that may be long."""
_OLDER: Final = re.compile(
    rb'\s*\[\s*\{(?=.*"Target"\s*:)(?=.*"(?:Vulnerabilities|Misconfigurations|Type|Class)"\s*:)',
    re.DOTALL,
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
    from trivigil.security.readers import trivy_records

    data = sources.octets(source)
    try:
        return _reading(source, trivy_records.document(data))
    except SourceError:
        # What is not as Trivy writes it, or is damaged inside of a record, gets its line where all is decoded at once.
        return _reading(source, foreign.decode(data.decode(), TOOL))


def _reading(source: Source, decoded: object) -> Reading[ScanFacts]:
    older = decoded is None or isinstance(decoded, list)
    report = foreign.root({"Results": decoded} if older else decoded, TOOL)
    targets = [foreign.Fields(dict(target.value), target.place) for target in _targets(report)]
    findings, drifted = _findings(targets)
    return scan.reading(
        source,
        (TOOL, FORMAT, UNIT),
        findings,
        incomplete=(*drifted, *_strange(report, targets)),
        notes=_unsupported(report),
        version=report.maybe_nested("Trivy").maybe_text("Version"),
        scope=report.maybe_text("ArtifactName") or report.maybe_text("ClusterName"),
        scanned_at=lenient.moment(_whole_seconds(report.maybe_text("CreatedAt"))),
    )


def _findings(targets: Sequence[Fields]) -> tuple[list[Finding], list[str]]:
    """Those of all targets, and a sentence for each that is no object."""
    from trivigil.security.readers import trivy_advisories, trivy_vulnerabilities

    findings: list[Finding] = []
    drifted: list[str] = []
    advisories = trivy_advisories.Advisories()
    for target in targets:
        listed = target.value.get(_MANY)
        given: list[object] = listed if isinstance(listed, list) else []
        made, drifted_here = trivy_vulnerabilities.taken(given, target, advisories)
        findings += made
        drifted += drifted_here
        for key, make in _MAKERS.items():
            records, left = lenient.objects(_list(target, key), f"{target.place}.{key}")
            findings += [each for record in records if (each := make(record, target)) is not None]
            drifted += left
        findings += _modified(target)
    return findings, drifted


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
    yield from _of_cluster(report)
    for target in targets:
        if target.value.keys().isdisjoint(_OF_TARGET):
            yield f"`{target.place}` is no result of Trivy's."
        for key in (_MANY, *_MAKERS, "ExperimentalModifiedFindings"):
            found = target.value.get(key)
            if found is not None and not isinstance(found, list):
                yield f"`{target.place}.{key}` is not a list."
    yield from scan.listed("Trivy could not scan", list(_unscanned(report)))


def _of_cluster(report: Fields) -> Iterator[str]:
    """What is no resource where one is due, or has results that are none, and a cluster of which nothing is told."""
    lists = [key for key in _LISTS[1:] if report.value.get(key) is not None]
    if lenient.text(report, "ClusterName") and not lists and "Results" not in report.value:
        yield "It tells of no resource of the cluster."
    for key in lists:
        yield from lenient.within(report.value[key], key)[1]
        for resource in _objects(report, key):
            yield from lenient.within(resource.value.get("Results"), f"{resource.place}.Results")[1]
            if not resource.value:
                yield f"`{resource.place}` is no resource."


def _unscanned(report: Fields) -> Iterator[str]:
    """The resources of a cluster that Trivy tells only an error of, such as an image that it could not pull."""
    for resource in (each for key in _LISTS[1:] for each in _objects(report, key)):
        if (why := lenient.text(resource, "Error")) is not None:
            yield f"{_name(resource)}: {why}"


def _unsupported(report: Fields) -> Iterator[str]:
    """The operating system of an image whose distributor tells of no new problems, so that few or none are found."""
    system = lenient.inner(report, "Metadata", "OS")
    if system.value.get("EOSL") is True:
        named = " ".join(filter(None, (lenient.text(system, key) for key in ("Family", "Name"))))
        yield f"{named or 'The system'} is no longer supported: not all of its problems are known."


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


def _vulnerability(record: Fields, target: Fields) -> Finding:
    from trivigil.security.readers import trivy_vulnerabilities

    return trivy_vulnerabilities.finding(record, target)


def _misconfiguration(record: Fields, target: Fields) -> Finding | None:
    """A failed check; one with an exception is accepted, and one that passed is nothing."""
    status = (lenient.text(record, "Status") or "FAIL").upper()
    if status not in ("FAIL", "EXCEPTION"):
        return None
    cause = lenient.inner(record, "CauseMetadata")
    word, rule = lenient.text(record, "Severity"), lenient.text(record, "ID", "AVDID")
    where = trivy_places.of(
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
    where = trivy_places.of(target, lenient.line(record.value.get("StartLine")))
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
    where = trivy_places.of(target, resource=package)
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
    "Misconfigurations": _misconfiguration,
    "Secrets": _secret,
    "Licenses": _licence,
}
_OF_TARGET: Final = {"Target", "Class", "Type", _MANY, "ExperimentalModifiedFindings", *_MAKERS}
"""Every one of Trivy's results has at least one of them."""
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
