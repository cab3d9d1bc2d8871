"""GET /repos/{owner}/{repo}/contents/{path}: one file of a branch or commit."""

from __future__ import annotations

import base64
from typing import Any

from ..call import Call
from ..exchange import Answer
from ..refusal import not_found
from ..route import Route
from ..state.git import Git, known_commit
from . import repositories

INLINE_BYTES = 1_048_576


def read(call: Call) -> Answer:
    """A file; above 1 MB without its content, which only the blob or the raw form then has."""
    repository, path = call.repository, call.params["path"]
    ref = call.query.get("ref", repository.default_branch)
    commit = known_commit(repository, repository.branches.get(ref, ref))
    git = repository.part(Git)
    entry = dict(git.walk(commit.tree)).get(path) if commit else None
    if entry is None or entry.kind != "blob":
        raise not_found()
    content = git.blobs[entry.sha]
    whole = len(content) <= INLINE_BYTES
    api, html = repositories.api_url(repository), repositories.html_url(repository)
    address, blob = f"{api}/contents/{path}?ref={ref}", f"{api}/git/blobs/{entry.sha}"
    links: dict[str, Any] = {"self": address, "git": blob, "html": f"{html}/blob/{ref}/{path}"}
    body = {
        "type": "file",
        "encoding": "base64" if whole else "none",
        "size": len(content),
        "name": path.rpartition("/")[2],
        "path": path,
        "content": base64.encodebytes(content).decode() if whole else "",
        "sha": entry.sha,
        "url": address,
        "git_url": blob,
        "html_url": links["html"],
        "download_url": f"{html}/raw/{ref}/{path}",
        "_links": links,
    }
    return Answer(200, body)


ROUTES = (
    Route(
        "GET", "/repos/{owner}/{repo}/contents/{path}", "repos/get-content", read,
        "contents=read", query=("ref",),
    ),
)  # fmt: skip
