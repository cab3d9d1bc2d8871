"""Which findings are one problem: grouping that never depends on the order of files or tools.

Each finding has keys; findings that share a key are one problem, and so are those that are joined by others. The n-th finding
of one file with a key is joined only with the n-th of another: two equal findings of one scan stay two, and the same
scan in two files stays one. Lines count here, because all files speak of one commit; they are in no identity.
"""

from __future__ import annotations

import re
from collections import Counter
from functools import lru_cache
from itertools import chain, compress
from operator import itemgetter, not_
from typing import TYPE_CHECKING, Final

from trivigil.core.record import NamedTuple
from trivigil.security import advisory, purl

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Iterator, Sequence

    from trivigil.security.facts import Finding, Rating

    Key = tuple[Hashable, ...]
    _Ordered = tuple[str, Finding]

_FIRST: Final = itemgetter(0)


class Group(NamedTuple):
    """One problem: what each tool says about it, in an order that is always the same."""

    findings: tuple[Finding, ...]
    advisory: str | None = None
    """The id that names it, where it is a published advisory."""
    manifest: str | None = None
    """Dependencies: the file that names the package, where a tool says it."""


class Problems(NamedTuple):
    """The problems of several scans; their order means nothing."""

    alone: Sequence[Finding]
    """Those of one finding without a package, as most are: they need no group."""
    joined: Sequence[Group]


def group(scans: Sequence[Sequence[Finding]]) -> Problems:
    """The problems of several scans, each scan the findings of one file."""
    packages = [finding for scan in scans for finding in scan if finding.package]
    apart = [[finding for finding in scan if not finding.package] for scan in scans]
    alone, joined = _elsewhere([scan for scan in apart if scan])
    return Problems(alone, [*_dependencies(packages), *joined])


# --- dependencies -------------------------------------------------------------------------------


def _dependencies(findings: Sequence[Finding]) -> Iterator[Group]:
    """By package, advisory and manifest; what names no manifest joins every one of its package and advisory."""
    by_package: dict[Key, list[Finding]] = {}
    for finding in findings:
        assert finding.package is not None  # noqa: S101 (the caller sorted them)
        image = image_name(finding.place.image) if finding.place.path is None else None
        by_package.setdefault((*purl.identity(finding.package), image), []).append(finding)
    for of_package in by_package.values():
        for name, same in _by_advisory(of_package).items():
            yield from _by_manifest(name, same)


def _by_advisory(findings: Sequence[Finding]) -> dict[str, list[Finding]]:
    """By the closure of their ids and aliases, named by the leading id."""
    union = _Union()
    firsts = []
    for finding in findings:
        ids = ids_of(finding)
        firsts.append(ids[0])
        union.root(ids[0])
        for alias in _aliases(ids):
            union.join(ids[0], alias)
    closures: dict[Hashable, list[str]] = {}
    for name in union.parents:
        closures.setdefault(union.root(name), []).append(str(name))
    leading = {root: advisory.leading(names) for root, names in closures.items()}
    found: dict[str, list[Finding]] = {}
    for first, finding in zip(firsts, findings, strict=True):
        found.setdefault(leading[union.root(first)], []).append(finding)
    return found


def ids_of(finding: Finding) -> tuple[str, ...]:
    """All ids of a finding, its own first."""
    if not finding.aliases:
        return (advisory.normal(finding.id),)
    written = (finding.id, *finding.aliases)
    return tuple(dict.fromkeys(advisory.normal(each) for each in written))


def _aliases(ids: Sequence[str]) -> tuple[str, ...]:
    """Ids that mean the same problem. An entry of several CVEs is a bulletin, and makes them no aliases."""
    cves = [each for each in ids if each.startswith("CVE-")]
    return tuple(each for each in ids[1:] if advisory.is_known(each)) if len(cves) <= 1 else ()


def _by_manifest(name: str, findings: Sequence[Finding]) -> Iterator[Group]:
    paths = sorted({finding.place.path for finding in findings if finding.place.path})
    canonical = {path: _shortest(path, paths) for path in paths}
    manifests: list[str | None] = [*sorted(set(canonical.values()))] or [None]
    for manifest in manifests:
        joined = [
            finding
            for finding in findings
            if not finding.place.path or canonical[finding.place.path] == manifest
        ]
        yield Group(_ordered(joined), name, manifest)


def _shortest(path: str, paths: Sequence[str]) -> str:
    """The one relative path that an absolute one ends with; the path itself where there is none, or several."""
    if not re.match(r"[/~]|[A-Za-z]:", path):
        return path
    ends = [
        other for other in paths if not other.startswith(("/", "~")) and path.endswith(f"/{other}")
    ]
    return ends[0] if len(ends) == 1 else path


# --- everything else ----------------------------------------------------------------------------


def _elsewhere(scans: Sequence[Sequence[Finding]]) -> Problems:
    """Those without a package. What one scan alone says is never one with another of it."""
    if len(scans) == 1:
        return Problems(scans[0], ())
    spots = [[spot(finding) for finding in scan] for scan in scans]
    times = Counter(chain.from_iterable(map(set, spots)))
    alone: list[Finding] = []
    near: list[list[Finding]] = []
    for scan, of_scan in zip(scans, spots, strict=True):
        shared = [times[each] > 1 for each in of_scan]
        near.append([*compress(scan, shared)])
        alone += compress(scan, map(not_, shared))
    rest, joined = _joined(near)
    return Problems(alone + rest, joined)


def _joined(scans: Sequence[Sequence[Finding]]) -> tuple[list[Finding], list[Group]]:
    """Those that no other joins, and the others."""
    union = _Union()
    firsts: dict[Key, int] = {}
    """Who was the first with a key, and the how-manieth of its scan."""
    found: list[_Ordered] = []
    for scan in scans:
        seen: dict[Key, int] = {}
        for each in sorted(((_order(f), f) for f in scan), key=_FIRST):
            own = len(found)
            found.append(each)
            for key in keys(each[1]):
                nth = seen[key] = seen.get(key, -1) + 1
                first = firsts.setdefault((key, nth), own)
                if first != own:
                    union.join(first, own)
    groups: dict[Hashable, list[_Ordered]] = {}
    for own, each in enumerate(found):
        groups.setdefault(union.root(own), []).append(each)
    alone = [members[0][1] for members in groups.values() if len(members) == 1]
    several = (sorted(members, key=_FIRST) for members in groups.values() if len(members) > 1)
    return alone, [Group(tuple(finding for _, finding in members)) for members in several]


def spot(finding: Finding) -> Key:
    """What all its keys have in common: findings of different spots share none."""
    kind, place = finding.kind, finding.place
    if kind == "secret":
        return kind, place.path
    if kind == "web":
        return kind, place.method, url_path(place.url), place.parameter
    if kind == "iac":
        return kind, place.path, place.resource or place.line
    if kind == "custom":
        return kind, finding.id
    return kind, place.path or place.image, place.line, place.resource


def keys(finding: Finding) -> Iterator[Key]:
    """By what a finding of another tool, or of another file of the same tool, is the same problem."""
    place = finding.place
    if finding.kind == "secret":
        if finding.secret is not None:
            yield ("secret", finding.secret, place.path)
        if place.line is not None:
            yield ("secret at", place.path, place.line)
    elif finding.kind == "web":
        for rule in rules(finding):
            yield ("web", rule, place.method, url_path(place.url), place.parameter)
    elif finding.kind == "iac":
        for rule in (check(finding.id), *map(check, finding.aliases)):
            yield ("iac", rule, place.path, place.resource or place.line)
    elif finding.kind == "custom":
        yield ("custom", finding.id, steady(finding.title), steady(finding.description))
    else:
        for rule in rules(finding):
            yield (finding.kind, rule, place.path or place.image, place.line, place.resource)


def rules(finding: Finding) -> tuple[str, ...]:
    """The tool's rule, and the weaknesses it names: two tools that name the same at one place mean the same."""
    return (f"{finding.tool} {finding.id}", *_weaknesses(finding.cwes))


@lru_cache(maxsize=4_096)
def _weaknesses(cwes: tuple[int, ...]) -> tuple[str, ...]:
    return tuple(f"CWE-{cwe}" for cwe in sorted(set(cwes)))


def check(text: str) -> str:
    """One name for the ids of Trivy's and tfsec's checks: AVD-DS-0002, DS002 and DS-0002 are the same."""
    match = re.fullmatch(r"(?:AVD-)?([A-Z]+)-?0*(\d+)", text.strip().upper())
    return text.strip() if match is None else f"{match[1]}-{int(match[2]):04}"


def image_name(text: str | None) -> str | None:
    """`alpine:3.10` of Grype and `alpine:3.10 (alpine 3.10.2)` of Trivy are one image."""
    return None if text is None else re.sub(r" \([^()]*\)$", "", text)


def url_path(url: str | None) -> str:
    """Scheme, host and path of an address, with numbers and ids in the path as `{}`."""
    if not url:
        return ""
    bare = url.partition("#")[0].partition("?")[0].rstrip("/")
    return re.sub(r"(?<=/)(?:\d+|[0-9a-fA-F-]{32,36})(?=/|$)", "{}", bare)


def steady(text: str) -> str:
    """Words without what changes from run to run: numbers, times, paths of temporary files."""
    bare = re.sub(r"(?:/tmp|/var)/\S+|\d+", "", text.lower())
    return re.sub(r"\s+", " ", bare).strip()


def in_order(problems: Sequence[Finding | Group]) -> list[int]:
    """The positions of problems, in an order that is always the same."""
    firsts = [each.findings[0] if isinstance(each, Group) else each for each in problems]
    # Of one rule in one file most differ in the line, and looking at that takes a fifth of looking at all.
    short = [(f.tool, f.id, f.place.path or "", f.place.line or 0) for f in firsts]
    if len(set(short)) == len(short):
        return sorted(range(len(short)), key=short.__getitem__)
    whole = [_order_of(each) for each in problems]
    return sorted(range(len(whole)), key=whole.__getitem__)


def _order_of(problem: Finding | Group) -> tuple[str, int, list[str]]:
    """By its first finding; of equal ones (twins, of which another tool joined one) that of most findings is the first."""
    if not isinstance(problem, Group):
        return f"{_order(problem)}\0", -1, []
    first, *others = problem.findings
    return (
        f"{_order(first)}\0{problem.manifest or ''}",
        -len(problem.findings),
        [_order(each) for each in others],
    )


def _order(finding: Finding) -> str:
    """By what findings are put in an order that is always the same; different ones differ."""
    place = finding.place
    parts = (
        finding.tool,
        finding.id,
        place.path or "",
        f"{place.line or 0:09}",
        place.url or "",
        place.resource or "",
        finding.title,
        finding.description,
        finding.code or "",
        finding.secret or "",
        " ".join(finding.aliases),
        _marks(finding.cwes, finding.ratings),
        # What may tell twins apart that are alike in all of the above; one that the tool does not count comes last.
        finding.accepted or "",
        f"{place.method or ''}\x01{place.parameter or ''}\x01{finding.confidence or ''}\x01{finding.fix or ''}",
    )
    joined = "\0".join(parts)
    # One text is compared much faster than fourteen; where a part has the separator in it, they are told apart by all of it.
    return joined if joined.count("\0") == len(parts) - 1 else f"{joined}\0{parts!r}"


@lru_cache(maxsize=4_096)
def _marks(cwes: tuple[int, ...], ratings: tuple[Rating, ...]) -> str:
    return f"{cwes}\x01{''.join(str(int(rating.severity)) for rating in ratings)}"


def _ordered(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    found = list(findings)
    return tuple(sorted(found, key=_order)) if len(found) > 1 else tuple(found)


class _Union:
    """Sets of things that are the same, joined by naming two of them (union by the lowest name, path halving)."""

    def __init__(self) -> None:
        self.parents: dict[Hashable, Hashable] = {}

    def root(self, thing: Hashable) -> Hashable:
        parents = self.parents
        parents.setdefault(thing, thing)
        while parents[thing] != thing:
            parents[thing] = parents[parents[thing]]
            thing = parents[thing]
        return thing

    def join(self, one: Hashable, other: Hashable) -> None:
        a, b = self.root(one), self.root(other)
        if a != b:
            self.parents[b] = a
