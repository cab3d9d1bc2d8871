"""Clair, as clair-scanner, Klar, clairctl (Clair 4), Quay and Clair 2 report it: one finding for each vulnerability of a package of an image.

Format: README of arminc/clair-scanner; optiopay/klar; `claircore` VulnerabilityReport of quay/clair; api/v1 of Clair 2, whose layer Quay's API gives, too. clair-scanner's `unapproved`
list decides: a vulnerability that is not in it is approved. Clair 4 names packages and vulnerabilities apart, and which belong together. Quay says by a status whether
it has scanned at all.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from trivigil import foreign
from trivigil.security import dependency, lenient, outline, scan
from trivigil.security.facts import Finding, Package, Place
from trivigil.security.purl import ecosystem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from trivigil.core.reading import Reading
    from trivigil.foreign import Fields
    from trivigil.security.facts import ScanFacts
    from trivigil.sources import Source

TOOL: Final = "clair"
FORMAT: Final = "json"
UNIT: Final = "vulnerabilities"


def recognises(source: Source) -> bool:
    """Whether it is one of the reports."""
    seen = outline.outline(source)
    if seen.has("image", "unapproved") or seen.below("vulnerabilities", "featurename"):
        return True
    if seen.below("Layer", "Name") and seen.inner["Layer"] & {"Features", "IndexedByVersion"}:
        return True
    if seen.has("status") and (seen.below("data", "Layer") or _waits(source, seen)):
        return True
    return seen.has("LayerCount", "Vulnerabilities") or seen.has("manifest_hash", "packages")


def _waits(source: Source, seen: outline.Outline) -> bool:
    """Whether it is Quay's answer where it has not scanned, which is Clair's only where it is named."""
    return source.tool == TOOL and seen.keys == {"status", "data"} and not seen.inner


def read(source: Source) -> Reading[ScanFacts]:
    """Every vulnerability; those that clair-scanner's list approves are accepted."""
    report = foreign.root(foreign.load(source, TOOL), TOOL)
    state = lenient.text(report, "status")
    if state not in (None, "scanned"):
        said = f"Quay has not scanned the image: its status is `{dependency.said(state)}`."
        return scan.reading(source, (TOOL, FORMAT, UNIT), (), crashed=said)
    left: list[str] = []
    untold: list[str] = []
    image = lenient.text(report, "image", "manifest_hash")
    if report.value.keys() & {"Layer", "data"}:
        layer = lenient.inner(
            report, *(("data", "Layer") if "data" in report.value else ("Layer",))
        )
        image = lenient.text(layer, "Name")
        found = list(_layer(layer, image, left))
    elif "manifest_hash" in report.value:
        found = list(_fourth(report, image, left))
    elif "LayerCount" in report.value:
        found = list(_klar(report, left))
    else:
        records, bad = lenient.due(report, "vulnerabilities")
        left += bad
        unapproved = _unapproved(report)
        found = [_scanner(_lower(each), image, unapproved) for each in records]
        untold += _untold(unapproved or set(), found)
    # A list without those of which nothing is told may be a part of one; none at all is no clean image.
    missing, notes = (left, untold) if found else ([*left, *untold], [])
    return scan.reading(
        source,
        (TOOL, FORMAT, UNIT),
        found,
        incomplete=dependency.few(missing),
        notes=dependency.few(notes),
        scope=image,
    )


def _missing(report: Fields, key: str) -> tuple[str, ...]:
    return (
        () if isinstance(report.value.get(key), dict) else (f"`{key}` is missing, or no object.",)
    )


def _unapproved(report: Fields) -> set[str] | None:
    """The advisories that no list approves; None, and nothing is approved, where that is no list of names."""
    listed = report.value.get("unapproved")
    if not isinstance(listed, list) or not all(isinstance(each, str) for each in listed):
        return None
    return set(lenient.texts(listed))


def _untold(unapproved: set[str], found: list[Finding]) -> Iterator[str]:
    """The advisories that are unapproved, and of which nothing else is told."""
    yield from (
        f"`{each}` is unapproved, and not among the `vulnerabilities`."
        for each in sorted(unapproved - {finding.id for finding in found})
    )


def _scanner(record: Fields, image: str | None, unapproved: set[str] | None) -> Finding:
    found = _finding(
        record,
        ("vulnerability", "featurename", "featureversion", "namespace", "fixedby"),
        image,
    )
    if unapproved is None or found.id in unapproved or not lenient.text(record, "vulnerability"):
        return found
    return found._replace(accepted="approved in clair-scanner's list")


def _klar(report: Fields, left: list[str]) -> Iterator[Finding]:
    """Lists by severity, as Klar's JSON has them."""
    left += _missing(report, "Vulnerabilities")
    by_severity = lenient.inner(report, "Vulnerabilities")
    for severity in by_severity.value:
        records, bad = dependency.inside(by_severity, severity)
        left += bad
        for each in records:
            keys = ("name", "featurename", "featureversion", "namespacename", "fixedby")
            yield _finding(_lower(each), keys, None)


def _lower(record: Fields) -> Fields:
    return foreign.Fields({key.lower(): value for key, value in record.value.items()}, record.place)


def _layer(layer: Fields, image: str | None, left: list[str]) -> Iterator[Finding]:
    """What the packages of Clair 2's layer have; it holds those of the layers below it, too."""
    features, missing = lenient.due(layer, "Features")
    left += missing
    for feature in features:
        records, bad = dependency.inside(feature, "Vulnerabilities")
        left += bad
        own = {key: feature.value.get(key) for key in ("Name", "Version", "NamespaceName")}
        for each in records:
            space = lenient.text(each, "NamespaceName") or own["NamespaceName"]
            merged = {**_lower(each).value, **own, "space": space}
            keys = ("name", "Name", "Version", "space", "fixedby")
            yield _finding(foreign.Fields(merged, each.place), keys, image)


def _finding(record: Fields, keys: tuple[str, ...], image: str | None) -> Finding:
    own, name, version, space, fixed = (lenient.text(record, key) for key in keys)
    package = Package(
        name=name or "unknown package",
        version=version,
        ecosystem=ecosystem(re.split(r"[:/]", space or "")[0]),
        fixed=(fixed,) if fixed else (),
    )
    link = lenient.text(record, "link", "links")
    return Finding(
        tool=TOOL,
        kind="dependency",
        id=own or "unknown advisory",
        title=f"{package.name} {version or ''}".strip() + f" has {own or 'a vulnerability'}",
        place=Place(image=image),
        description=dependency.paragraph(lenient.text(record, "description")),
        ratings=tuple(dependency.worded(TOOL, lenient.text(record, "severity"))),
        package=package,
        help_uri=link.split()[0] if link else None,
    )


def _fourth(report: Fields, image: str | None, left: list[str]) -> Iterator[Finding]:
    """Clair 4: what each package of `package_vulnerabilities` has."""
    left += _missing(report, "package_vulnerabilities")
    packages, known = lenient.inner(report, "packages"), lenient.inner(report, "vulnerabilities")
    for number, listed in lenient.inner(report, "package_vulnerabilities").value.items():
        if listed is not None and not isinstance(listed, list):
            left.append(f"`package_vulnerabilities.{number}` is left out: it is not a list.")
        package = lenient.inner(packages, number)
        for name in lenient.texts(listed):
            record = lenient.inner(known, name)
            of = lenient.inner(record, "distribution")
            merged = {
                **record.value,
                "severity": lenient.text(record, "normalized_severity", "severity"),
                "package": lenient.text(package, "name"),
                "version": lenient.text(package, "version"),
                "space": lenient.text(of, "did"),
            }
            keys = ("name", "package", "version", "space", "fixed_in_version")
            yield _finding(foreign.Fields(merged, record.place), keys, image)
