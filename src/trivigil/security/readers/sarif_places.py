"""Where a SARIF result is: artifact, base, region, logical name, and address.

Format: SARIF 2.1.0, sections 3.4 (artifact locations), 3.14.14 (originalUriBaseIds), 3.28 (locations) and 3.30 (regions). What we want is
a path of the repository, so the base that stands for the repository is left away, and what lies between it and the file is kept. Bases may
be missing, chained, or named in the address itself (`%SRCROOT%/a.c`).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote

from trivigil.core.record import NamedTuple
from trivigil.foreign import Fields
from trivigil.security import lenient, place
from trivigil.security.facts import Place

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


_ABSOLUTE: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:|[A-Za-z]:[\\/]|/|\\\\")
_WEB: Final = re.compile(r"(?i)(?:https?|wss?|ftp):")
_SAID: Final = re.compile(r"(?i)(https?):/+(\S+)$")
_FILE: Final = re.compile(r"(?i)file:")
_NAMED_ROOT: Final = re.compile(
    r"(?i)%?(?:SRC|SOURCE|REPO|PROJECT|CHECKOUT)?_?(?:ROOT|ROOTPATH|DIR)%?"
)
_PREFIX: Final = re.compile(r"^(?:%[A-Za-z_]+%|\$\([A-Za-z_]+\)|\$\{[A-Za-z_]+\})/+")
_DEEPEST: Final = 16
_NO_FILE: Final = "no file associated with this alert"
"""What Scorecard writes where a check is about no file (ossf/scorecard, pkg/scorecard/sarif.go)."""


class Tree(NamedTuple):
    """The folders and files that a run names."""

    bases: Mapping[str, object]
    artifacts: tuple[Fields, ...]
    root: str | None
    """The address of the repository, where the run says it, with a slash at its end."""
    paths: dict[tuple[str, str | None], str]
    """Paths that were made already, by address and base: results share their files."""


def tree(run: Fields, invocations: Sequence[Fields]) -> Tree:
    """What a run says about its folders."""
    bases = lenient.inner(run, "originalUriBaseIds").value
    listed = lenient.listed(run, "artifacts")
    return Tree(bases, listed, _root(run, bases, invocations), {})


def _root(run: Fields, bases: Mapping[str, object], invocations: Sequence[Fields]) -> str | None:
    """The repository's folder: where version control is mapped to, a base that is named so, the only base, the working folder."""
    mapped = [
        lenient.text(lenient.inner(each, "mappedTo"), "uriBaseId") or ""
        for each in lenient.listed(run, "versionControlProvenance")
    ]
    absolute = {name: found for name in bases if (found := _address_of(bases, name))}
    for name in mapped:
        if name in absolute:
            return absolute[name]
    named = [found for name, found in absolute.items() if _NAMED_ROOT.fullmatch(name)]
    if named or len(set(absolute.values())) == 1:
        return min(named or absolute.values(), key=len)
    working = (lenient.inner(each, "workingDirectory") for each in invocations)
    folders = [text for each in working if (text := lenient.text(each, "uri"))]
    return f"{folders[0].rstrip('/')}/" if folders and _ABSOLUTE.match(folders[0]) else None


def _address_of(bases: Mapping[str, object], name: str) -> str | None:
    """The whole address of a base, with a slash at its end; None where its chain leads nowhere."""
    pieces: list[str] = []
    for _ in range(_DEEPEST):
        entry = bases.get(name)
        if not isinstance(entry, dict):
            return None
        uri = entry.get("uri")
        if isinstance(uri, str) and uri:
            pieces.insert(0, f"{uri.rstrip('/')}/" if uri != "/" else uri)
        if pieces and _ABSOLUTE.match(pieces[0]):
            return "".join(pieces)
        name = str(entry.get("uriBaseId"))
    return None


def place_of(result: Fields, known: Tree) -> tuple[Place, Fields]:
    """Where a result is: the first of its locations that says a file, else whatever it says; and the region there."""
    found, region = Place(), _NO_REGION
    for location in lenient.listed(result, "locations"):
        found, region = _place(location, known)
        if found.path or found.url:
            break
    else:
        if path := _located(lenient.inner(result, "analysisTarget"), known):
            found = found._replace(path=path)
    request = result.value.get("webRequest")
    return (_requested(result, found) if request else found), region


def _requested(result: Fields, found: Place) -> Place:
    """The place of a request: its address without values, and its method."""
    request = lenient.inner(result, "webRequest")
    if address := lenient.text(request, "target"):
        found = found._replace(url=place.address(address))
    return found._replace(method=(lenient.text(request, "method") or "").upper() or None)


def in_words(result: Fields, found: Place) -> Place:
    """The address that is only in the words beside a place, where Nuclei has it, with one slash after its scheme."""
    for location in lenient.listed(result, "locations"):
        artifact = lenient.inner(location, "physicalLocation", "artifactLocation")
        for said in (lenient.inner(artifact, "description"), lenient.inner(location, "message")):
            match = _SAID.match(lenient.text(said, "text") or "")
            if match:
                return found._replace(url=place.address(f"{match[1]}://{match[2]}"), path=None)
    return found


_NO_REGION: Final = Fields({})


def _place(location: Fields, known: Tree) -> tuple[Place, Fields]:
    physical = lenient.inner(location, "physicalLocation")
    region = lenient.inner(physical, "region")
    where = _located(lenient.inner(physical, "artifactLocation"), known)
    if where and _WEB.match(where):
        return Place(url=place.address(where)), region
    line = lenient.whole(region.value.get("startLine")) or None
    end = lenient.whole(region.value.get("endLine")) or None if line else None
    return Place(where or None, line, end, logical(location)), region


def logical(location: Fields) -> str | None:
    """The logical name of a place: a function, a resource, a package."""
    for each in lenient.listed(location, "logicalLocations"):
        if name := lenient.text(each, "fullyQualifiedName", "name"):
            return name
    return None


def _located(artifact: Fields, known: Tree) -> str | None:
    """The path of an artifact location, its own or that of the artifact it names by index; an address stays one."""
    uri, base = lenient.text(artifact, "uri"), lenient.text(artifact, "uriBaseId")
    if uri is None:
        index = lenient.whole(artifact.value.get("index"))
        if index is None or index >= len(known.artifacts):
            return None
        named = lenient.inner(known.artifacts[index], "location")
        uri, base = lenient.text(named, "uri"), lenient.text(named, "uriBaseId")
    return None if uri in (None, _NO_FILE) else _remembered(uri, base, known)


def _remembered(uri: str, base: str | None, known: Tree) -> str:
    made = known.paths.get((uri, base))
    if made is None:
        made = known.paths[uri, base] = path(uri, base, known)
    return made


def file(uri: str, base: str | None, known: Tree) -> str:
    """The path of an artifact that says its own; empty where it says none, or an address."""
    bare = uri.strip()
    if bare in ("", _NO_FILE):
        return ""
    found = _remembered(bare, (base or "").strip() or None, known)
    return "" if _WEB.match(found) else found


def path(uri: str, base: str | None, known: Tree) -> str:
    """The path of the repository that an address and its base are; addresses of the web stay."""
    if _WEB.match(uri):
        return uri
    bare = _PREFIX.sub("", uri)
    if not _ABSOLUTE.match(bare):
        whole = _address_of(known.bases, base) if base else None
        below = f"{whole}{bare}" if whole else _chained(known.bases, base, bare)
        if known.root is not None and below.startswith(known.root):
            below = below[len(known.root) :]
        return place.path(below if _FILE.match(below) else unquote(below))
    if known.root is not None and known.root not in ("/", "file:///") and _same(bare, known.root):
        return place.path(unquote(_bare(bare)[len(_bare(known.root)) :]))
    return place.path(bare if _FILE.match(bare) else unquote(bare))


def _chained(bases: Mapping[str, object], base: str | None, uri: str) -> str:
    """A relative address below relative bases: what of the chain is known."""
    for _ in range(_DEEPEST):
        entry = bases.get(base or "")
        if not isinstance(entry, dict):
            break
        folder = entry.get("uri")
        if isinstance(folder, str) and folder:
            uri = f"{folder.rstrip('/')}/{uri}"
        base = str(entry.get("uriBaseId"))
    return uri


def _bare(uri: str) -> str:
    """An absolute path without the scheme of files."""
    return re.sub(r"(?i)^file:(?://(?=/))?(?:/+(?=/|[A-Za-z]:))?", "", uri).replace("\\", "/")


def _same(uri: str, root: str) -> bool:
    return _bare(uri).startswith(_bare(root))
