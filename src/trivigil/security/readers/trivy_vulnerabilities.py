"""Trivy's vulnerabilities as findings: a window of some hundred at a time, and in it column by column.

What they say of the advisory is made once for each (trivy_advisories.py). What does not fit a typed record is read leniently, and made into a finding by the same way.
"""

from __future__ import annotations

from itertools import repeat
from typing import TYPE_CHECKING, Final

from trivigil.security import lenient
from trivigil.security.facts import Finding, Package
from trivigil.security.purl import ecosystem
from trivigil.security.readers import trivy_advisories, trivy_places, trivy_records, typed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from trivigil.foreign import Fields
    from trivigil.security.facts import Place
    from trivigil.security.readers.trivy_advisories import Advisories, Advisory
    from trivigil.security.readers.trivy_records import Vulnerability

_new: Final = tuple.__new__
"""Makes a record of all its fields; the record's own way takes four times as long."""


def taken(
    listed: Sequence[object], target: Fields, advisories: Advisories
) -> tuple[list[Finding], list[str]]:
    """The findings of a target's vulnerabilities, in their order, and a sentence for each that is no object.

    Raises SourceError for what is no JSON inside.
    """
    places = trivy_places.Places(target)
    return typed.findings(
        listed,
        f"{target.place}.Vulnerabilities",
        trivy_records.VULNERABILITY,
        lambda records: _columns(records, target, places, advisories),
        lambda record: finding(record, target),
    )


def finding(record: Fields, target: Fields) -> Finding:
    """A vulnerability of any shape."""
    package = Package(
        name=lenient.text(record, "PkgName") or _NAMELESS,
        version=lenient.text(record, "InstalledVersion"),
        ecosystem=ecosystem(target.maybe_text("Type")),
        purl=lenient.text(lenient.inner(record, "PkgIdentifier"), "PURL"),
        fixed=_fixed(lenient.text(record, "FixedVersion") or ""),
    )
    place = trivy_places.Places(target)[lenient.text(record, "PkgPath") or ""]
    return _findings([trivy_advisories.read(record)], [package], [place])[0]


_NAMELESS: Final = "unknown package"


def _columns(
    records: Sequence[Vulnerability],
    target: Fields,
    places: trivy_places.Places,
    advisories: Advisories,
) -> list[Finding]:
    names = [each.PkgName.strip() or _NAMELESS for each in records]
    versions = [each.InstalledVersion.strip() or None for each in records]
    urls = [each.PkgIdentifier.PURL.strip() or None for each in records]
    texts = [each.FixedVersion for each in records]
    fixed = {text: _fixed(text) for text in dict.fromkeys(texts)}
    kind = repeat(ecosystem(target.maybe_text("Type")))
    columns = zip(names, versions, kind, urls, map(fixed.__getitem__, texts), strict=False)
    packages = list(map(_new, repeat(Package), columns))  # the type has no end
    where = [places[each.PkgPath] for each in records]
    return _findings(advisories.of(records), packages, where)


def _findings(
    advisories: Sequence[Advisory], packages: Sequence[Package], places: Sequence[Place]
) -> list[Finding]:
    """By position, in one go: a call with names for each takes longer than decoding it."""
    return [
        _new(
            Finding,
            (trivy_advisories.TOOL, "dependency", name, title or f"{package[0]}: {name}", place, about, aliases, cwes, ratings,
             None, package, None, None, None, help_uri, malicious, None, None),
        )
        for (name, title, about, aliases, cwes, ratings, help_uri, malicious), package, place
        in zip(advisories, packages, places, strict=True)
    ]  # fmt: skip


def _fixed(text: str) -> tuple[str, ...]:
    """The versions of a list with commas."""
    return tuple([part.strip() for part in text.split(",") if part.strip()])
