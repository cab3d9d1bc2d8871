"""Grype's matches as findings: a window of some hundred at a time, as typed records.

An advisory stands in a report once for each package that matches, with all that is said of it: it is read once. What does not fit a
typed record is read leniently.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import msgspec
from msgspec import UNSET, Raw, UnsetType

from trivigil.core.errors import SourceError
from trivigil.core.record import NamedTuple
from trivigil.foreign import Fields
from trivigil.security import advisory, dependency, lenient, place
from trivigil.security.facts import Finding, Package, Place
from trivigil.security.purl import ecosystem
from trivigil.security.readers import typed

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from trivigil.security.facts import Rating

TOOL: Final = "grype"
_REMEMBERED: Final = 16_384
"""Advisories: an image has some thousand at most."""
_NULL: Final = Raw(b"null")


class _Location(msgspec.Struct, gc=False):
    path: str = ""


class _Artifact(msgspec.Struct, gc=False):
    name: str = ""
    version: str = ""
    type: str = ""
    purl: str = ""
    locations: list[_Location] | None = None


class _Detail(msgspec.Struct, gc=False):
    type: str = ""


class _Match(msgspec.Struct, gc=False):
    artifact: _Artifact
    vulnerability: Raw = _NULL
    relatedVulnerabilities: Raw = _NULL
    matchDetails: list[_Detail] | None = None


class _Document(msgspec.Struct, gc=False):
    matches: list[Raw] | UnsetType | None = UNSET
    ignoredMatches: Any = UNSET
    source: Any = UNSET
    descriptor: Any = UNSET


_MATCH: Final = msgspec.json.Decoder(_Match)
_DOCUMENT: Final = msgspec.json.Decoder(_Document)


def document(text: str) -> Fields:
    """The report, its matches still bytes. Raises SourceError for what does not fit, or is no JSON."""
    try:
        found = _DOCUMENT.decode(text)
    except (ValueError, RecursionError):
        raise SourceError("the report is not as Grype writes it.") from None
    given = ((name, getattr(found, name)) for name in found.__struct_fields__)
    return Fields({name: value for name, value in given if value is not UNSET})


class Where:
    """What was scanned."""

    def __init__(self, source: Fields) -> None:
        """By the report's `source`."""
        self.image = lenient.text(lenient.inner(source, "target"), "userInput")
        """The image; None for a folder or file."""
        self.folder = lenient.text(source, "target")

    def place(self, path: str | None, kind: str | None) -> Place:
        """The manifest of a folder, or the image and the file in it."""
        if self.image is not None:
            own = path is not None and kind not in ("deb", "rpm", "apk")
            return Place(path=place.path(path) if own and path else None, image=self.image)
        if path is not None and self.folder is not None:
            path = path.removeprefix(self.folder.rstrip("/") + "/").lstrip("/")
        return Place(path=place.path(path) if path else None)


def taken(listed: Sequence[object], where: Where) -> tuple[list[Finding], list[str]]:
    """The findings of matches, in their order, and a sentence for each that is no object.

    Raises SourceError for what is no JSON inside.
    """
    advisories = _Advisories()
    return typed.findings(
        listed,
        "matches",
        _MATCH,
        lambda records: [_of_record(each, where, advisories) for each in records],
        lambda match: finding(match, where),
    )


def _of_record(match: _Match, where: Where, advisories: _Advisories) -> Finding:
    artifact = match.artifact
    paths = (path for each in artifact.locations or () if (path := each.path.strip()))
    return _finding(
        advisories[bytes(match.vulnerability), bytes(match.relatedVulnerabilities)],
        _Found(
            artifact.name.strip() or None,
            artifact.version.strip() or None,
            artifact.type.strip() or None,
            artifact.purl.strip() or None,
            next(paths, None),
            {each.type.strip() for each in match.matchDetails or ()},
        ),
        where,
    )


def finding(match: Fields, where: Where) -> Finding:
    """A match of any shape."""
    artifact = lenient.inner(match, "artifact")
    paths = (lenient.text(each, "path") for each in lenient.listed(artifact, "locations"))
    types = {lenient.text(each, "type") for each in lenient.listed(match, "matchDetails")}
    name, version, kind, url = (
        lenient.text(artifact, key) for key in ("name", "version", "type", "purl")
    )
    related = lenient.listed(match, "relatedVulnerabilities")
    return _finding(
        _advisory(lenient.inner(match, "vulnerability"), related),
        _Found(name, version, kind, url, next(filter(None, paths), None), types),
        where,
    )


class _Found(NamedTuple):
    """What a match says of the package."""

    name: str | None
    version: str | None
    kind: str | None
    purl: str | None
    path: str | None
    matched: set[str | None] | set[str]
    """How."""


def _finding(of: _Advisory, found: _Found, where: Where) -> Finding:
    name = found.name or "unknown package"
    return Finding(
        tool=TOOL,
        kind="dependency",
        id=of.id,
        title=f"{name} {found.version or ''}".strip() + f" has {of.id}",
        place=where.place(found.path, found.kind),
        description=of.description,
        aliases=of.aliases,
        cwes=of.cwes,
        ratings=of.ratings,
        confidence=_confidence(found.matched),
        package=Package(name, found.version, ecosystem(found.kind), found.purl, of.fixed),
        help_uri=of.help_uri,
        malicious=of.malicious,
    )


def _confidence(types: set[str | None] | set[str]) -> str | None:
    """A match by CPE alone is weaker than one by the package's name and version."""
    if types == {"cpe-match"}:
        return "low"
    return "high" if types & {"exact-direct-match", "exact-indirect-match"} else None


# --- advisories -----------------------------------------------------------------------------------


class _Advisory(NamedTuple):
    """What a match says that does not depend on the package."""

    id: str
    description: str
    aliases: tuple[str, ...]
    cwes: tuple[int, ...]
    ratings: tuple[Rating, ...]
    fixed: tuple[str, ...]
    help_uri: str | None
    malicious: bool


class _Advisories(dict[tuple[bytes, bytes], _Advisory]):
    """By the JSON of an advisory and of those that are related to it."""

    def __missing__(self, key: tuple[bytes, bytes]) -> _Advisory:
        """Read when it is first asked for."""
        if len(self) >= _REMEMBERED:
            self.clear()
        both = ("vulnerability", "relatedVulnerabilities")
        parts = (typed.anything(Raw(each)) for each in key)
        match = Fields(dict(zip(both, parts, strict=True)))
        made = self[key] = _advisory(
            *(lenient.inner(match, both[0]), lenient.listed(match, both[1]))
        )
        return made


def _advisory(record: Fields, related: Sequence[Fields]) -> _Advisory:
    own = lenient.text(record, "id") or "unknown advisory"
    others = [alias for each in related if (alias := lenient.text(each, "id"))]
    described = (lenient.text(each, "description") for each in (record, *related))
    return _Advisory(
        own,
        dependency.paragraph(next(filter(None, described), None)),
        dependency.aliases(own, others),
        lenient.cwes(*(_cwes(each) for each in (record, *related))),
        tuple(_ratings(record, related)),
        dependency.versions(lenient.inner(record, "fix").value.get("versions")),
        lenient.text(record, "dataSource"),
        advisory.is_malware((own, *others)),
    )


def _cwes(record: Fields) -> list[object]:
    return [each.value.get("cwe") for each in lenient.listed(record, "cwes")]


def _ratings(record: Fields, related: Sequence[Fields]) -> Iterator[Rating]:
    """Grype's own word, then every CVSS score, also those of related advisories."""
    namespace = lenient.text(record, "namespace") or TOOL
    yield from dependency.worded(_source(namespace), record.value.get("severity"))
    for each in (record, *related):
        of = _source(lenient.text(each, "namespace") or TOOL)
        for rated in lenient.listed(each, "cvss"):
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
