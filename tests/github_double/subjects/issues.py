"""Issues; every pull request is one of them, with a mark."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple

from ..clock import stamp
from ..refusal import Refusal, not_found, unprocessable
from ..state.people import App, Person, node_id, person, show_app, show_person
from ..state.repository import Repository
from . import comments, labels, milestones


class Issue(NamedTuple):
    """What issues and pull requests have in common."""

    id: int
    number: int
    title: str
    body: str | None
    author: Person
    app: App | None
    created_at: datetime
    updated_at: datetime
    state: str = "open"
    state_reason: str | None = None
    closed_at: datetime | None = None
    labels: tuple[str, ...] = ()
    locked: bool = False
    is_pull: bool = False
    closed_by: Person | None = None
    assignees: tuple[str, ...] = ()
    milestone: int | None = None


class Issues:
    """Issues and pull requests of one repository by number."""

    def __init__(self) -> None:
        self.by_number: dict[int, Issue] = {}
        self.deleted: set[int] = set()


def open_issue(
    repository: Repository,
    title: str,
    *,
    number: int | None = None,
    body: str | None = None,
    author: Person | str = "octocat",
    app: App | None = None,
    label_names: Iterable[str] = (),
    is_pull: bool = False,
    assignees: Iterable[str] = (),
    milestone: int | None = None,
) -> Issue:
    """Open an issue; labels that are not there yet are created."""
    now = repository.world.clock.now()
    by = person(author) if isinstance(author, str) else author
    known_names = tuple(labels.make(repository, name).name for name in label_names)
    issue = Issue(
        repository.world.next_id(), repository.take_number(number), title, body, by, app, now, now,
        labels=known_names, is_pull=is_pull, assignees=tuple(assignees), milestone=milestone,
    )  # fmt: skip
    repository.part(Issues).by_number[issue.number] = issue
    return issue


def known(repository: Repository, number: int) -> Issue:
    """The issue or pull request of this number, else 404."""
    issue = repository.part(Issues).by_number.get(number)
    if number in repository.part(Issues).deleted:
        raise Refusal(410, "This issue was deleted")
    if issue is None:
        raise not_found()
    return issue


def visible(repository: Repository, number: int) -> Issue:
    """The same for a call: with issues disabled only pull requests are there."""
    issue = repository.part(Issues).by_number.get(number)
    if not repository.has_issues and not (issue and issue.is_pull):
        raise disabled()
    return known(repository, number)


def disabled() -> Refusal:
    """410: the repository has no issues."""
    return Refusal(410, "Issues has been disabled in this repository.")


def delete(repository: Repository, number: int) -> None:
    """Delete an issue, as an administrator may."""
    known(repository, number)
    part = repository.part(Issues)
    del part.by_number[number]
    part.deleted.add(number)


def assignable(repository: Repository, logins: Iterable[str]) -> tuple[str, ...]:
    """These logins, if all of them may be assigned, else 422."""
    asked = tuple(logins)
    if not {one.lower() for one in asked} <= {one.lower() for one in repository.collaborators}:
        raise unprocessable("Issue", "assignees", "invalid")
    return asked


def change(repository: Repository, number: int, **facts: Any) -> Issue:
    """Change facts of an issue."""
    now = repository.world.clock.now()
    issue = known(repository, number)._replace(**{"updated_at": now, **facts})
    repository.part(Issues).by_number[number] = issue
    return issue


def association(repository: Repository, author: Person) -> str:
    """How an author stands to the repository."""
    if author.login == repository.owner.login:
        return "OWNER"
    return "COLLABORATOR" if author.login in repository.collaborators else "NONE"


def show(repository: Repository, issue: Issue) -> dict[str, Any]:
    """An issue (GitHub's schema `issue`)."""
    urls = repository.world.urls
    api = f"{urls.api}/repos/{repository.full_name}"
    url = f"{api}/issues/{issue.number}"
    kind = "pull" if issue.is_pull else "issues"
    assigned = [show_person(person(login), urls) for login in issue.assignees]
    milestone = milestones.show(repository, issue.milestone) if issue.milestone else None
    shown = {
        "id": issue.id,
        "node_id": node_id("I", issue.id),
        "url": url,
        "repository_url": api,
        "labels_url": url + "/labels{/name}",
        "comments_url": url + "/comments",
        "events_url": url + "/events",
        "timeline_url": url + "/timeline",
        "html_url": f"{urls.html}/{repository.full_name}/{kind}/{issue.number}",
        "number": issue.number,
        "title": issue.title,
        "body": issue.body,
        "user": show_person(issue.author, urls),
        "labels": show_labels(repository, issue),
        "assignee": assigned[0] if assigned else None,
        "assignees": assigned,
        "milestone": milestone,
        "locked": issue.locked,
        "active_lock_reason": None,
        "comments": len(comments.under(repository, issue.number)),
        "state": issue.state,
        "state_reason": issue.state_reason,
        "created_at": stamp(issue.created_at),
        "updated_at": stamp(issue.updated_at),
        "closed_at": stamp(issue.closed_at),
        "author_association": association(repository, issue.author),
        "performed_via_github_app": issue.app and show_app(issue.app, urls),
    }
    return shown | (_pull_links(repository, issue) if issue.is_pull else {})


def show_whole(repository: Repository, issue: Issue) -> dict[str, Any]:
    """An issue by itself; it tells also who closed it, which lists do not."""
    urls, by = repository.world.urls, issue.closed_by
    return show(repository, issue) | {"closed_by": by and show_person(by, urls)}


def show_labels(repository: Repository, issue: Issue) -> list[dict[str, Any]]:
    """The labels of an issue."""
    known_labels = repository.part(labels.Labels).by_name
    return [labels.show(repository, known_labels[name.lower()]) for name in issue.labels]


def _pull_links(repository: Repository, issue: Issue) -> dict[str, Any]:
    urls, name = repository.world.urls, repository.full_name
    html = f"{urls.html}/{name}/pull/{issue.number}"
    links = {
        "url": f"{urls.api}/repos/{name}/pulls/{issue.number}",
        "html_url": html,
        "diff_url": f"{html}.diff",
        "patch_url": f"{html}.patch",
        "merged_at": None,
    }
    return {"pull_request": links, "draft": False}
