"""What results say of packages that have a problem: which, in what versions, and where to go from there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from trivigil.core.record import NamedTuple
from trivigil.core.untrusted import printable, printables
from trivigil.security import purl, said

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from trivigil.security.facts import Finding, Package

_NAME_CHARS: Final = 100


class Told(NamedTuple):
    """What the results about one version of a package have in common."""

    written: str = ""
    """Its package URL without the version."""
    name: str = ""
    named: str = ""
    """Its name and version, for people."""
    fix: str | None = None
    evidence: Mapping[str, object] = {}
    """Empty where there is no package."""


# It is part of a key: its evidence has no hash, and there is one of it for a package.
Told.__hash__ = object.__hash__  # type: ignore[method-assign]  # (a record of typing may not set it)
_NONE: Final = Told()


def told(known: Sequence[Package | None]) -> list[Told]:
    """Of each of many, where there is one."""
    made = _told([package for package in known if package is not None])
    return [_NONE if package is None else next(made) for package in known]


def _told(known: Sequence[Package]) -> Iterator[Told]:
    if not known:
        return
    names, versions, _, _, fixed = zip(*known, strict=True)
    written = purl.all_written(purl.identities(known))
    affected = [[version] if version else [] for version in versions]
    mended = [[*each] if len(each) == 1 and each[0] else _sorted(each) for each in fixed]
    shown = printables(names, _NAME_CHARS)
    evidence = zip(names, written, affected, mended, strict=True)
    yield from map(
        Told._make,
        zip(
            written,
            names,
            map(_named, shown, affected),
            map(_upgrade, shown, mended),
            [dict(zip(_EVIDENCE, each, strict=True)) for each in evidence],
            strict=True,
        ),
    )


_EVIDENCE: Final = ("name", "purl", "versions", "fixed")


def _sorted(versions: Iterable[str | None]) -> list[str]:
    return sorted({version for version in versions if version})


def _named(shown: str, versions: Sequence[str]) -> str:
    return f"{shown} {', '.join(versions[:3])}".strip()


def _upgrade(shown: str, fixed: Sequence[str]) -> str | None:
    return f"Upgrade {shown} to {' or '.join(fixed[:4])}." if fixed else None


def together(known: Sequence[Package], telling: Package | None, written: str | None) -> Told:
    """Of one package of which findings may name several versions, in the words of the one that tells most."""
    if telling is None or written is None:
        return _NONE
    versions = _sorted(package.version for package in known)
    fixed = _sorted(version for package in known for version in package.fixed)
    first = known[0]
    return Told(
        written,
        telling.name,
        _named(printable(telling.name, _NAME_CHARS), versions),
        _upgrade(printable(first.name, _NAME_CHARS), fixed),
        dict(zip(_EVIDENCE, (first.name, written, versions, fixed), strict=True)),
    )


def message(of: Told, what: str) -> str:
    """What is wrong, and with which package, where the words do not begin with it; as it is where there is no package."""
    return what if what.lower().startswith(of.name.lower()) else f"{of.named}: {what}"


def place_name(written: str, manifest: str | None) -> str:
    """The stable name of the place, as people read it."""
    return f"{written} in {manifest}" if manifest else written


def where(known: Sequence[Told], findings: Sequence[Finding]) -> list[str]:
    """The names of the places of findings by themselves, some of which are about packages."""
    return [
        place_name(of.written, finding.place.path) if of.evidence else said.place_name(finding)
        for of, finding in zip(known, findings, strict=True)
    ]
