"""`snyk test --json` and `snyk container test --json`: one finding for each path to an advisory or licence issue.

Format: src/lib/snyk-test/legacy.ts of snyk/cli. One project is an object, `--all-projects` a list of them, in which an object with `error` is one that could not be
tested. What `.snyk` ignores stands in `filtered.ignore`, with reason and expiry. Older versions keep critical in `severityWithCritical`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from trivigil import foreign
from trivigil.security import advisory, dependency, lenient, outline, place, scan
from trivigil.security.facts import Finding, Package, Place
from trivigil.security.purl import ecosystem
from trivigil.security.readers.snyk_iac_json import ISSUES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from trivigil.core.reading import Reading
    from trivigil.foreign import Fields
    from trivigil.security.facts import Rating, ScanFacts
    from trivigil.sources import Source

TOOL: Final = "snyk"
FORMAT: Final = "json"
UNIT: Final = "paths"


def recognises(source: Source) -> bool:
    """Whether it has vulnerabilities as Snyk writes them, is a clean project of Snyk, or its failure."""
    seen = outline.outline(source)
    if seen.has(ISSUES):
        return False
    if seen.below("vulnerabilities", "id", "packageName", "from"):
        return True
    clean = seen.has("ok", "vulnerabilities", "dependencyCount")
    return clean or seen.has("ok", "error", "path")


def read(source: Source) -> Reading[ScanFacts]:
    """Every path of every project, and what Snyk ignores."""
    decoded = foreign.load(source, TOOL)
    listed = decoded if isinstance(decoded, list) else [decoded]
    projects, missing = lenient.objects(listed)
    findings: list[Finding] = []
    left, failed = list(missing), []
    for project in _all(projects):
        if project.value.get("vulnerabilities") is None:
            failed.append(_failure(project))
        left += _silent(project)
        for record, bad in _records(project):
            found, drifted = dependency.every(record, lambda r, p=project: _finding(p, r))  # type: ignore[misc]  # the default binds the project
            findings += found
            left += (*bad, *drifted)
    whole = [each for each in projects if each.value.get("vulnerabilities") is not None]
    return scan.reading(
        source,
        (TOOL, FORMAT, UNIT),
        findings,
        incomplete=(
            *dependency.few(left),
            *scan.listed("Snyk could not test", failed if whole else ()),
        ),
        crashed=None if whole else f"Snyk failed: {'; '.join(failed[:3]) or 'it tested nothing'}.",
        counts={"projects": len(projects), "advisories": len({each.id for each in findings})},
        scope=_image(projects[0]) if projects else None,
    )


def _all(projects: tuple[Fields, ...]) -> Iterator[Fields]:
    """The projects, and the applications that Snyk finds in an image."""
    for project in projects:
        yield project
        yield from lenient.listed(project, "applications")


def _silent(project: Fields) -> Iterator[str]:
    """Where a project is not in order, and nothing says why."""
    if project.value.get("vulnerabilities") == [] and project.value.get("ok") is False:
        yield f"Snyk says that {_named(project)} is not in order, and lists nothing of it."


def _named(project: Fields) -> str:
    return place.path(
        lenient.text(project, "displayTargetFile", "targetFile", "path") or "a project"
    )


def _failure(project: Fields) -> str:
    why = dependency.said(lenient.text(project, "error", "message"), "it lists no vulnerabilities")
    return f"{_named(project)}: {why}"


def _records(project: Fields) -> Iterator[lenient.Objects]:
    yield dependency.inside(project, "vulnerabilities")
    ignored = lenient.inner(project, "filtered").value.get("ignore")
    yield lenient.objects(ignored if isinstance(ignored, list) else None, "filtered.ignore")


def _image(project: Fields) -> str | None:
    """The image that was tested; None for a folder."""
    return lenient.text(project, "path") if "docker" in project.value else None


def _place(project: Fields) -> Place:
    file = lenient.text(project, "displayTargetFile", "targetFile")
    image = _image(project)
    if image is not None:
        return Place(image=image)
    return Place(path=place.path(file) if file else None)


def _finding(project: Fields, record: Fields) -> Finding:
    own = lenient.text(record, "id") or "unknown advisory"
    name = lenient.text(record, "packageName", "name", "moduleName") or "unknown package"
    version = lenient.text(record, "version", "packageVersion")
    named = lenient.inner(record, "identifiers")
    others = [each for key in ("CVE", "GHSA") for each in lenient.texts(named.value.get(key))]
    others += advisory.found(" ".join(lenient.texts(record.value.get("alternativeIds"))))
    licence = lenient.text(record, "type") == "license"
    accepted, expires = _accepted(record)
    return Finding(
        tool=TOOL,
        kind="license" if licence else "dependency",
        id=own,
        title=f"{lenient.text(record, 'title') or own} in {name}",
        place=_place(project),
        description=dependency.paragraph(lenient.text(record, "description")),
        aliases=dependency.aliases(own, others),
        cwes=lenient.cwes(named.value.get("CWE")),
        ratings=tuple(_ratings(record)),
        package=Package(
            name=name,
            version=version,
            ecosystem=_ecosystem(record, project),
            fixed=lenient.texts(record.value.get("fixedIn"))
            or lenient.texts(record.value.get("nearestFixedInVersion")),
        ),
        help_uri=None if licence else f"https://security.snyk.io/vuln/{own}",
        malicious=record.value.get("malicious") is True or advisory.is_malware(others),
        accepted=accepted,
        expires=expires,
    )


def _ecosystem(record: Fields, project: Fields) -> str | None:
    """`linux` packages are their manager's, which a release may follow: `debian:10`, `sles:15.3`."""
    kind = lenient.text(record, "packageManager") or lenient.text(project, "packageManager")
    found = ecosystem((kind or "").partition(":")[0] or lenient.text(record, "language"))
    if found in ("sles", "rhel", "ol", "amzn", "linux"):
        return "rpm"
    return found


def _ratings(record: Fields) -> Iterator[Rating]:
    """Snyk's word, its score, and those of others that it names."""
    yield from dependency.worded(
        TOOL, lenient.text(record, "severityWithCritical") or record.value.get("severity")
    )
    vector = lenient.text(record, "CVSSv3")
    yield from dependency.scored(TOOL, vector, record.value.get("cvssScore"))
    yield from dependency.scored(TOOL, lenient.text(record, "CVSSv4"), version="4.0")
    yield from dependency.worded("nvd", record.value.get("nvdSeverity"))
    for each in lenient.listed(record, "cvssDetails"):
        of = (lenient.text(each, "assigner") or "").lower()
        yield from dependency.scored(
            of, each.value.get("cvssV3Vector"), each.value.get("cvssV3BaseScore")
        )


def _accepted(record: Fields) -> tuple[str | None, str | None]:
    """Why it is ignored, and until when."""
    rules = lenient.listed(lenient.inner(record, "filtered"), "ignored")
    if not rules and not record.place.startswith("filtered.ignore"):
        return None, None
    said = [lenient.text(each, "reason") for each in rules]
    days = [dependency.day(each.value.get("expires")) for each in rules]
    reason = "; ".join(dict.fromkeys(filter(None, said))) or "ignored in Snyk"
    return reason, min(filter(None, days), default=None)
