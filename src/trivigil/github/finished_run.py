"""The run that a `workflow_run` event is about, and the pull request it was for.

For a fork `workflow_run.pull_requests` is empty (actions/runner#3444), so the pull request is found by its head: the API lists
those that come from this branch of this repository. Nothing here is read from what the run itself wrote.
Source: docs.github.com, "Webhook events and payloads", workflow_run.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple
from urllib.parse import quote

from trivigil.core.errors import InputError
from trivigil.core.untrusted import printable
from trivigil.github import records
from trivigil.github.event import Payload, load_payload

if TYPE_CHECKING:
    from trivigil.github.client import Client
    from trivigil.github.event import Event
    from trivigil.github.records import Pull

NAME: Final = "workflow_run"


class FinishedRun(NamedTuple):
    """A run that has ended, as GitHub tells it."""

    id: int
    number: int
    attempt: int
    event: str
    """The event that started it."""
    head_sha: str
    head_branch: str
    head_repository: str
    """`owner/name` of where its commit is from; empty where that was deleted."""
    started_at: str
    """When this attempt began, by GitHub's clock."""


def read(event: Event) -> FinishedRun:
    """The run that the event is about. Raises InputError for any other event than a run that has ended."""
    if event.name != NAME or event.event_path is None:
        raise InputError(
            f"this action publishes for a run that has ended, and this is a {printable(event.name, 60)} event.",
            tip="Use it in a workflow of its own, on workflow_run with `types: [completed]` (docs/forks.md).",
        )
    payload = Payload(load_payload(event.event_path), event.event_path)
    if payload.text("action") != "completed":
        raise InputError(
            "this action publishes for a run that has ended, and this one has not.",
            tip="Start the workflow with `types: [completed]` (docs/forks.md).",
        )
    for key in ("repository.full_name", "workflow_run.repository.full_name"):
        if _needed(payload, key).casefold() != event.repository.casefold():
            raise payload.wrong(key, event.repository)
    return FinishedRun(
        id=_count(payload, "workflow_run.id"),
        number=_count(payload, "workflow_run.run_number"),
        attempt=_count(payload, "workflow_run.run_attempt"),
        event=_needed(payload, "workflow_run.event"),
        head_sha=payload.sha("workflow_run.head_sha") or _needed(payload, "workflow_run.head_sha"),
        head_branch=payload.text("workflow_run.head_branch") or "",
        head_repository=payload.text("workflow_run.head_repository.full_name") or "",
        started_at=_needed(payload, "workflow_run.run_started_at"),
    )


def pull_requests(client: Client, run: FinishedRun) -> list[Pull]:
    """The pull requests from the run's branch, newest first, whatever became of them. Raises Refused."""
    owner = run.head_repository.partition("/")[0]
    head = quote(f"{owner}:{run.head_branch}", safe="")
    found = client.call("GET", f"pulls?state=all&head={head}&per_page=100", _pulls)
    return [
        one
        for one in found
        # The listing takes no repository, and ignores a head that it cannot read.
        if one.head_ref == run.head_branch
        and one.head_repository.casefold() == run.head_repository.casefold()
    ]


def hindrance(run: FinishedRun) -> str | None:
    """Why there is nothing to publish for this run; None where there may be."""
    if run.event != "pull_request":
        return f"run {run.id} was started by {printable(run.event, 60)}, not by a pull request"
    if not run.head_repository:
        return f"the repository that run {run.id} took its commit from was deleted"
    if not run.head_branch:
        return f"run {run.id} has no branch to find its pull request by"
    return None


def _pulls(data: object) -> list[Pull]:
    return [records.pull(one) for one in records.listed(data)]


def _needed(payload: Payload, key: str) -> str:
    return payload.text(key) or _missing(payload, key, "text")


def _count(payload: Payload, key: str) -> int:
    return payload.number(key) or int(_missing(payload, key, "a whole number above zero"))


def _missing(payload: Payload, key: str, expected: str) -> str:
    raise payload.wrong(key, expected)
