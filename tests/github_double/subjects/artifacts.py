"""Artifacts of workflow runs: their list, and the way to their content, which lies on another host."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from ..call import Call
from ..clock import stamp
from ..exchange import Answer
from ..refusal import Refusal, not_found
from ..route import Route
from ..state.people import node_id
from ..state.repository import Repository, made_up_sha
from . import repositories

DAYS = 90
SIGNED_SECONDS = 60


class Artifact(NamedTuple):
    """One artifact; `content` is its zip."""

    id: int
    run_id: int
    name: str
    content: bytes
    head_sha: str
    head_branch: str
    created_at: datetime
    expired: bool = False


class Artifacts:
    """The artifacts of one repository by id."""

    def __init__(self) -> None:
        self.by_id: dict[int, Artifact] = {}


def upload(
    repository: Repository,
    run_id: int,
    name: str,
    content: bytes,
    *,
    head_sha: str = "",
    head_branch: str = "",
    created_at: datetime | None = None,
    expired: bool = False,
) -> Artifact:
    """Upload an artifact in a run, now."""
    world = repository.world
    artifact = Artifact(
        world.next_id(), run_id, name, content, head_sha or made_up_sha(run_id),
        head_branch or repository.default_branch, created_at or world.clock.now(), expired,
    )  # fmt: skip
    repository.part(Artifacts).by_id[artifact.id] = artifact
    return artifact


def listed(call: Call) -> Answer:
    """GET /repos/{owner}/{repo}/actions/runs/{run_id}/artifacts, newest first."""
    known = reversed(call.repository.part(Artifacts).by_id.values())
    found = [one for one in known if one.run_id == call.number("run_id")]
    return call.page(found, lambda one: show(call.repository, one), "artifacts")


def download(call: Call) -> Answer:
    """GET /repos/{owner}/{repo}/actions/artifacts/{artifact_id}/{archive_format}."""
    artifact = call.repository.part(Artifacts).by_id.get(call.number("artifact_id"))
    if artifact is None or call.params["archive_format"] != "zip":
        raise not_found()
    if artifact.expired:
        raise Refusal(410, "Artifact has expired")
    return Answer(302, None, {"Location": call.world.elsewhere or _sign(call, artifact)})


def _sign(call: Call, artifact: Artifact) -> str:
    """An address of the blob store that is good for a minute."""
    path, signature = f"/artifacts/{artifact.id}.zip", secrets.token_hex(16)
    end = call.world.clock.now() + timedelta(seconds=SIGNED_SECONDS)
    call.world.signed[path, signature] = (artifact.content, end)
    return f"{call.world.urls.blobs}{path}?sig={signature}"


def show(repository: Repository, artifact: Artifact) -> dict[str, Any]:
    """An artifact (GitHub's schema `artifact`)."""
    url = f"{repositories.api_url(repository)}/actions/artifacts/{artifact.id}"
    return {
        "id": artifact.id,
        "node_id": node_id("MDg6QXJ0aWZhY3Q", artifact.id),
        "name": artifact.name,
        "size_in_bytes": len(artifact.content),
        "url": url,
        "archive_download_url": f"{url}/zip",
        "expired": artifact.expired,
        "digest": f"sha256:{hashlib.sha256(artifact.content).hexdigest()}",
        "created_at": stamp(artifact.created_at),
        "updated_at": stamp(artifact.created_at),
        "expires_at": stamp(artifact.created_at + timedelta(days=DAYS)),
        "workflow_run": {
            "id": artifact.run_id,
            "repository_id": repository.id,
            "head_repository_id": repository.id,
            "head_branch": artifact.head_branch,
            "head_sha": artifact.head_sha,
        },
    }


ROUTES = (
    Route(
        "GET", "/repos/{owner}/{repo}/actions/runs/{run_id}/artifacts",
        "actions/list-workflow-run-artifacts", listed, "actions=read",
    ),
    Route(
        "GET", "/repos/{owner}/{repo}/actions/artifacts/{artifact_id}/{archive_format}",
        "actions/download-artifact", download, "actions=read",
    ),
)  # fmt: skip
