"""Commit statuses, which any token with statuses: write may set."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

from ..call import Call
from ..clock import stamp
from ..exchange import Answer
from ..refusal import Refusal, unprocessable
from ..route import Route
from ..state.people import Person, node_id, show_person
from ..state.repository import Repository
from . import repositories

# "There is a limit of 1000 statuses per sha and context within a repository."
PER_CONTEXT = 1000


class Status(NamedTuple):
    """One commit status."""

    id: int
    sha: str
    state: str
    context: str
    description: str | None
    target_url: str | None
    creator: Person
    created_at: datetime


class Statuses:
    """The statuses of one repository, oldest first."""

    def __init__(self) -> None:
        self.all: list[Status] = []


def create(call: Call) -> Answer:
    """POST /repos/{owner}/{repo}/statuses/{sha}."""
    sha, body = call.params["sha"], call.body
    if sha not in call.repository.commits:
        raise Refusal(422, f"No commit found for SHA: {sha}")
    context = body.get("context", "default")
    known = call.repository.part(Statuses).all
    if sum((one.sha, one.context) == (sha, context) for one in known) >= PER_CONTEXT:
        message = (
            f"This SHA and context has reached the maximum number of statuses ({PER_CONTEXT})."
        )
        raise unprocessable("Status", "context", "custom", message)
    status = Status(
        call.world.next_id(), sha, body["state"], context, body.get("description"),
        body.get("target_url"), call.token.person, call.world.clock.now(),
    )  # fmt: skip
    known.append(status)
    return Answer(201, show(call.repository, status))


def listed(call: Call) -> Answer:
    """GET /repos/{owner}/{repo}/commits/{ref}/statuses, newest first."""
    found = call.repository.statuses(call.repository.resolve(call.params["ref"]))
    return call.page(found[::-1], lambda one: show(call.repository, one))


def combined(call: Call) -> Answer:
    """GET /repos/{owner}/{repo}/commits/{ref}/status: the newest status of each context."""
    repository = call.repository
    sha = repository.resolve(call.params["ref"])
    newest = list({one.context: one for one in repository.statuses(sha)}.values())
    answer = call.page(newest, lambda one: _show_short(repository, one))
    api = repositories.api_url(repository)
    body = {
        "state": _worst({one.state for one in newest}),
        "statuses": answer.body,
        "sha": sha,
        "total_count": len(newest),
        "repository": repositories.show(repository),
        "commit_url": f"{api}/commits/{sha}",
        "url": f"{api}/commits/{sha}/status",
    }
    return answer._replace(body=body)


def _worst(states: set[str]) -> str:
    if states & {"error", "failure"}:
        return "failure"
    return "success" if states == {"success"} else "pending"


def _show_short(repository: Repository, status: Status) -> dict[str, Any]:
    return {name: text for name, text in show(repository, status).items() if name != "creator"}


def show(repository: Repository, status: Status) -> dict[str, Any]:
    """A commit status (GitHub's schema `status`)."""
    urls = repository.world.urls
    creator = show_person(status.creator, urls)
    return {
        "url": f"{urls.api}/repos/{repository.full_name}/statuses/{status.sha}",
        "avatar_url": creator["avatar_url"],
        "id": status.id,
        "node_id": node_id("SC", status.id),
        "state": status.state,
        "description": status.description,
        "target_url": status.target_url,
        "context": status.context,
        "created_at": stamp(status.created_at),
        "updated_at": stamp(status.created_at),
        "creator": creator,
    }


ROUTES = (
    Route(
        "POST", "/repos/{owner}/{repo}/statuses/{sha}", "repos/create-commit-status", create,
        "statuses=write", body=("state", "context", "description", "target_url"),
    ),
    Route(
        "GET", "/repos/{owner}/{repo}/commits/{ref}/statuses",
        "repos/list-commit-statuses-for-ref", listed, "statuses=read",
    ),
    Route(
        "GET", "/repos/{owner}/{repo}/commits/{ref}/status",
        "repos/get-combined-status-for-ref", combined, "statuses=read",
    ),
)  # fmt: skip
