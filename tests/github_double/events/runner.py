"""The variables that a runner sets."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..state.repository import Repository


def runner_environment(
    repository: Repository, event: str, payload: Mapping[str, Any]
) -> dict[str, str]:
    """The variables that a runner sets for an event."""
    urls = repository.world.urls
    sha, ref = _checked_out(repository, event, payload)
    pull = payload.get("pull_request")
    return {
        "GITHUB_ACTIONS": "true",
        "CI": "true",
        "GITHUB_API_URL": urls.api,
        "GITHUB_GRAPHQL_URL": urls.graphql,
        "GITHUB_SERVER_URL": urls.html,
        "GITHUB_REPOSITORY": repository.full_name,
        "GITHUB_REPOSITORY_ID": str(repository.id),
        "GITHUB_REPOSITORY_OWNER": repository.owner.login,
        "GITHUB_EVENT_NAME": event,
        "GITHUB_ACTOR": payload["sender"]["login"],
        "GITHUB_TRIGGERING_ACTOR": payload["sender"]["login"],
        "GITHUB_SHA": sha,
        "GITHUB_REF": ref,
        "GITHUB_REF_NAME": ref.removeprefix("refs/heads/").removeprefix("refs/pull/"),
        "GITHUB_BASE_REF": pull["base"]["ref"] if pull else "",
        "GITHUB_HEAD_REF": pull["head"]["ref"] if pull else "",
        "GITHUB_WORKFLOW": "ci",
        "GITHUB_JOB": "test",
        "GITHUB_RUN_ID": "4242",
        "GITHUB_RUN_NUMBER": "7",
        "GITHUB_RUN_ATTEMPT": "1",
    }


def _checked_out(repository: Repository, event: str, payload: Mapping[str, Any]) -> tuple[str, str]:
    """The commit and ref of the run; a pull request's is the merge commit, not its head."""
    if event == "pull_request":
        return payload["pull_request"]["merge_commit_sha"], f"refs/pull/{payload['number']}/merge"
    if event == "push":
        return payload["after"], payload["ref"]
    if event == "merge_group":
        return payload["merge_group"]["head_sha"], payload["merge_group"]["head_ref"]
    default = repository.default_branch
    return repository.branches[default], payload.get("ref", f"refs/heads/{default}")
