"""Findings about packages that are one problem: the same advisory, by any of its names, of one package in one manifest."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from itertools import chain, compress
from operator import attrgetter, not_
from typing import TYPE_CHECKING

from trivigil.security import advisory, purl
from trivigil.security.joining import Joining
from trivigil.security.problems import Group, Problems, ordered
from trivigil.security.stable import image_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from trivigil.security.facts import Finding

    _Named = tuple[Finding, int, str, tuple[str, ...]]
    # A finding, a number for its package, how that is written, and its ids.


def problems(findings: Sequence[Finding]) -> Problems:
    """Of one finding are those whose ids no other of their package has, so that nothing can be the same."""
    named = _named(findings)
    own = [[(package, each) for each in ids] for _, package, _, ids in named]
    times = Counter(chain.from_iterable(own))
    shared = [any(times[each] > 1 for each in ids) for ids in own]
    return Problems([*compress(findings, map(not_, shared))], [*_groups(compress(named, shared))])


def groups(findings: Sequence[Finding]) -> Iterator[Group]:
    """All of them by package, advisory and manifest; what names no manifest joins every one of its package and advisory."""
    return _groups(_named(findings))


def _named(findings: Sequence[Finding]) -> list[_Named]:
    packages = purl.identities(map(attrgetter("package"), findings))
    columns = _numbers(findings, packages), purl.all_written(packages), map(ids_of, findings)
    return [*zip(findings, *columns, strict=True)]


def _numbers(findings: Sequence[Finding], packages: Sequence[object]) -> list[int]:
    """Of each its package's, which is another one in each image where no file is named."""
    places = map(attrgetter("place"), findings)
    images = [None if p.path is not None else image_name(p.image) for p in places]
    numbers: dict[object, int] = {}
    return [numbers.setdefault(each, len(numbers)) for each in zip(packages, images, strict=True)]


def _groups(named: Iterable[_Named]) -> Iterator[Group]:
    """Ids of one package are the same where a finding says so, or a chain of them: these are joined."""
    union = Joining()
    numbers: defaultdict[tuple[int, str], int] = defaultdict(union.add)
    firsts: list[tuple[Finding, str, int]] = []
    for finding, package, written, ids in named:
        first = numbers[package, ids[0]]
        firsts.append((finding, written, first))
        for alias in _aliases(ids):
            union.join(first, numbers[package, alias])
    names: defaultdict[int, list[str]] = defaultdict(list)
    for (_, name), number in numbers.items():
        names[union.root(number)].append(name)
    found: defaultdict[tuple[str, int], list[Finding]] = defaultdict(list)
    for finding, written, first in firsts:
        found[written, union.root(first)].append(finding)
    for (written, root), same in found.items():
        name = advisory.leading(names[root])
        for manifest, joined in _by_manifest(same):
            yield Group(ordered(joined), name, manifest, written)


def ids_of(finding: Finding) -> tuple[str, ...]:
    """All ids of a finding, its own first."""
    return all_ids(finding.id, finding.aliases)


def all_ids(own: str, aliases: tuple[str, ...]) -> tuple[str, ...]:
    """The same of the id and the aliases."""
    return tuple(dict.fromkeys(advisory.normals((own, *aliases))))


def name_of(ids: Sequence[str]) -> str:
    """What names the problem of a finding by itself, by all its ids."""
    return advisory.leading((ids[0], *_aliases(ids)))


def _aliases(ids: Sequence[str]) -> tuple[str, ...]:
    """Ids that mean the same problem. An entry of several CVEs is a bulletin, and makes them no aliases."""
    cves = [each for each in ids if each.startswith("CVE-")]
    return tuple(each for each in ids[1:] if advisory.is_known(each)) if len(cves) <= 1 else ()


def _by_manifest(
    findings: Sequence[Finding],
) -> Iterator[tuple[str | None, Sequence[Finding]]]:
    """Those of each manifest, and with them those that name none."""
    paths = sorted({finding.place.path for finding in findings if finding.place.path})
    if len(paths) < 2:  # noqa: PLR2004 (as nearly all: then it is theirs)
        yield paths[0] if paths else None, findings
        return
    canonical = {path: _shortest(path, paths) for path in paths}
    for manifest in sorted(set(canonical.values())):
        yield (
            manifest,
            [
                finding
                for finding in findings
                if not finding.place.path or canonical[finding.place.path] == manifest
            ],
        )


def _shortest(path: str, paths: Sequence[str]) -> str:
    """The one relative path that an absolute one ends with; the path itself where there is none, or several."""
    if not re.match(r"[/~]|[A-Za-z]:", path):
        return path
    ends = [
        other for other in paths if not other.startswith(("/", "~")) and path.endswith(f"/{other}")
    ]
    return ends[0] if len(ends) == 1 else path
