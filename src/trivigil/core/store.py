"""What is kept from run to run: files by path, changed together or not at all.

A store has versions. A reader sees one version as a whole (`View`); a writer names the version that
it has read, and where that is no longer the present one, nothing is written (compare-and-swap). Two
kinds exist, a folder and a branch of the repository; both promise the same, and one set of tests
holds them to it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Final, NamedTuple, Protocol

from trivigil.core.errors import PublishError
from trivigil.core.untrusted import printable

MAX_FILE_BYTES: Final = 20 * 1024 * 1024
"""GitHub reads blobs of up to 100 MB; base64 in JSON and a slow line ask for less."""
MAX_CHANGES: Final = 500
MAX_PATH_CHARS: Final = 400

Changes = Mapping[str, bytes | None]
"""New contents by path; None deletes."""

# Names that every file system and Git take alike: nothing hidden (.git, our own .trivigil-store), no
# drive, no stream, no space or dot at the end.
_SEGMENT = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_.+=@-]{0,98}[A-Za-z0-9_+=@-])?")
# Windows opens a device whatever stands after the first dot.
_DEVICE = re.compile(r"(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\..*)?", re.IGNORECASE)


class StoreError(PublishError):
    """A store cannot be read or written. Changes no verdict by itself."""


class Conflict(StoreError):
    """Somebody else has written in the meantime; nothing of ours was written."""


class Entry(NamedTuple):
    """One line of a JSONL file. What has been appended under an id is not appended again."""

    id: str
    data: Mapping[str, object]


class View(Protocol):
    """One version of a store."""

    @property
    def head(self) -> str | None:
        """The version; None where nothing was ever written. Opaque: only equality means something."""

    def read(self, path: str) -> bytes | None:
        """A file's content, None where there is none. Raises StoreError."""

    def paths(self, prefix: str = "") -> list[str]:
        """All paths that begin with the prefix, sorted. Raises StoreError."""


class Store(Protocol):
    """Files with versions. Every method raises StoreError where the place cannot be used."""

    def view(self) -> View:
        """The present version."""

    def write(self, changes: Changes, message: str, *, expected: str | None) -> str | None:
        """Make all changes together and return the version that they made.

        Changes that change nothing make no version. `expected` is the version on which the changes
        rest. Raises Conflict, and writes nothing, where the store is at another one.
        """

    def update(self, change: Callable[[View], Changes], message: str) -> str | None:
        """Read, change and write; again from the start, a bounded number of times, after a Conflict.

        `change` is called once for each try and must follow from its view alone.
        """

    def head(self) -> str | None:
        """The present version."""
        return self.view().head

    def read(self, path: str) -> bytes | None:
        """A file's present content, None where there is none."""
        return self.view().read(path)

    def paths(self, prefix: str = "") -> list[str]:
        """All present paths that begin with the prefix, sorted."""
        return self.view().paths(prefix)

    def append(self, path: str, entries: Sequence[Entry], message: str) -> str | None:
        """Add lines to a JSONL file; those whose id it holds already are left out."""
        return self.update(lambda view: {path: appended(view.read(path), entries)}, message)


def appended(content: bytes | None, entries: Sequence[Entry]) -> bytes:
    """A JSONL file with the entries that it does not hold yet. No line of it is changed or dropped."""
    held = content or b""
    if held and not held.endswith(b"\n"):
        held += b"\n"
    known = _ids(held)
    lines = []
    for entry in entries:
        if entry.id not in known:
            known.add(entry.id)
            lines.append(_line(entry))
    return held + b"".join(lines) if lines else content or b""


def _ids(content: bytes) -> set[str]:
    found = set()
    for line in content.split(b"\n"):
        try:
            record = json.loads(line)
        except (ValueError, RecursionError):
            continue
        if isinstance(record, dict) and isinstance(record.get("id"), str):
            found.add(record["id"])
    return found


def _line(entry: Entry) -> bytes:
    if not entry.id or "id" in entry.data:
        raise ValueError("an entry has one id, and its data has none")
    # ASCII: whatever a tool has named its endpoint, the line is one line and text.
    text = json.dumps({"id": entry.id, **entry.data}, separators=(",", ":"), allow_nan=False)
    return text.encode("ascii") + b"\n"


def checked_path(path: str) -> str:
    """The path itself; raises StoreError for one that could leave the store or not be kept anywhere."""
    parts = path.split("/")
    safe = all(_SEGMENT.fullmatch(part) and not _DEVICE.fullmatch(part) for part in parts)
    if not safe or len(path) > MAX_PATH_CHARS:
        raise StoreError(
            f"{printable(path, 200)!r} is no path for a store: names of letters, digits and _.+=@-, "
            "not beginning or ending with a dot, separated by /"
        )
    return path


def is_path(path: str) -> bool:
    """Whether a store can hold a file of this path."""
    try:
        checked_path(path)
    except StoreError:
        return False
    return True


def checked(changes: Changes) -> Changes:
    """The changes themselves; raises StoreError where they cannot be kept together."""
    if len(changes) > MAX_CHANGES:
        raise StoreError(f"{len(changes):,} files in one change; at most {MAX_CHANGES} are kept")
    written = {checked_path(path) for path, content in changes.items() if content is not None}
    for path, content in changes.items():
        checked_path(path)
        if content is not None and len(content) > MAX_FILE_BYTES:
            raise too_large(path)
        if content is not None and (clash := next(iter(written & set(folders(path))), None)):
            raise in_the_way(clash, path)
    return changes


def folders(path: str) -> list[str]:
    """The folders above a path, outermost first."""
    parts = path.split("/")
    return ["/".join(parts[:depth]) for depth in range(1, len(parts))]


def too_large(path: str) -> StoreError:
    """The error for a file beyond the limit."""
    limit = MAX_FILE_BYTES // 1_048_576
    return StoreError(f"it is larger than {limit} MiB, which a store does not keep", path=path)


def in_the_way(clash: str, path: str) -> StoreError:
    """The error for a file where another path needs a folder."""
    return StoreError(f"{clash} cannot be a file and a folder", path=path)
