"""Where what Trivy finds is: by the target that it is found in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trivigil.security import place
from trivigil.security.facts import Place

if TYPE_CHECKING:
    from trivigil.foreign import Fields


def of(target: Fields, line: int | None = None, resource: str | None = None) -> Place:
    """A file of the repository, or what of an image or cluster it is."""
    name = target.maybe_text("Target") or ""
    kubernetes = target.maybe_text("_resource")
    if kubernetes is not None or target.maybe_text("Class") == "os-pkgs" or "(" in name:
        # Without the distribution, which SARIF leaves out: the same scan is the same place.
        image = " ".join(part for part in (kubernetes, name.partition(" (")[0]) if part)
        return Place(image=image, resource=resource)
    return Place(path=place.path(name) if name else None, line=line, resource=resource)


class Places(dict[str, Place]):
    """The places in a target, by the path of a package's file where it has one of its own."""

    def __init__(self, target: Fields) -> None:
        """Only the target's own is known."""
        self._own = of(target)

    def __missing__(self, inner: str) -> Place:
        """In an image or a cluster, the package's path is not the repository's."""
        bare, own = inner.strip(), self._own
        made = own._replace(path=place.path(bare)) if bare and own.path is not None else own
        self[inner] = made
        return made
