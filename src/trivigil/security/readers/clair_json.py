"""Clair, as clair-scanner, Klar and clairctl (Clair 4) report it: one finding for each vulnerability of a package of an image.

Format: README of arminc/clair-scanner; optiopay/klar; and `claircore` VulnerabilityReport of quay/clair. clair-scanner's `unapproved` list decides: a vulnerability that is not in it is
approved. Clair 4 names packages and vulnerabilities apart, and which belong together.
"""

from __future__ import annotations

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
    """Whether it is one of the three reports."""
    seen = outline.outline(source)
    if seen.has("image", "unapproved") or seen.below("vulnerabilities", "featurename"):
        return True
    return seen.has("LayerCount", "Vulnerabilities") or seen.has("manifest_hash", "packages")


def read(source: Source) -> Reading[ScanFacts]:
    """Every vulnerability; those that clair-scanner's list approves are accepted."""
    report = foreign.root(foreign.load(source, TOOL), TOOL)
    left: list[str] = []
    if "manifest_hash" in report.value:
        found, image = list(_fourth(report)), lenient.text(report, "manifest_hash")
        left += _missing(report, "package_vulnerabilities")
    elif "LayerCount" in report.value:
        found, image = list(_klar(report)), None
        left += _missing(report, "Vulnerabilities")
    else:
        image = lenient.text(report, "image")
        records, bad = lenient.objects(report.value.get("vulnerabilities"), "vulnerabilities")
        left += bad
        found = [_scanner(each, image, _unapproved(report)) for each in records]
        if report.value.get("vulnerabilities") is None:
            left.append("`vulnerabilities` is missing.")
    return scan.reading(
        source, (TOOL, FORMAT, UNIT), found, incomplete=dependency.few(left), scope=image
    )


def _missing(report: Fields, key: str) -> tuple[str, ...]:
    return (
        () if isinstance(report.value.get(key), dict) else (f"`{key}` is missing, or no object.",)
    )


def _unapproved(report: Fields) -> set[str] | None:
    listed = report.value.get("unapproved")
    return set(lenient.texts(listed)) if isinstance(listed, list) else None


def _scanner(record: Fields, image: str | None, unapproved: set[str] | None) -> Finding:
    found = _finding(
        record,
        ("vulnerability", "featurename", "featureversion", "namespace", "fixedby"),
        image,
    )
    if unapproved is None or found.id in unapproved:
        return found
    return found._replace(accepted="approved in clair-scanner's list")


def _klar(report: Fields) -> Iterator[Finding]:
    """Lists by severity, as Klar's JSON has them."""
    by_severity = lenient.inner(report, "Vulnerabilities")
    for severity in by_severity.value:
        for each in dependency.listed(by_severity, severity):
            lower = foreign.Fields({key.lower(): value for key, value in each.value.items()})
            keys = ("name", "featurename", "featureversion", "namespacename", "fixedby")
            yield _finding(lower, keys, None)


def _finding(record: Fields, keys: tuple[str, ...], image: str | None) -> Finding:
    own, name, version, space, fixed = (lenient.text(record, key) for key in keys)
    package = Package(
        name=name or "unknown package",
        version=version,
        ecosystem=ecosystem((space or "").partition(":")[0]),
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


def _fourth(report: Fields) -> Iterator[Finding]:
    """Clair 4: what each package of `package_vulnerabilities` has."""
    packages, known = lenient.inner(report, "packages"), lenient.inner(report, "vulnerabilities")
    for number, listed in lenient.inner(report, "package_vulnerabilities").value.items():
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
            image = lenient.text(report, "manifest_hash")
            yield _finding(foreign.Fields(merged, record.place), keys, image)
