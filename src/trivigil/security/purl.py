"""Package URLs without their version: the part that says which package it is.

Names are written as each ecosystem writes them, by the rules of the package URL specification's types
(package-url/purl-spec): pypi and others in lower case, `_` and `.` of pypi as `-`.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Final
from urllib.parse import quote, unquote

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from trivigil.security.facts import Package

_PURL = re.compile(r"pkg:/*([A-Za-z][A-Za-z0-9.+-]*)/([^@?#]+)(?:@[^?#]*)?(?:\?[^#]*)?(?:#.*)?")
_SAFE: Final = re.compile(r"[0-9A-Za-z_.~/-]*")
_REMEMBERED: Final = 16_384
"""Packages: a whole scan of a large image has about a thousand."""
_LOWER: Final = frozenset(
    {"pypi", "github", "bitbucket", "composer", "deb", "apk", "rpm", "hex", "npm"}
)
_ECOSYSTEMS: Final = {
    "python": "pypi",
    "python-pkg": "pypi",
    "pip": "pypi",
    "pipenv": "pypi",
    "poetry": "pypi",
    "uv": "pypi",
    "node-pkg": "npm",
    "nodejs": "npm",
    "javascript": "npm",
    "yarn": "npm",
    "pnpm": "npm",
    "bun": "npm",
    "go": "golang",
    "go-module": "golang",
    "gomod": "golang",
    "gobinary": "golang",
    "gomodule": "golang",
    "java-archive": "maven",
    "java": "maven",
    "pom": "maven",
    "jar": "maven",
    "gradle": "maven",
    "rust": "cargo",
    "rust-crate": "cargo",
    "crates": "cargo",
    "rubygems": "gem",
    "ruby": "gem",
    "bundler": "gem",
    "gemspec": "gem",
    "php-composer": "composer",
    "packagist": "composer",
    "dotnet": "nuget",
    "dotnet-core": "nuget",
    "debian": "deb",
    "ubuntu": "deb",
    "dpkg": "deb",
    "alpine": "apk",
    "wolfi": "apk",
    "redhat": "rpm",
    "centos": "rpm",
    "amazon": "rpm",
    "rocky": "rpm",
    "alma": "rpm",
    "oracle": "rpm",
    "suse": "rpm",
    "opensuse": "rpm",
    "photon": "rpm",
}


def ecosystem(word: str | None) -> str | None:
    """The type of a package URL for a tool's word: `python-pkg` is pypi; an unknown word stays."""
    if word is None or not word.strip():
        return None
    bare = word.strip().lower().removesuffix(".io")
    return _ECOSYSTEMS.get(bare, bare)


def identity(package: Package) -> tuple[str | None, str]:
    """(type, name) of a package without its version, by which two tools' words for it are the same."""
    return _identity(package.purl or "", package.ecosystem, package.name)


def identities(packages: Iterable[Package]) -> list[tuple[str | None, str]]:
    """`identity` of each of many: what stands there more than once is looked at once."""
    asked = [(p.purl or "", p.ecosystem, p.name) for p in packages]
    known = {each: _identity(*each) for each in set(asked)}
    return [*map(known.__getitem__, asked)]


@lru_cache(maxsize=_REMEMBERED)
def _identity(url: str, named: str | None, name: str) -> tuple[str | None, str]:
    match = _PURL.fullmatch(url.strip()) if url else None
    if match is None:
        kind = ecosystem(named)
        return kind, _name(name, kind)
    kind = match.group(1).lower()
    return kind, _name(unquote(match.group(2)).strip("/"), kind, from_purl=True)


def _name(name: str, kind: str | None, *, from_purl: bool = False) -> str:
    bare = name.strip()
    if kind == "maven":
        # `group:artifact` of the tools, `group/artifact` of a package URL
        bare = bare.replace(":", "/")
    if kind in ("deb", "apk", "rpm") and from_purl:
        # The namespace is the distribution, which tools that write no package URL leave out.
        bare = bare.rpartition("/")[2]
    if kind == "pypi":
        return re.sub(r"[-_.]+", "-", bare).lower()
    return bare.lower() if kind in _LOWER else bare


def all_written(identities: Sequence[tuple[str | None, str]]) -> list[str]:
    """`written` of each of many."""
    known = {each: written(*each) for each in set(identities)}
    return [*map(known.__getitem__, identities)]


@lru_cache(maxsize=_REMEMBERED)
def written(kind: str | None, name: str) -> str:
    """`pkg:npm/%40scope/name`; the bare name where the type is not known."""
    if kind is None:
        return name
    plain = _SAFE.fullmatch(name)  # as nearly all, and a look is a third of quoting
    return f"pkg:{kind}/{name if plain else quote(name.encode('utf-8', 'surrogatepass'), safe='/')}"
