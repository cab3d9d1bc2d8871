"""Git's objects and refs through GitHub's API: blobs, trees, commits, branches.

Objects are named by their content, so making one twice does no harm, and what was read once under a
name needs no second look. Sources: OpenAPI `git/*` and `repos/get-branch`; GraphQL `updateRefs`.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Mapping, Sequence
from hashlib import sha1, sha256
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from trivigil.github import queries
from trivigil.github.records import listed
from trivigil.github.refusal import NOT_FOUND, Refused

if TYPE_CHECKING:
    from trivigil.github.client import Client

Json = dict[str, Any]

FILE, LINK = "100644", "120000"
SHA1_LENGTH: Final = 40


class Commit(NamedTuple):
    """A commit, as far as a store needs it."""

    sha: str
    tree: str
    message: str
    parents: tuple[str, ...]


class Item(NamedTuple):
    """One entry of a tree. `kind` is blob, tree or commit (a submodule)."""

    path: str
    kind: str
    mode: str
    sha: str
    size: int | None


class Tree(NamedTuple):
    """A tree's entries by path; GitHub cuts a listing at 100,000 entries or 7 MB, and says so."""

    items: Mapping[str, Item]
    truncated: bool


def branch_head(client: Client, branch: str) -> Commit | None:
    """The commit that a branch points to, None where there is no such branch."""
    try:
        return client.call("GET", f"branches/{branch}", _head)
    except Refused as refused:
        if refused.status != NOT_FOUND:
            raise
    return None


def commit(client: Client, sha: str) -> Commit:
    """One commit."""
    return client.call("GET", f"git/commits/{sha}", _commit)


def tree(client: Client, sha: str, *, whole: bool) -> Tree:
    """A tree's entries, with all those below it where it is to be the `whole`."""
    return client.call("GET", f"git/trees/{sha}{'?recursive=1' if whole else ''}", _tree)


def blob(client: Client, sha: str) -> bytes:
    """A blob's content, checked against its name."""

    def read(data: object) -> bytes:
        if _text(data, "encoding") != "base64":
            raise ValueError("no base64")
        content = b64decode(_text(data, "content"))
        if blob_id(content, sha) != sha:
            raise ValueError("content of another id")
        return content

    return client.call("GET", f"git/blobs/{sha}", read)


def blob_id(content: bytes, like: str) -> str:
    """The name that Git gives to a content, in a repository with names like this one."""
    make = sha1 if len(like) == SHA1_LENGTH else sha256
    return make(b"blob %d\0" % len(content) + content).hexdigest()


def create_blob(client: Client, content: bytes) -> str:
    """Store a content; the name of its blob."""
    body = {"content": b64encode(content).decode("ascii"), "encoding": "base64"}
    return client.call("POST", "git/blobs", _sha, body=body)


def create_tree(client: Client, base: str | None, entries: Sequence[Json]) -> str:
    """Make a tree out of another one and changes; its name."""
    body: Json = {"tree": list(entries), **({"base_tree": base} if base else {})}
    return client.call("POST", "git/trees", _sha, body=body)


def create_commit(client: Client, message: str, tree_sha: str, parents: Sequence[str]) -> str:
    """Make a commit by the token's own account; its name. Without parents it begins a history."""
    body = {"message": message, "tree": tree_sha, "parents": list(parents)}
    return client.call("POST", "git/commits", _sha, body=body)


def create_branch(client: Client, branch: str, sha: str) -> None:
    """Create a branch; 422 where there is one already."""
    client.call("POST", "git/refs", _nothing, body={"ref": f"refs/heads/{branch}", "sha": sha})


def advance_branch(client: Client, branch: str, sha: str) -> None:
    """Move a branch to a descendant of the commit it points to; 422 where `sha` is none."""
    client.call("PATCH", f"git/refs/heads/{branch}", _nothing, body={"sha": sha, "force": False})


def swap_branch(client: Client, branch: str, before: str, after: str) -> bool:
    """Move a branch to any commit, only if it still points to `before`; False where GitHub did not.

    The one conditional move that GitHub offers: GraphQL's `updateRefs` with `beforeOid`, on
    GitHub.com and on Enterprise Server. Its refusals carry no documented words, so all are one.
    """
    owner, _, name = client.repository.partition("/")
    repository = client.query(queries.REPOSITORY_ID, {"owner": owner, "name": name}, _node_id)
    if repository is None:
        return False
    variables = {
        "repository": repository,
        "ref": f"refs/heads/{branch}",
        "before": before,
        "after": after,
    }
    return client.query(queries.SWAP_REF, variables, _swapped)


# --- readers ---------------------------------------------------------------------------------


def _get(data: object, key: str) -> object:
    return data.get(key) if isinstance(data, dict) else None


def _text(data: object, key: str) -> str:
    found = _get(data, key)
    if not isinstance(found, str):
        raise ValueError(f"no text at {key}")  # noqa: TRY004 -- one error for every other shape
    return found


def _sha(data: object) -> str:
    return _text(data, "sha")


def _head(data: object) -> Commit:
    head = _get(data, "commit")
    inner = _get(head, "commit")
    return Commit(_sha(head), _sha(_get(inner, "tree")), _text(inner, "message"), _parents(head))


def _commit(data: object) -> Commit:
    return Commit(_sha(data), _sha(_get(data, "tree")), _text(data, "message"), _parents(data))


def _parents(data: object) -> tuple[str, ...]:
    return tuple(_sha(one) for one in listed(data, "parents"))


def _tree(data: object) -> Tree:
    items = [_item(one) for one in listed(data, "tree")]
    return Tree({one.path: one for one in items}, _get(data, "truncated") is True)


def _item(data: object) -> Item:
    size = _get(data, "size")
    return Item(
        _text(data, "path"),
        _text(data, "type"),
        _text(data, "mode"),
        _sha(data),
        size if isinstance(size, int) else None,
    )


def _node_id(data: object) -> str | None:
    found = _get(_get(_get(data, "data"), "repository"), "id")
    return found if isinstance(found, str) else None


def _swapped(data: object) -> bool:
    done = _get(_get(data, "data"), "updateRefs")
    return done is not None and not _get(data, "errors")


def _nothing(_data: object) -> None:
    """For answers that nobody reads."""
