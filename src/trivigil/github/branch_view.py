"""One version of a data branch: its head, its files, read when they are asked for."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final, TypeVar

from trivigil.core.store import (
    MAX_FILE_BYTES,
    Changes,
    StoreError,
    checked_path,
    folders,
    in_the_way,
    is_path,
    too_large,
)
from trivigil.github import git_data
from trivigil.github.git_data import Item, Json
from trivigil.github.refusal import Refused

if TYPE_CHECKING:
    from trivigil.github.client import Client
    from trivigil.github.ledger import Ledger

INLINE_BYTES: Final = 1_000_000
"""A text up to this size stands in the tree's own request; a larger one is a blob of its own."""
INLINE_TOTAL: Final = 4_000_000
MAX_CACHED_BYTES: Final = 64 * 1024 * 1024

T = TypeVar("T")


class Objects:
    """What was read already. Git's objects never change, so it stays true."""

    def __init__(self, client: Client, error: Callable[[Refused], StoreError]) -> None:
        self._client = client
        self._error = error
        self._trees: dict[tuple[str, bool], git_data.Tree] = {}
        self._blobs: dict[str, bytes] = {}

    def tree(self, sha: str, *, whole: bool) -> git_data.Tree:
        """A tree's entries."""
        if (sha, whole) not in self._trees:
            self._trees[sha, whole] = self._told(
                lambda: git_data.tree(self._client, sha, whole=whole)
            )
        return self._trees[sha, whole]

    def blob(self, sha: str) -> bytes:
        """A blob's content."""
        if sha not in self._blobs:
            if sum(map(len, self._blobs.values())) > MAX_CACHED_BYTES:
                self._blobs.clear()
            self._blobs[sha] = self._told(lambda: git_data.blob(self._client, sha))
        return self._blobs[sha]

    def create(self, content: bytes) -> str:
        """A new blob."""
        return self._told(lambda: git_data.create_blob(self._client, content))

    def _told(self, call: Callable[[], T]) -> T:
        try:
            return call()
        except Refused as refused:
            raise self._error(refused) from None


class BranchView:
    """A version; `commit` and `ledger` are None where there is no branch yet."""

    def __init__(
        self, objects: Objects, commit: git_data.Commit | None, ledger: Ledger | None
    ) -> None:
        self._objects = objects
        self.commit = commit
        self.ledger = ledger

    @property
    def head(self) -> str | None:
        """The commit."""
        return self.commit.sha if self.commit else None

    def read(self, path: str) -> bytes | None:
        """A file's content."""
        item = self.item(checked_path(path))
        if item is None or item.kind == "tree":
            return None
        if item.kind != "blob" or item.mode == git_data.LINK:
            raise StoreError("it is a link, which a store does not follow", path=path)
        if item.size is not None and item.size > MAX_FILE_BYTES:
            raise too_large(path)
        return self._objects.blob(item.sha)

    def paths(self, prefix: str = "") -> list[str]:
        """The paths of the branch's files; what a store could not have written is left out."""
        if self.commit is None:
            return []
        tree = self._objects.tree(self.commit.tree, whole=True)
        if tree.truncated:
            raise StoreError(
                "the data branch holds more files than GitHub lists in one answer; remove old ones"
            )
        files = (one for one in tree.items.values() if _is_file(one))
        return sorted(one.path for one in files if one.path.startswith(prefix))

    def item(self, path: str) -> Item | None:
        """The entry at a path, of whatever kind."""
        if self.commit is None:
            return None
        whole = self._objects.tree(self.commit.tree, whole=True)
        return self._walked(path, self.commit.tree) if whole.truncated else whole.items.get(path)

    def _walked(self, path: str, sha: str) -> Item | None:
        """The entry at a path, folder by folder, where the whole is too large to list."""
        found = None
        for part in path.split("/"):
            if found is not None and found.kind != "tree":
                return None
            tree = self._objects.tree(sha, whole=False)
            found = tree.items.get(part)
            if found is None and tree.truncated:
                raise StoreError("its folder holds more files than GitHub lists", path=path)
            if found is None:
                return None
            sha = found.sha
        return found

    def entries(self, changes: Changes) -> list[Json]:
        """The changes as a tree's entries, without those that change nothing."""
        room = INLINE_TOTAL
        found = []
        for path, content in sorted(changes.items()):
            held = self.item(path)
            if content is None:
                if held is not None and held.kind != "tree":
                    found.append(_entry(path, sha=None))
                continue
            self._refuse_clash(path, changes)
            if held is not None and held.sha == git_data.blob_id(content, held.sha):
                continue
            text = _inline(content, room)
            if text is None:
                found.append(_entry(path, sha=self._objects.create(content)))
            else:
                room -= len(content)
                found.append(_entry(path, content=text))
        return found

    def _refuse_clash(self, path: str, changes: Changes) -> None:
        """GitHub would put a folder in a file's place without a word."""
        held = self.item(path)
        if held is not None and held.kind == "tree":
            raise in_the_way(path, path)
        for folder in folders(path):
            item = self.item(folder)
            if item is not None and item.kind != "tree" and changes.get(folder, b"") is not None:
                raise in_the_way(folder, path)


def _entry(path: str, **what: str | None) -> Json:
    return {"path": path, "mode": git_data.FILE, "type": "blob", **what}


def _inline(content: bytes, room: int) -> str | None:
    """The content as text that JSON carries unchanged, or None."""
    if len(content) > min(INLINE_BYTES, room) or b"\0" in content:
        return None
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        return None
    return None if text.startswith("\ufeff") else text


def _is_file(item: Item) -> bool:
    return item.kind == "blob" and item.mode != git_data.LINK and is_path(item.path)
