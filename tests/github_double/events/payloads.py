"""Pull request, push, schedule and dispatch."""

from __future__ import annotations

from collections.abc import Mapping

from ..state.people import person
from ..state.repository import Repository, made_up_sha
from ..subjects import issues, pull_forms, pulls, repositories
from .scene import WORKFLOW, Payload, commit, scene


def pull_request(
    repository: Repository, *, number: int, action: str = "synchronize", sender: str = ""
) -> Payload:
    """Somebody opened or pushed to a pull request; also for pull_request_target."""
    pull = pulls.known(repository, number)
    author = issues.known(repository, number).author
    payload = {
        "action": action,
        "number": number,
        "pull_request": pull_forms.show(repository, pull),
        **scene(repository, person(sender) if sender else author),
    }
    moved = {"before": pull.before, "after": pull.head_sha}
    return payload | (moved if action == "synchronize" else {})


def push(
    repository: Repository, *, branch: str = "", sha: str = "", sender: str = "octocat"
) -> Payload:
    """A push to a branch, by default the default branch's present commit."""
    branch = branch or repository.default_branch
    after = repository.commit(sha or repository.branches[branch], branch=branch)
    pushed = commit(repository, after, person(sender))
    return {
        "ref": f"refs/heads/{branch}",
        "before": made_up_sha("before", after),
        "after": after,
        "base_ref": None,
        "created": False,
        "deleted": False,
        "forced": False,
        "compare": f"{repositories.html_url(repository)}/compare/{after}",
        "commits": [pushed],
        "head_commit": pushed,
        "pusher": {"name": sender, "email": f"{sender}@users.noreply.github.com"},
        **scene(repository, person(sender)),
    }


def schedule(repository: Repository, *, cron: str = "*/15 * * * *") -> Payload:
    """The clock struck."""
    return {"schedule": cron, "workflow": WORKFLOW, **scene(repository, repository.owner)}


def repository_dispatch(
    repository: Repository, *, action: str = "deployed", sender: str = "octocat"
) -> Payload:
    """Somebody called the API; it is always about the default branch."""
    return {
        "action": action,
        "branch": repository.default_branch,
        "client_payload": {},
        **scene(repository, person(sender)),
    }


def workflow_dispatch(
    repository: Repository,
    *,
    ref: str = "",
    inputs: Mapping[str, str] | None = None,
    sender: str = "octocat",
) -> Payload:
    """Somebody pressed the button."""
    return {
        "ref": ref or f"refs/heads/{repository.default_branch}",
        "inputs": None if inputs is None else dict(inputs),
        "workflow": WORKFLOW,
        **scene(repository, person(sender)),
    }
