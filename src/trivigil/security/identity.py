"""What says that a problem of another run is the same one: never severity, wording, line, version or order.

dependency: advisory, package without version, manifest · code: weakness or rule, file, the code itself · secret: its keyed
digest and file · IaC: check, resource and file · web: weakness or rule, method, path, parameter · image: check and image without its tag.
Several equal ones at a place are numbered.
"""

from __future__ import annotations

from collections import Counter
from functools import lru_cache
from typing import TYPE_CHECKING

from trivigil.security import purl
from trivigil.security.facts import Finding
from trivigil.security.groups import Group, check, image_name, in_order, steady, url_path

if TYPE_CHECKING:
    from collections.abc import Sequence


def identities(problems: Sequence[Finding | Group]) -> list[str]:
    """The identity of each problem; equal ones are told apart by a number."""
    names = [_of_one(each) if isinstance(each, Finding) else _of(each) for each in problems]
    often = {name for name, times in Counter(names).items() if times > 1}
    equal: dict[str, list[int]] = {}
    for position, name in enumerate(names):
        if name in often:
            equal.setdefault(name, []).append(position)
    for name, positions in equal.items():
        ordered = in_order([problems[position] for position in positions])
        for nth, place in enumerate(ordered[1:], start=2):
            names[positions[place]] = f"{name}\x1f{nth}"
    return names


def _of_one(finding: Finding) -> str:
    """As of a group of it alone; of code without one, because of that there is most."""
    if finding.kind not in ("code", "lint"):
        return _of(Group((finding,)))
    where = finding.place.path or _image(finding.place.image)
    named = _lowest(finding.cwes) if finding.cwes else finding.id
    return f"{finding.kind}\x1f{named}\x1f{where}\x1f{finding.code or ''}"


def _of(group: Group) -> str:
    return "\x1f".join(_parts(group))


def _parts(group: Group) -> tuple[str, ...]:
    first = group.findings[0]
    if first.package is not None:
        package = purl.written(*purl.identity(first.package))
        where = group.manifest or _image(first.place.image)
        return ("dependency", group.advisory or first.id, package, where)
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
