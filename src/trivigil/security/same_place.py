"""Findings without a package that are one problem: the same weakness, secret or check at one place.

Each has keys; findings that share one are one problem, and so are those that are joined by others. The n-th finding of one
file with a key is joined only with the n-th of another: two equal findings of one scan stay two, and the same scan in two files
stays one. Lines count here, because all files speak of one commit; they are in no identity.
"""

from __future__ import annotations

from collections import Counter
from functools import lru_cache
from itertools import chain, compress
from operator import itemgetter, not_
from typing import TYPE_CHECKING, Final

from trivigil.security import stable
from trivigil.security.joining import Joining
from trivigil.security.problems import Group, Problems, rank

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator, Sequence

    from trivigil.security.facts import Finding

    Key = tuple[Hashable, ...]
    _Ordered = tuple[str, Finding]

_FIRST: Final = itemgetter(0)


def problems(scans: Sequence[Sequence[Finding]]) -> Problems:
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
    union = Joining(sum(map(len, scans)))
    firsts: dict[Key, int] = {}
    """Who was the first with a key, and the how-manieth of its scan."""
    found: list[_Ordered] = []
    for scan in scans:
        seen: dict[Key, int] = {}
        for each in sorted(((rank(f), f) for f in scan), key=_FIRST):
            own = len(found)
            found.append(each)
            for key in keys(each[1]):
                nth = seen[key] = seen.get(key, -1) + 1
                first = firsts.setdefault((key, nth), own)
                if first != own:
                    union.join(first, own)
    groups: dict[int, list[_Ordered]] = {}
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
        return kind, place.method, stable.url_path(place.url), place.parameter
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
            yield ("web", rule, place.method, stable.url_path(place.url), place.parameter)
    elif finding.kind == "iac":
        for rule in (stable.check(finding.id), *map(stable.check, finding.aliases)):
            yield ("iac", rule, place.path, place.resource or place.line)
    elif finding.kind == "custom":
        yield (
            "custom",
            finding.id,
            stable.steady(finding.title),
            stable.steady(finding.description),
        )
    else:
        for rule in rules(finding):
            yield (finding.kind, rule, place.path or place.image, place.line, place.resource)


def rules(finding: Finding) -> tuple[str, ...]:
    """The tool's rule, and the weaknesses it names: two tools that name the same at one place mean the same."""
    return (f"{finding.tool} {finding.id}", *_weaknesses(finding.cwes))


@lru_cache(maxsize=4_096)
def _weaknesses(cwes: tuple[int, ...]) -> tuple[str, ...]:
    return tuple(f"CWE-{cwe}" for cwe in sorted(set(cwes)))
