"""A repository's Git objects, with the names that Git itself gives them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from hashlib import sha1
from typing import NamedTuple

from .people import Person, person
from .repository import Repository

EMPTY_TREE = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"
FOLDER = "040000"


class Entry(NamedTuple):
    """One line of a tree."""

    mode: str
    kind: str
    sha: str


class Commit(NamedTuple):
    """One commit."""

    sha: str
    tree: str
    parents: tuple[str, ...]
    message: str
    author: Person
    at: datetime


class Git:
    """The objects of one repository. `refuses_force`: a ruleset blocks force pushes."""

    def __init__(self) -> None:
        self.blobs: dict[str, bytes] = {}
        self.trees: dict[str, dict[str, Entry]] = {EMPTY_TREE: {}}
        self.commits: dict[str, Commit] = {}
        self.listed_at_most = 100_000
        self.refuses_force = False

    def blob(self, content: bytes) -> str:
        """Take in a blob."""
        sha = _named("blob", content)
        self.blobs[sha] = content
        return sha

    def tree(self, entries: Mapping[str, Entry]) -> str:
        """Take in a tree; Git sorts folders as if their names ended in a slash."""
        order = sorted(entries, key=lambda name: name + "/" * (entries[name].kind == "tree"))
        lines = (
            f"{entries[name].mode.lstrip('0')} {name}\0".encode() + bytes.fromhex(entries[name].sha)
            for name in order
        )
        sha = _named("tree", b"".join(lines))
        self.trees[sha] = {name: entries[name] for name in order}
        return sha

    def commit(
        self, tree: str, parents: tuple[str, ...], message: str, author: Person, at: datetime
    ) -> Commit:
        """Take in a commit."""
        who = f"{author.login} <{author.id}+{author.login}@users.noreply.github.com>"
        when = f"{int(at.timestamp())} +0000"
        lines = [f"tree {tree}", *(f"parent {one}" for one in parents)]
        lines += [f"author {who} {when}", f"committer {who} {when}", "", message]
        sha = _named("commit", "\n".join(lines).encode())
        self.commits[sha] = Commit(sha, tree, parents, message, author, at)
        return self.commits[sha]

    def walk(self, tree: str, above: str = "") -> Iterator[tuple[str, Entry]]:
        """All entries of a tree and those below it, with their whole paths."""
        for name, entry in self.trees[tree].items():
            yield above + name, entry
            if entry.kind == "tree":
                yield from self.walk(entry.sha, f"{above}{name}/")

    def changed(self, tree: str, path: str, entry: Entry | None) -> str:
        """The tree with another entry at a path; without it where `entry` is None."""
        name, _, rest = path.partition("/")
        entries = dict(self.trees[tree])
        if not rest:
            if entry is None:
                del entries[name]
            else:
                entries[name] = entry
            return self.tree(entries)
        held = entries.get(name)
        below = held.sha if held is not None and held.kind == "tree" else EMPTY_TREE
        inner = self.changed(below, rest, entry)
        entries[name] = Entry(FOLDER, "tree", inner)
        if inner == EMPTY_TREE:
            del entries[name]
        return self.tree(entries)


def known_commit(repository: Repository, sha: str) -> Commit | None:
    """A commit of this repository; one that a test made up has an empty tree and no parents."""
    found = repository.part(Git).commits.get(sha)
    if found is None and sha in repository.commits:
        author = person("octocat")
        return Commit(sha, EMPTY_TREE, (), "A commit", author, repository.created_at)
    return found


def descends(repository: Repository, sha: str, ancestor: str) -> bool:
    """Whether a commit is the ancestor or comes after it."""
    waiting, seen = [sha], set()
    while waiting:
        one = waiting.pop()
        if one == ancestor:
            return True
        commit = known_commit(repository, one)
        if commit is not None and one not in seen:
            seen.add(one)
            waiting += commit.parents
    return False


def _named(kind: str, content: bytes) -> str:
    head = f"{kind} {len(content)}\0".encode()
    return sha1(head + content, usedforsecurity=False).hexdigest()
