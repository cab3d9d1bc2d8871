"""Labels of a repository; names differ only by more than case."""

from __future__ import annotations

from typing import Any, NamedTuple
from urllib.parse import quote

from ..call import Call
from ..exchange import Answer
from ..refusal import not_found, unprocessable
from ..route import Route
from ..state.people import node_id
from ..state.repository import Repository

DEFAULT_COLOR = "ededed"


class Label(NamedTuple):
    """One label."""

    id: int
    name: str
    color: str
    description: str | None


class Labels:
    """The labels of one repository by lower-case name."""

    def __init__(self) -> None:
        self.by_name: dict[str, Label] = {}


def make(
    repository: Repository, name: str, color: str = DEFAULT_COLOR, description: str | None = None
) -> Label:
    """Create a label, or give the one of this name."""
    known = repository.part(Labels).by_name
    fresh = Label(repository.world.next_id(), name, color, description)
    return known.setdefault(name.lower(), fresh)


def show(repository: Repository, label: Label) -> dict[str, Any]:
    """A label (GitHub's schema `label`)."""
    return {
        "id": label.id,
        "node_id": node_id("LA", label.id),
        "url": f"{repository.world.urls.api}/repos/{repository.full_name}/labels/{quote(label.name)}",
        "name": label.name,
        "description": label.description,
        "color": label.color,
        "default": False,
    }


def show_whole(repository: Repository, label: Label) -> dict[str, Any]:
    """A label by itself; it tells also whether it is archived."""
    return show(repository, label) | {"archived_at": None, "archived_by": None}


def listed(call: Call) -> Answer:
    """GET /repos/{owner}/{repo}/labels."""
    known = list(call.repository.part(Labels).by_name.values())
    return call.page(known, lambda one: show_whole(call.repository, one))


def read(call: Call) -> Answer:
    """GET /repos/{owner}/{repo}/labels/{name}."""
    label = call.repository.part(Labels).by_name.get(call.params["name"].lower())
    if label is None:
        raise not_found()
    return Answer(200, show_whole(call.repository, label))


def create(call: Call) -> Answer:
    """POST /repos/{owner}/{repo}/labels; needs issues: write (actions/labeler#870)."""
    name = call.body["name"]
    if name.lower() in call.repository.part(Labels).by_name:
        raise unprocessable("Label", "name", "already_exists")
    color = call.body.get("color", DEFAULT_COLOR).lower()
    label = make(call.repository, name, color, call.body.get("description"))
    return Answer(201, show_whole(call.repository, label))


READ = "issues=read; pull_requests=read"
PATH = "/repos/{owner}/{repo}/labels"
ROUTES = (
    Route("GET", PATH, "issues/list-labels-for-repo", listed, READ),
    Route("GET", PATH + "/{name}", "issues/get-label", read, READ),
    Route(
        "POST", PATH, "issues/create-label", create, "issues=write",
        body=("name", "color", "description"),
    ),
)  # fmt: skip
