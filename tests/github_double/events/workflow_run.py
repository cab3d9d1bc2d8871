"""The end of a workflow's run, which starts the second half of a fork's publishing."""

from __future__ import annotations

from typing import Any

from ..clock import stamp
from ..state.people import Person, node_id, show_person
from ..state.repository import Repository
from ..subjects import issues, pull_forms, pulls, repositories
from .scene import WORKFLOW, Payload, commit, scene


def workflow_run(
    repository: Repository,
    *,
    number: int,
    run_id: int = 4242,
    conclusion: str = "success",
    action: str = "completed",
    **facts: Any,
) -> Payload:
    """The workflow of a pull request ended; `pull_requests` is empty for a fork (runner#3444).

    `facts` are keys of the run (run_attempt, event, run_started_at) that differ from a first attempt's.
    """
    pull = pulls.known(repository, number)
    author = issues.known(repository, number).author
    return {
        "action": action,
        "workflow": _workflow(repository),
        "workflow_run": _run(repository, pull, run_id, conclusion, author) | facts,
        **scene(repository, author),
    }


def _workflow(repository: Repository) -> Payload:
    url = f"{repositories.api_url(repository)}/actions/workflows/161335"
    html = repositories.html_url(repository)
    since = stamp(repository.created_at)
    return {
        "id": 161335,
        "node_id": node_id("W", 161335),
        "name": "ci",
        "path": WORKFLOW,
        "state": "active",
        "created_at": since,
        "updated_at": since,
        "url": url,
        "html_url": f"{html}/blob/{repository.default_branch}/{WORKFLOW}",
        "badge_url": f"{html}/workflows/ci/badge.svg",
    }


def _run(
    repository: Repository, pull: pulls.Pull, run_id: int, conclusion: str, actor: Person
) -> Payload:
    now = stamp(repository.world.clock.now())
    shown_actor = show_person(actor, repository.world.urls)
    head = pull.head_repository
    named = [pull_forms.show_minimal(repository, pull)] if head is repository else []
    return {
        "id": run_id,
        "name": "ci",
        "node_id": node_id("WFR", run_id),
        "head_branch": pull.head_ref,
        "head_sha": pull.head_sha,
        "path": WORKFLOW,
        "display_title": issues.known(repository, pull.number).title,
        "run_number": 7,
        "run_attempt": 1,
        "event": "pull_request",
        "status": "completed",
        "conclusion": conclusion,
        "workflow_id": 161335,
        "check_suite_id": 4243,
        "check_suite_node_id": node_id("CS", 4243),
        **_run_links(repository, run_id),
        "pull_requests": named,
        "created_at": now,
        "updated_at": now,
        "run_started_at": stamp(issues.known(repository, pull.number).created_at),
        "actor": shown_actor,
        "triggering_actor": shown_actor,
        "referenced_workflows": [],
        "head_commit": _head_commit(repository, pull, actor),
        "repository": repositories.show(repository),
        "head_repository": head and repositories.show(head),
    }


def _run_links(repository: Repository, run_id: int) -> Payload:
    url = f"{repositories.api_url(repository)}/actions/runs/{run_id}"
    tails = ("jobs", "logs", "artifacts", "cancel", "rerun")
    return {
        "url": url,
        "html_url": f"{repositories.html_url(repository)}/actions/runs/{run_id}",
        **{f"{tail}_url": f"{url}/{tail}" for tail in tails},
        "check_suite_url": f"{repositories.api_url(repository)}/check-suites/4243",
        "workflow_url": f"{repositories.api_url(repository)}/actions/workflows/161335",
        "previous_attempt_url": None,
    }


def _head_commit(repository: Repository, pull: pulls.Pull, actor: Person) -> Payload:
    whole = commit(repository, pull.head_sha, actor)
    names = ("id", "tree_id", "message", "timestamp")
    who = {"name": actor.login, "email": whole["author"]["email"]}
    return {name: whole[name] for name in names} | {"author": who, "committer": who}
