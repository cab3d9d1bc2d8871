"""`grype -o json`, 0.20 to today: one finding for each match of an advisory and a package.

Format: grype/presenter/models of anchore/grype. One CVE may match twice, as the distribution's and as GitHub's advisory: the related ones
are aliases. What its own rules or VEX take out stands in `ignoredMatches`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from trivigil import foreign
from trivigil.security import advisory, dependency, lenient, outline, place, scan
from trivigil.security.facts import Finding, Package, Place
from trivigil.security.purl import ecosystem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from trivigil.core.reading import Reading
    from trivigil.foreign import Fields
    from trivigil.security.facts import Rating, ScanFacts
    from trivigil.sources import Source

TOOL: Final = "grype"
FORMAT: Final = "json"
UNIT: Final = "matches"


def recognises(source: Source) -> bool:
    """Whether it has matches as Grype writes them; a clean report has its source and descriptor beside them."""
    seen = outline.outline(source)
    if seen.opens != "{" or not seen.has("matches"):
        return False
    return seen.below("matches", "vulnerability", "artifact") or seen.has("descriptor")


def read(source: Source) -> Reading[ScanFacts]:
    """Every match, and those that Grype ignores, with its reason."""
    report = foreign.root(foreign.load(source, TOOL), TOOL)
    where = lenient.inner(report, "source")
    matches, left = lenient.objects(report.value.get("matches"), "matches")
    ignored, also = lenient.objects(report.value.get("ignoredMatches"), "ignoredMatches")
    found, drifted = dependency.every(matches, lambda r: _finding(r, where))
    hidden, bad = dependency.every(ignored, lambda r: _ignored(r, where))
    descriptor = lenient.inner(report, "descriptor")
    missing = [] if "matches" in report.value else ["`matches` is missing: the file is cut."]
    return scan.reading(
        source,
        (TOOL, FORMAT, UNIT),
        (*found, *hidden),
        incomplete=(*missing, *dependency.few((*left, *also, *drifted, *bad))),
        counts={"ignored": len(hidden)},
        version=lenient.text(descriptor, "version"),
        scope=_image(where) or lenient.text(where, "target"),
        scanned_at=lenient.moment(descriptor.value.get("timestamp")),
    )


def _image(where: Fields) -> str | None:
    """The image that was scanned; None for a folder or file."""
    return lenient.text(lenient.inner(where, "target"), "userInput")


def _finding(match: Fields, where: Fields) -> Finding:
    record, artifact = lenient.inner(match, "vulnerability"), lenient.inner(match, "artifact")
    own = lenient.text(record, "id") or "unknown advisory"
    name = lenient.text(artifact, "name") or "unknown package"
    related = dependency.listed(match, "relatedVulnerabilities")
    others = [alias for each in related if (alias := lenient.text(each, "id"))]
    described = (lenient.text(each, "description") for each in (record, *related))
    return Finding(
        tool=TOOL,
        kind="dependency",
        id=own,
        title=f"{name} {lenient.text(artifact, 'version') or ''}".strip() + f" has {own}",
        place=_place(artifact, where),
        description=dependency.paragraph(next(filter(None, described), None)),
        aliases=dependency.aliases(own, others),
        cwes=lenient.cwes(*(_cwes(each) for each in (record, *related))),
        ratings=tuple(_ratings(record, related)),
        confidence=_confidence(match),
        package=Package(
            name=name,
            version=lenient.text(artifact, "version"),
            ecosystem=ecosystem(lenient.text(artifact, "type")),
            purl=lenient.text(artifact, "purl"),
            fixed=dependency.versions(lenient.inner(record, "fix").value.get("versions")),
        ),
        help_uri=lenient.text(record, "dataSource"),
        malicious=advisory.is_malware((own, *others)),
    )


def _cwes(record: Fields) -> list[object]:
    return [each.value.get("cwe") for each in dependency.listed(record, "cwes")]


def _place(artifact: Fields, where: Fields) -> Place:
    """The manifest of a folder, or the image and the file in it."""
    files = dependency.listed(artifact, "locations")
    path = next((found for each in files if (found := lenient.text(each, "path"))), None)
    if (image := _image(where)) is not None:
        own = path is not None and lenient.text(artifact, "type") not in ("deb", "rpm", "apk")
        return Place(path=place.path(path) if own and path else None, image=image)
    folder = lenient.text(where, "target")
    if path is not None and folder is not None:
        path = path.removeprefix(folder.rstrip("/") + "/").lstrip("/")
    return Place(path=place.path(path) if path else None)


def _ratings(record: Fields, related: tuple[Fields, ...]) -> Iterator[Rating]:
    """Grype's own word, then every CVSS score, also those of related advisories."""
    namespace = lenient.text(record, "namespace") or TOOL
    yield from dependency.worded(_source(namespace), record.value.get("severity"))
    for each in (record, *related):
        of = _source(lenient.text(each, "namespace") or TOOL)
        for rated in dependency.listed(each, "cvss"):
            yield from dependency.scored(
                of,
                rated.value.get("vector"),
                lenient.inner(rated, "metrics").value.get("baseScore"),
                lenient.text(rated, "version") or "",
            )


def _source(namespace: str) -> str:
    """`nvd:cpe` is nvd, `github:language:python` is ghsa, `debian:distro:debian:10` is debian."""
    first = namespace.partition(":")[0]
    return "ghsa" if first == "github" else first


def _confidence(match: Fields) -> str | None:
    """A match by CPE alone is weaker than one by the package's name and version."""
    types = {lenient.text(each, "type") for each in dependency.listed(match, "matchDetails")}
    if types == {"cpe-match"}:
        return "low"
    return "high" if types & {"exact-direct-match", "exact-indirect-match"} else None


def _ignored(match: Fields, where: Fields) -> Finding:
    """A match that Grype's rules take out, with what the rule says."""
    rules = dependency.listed(match, "appliedIgnoreRules")
    said = [_rule(each) for each in rules]
    reason = "; ".join(dict.fromkeys(filter(None, said))) or "ignored by Grype's configuration"
    return _finding(match, where)._replace(accepted=reason)


def _rule(rule: Fields) -> str:
    keys = ("reason", "vex-status", "vex-justification", "fix-state", "vulnerability", "namespace")
    return ": ".join(found for key in keys[:3] if (found := lenient.text(rule, key))) or ", ".join(
        f"{key} {found}" for key in keys[3:] if (found := lenient.text(rule, key))
    )
