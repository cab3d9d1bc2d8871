"""Issues: the calls. Lists show pull requests among them, as GitHub's do."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ..call import Call
from ..clock import moment
from ..exchange import Answer
from ..refusal import unprocessable
from ..route import Route
from . import comments, labels, milestones
from .issues import (
    Issue,
    Issues,
    assignable,
    change,
    disabled,
    open_issue,
    show,
    show_whole,
    visible,
)


def listed(call: Call) -> Answer:
    """GET /repos/{owner}/{repo}/issues: pull requests among them, newest first."""
    if not call.repository.has_issues:
        raise disabled()
    wanted = [one for one in call.repository.part(Issues).by_number.values() if _picked(call, one)]
    wanted.sort(
        key=lambda one: (_sort_key(call, one), one.number),
        reverse=call.query.get("direction", "desc") == "desc",
    )
    return call.page(wanted, lambda one: show(call.repository, one))


def _sort_key(call: Call, issue: Issue) -> float:
    by = call.query.get("sort", "created")
    if by == "comments":
        return len(comments.under(call.repository, issue.number))
    return (issue.updated_at if by == "updated" else issue.created_at).timestamp()


def _picked(call: Call, issue: Issue) -> bool:
    query = call.query
    names = {name.lower() for name in query.get("labels", "").split(",") if name}
    return (
        query.get("state", "open") in {"all", issue.state}
        and names <= {name.lower() for name in issue.labels}
        and query.get("creator", issue.author.login).lower() == issue.author.login.lower()
        and ("since" not in query or issue.updated_at >= moment(query["since"]))
    )


def read(call: Call) -> Answer:
    """GET /repos/{owner}/{repo}/issues/{issue_number}."""
    issue = visible(call.repository, call.number("issue_number"))
    return Answer(200, show_whole(call.repository, issue))


def create(call: Call) -> Answer:
    """POST /repos/{owner}/{repo}/issues; who may not triage has the rest dropped without a word."""
    if not call.repository.has_issues:
        raise disabled()
    given = call.body if call.repository.triage else {}
    issue = open_issue(
        call.repository,
        call.body["title"],
        body=call.body.get("body"),
        author=call.token.person,
        app=call.token.app,
        assignees=assignable(call.repository, given.get("assignees", [])),
        milestone=milestones.needed(call.repository, given.get("milestone")),
        label_names=_names(given.get("labels", [])),
    )
    return Answer(201, show_whole(call.repository, issue))


def edit(call: Call) -> Answer:
    """PATCH /repos/{owner}/{repo}/issues/{issue_number}."""
    issue = visible(call.repository, call.number("issue_number"))
    if not issue.is_pull:
        call.require("issues")
    facts = {key: call.body[key] for key in ("title", "body") if key in call.body}
    if "labels" in call.body:
        names = _names(call.body["labels"])
        facts["labels"] = tuple(labels.make(call.repository, name).name for name in names)
    facts |= _state(call, issue)
    changed = change(call.repository, issue.number, **facts)
    return Answer(200, show_whole(call.repository, changed))


def _state(call: Call, issue: Issue) -> dict[str, Any]:
    state = call.body.get("state", issue.state)
    if state == issue.state:
        return {}
    if state == "open":
        return {"state": state, "state_reason": "reopened", "closed_at": None, "closed_by": None}
    reason = call.body.get("state_reason") or "completed"
    _original(call, reason)
    now = call.world.clock.now()
    person = call.token.person
    return {"state": state, "state_reason": reason, "closed_at": now, "closed_by": person}


def _original(call: Call, reason: str) -> None:
    """The issue of which another is the duplicate, named by its id, has to be there."""
    wanted = call.body.get("duplicate_issue_id")
    ids = {one.id for one in call.repository.part(Issues).by_number.values()}
    if reason == "duplicate" and wanted is not None and wanted not in ids:
        raise unprocessable("Issue", "duplicate_issue_id", "invalid")


def _names(given: Iterable[Any]) -> list[str]:
    return [one if isinstance(one, str) else one["name"] for one in given]


PATH = "/repos/{owner}/{repo}/issues"
ONE = PATH + "/{issue_number}"
FILTERS = ("state", "labels", "creator", "since", "sort", "direction")
ROUTES = (
    Route("GET", PATH, "issues/list-for-repo", listed, "issues=read", query=FILTERS),
    Route("GET", ONE, "issues/get", read, "issues=read; pull_requests=read"),
    Route(
        "POST", PATH, "issues/create", create, "issues=write",
        body=("title", "body", "labels", "assignees", "milestone"),
    ),
    Route(
        "PATCH", ONE, "issues/update", edit, "issues=write; pull_requests=write",
        body=("title", "body", "labels", "state", "state_reason", "duplicate_issue_id"),
    ),
)  # fmt: skip
