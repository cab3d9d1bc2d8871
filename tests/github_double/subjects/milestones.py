"""Milestones of a repository, as issues name them; no call of theirs is modelled."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

from ..clock import stamp
from ..refusal import unprocessable
from ..state.people import node_id, show_person
from ..state.repository import Repository


class Milestone(NamedTuple):
    """One open milestone."""

    id: int
    number: int
    title: str
    created_at: datetime


class Milestones:
    """The milestones of one repository by number."""

    def __init__(self) -> None:
        self.by_number: dict[int, Milestone] = {}


def make(repository: Repository, title: str) -> Milestone:
    """Create a milestone."""
    known = repository.part(Milestones).by_number
    now = repository.world.clock.now()
    made = Milestone(repository.world.next_id(), len(known) + 1, title, now)
    return known.setdefault(made.number, made)


def needed(repository: Repository, number: int | None) -> int | None:
    """The number of a milestone that exists, else 422."""
    if number is not None and number not in repository.part(Milestones).by_number:
        raise unprocessable("Issue", "milestone", "invalid")
    return number


def show(repository: Repository, number: int) -> dict[str, Any]:
    """A milestone (GitHub's schema `milestone`)."""
    one = repository.part(Milestones).by_number[number]
    urls, name = repository.world.urls, repository.full_name
    url = f"{urls.api}/repos/{name}/milestones/{number}"
    return {
        "url": url,
        "html_url": f"{urls.html}/{name}/milestone/{number}",
        "labels_url": f"{url}/labels",
        "id": one.id,
        "node_id": node_id("MI", one.id),
        "number": number,
        "title": one.title,
        "description": None,
        "creator": show_person(repository.owner, urls),
        "open_issues": 1,
        "closed_issues": 0,
        "state": "open",
        "created_at": stamp(one.created_at),
        "updated_at": stamp(one.created_at),
        "due_on": None,
        "closed_at": None,
    }
