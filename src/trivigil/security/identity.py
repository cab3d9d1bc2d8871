"""What says that a problem of another run is the same one: never severity, wording, line, version or order.

dependency: advisory, package without version, manifest · code: weakness or rule, file, the code itself · secret: its keyed
digest and file · IaC: check, resource and file · web: weakness or rule, method, path, parameter · image: check and image without its tag.
Several equal ones at a place are numbered.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from trivigil.security import purl
from trivigil.security.groups import check, image_name, steady, url_path

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from trivigil.security.facts import Finding
    from trivigil.security.groups import Group


def identities(groups: Iterable[Group]) -> tuple[str, ...]:
    """The identity of each group, in their order; equal ones are told apart by a number."""
    seen: dict[str, int] = {}
    found = []
    for each in groups:
        name = "\x1f".join(_parts(each))
        nth = seen[name] = seen.get(name, 0) + 1
        found.append(name if nth == 1 else f"{name}\x1f{nth}")
    return tuple(found)


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
    lowest = min([min(finding.cwes) for finding in findings if finding.cwes], default=None)
    return findings[0].id if lowest is None else f"CWE-{lowest}"
