"""Pull requests: the calls."""

from __future__ import annotations

from typing import Any

from ..call import Call
from ..exchange import Answer
from ..route import Route
from ..state.repository import Repository, made_up_sha
from . import issues, repositories
from .pull_forms import show, show_simple
from .pulls import Pull, PullFile, Pulls, known


def listed(call: Call) -> Answer:
    """GET /repos/{owner}/{repo}/pulls, newest first; a `head` without owner filters nothing."""
    repository, query = call.repository, call.query
    state, base, head = query.get("state", "open"), query.get("base"), query.get("head", "")
    found = [
        pull
        for pull in reversed(repository.part(Pulls).by_number.values())
        if state in {"all", issues.known(repository, pull.number).state}
        and base in {None, pull.base_ref}
        and (":" not in head or head == f"{pull.head_owner.login}:{pull.head_ref}")
    ]
    return call.page(found, lambda one: show_simple(repository, one))


def read(call: Call) -> Answer:
    """GET /repos/{owner}/{repo}/pulls/{pull_number}."""
    pull = known(call.repository, call.number("pull_number"))
    return Answer(200, show(call.repository, pull))


def files(call: Call) -> Answer:
    """GET /repos/{owner}/{repo}/pulls/{pull_number}/files."""
    pull = known(call.repository, call.number("pull_number"))
    return call.page(pull.files, lambda one: _show_file(call.repository, pull, one))


def _show_file(repository: Repository, pull: Pull, file: PullFile) -> dict[str, Any]:
    html = repositories.html_url(repository)
    contents = f"{repositories.api_url(repository)}/contents/{file.filename}?ref={pull.head_sha}"
    shown = {
        "sha": made_up_sha(pull.head_sha, file.filename),
        "filename": file.filename,
        "status": file.status,
        "additions": file.additions,
        "deletions": file.deletions,
        "changes": file.additions + file.deletions,
        "blob_url": f"{html}/blob/{pull.head_sha}/{file.filename}",
        "raw_url": f"{html}/raw/{pull.head_sha}/{file.filename}",
        "contents_url": contents,
    }
    return shown | ({} if file.patch is None else {"patch": file.patch})


PATH = "/repos/{owner}/{repo}/pulls"
READ = "pull_requests=read"
ROUTES = (
    Route("GET", PATH, "pulls/list", listed, READ, query=("state", "head", "base")),
    Route("GET", PATH + "/{pull_number}", "pulls/get", read, READ),
    Route("GET", PATH + "/{pull_number}/files", "pulls/list-files", files, READ),
)
