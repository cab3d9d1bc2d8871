"""What says that a problem of another run is the same one: never severity, wording, line, version or order.

dependency: advisory, package without version, manifest · code: weakness or rule, file, the code itself · secret: its keyed
digest and file · IaC: check, resource and file · web: weakness or rule, method, path, parameter · image: check and image without its tag.
Several equal ones at a place are numbered.
"""

from __future__ import annotations

from collections import defaultdict
from functools import lru_cache
from itertools import compress
from operator import attrgetter, itemgetter
from typing import TYPE_CHECKING, Final

from trivigil.security.problems import Group, in_order
from trivigil.security.stable import check, image_name, steady, url_path

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from trivigil.security.facts import Finding
    from trivigil.security.packages import Told
    from trivigil.security.problems import Problems

_BY_CODE: Final = frozenset({"code", "lint", "image", "license"})
"""Kinds that are known by weakness or rule, file or image, and the code itself."""


def identities(problems: Problems, of_alone: Iterable[str]) -> list[str]:
    """The identity of each problem, those alone first; equal ones are told apart by a number.

    `of_alone` is what `alone` says of those.
    """
    names = [*of_alone, *map(_of, problems.joined)]
    if len(set(names)) < len(names):
        _number(names, [*problems.alone, *problems.joined])
    return names


def _number(names: list[str], problems: Sequence[Finding | Group]) -> None:
    """Number those of a name, in an order that is always the same."""
    firsts = [each.findings[0] if isinstance(each, Group) else each for each in problems]
    places = [*map(attrgetter("place"), firsts)]
    lines = [line or 0 for line in map(attrgetter("line"), places)]
    paths, owners = map(attrgetter("path"), places), map(attrgetter("tool", "id"), firsts)
    whose = [*zip(owners, paths, strict=True)]
    of_name: defaultdict[str, list[int]] = defaultdict(list)
    for position, name in enumerate(names):
        of_name[name].append(position)
    for name, positions in of_name.items():
        if len(positions) > 1:
            each = itemgetter(*positions)
            # Most are of one rule in one file, each on a line of its own.
            if len(set(each(lines))) == len(positions) and len(set(each(whose))) == 1:
                ordered = sorted(positions, key=lines.__getitem__)
            else:
                ordered = [positions[place] for place in in_order(each(problems))]
            for number, position in enumerate(ordered[1:], start=2):
                names[position] = f"{name}\x1f{number}"


# --- names ----------------------------------------------------------------------------------------


def alone(findings: Sequence[Finding], rules: Iterable[str], told: Sequence[Told]) -> list[str]:
    """As of groups of each alone: by columns those that are known by their code, as most are, or by their package.

    `rules` is what `rules` says of each, and `told` what is said of its package.
    """
    places = [*map(attrgetter("place"), findings)]
    where = [place.path or _image(place.image) for place in places]
    codes = [code or "" for code in map(attrgetter("code"), findings)]
    begins = [*rules]
    names = [*map("\x1f".join, zip(begins, where, codes, strict=True))]
    kinds = [*map(attrgetter("kind"), findings)]
    packaged = [*map(bool, map(attrgetter("evidence"), told))]
    if any(packaged):
        for position in compress(range(len(names)), packaged):
            names[position] = f"{begins[position]}\x1f{told[position].written}\x1f{where[position]}"
    if not _BY_CODE.issuperset(kinds):
        others = (
            position
            for position, kind in enumerate(kinds)
            if kind not in _BY_CODE and not packaged[position]
        )
        for position in others:
            names[position] = _of(Group((findings[position],)))
    return names


def rules(
    kinds: Sequence[str],
    ids: Sequence[str],
    cwes: Sequence[tuple[int, ...]],
    packaged: Sequence[bool],
) -> list[str]:
    """How identities begin of findings that are known by their code, or by their package."""
    return [
        f"dependency\x1f{one}" if package else f"{kind}\x1f{_lowest(those) if those else one}"
        for kind, one, those, package in zip(kinds, ids, cwes, packaged, strict=True)
    ]


def _of(group: Group) -> str:
    return "\x1f".join(_parts(group))


def _parts(group: Group) -> tuple[str, ...]:
    first = group.findings[0]
    if group.package is not None:
        where = group.manifest or _image(first.place.image)
        return ("dependency", group.advisory or first.id, group.package, where)
    place = first.place
    if first.kind == "secret":
        digest = min((f.secret for f in group.findings if f.secret), default=None)
        return ("secret", digest or first.id, place.path or "")
    if first.kind == "web":
        return (
            "web",
            _weakness(group.findings),
            place.method or "",
            url_path(place.url),
            place.parameter or "",
        )
    if first.kind == "iac":
        return ("iac", check(first.id), place.path or "", place.resource or "")
    if first.kind == "custom":
        return ("custom", first.id, steady(first.title), steady(first.description))
    code = min([f.code for f in group.findings if f.code], default="")
    return (first.kind, _weakness(group.findings), place.path or _image(place.image), code)


@lru_cache(maxsize=4_096)
def _image(text: str | None) -> str:
    """The name of an image without tag and digest, which are versions: `localhost:5000/shop:1` is `localhost:5000/shop`."""
    folder, slash, name = (image_name(text) or "").partition("@")[0].rpartition("/")
    return f"{folder}{slash}{name.partition(':')[0]}"


def _weakness(findings: Sequence[Finding]) -> str:
    """The lowest weakness that a tool names; else the rule."""
    named = tuple(cwe for finding in findings for cwe in finding.cwes)
    return _lowest(named) if named else findings[0].id


@lru_cache(maxsize=4_096)
def _lowest(cwes: tuple[int, ...]) -> str:
    return f"CWE-{min(cwes)}"
