"""Vulnerabilities of a CycloneDX document, in the shape that its JSON has; its XML is brought into that shape first.

Format: CycloneDX/specification, 1.2 to 1.7. A vulnerability affects components by their `bom-ref`: one finding for each of them. What the analysis
says is no problem is accepted, with its reason; so is what was rejected, and a component whose very version is said to be unaffected. Methods `CVSSv3` and `CVSSv31` say the version where the vector has no prefix.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import unquote

from trivigil.security import advisory, dependency, lenient, scan
from trivigil.security.facts import Finding, Package, Place, Rating
from trivigil.security.severity import of_word

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from trivigil.core.reading import Reading
    from trivigil.foreign import Fields
    from trivigil.security.facts import ScanFacts
    from trivigil.sources import Source

    Components = Mapping[str, Package]

TOOL: Final = "cyclonedx"
UNIT: Final = "affected components"

_ACCEPTED: Final = {"resolved", "resolved_with_pedigree", "false_positive", "not_affected"}
_METHODS: Final = {"CVSSv2": "2.0", "CVSSv3": "3.0", "CVSSv31": "3.1", "CVSSv4": "4.0"}
_NOT_ASKED: Final = (
    "The document lists components and has no `vulnerabilities`: whether any were looked for, it does not say. "
    "Name the scanner's own result instead."
)


def read(source: Source, form: str, bom: Fields) -> Reading[ScanFacts]:
    """Every vulnerability for every component that it affects."""
    components: dict[str, Package] = {}
    metadata = lenient.inner(bom, "metadata")
    _collect(metadata.value.get("component"), components)
    _collect(bom.value.get("components"), components)
    records, left = lenient.objects(bom.value.get("vulnerabilities"), "vulnerabilities")
    findings = [each for record in records for each in _findings(record, components)]
    about = lenient.inner(metadata, "component")
    asked = bom.value.get("vulnerabilities") is not None
    return scan.reading(
        source,
        (TOOL, form, UNIT),
        findings,
        incomplete=(*dependency.few(left), *(() if asked else (_NOT_ASKED,))),
        counts={"vulnerabilities": len(records), "components": len(components)},
        version=lenient.text(bom, "specVersion"),
        scope=lenient.text(about, "name"),
        scanned_at=lenient.moment(metadata.value.get("timestamp")),
    )


def _collect(value: object, components: dict[str, Package]) -> None:
    """Every component by its reference, nested ones too."""
    due = [value]
    while due:
        each = due.pop()
        if isinstance(each, list):
            due += each
        elif isinstance(each, dict):
            due.append(each.get("components"))
            ref = each.get("bom-ref") or each.get("purl") or each.get("name")
            if isinstance(ref, str):
                components[ref] = _component(each)


def _component(each: Mapping[str, object]) -> Package:
    known = {key: str(each[key]) for key in ("group", "name", "version", "purl") if each.get(key)}
    found = dependency.package(known.get("purl"), None, known.get("version"))
    if "purl" in known:
        return found
    parts = (known.get("group"), known.get("name"))
    return found._replace(name="/".join(part for part in parts if part) or "unknown package")


def _findings(record: Fields, components: Components) -> Iterator[Finding]:
    affected = record.value.get("affects")
    told = [
        (ref, each)
        for each in lenient.objects(affected if isinstance(affected, list) else None)[0]
        if (ref := lenient.text(each, "ref"))
    ]
    for ref, each in told:
        found = _finding(record, _package(ref, components))
        spared = found.accepted is None and _unaffected(each, found.package)
        yield found._replace(accepted="this version is unaffected") if spared else found
    if not told:
        yield _finding(record, Package("unknown package"))


def _unaffected(affected: Fields, package: Package | None) -> bool:
    """Whether the document says of the component's very version that it is not affected; ranges say it of others."""
    version = package.version if package is not None else None
    stated = {
        lenient.text(each, "status")
        for each in lenient.listed(affected, "versions")
        if version is not None and lenient.text(each, "version") == version
    }
    return stated == {"unaffected"}


def _package(ref: str, components: Components) -> Package:
    """The component of a reference, which may be one into another document (a BOM-Link)."""
    for name in (ref, unquote(ref.rpartition("#")[2])):
        if name in components:
            return components[name]
    inside = unquote(ref.rpartition("#")[2]) if ref.startswith("urn:cdx:") else ref
    return dependency.package(inside, None if inside.startswith("pkg:") else inside)


def _finding(record: Fields, package: Package) -> Finding:
    own = lenient.text(record, "id", "bom-ref") or "unknown advisory"
    others = [
        each for ref in lenient.listed(record, "references") if (each := lenient.text(ref, "id"))
    ]
    links = [
        url for each in lenient.listed(record, "advisories") if (url := lenient.text(each, "url"))
    ]
    of = lenient.inner(record, "source")
    version = f" {package.version}" if package.version else ""
    return Finding(
        tool=TOOL,
        kind="dependency",
        id=own,
        title=f"{package.name}{version} has {own}",
        place=Place(),
        description=dependency.paragraph(lenient.text(record, "description", "detail")),
        aliases=dependency.aliases(own, others),
        cwes=lenient.cwes(record.value.get("cwes")),
        ratings=tuple(_ratings(record)),
        package=package,
        fix=lenient.text(record, "recommendation"),
        help_uri=lenient.text(of, "url") or next(iter(links), None),
        malicious=advisory.is_malware((own, *others)),
        accepted=_accepted(record),
    )


def _ratings(record: Fields) -> Iterator[Rating]:
    """Every rating; those of the source that the vulnerability is from come first, because it speaks of this package."""
    own = _who(lenient.inner(record, "source"))
    rated = [(who, each) for r in lenient.listed(record, "ratings") for who, each in _rated(r, own)]
    yield from (each for _, each in sorted(rated, key=lambda pair: pair[0] != own))


def _who(source: Fields) -> str:
    """`nvd:cpe` is nvd."""
    return (lenient.text(source, "name") or TOOL).partition(":")[0].lower()


def _rated(rating: Fields, own: str) -> Iterator[tuple[str, Rating]]:
    """The word, and the CVSS score; words by other methods, such as OWASP's, are levels."""
    of = lenient.inner(rating, "source")
    who = _who(of) if lenient.text(of, "name") else own
    method, word = lenient.text(rating, "method") or "", lenient.text(rating, "severity")
    version = _METHODS.get(method, "")
    if method and not version and method != "other":
        if word is not None:
            yield who, Rating(who, "level", of_word(word), word=word)
        return
    for each in dependency.worded(who, word):
        yield who, each
    vector = lenient.text(rating, "vector")
    full = vector
    if vector is not None and version and not vector.startswith("CVSS:"):
        full = f"CVSS:{version}/{vector}"
    for each in dependency.scored(who, full, rating.value.get("score"), version):
        yield who, each._replace(vector=vector)


def _accepted(record: Fields) -> str | None:
    """Why the document itself says that it is no problem."""
    analysis = lenient.inner(record, "analysis")
    state = lenient.text(analysis, "state")
    if state not in _ACCEPTED:
        return "rejected" if lenient.moment(record.value.get("rejected")) else None
    said = (state, lenient.text(analysis, "justification"), lenient.text(analysis, "detail"))
    return ": ".join(each for each in said if each)
