"""Issues: listed, never searched; changed by their number.

GitHub's search lags behind by seconds to minutes, the lists do not (getsentry/sentry-cocoa#8144). What a token may
not set on a new issue (labels, assignees, milestone) GitHub drops without a word: OpenAPI, `issues/create`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from trivigil.github import records
from trivigil.github.refusal import Refused

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from trivigil.github.client import Client
    from trivigil.github.records import Issue

UNPROCESSABLE: Final = 422
_OPTIONAL: Final = ("assignees", "milestone", "labels")


class Created(NamedTuple):
    """A new issue, and what GitHub did not take of what was asked for."""

    issue: Issue
    left_out: tuple[str, ...] = ()
    """As words: `label bug`, `assignee octocat`, `milestone 3`."""


def listed(client: Client, creator: str, since: str | None = None) -> list[Issue]:
    """All issues by one account, open and closed, oldest first; pull requests are not among them.

    With `since` (a timestamp of GitHub's) only those changed from then on.
    """
    query = {"state": "all", "creator": creator, "sort": "created", "direction": "asc"}
    if since:
        query["since"] = since
    found = client.pages("issues", records.issue, query)
    return [one for one in found if not one.is_pull]


def read(client: Client, number: int) -> Issue:
    """One issue, with who closed it, which lists do not tell."""
    return client.call("GET", f"issues/{number}", records.issue)


def create(client: Client, body: Mapping[str, object], find: Callable[[], Issue | None]) -> Created:
    """Open an issue from the API's own body; where the answer was lost, `find` looks for it.

    What GitHub refuses of labels, assignees and milestone (somebody who is no collaborator, a milestone that
    does not exist) is left out of a second try. Labels that are missing are made by GitHub, where the token may.
    """
    try:
        made = client.create("issues", dict(body), records.issue, find)
    except Refused as refused:
        kept = _without(body, refused)
        if kept is None:
            raise
        made = client.create("issues", kept, records.issue, find)
    return Created(made, _left_out(body, made))


def update(client: Client, number: int, body: Mapping[str, object]) -> Issue:
    """Change an issue; the same change twice is one."""
    return client.call("PATCH", f"issues/{number}", records.issue, body=dict(body))


def close_duplicate(client: Client, number: int, body: str, original: Issue) -> Issue:
    """Close an issue as the duplicate of another."""
    change = {"body": body, "state": "closed", "state_reason": "duplicate"}
    try:
        return update(client, number, {**change, "duplicate_issue_id": original.id})
    except Refused as refused:
        if refused.status != UNPROCESSABLE:
            raise
    # Servers of before 2025 know no duplicates.
    return update(client, number, {**change, "state_reason": "not_planned"})


def _without(body: Mapping[str, object], refused: Refused) -> dict[str, object] | None:
    """The body without what a validation named; None where it named nothing that can be left out."""
    if refused.status != UNPROCESSABLE:
        return None
    named = [key for key in _OPTIONAL if key in body and key in refused.message]
    return {key: value for key, value in body.items() if key not in named} if named else None


def _left_out(body: Mapping[str, object], made: Issue) -> tuple[str, ...]:
    missing = [f"label {one}" for one in _missing(body.get("labels"), made.labels)]
    missing += [f"assignee {one}" for one in _missing(body.get("assignees"), made.assignees)]
    if body.get("milestone") not in {None, made.milestone}:
        missing.append(f"milestone {body['milestone']}")
    return tuple(missing)


def _missing(asked: object, given: tuple[str, ...]) -> list[str]:
    known = {one.casefold() for one in given}
    listed_ = asked if isinstance(asked, list) else []
    return [str(one) for one in listed_ if str(one).casefold() not in known]
