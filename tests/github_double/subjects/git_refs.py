"""Branches as refs: made, read, moved. The head of a branch with its commit."""

from __future__ import annotations

from typing import Any

from ..call import Call
from ..exchange import Answer
from ..refusal import Refusal, not_found
from ..route import Route
from ..state.git import Git, descends, known_commit
from ..state.people import node_id, show_person
from ..state.repository import Repository
from . import git_objects, repositories

HEADS = "refs/heads/"


def create(call: Call) -> Answer:
    """POST …/git/refs."""
    repository, ref, sha = call.repository, call.body["ref"], call.body["sha"]
    if not ref.startswith(HEADS):
        raise Refusal(422, "Reference name must start with 'refs/' and have at least two slashes.")
    if not repository.branches:
        raise Refusal(409, "Git Repository is empty.")
    if known_commit(repository, sha) is None:
        raise Refusal(422, "Object does not exist")
    if ref.removeprefix(HEADS) in repository.branches:
        raise Refusal(422, "Reference already exists")
    repository.branches[ref.removeprefix(HEADS)] = sha
    return Answer(201, _show(repository, ref))


def read(call: Call) -> Answer:
    """GET …/git/ref/{ref}."""
    ref = f"refs/{call.params['ref']}"
    if ref.removeprefix(HEADS) not in call.repository.branches:
        raise not_found()
    return Answer(200, _show(call.repository, ref))


def update(call: Call) -> Answer:
    """PATCH …/git/refs/{ref}: forward, or anywhere with `force`."""
    repository, ref, sha = call.repository, f"refs/{call.params['ref']}", call.body["sha"]
    name = ref.removeprefix(HEADS)
    if name not in repository.branches:
        raise Refusal(422, "Reference does not exist")
    if known_commit(repository, sha) is None:
        raise Refusal(422, "Object does not exist")
    if not call.body.get("force") and not descends(repository, sha, repository.branches[name]):
        raise Refusal(422, "Update is not a fast forward")
    repository.branches[name] = sha
    return Answer(200, _show(repository, ref))


def swap(
    repository: Repository, ref: str, before: str | None, after: str, *, force: bool | None
) -> str | None:
    """GraphQL's conditional move of one ref; the words of a refusal, None where it is done."""
    name = ref.removeprefix(HEADS)
    held = repository.branches.get(name)
    if held is None:
        return "Reference does not exist"
    if before is not None and held != before:
        return f"Reference cannot be updated: expected {before}"
    if known_commit(repository, after) is None:
        return "Object does not exist"
    if not descends(repository, after, held):
        if not force:
            return "Update is not a fast forward"
        if repository.part(Git).refuses_force:
            return "Cannot force-push to this branch"
    repository.branches[name] = after
    return None


def read_branch(call: Call) -> Answer:
    """GET …/branches/{branch} (GitHub's schema `branch-with-protection`)."""
    repository, name = call.repository, call.params["branch"]
    sha = repository.branches.get(name)
    if sha is None:
        raise Refusal(404, "Branch not found")
    address = f"{repositories.api_url(repository)}/branches/{name}"
    body = {
        "name": name,
        "commit": _show_head(repository, sha),
        "_links": {"html": f"{repositories.html_url(repository)}/tree/{name}", "self": address},
        "protected": False,
        "protection": {
            "enabled": False,
            "required_status_checks": {
                "enforcement_level": "off", "contexts": [], "checks": [],
            },
        },
        "protection_url": f"{address}/protection",
    }  # fmt: skip
    return Answer(200, body)


def _show_head(repository: Repository, sha: str) -> dict[str, Any]:
    commit = known_commit(repository, sha)
    assert commit is not None
    api, urls = repositories.api_url(repository), repository.world.urls
    inner = git_objects.show_commit(repository, commit)
    kept = ("url", "author", "committer", "tree", "message", "verification")
    return {
        "sha": sha,
        "node_id": node_id("C", int(sha[:10], 16)),
        "commit": {name: inner[name] for name in kept} | {"comment_count": 0},
        "url": f"{api}/commits/{sha}",
        "html_url": inner["html_url"],
        "comments_url": f"{api}/commits/{sha}/comments",
        "author": show_person(commit.author, urls),
        "committer": show_person(commit.author, urls),
        "parents": git_objects.show_parents(repository, commit, "commits"),
    }


def _show(repository: Repository, ref: str) -> dict[str, Any]:
    api, sha = repositories.api_url(repository), repository.branches[ref.removeprefix(HEADS)]
    return {
        "ref": ref,
        "node_id": node_id("REF", int(sha[:10], 16)),
        "url": f"{api}/git/{ref}",
        "object": {"type": "commit", "sha": sha, "url": f"{api}/git/commits/{sha}"},
    }


PLACE = "/repos/{owner}/{repo}"
ROUTES = (
    Route(
        "POST", f"{PLACE}/git/refs", "git/create-ref", create, "contents=write",
        body=("ref", "sha"),
    ),
    Route("GET", f"{PLACE}/git/ref/{{ref}}", "git/get-ref", read, "contents=read"),
    Route(
        "PATCH", f"{PLACE}/git/refs/{{ref}}", "git/update-ref", update, "contents=write",
        body=("sha", "force"),
    ),
    Route(
        "GET", f"{PLACE}/branches/{{branch}}", "repos/get-branch", read_branch, "contents=read"
    ),
)  # fmt: skip
