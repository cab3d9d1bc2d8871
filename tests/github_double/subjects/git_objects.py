"""Blobs, trees and commits: objects that are made and read, and never change."""

from __future__ import annotations

import base64
import binascii
from typing import Any

from ..call import Call
from ..clock import stamp
from ..exchange import Answer
from ..refusal import Refusal, not_found, unprocessable
from ..route import Route
from ..state.git import EMPTY_TREE, Commit, Entry, Git, known_commit
from ..state.people import node_id
from ..state.repository import Repository
from . import repositories


def create_blob(call: Call) -> Answer:
    """POST …/git/blobs."""
    body = call.body
    content = body["content"].encode()
    if body.get("encoding", "utf-8") == "base64":
        try:
            content = base64.b64decode(content)
        except binascii.Error:
            raise Refusal(422, "content is not valid Base64") from None
    sha = call.repository.part(Git).blob(content)
    return Answer(201, {"sha": sha, "url": _url(call.repository, "blobs", sha)})


def read_blob(call: Call) -> Answer:
    """GET …/git/blobs/{file_sha}."""
    sha = call.params["file_sha"]
    content = call.repository.part(Git).blobs.get(sha)
    if content is None:
        raise not_found()
    shown = base64.encodebytes(content).decode()
    body = {
        "sha": sha, "node_id": f"B_{sha}", "url": _url(call.repository, "blobs", sha),
        "size": len(content), "content": shown, "encoding": "base64",
    }  # fmt: skip
    return Answer(200, body)


def create_tree(call: Call) -> Answer:
    """POST …/git/trees: the entries in their order on top of the base."""
    git = call.repository.part(Git)
    base = call.body.get("base_tree") or EMPTY_TREE
    commit = known_commit(call.repository, base)
    tree = commit.tree if commit else base
    if tree not in git.trees:
        raise not_found()
    for entry in call.body["tree"]:
        tree = _with_entry(git, tree, entry)
    return Answer(201, _show_tree(call.repository, tree, whole=False))


def _with_entry(git: Git, tree: str, entry: dict[str, Any]) -> str:
    path = entry["path"]
    if "content" in entry:
        sha = git.blob(entry["content"].encode())
    elif entry["sha"] is None:
        if path not in dict(git.walk(tree)):
            raise Refusal(422, "GitRPC::BadObjectState")
        return git.changed(tree, path, None)
    else:
        sha = entry["sha"]
        if sha not in (git.blobs if entry["type"] == "blob" else git.trees):
            raise Refusal(422, f"tree.sha {sha} is not a valid {entry['type']}")
    return git.changed(tree, path, Entry(entry["mode"], entry["type"], sha))


def read_tree(call: Call) -> Answer:
    """GET …/git/trees/{tree_sha}: `recursive` with any value means all below it."""
    sha = call.params["tree_sha"]
    commit = known_commit(call.repository, sha)
    tree = commit.tree if commit else sha
    if tree not in call.repository.part(Git).trees:
        raise not_found()
    return Answer(200, _show_tree(call.repository, tree, whole="recursive" in call.query))


def _show_tree(repository: Repository, sha: str, *, whole: bool) -> dict[str, Any]:
    git = repository.part(Git)
    found = list(git.walk(sha)) if whole else list(git.trees[sha].items())
    shown = [_show_entry(repository, path, entry) for path, entry in found]
    return {
        "sha": sha,
        "url": _url(repository, "trees", sha),
        "tree": shown[: git.listed_at_most],
        "truncated": len(shown) > git.listed_at_most,
    }


def _show_entry(repository: Repository, path: str, entry: Entry) -> dict[str, Any]:
    shown: dict[str, Any] = {"path": path, "mode": entry.mode, "type": entry.kind, "sha": entry.sha}
    if entry.kind == "blob":
        shown["size"] = len(repository.part(Git).blobs[entry.sha])
    if entry.kind == "commit":
        return shown
    return {**shown, "url": _url(repository, f"{entry.kind}s", entry.sha)}


def create_commit(call: Call) -> Answer:
    """POST …/git/commits: by the token's own account, unless the body names somebody."""
    git = call.repository.part(Git)
    tree, parents = call.body["tree"], tuple(call.body.get("parents", ()))
    if tree not in git.trees:
        raise unprocessable("Commit", "tree", "missing")
    if any(known_commit(call.repository, one) is None for one in parents):
        raise Refusal(422, "Parent SHA does not exist or is not a commit object")
    commit = git.commit(
        tree, parents, call.body["message"], call.token.person, call.world.clock.now()
    )
    call.repository.commit(commit.sha)
    return Answer(201, show_commit(call.repository, commit))


def read_commit(call: Call) -> Answer:
    """GET …/git/commits/{commit_sha}."""
    commit = known_commit(call.repository, call.params["commit_sha"])
    if commit is None:
        raise not_found()
    return Answer(200, show_commit(call.repository, commit))


def show_signature(commit: Commit) -> dict[str, Any]:
    """Who made a commit, and when."""
    login = commit.author.login
    email = f"{commit.author.id}+{login}@users.noreply.github.com"
    return {"name": login, "email": email, "date": stamp(commit.at)}


def show_verification() -> dict[str, Any]:
    """A commit that nobody signed."""
    nothing = dict.fromkeys(("signature", "payload", "verified_at"))
    return {"verified": False, "reason": "unsigned", **nothing}


def show_parents(repository: Repository, commit: Commit, kind: str) -> list[dict[str, Any]]:
    """The parents, with their addresses in the API and for people."""
    api, html = repositories.api_url(repository), repositories.html_url(repository)
    return [
        {"sha": one, "url": f"{api}/{kind}/{one}", "html_url": f"{html}/commit/{one}"}
        for one in commit.parents
    ]


def show_commit(repository: Repository, commit: Commit) -> dict[str, Any]:
    """A commit (GitHub's schema `git-commit`)."""
    return {
        "sha": commit.sha,
        "node_id": node_id("C", int(commit.sha[:10], 16)),
        "url": _url(repository, "commits", commit.sha),
        "html_url": f"{repositories.html_url(repository)}/commit/{commit.sha}",
        "author": show_signature(commit),
        "committer": show_signature(commit),
        "tree": {"sha": commit.tree, "url": _url(repository, "trees", commit.tree)},
        "message": commit.message,
        "parents": show_parents(repository, commit, "git/commits"),
        "verification": show_verification(),
    }


def _url(repository: Repository, kind: str, sha: str) -> str:
    return f"{repositories.api_url(repository)}/git/{kind}/{sha}"


PLACE = "/repos/{owner}/{repo}/git"
ROUTES = (
    Route(
        "POST", f"{PLACE}/blobs", "git/create-blob", create_blob, "contents=write",
        body=("content", "encoding"),
    ),
    Route("GET", f"{PLACE}/blobs/{{file_sha}}", "git/get-blob", read_blob, "contents=read"),
    Route(
        "POST", f"{PLACE}/trees", "git/create-tree", create_tree, "contents=write",
        body=("tree", "base_tree"),
    ),
    Route(
        "GET", f"{PLACE}/trees/{{tree_sha}}", "git/get-tree", read_tree, "contents=read",
        query=("recursive",),
    ),
    Route(
        "POST", f"{PLACE}/commits", "git/create-commit", create_commit, "contents=write",
        body=("message", "tree", "parents"),
    ),
    Route(
        "GET", f"{PLACE}/commits/{{commit_sha}}", "git/get-commit", read_commit, "contents=read"
    ),
)  # fmt: skip
