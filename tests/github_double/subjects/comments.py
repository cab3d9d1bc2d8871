"""Comments on issues and pull requests."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

from ..call import Call
from ..clock import moment, stamp
from ..exchange import Answer
from ..refusal import Refusal, not_found
from ..route import Route
from ..state.people import App, Person, node_id, show_app, show_person
from ..state.repository import Repository
from . import issues


class Comment(NamedTuple):
    """One comment; `number` is that of its issue or pull request."""

    id: int
    number: int
    body: str
    author: Person
    app: App | None
    created_at: datetime
    updated_at: datetime
    minimized: bool = False
    """Folded away; only GraphQL knows of it."""


class Comments:
    """The comments of one repository by id, oldest first."""

    def __init__(self) -> None:
        self.by_id: dict[int, Comment] = {}


def under(repository: Repository, number: int) -> list[Comment]:
    """The comments of one issue or pull request, oldest first."""
    known = repository.part(Comments).by_id
    return [one for one in list(known.values()) if one.number == number]


def write(
    repository: Repository, number: int, body: str, author: Person, app: App | None
) -> Comment:
    """Add a comment, whatever its size."""
    issues.known(repository, number)
    now = repository.world.clock.now()
    comment = Comment(repository.world.next_id(), number, body, author, app, now, now)
    repository.part(Comments).by_id[comment.id] = comment
    return comment


def show(repository: Repository, comment: Comment) -> dict[str, Any]:
    """A comment (GitHub's schema `issue-comment`)."""
    urls, name = repository.world.urls, repository.full_name
    kind = "pull" if issues.known(repository, comment.number).is_pull else "issues"
    return {
        "id": comment.id,
        "node_id": node_id("IC", comment.id),
        "url": f"{urls.api}/repos/{name}/issues/comments/{comment.id}",
        "html_url": f"{urls.html}/{name}/{kind}/{comment.number}#issuecomment-{comment.id}",
        "issue_url": f"{urls.api}/repos/{name}/issues/{comment.number}",
        "body": comment.body,
        "user": show_person(comment.author, urls),
        "created_at": stamp(comment.created_at),
        "updated_at": stamp(comment.updated_at),
        "author_association": issues.association(repository, comment.author),
        "performed_via_github_app": comment.app and show_app(comment.app, urls),
    }


def listed(call: Call) -> Answer:
    """GET …/issues/{issue_number}/comments, oldest first."""
    number = call.number("issue_number")
    issues.visible(call.repository, number)
    found = under(call.repository, number)
    if "since" in call.query:
        since = moment(call.query["since"])
        found = [one for one in found if one.updated_at >= since]
    return call.page(found, lambda one: show(call.repository, one))


def create(call: Call) -> Answer:
    """POST …/issues/{issue_number}/comments."""
    number = call.number("issue_number")
    issue = issues.visible(call.repository, number)
    permit(call, issue)
    if issue.locked:
        raise Refusal(403, "Unable to create comment because issue is locked.")
    token = call.token
    comment = write(call.repository, number, call.body["body"], token.person, token.app)
    return Answer(201, show(call.repository, comment))


def read(call: Call) -> Answer:
    """GET …/issues/comments/{comment_id}."""
    return Answer(200, show(call.repository, _known(call)))


def edit(call: Call) -> Answer:
    """PATCH …/issues/comments/{comment_id}; whoever may write may edit anybody's comment."""
    comment = _known(call)
    permit(call, issues.known(call.repository, comment.number))
    now = call.world.clock.now()
    comment = comment._replace(body=call.body["body"], updated_at=now)
    call.repository.part(Comments).by_id[comment.id] = comment
    return Answer(200, show(call.repository, comment))


def delete(call: Call) -> Answer:
    """DELETE …/issues/comments/{comment_id}."""
    comment = _known(call)
    permit(call, issues.known(call.repository, comment.number))
    del call.repository.part(Comments).by_id[comment.id]
    return Answer(204)


def permit(call: Call, issue: issues.Issue) -> None:
    """pull_requests: write is enough on a pull request only."""
    if not issue.is_pull:
        call.require("issues")


def _known(call: Call) -> Comment:
    comment = call.repository.part(Comments).by_id.get(call.number("comment_id"))
    if comment is None:
        raise not_found()
    return comment


READ = "issues=read; pull_requests=read"
WRITE = "issues=write; pull_requests=write"
UNDER = "/repos/{owner}/{repo}/issues/{issue_number}/comments"
ONE = "/repos/{owner}/{repo}/issues/comments/{comment_id}"
ROUTES = (
    Route("GET", UNDER, "issues/list-comments", listed, READ, query=("since",)),
    Route("POST", UNDER, "issues/create-comment", create, WRITE, body=("body",)),
    Route("GET", ONE, "issues/get-comment", read, READ),
    Route("PATCH", ONE, "issues/update-comment", edit, WRITE, body=("body",)),
    Route("DELETE", ONE, "issues/delete-comment", delete, WRITE),
)
