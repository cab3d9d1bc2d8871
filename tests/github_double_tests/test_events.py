"""Event payloads: GitHub's own webhook models accept them, and they say what the state says."""

from __future__ import annotations

import importlib
import json
from pathlib import Path
from typing import Any

import pytest
from pydantic import TypeAdapter

from tests.github_double import GitHubDouble


def accepted(event: str, payload: Any) -> bool:
    """True where GitHub's model of the event takes the payload; raises where it does not."""
    module = importlib.import_module(f"githubkit_schemas.v2022_11_28.webhooks.{event}")
    return TypeAdapter(module.Event).validate_python(payload) is not None


@pytest.mark.parametrize(
    ("event", "facts"),
    [
        pytest.param("pull_request", {"number": 7, "action": "opened"}, id="opened"),
        pytest.param("pull_request", {"number": 7}, id="pushed to"),
        pytest.param("pull_request", {"number": 8}, id="from a fork"),
        pytest.param("pull_request", {"number": 9}, id="by Dependabot"),
        pytest.param("merge_group", {"number": 7}, id="merge queue"),
        pytest.param("push", {}, id="push"),
        pytest.param("workflow_dispatch", {"inputs": {"profile": "smoke"}}, id="dispatched"),
        pytest.param("workflow_run", {"number": 7}, id="workflow run"),
        pytest.param("workflow_run", {"number": 8}, id="workflow run of a fork"),
    ],
)
def test_payloads_fit_githubs_models(event: str, facts: dict[str, Any]) -> None:
    """Every payload is one that GitHub could have sent."""
    with GitHubDouble() as double:
        shop = double.repository("octo/shop")
        shop.pull(number=7)
        shop.pull(number=8, fork=True)
        shop.pull(number=9, author="dependabot[bot]")
        assert accepted(event, double.event(event, shop, **facts))


def test_a_pull_request_event_and_its_variables(tmp_path: Path) -> None:
    """GITHUB_SHA is the merge commit, the payload names the head; both follow a push."""
    with GitHubDouble() as double:
        shop = double.repository("octo/shop")
        opened = shop.pull(number=7, head_ref="faster")
        pushed = shop.push(7, "a" * 40)
        path = double.event_file(tmp_path / "event.json", "pull_request", shop, 7)
        payload = json.loads(path.read_text(encoding="utf-8"))
        assert (payload["before"], payload["after"]) == (opened.head_sha, "a" * 40)
        assert payload["pull_request"]["head"]["sha"] == "a" * 40
        variables = double.runner_environment("pull_request", shop, payload)
        assert variables["GITHUB_SHA"] == pushed.merge_sha
        assert variables["GITHUB_REF"] == "refs/pull/7/merge"
        assert (variables["GITHUB_HEAD_REF"], variables["GITHUB_BASE_REF"]) == ("faster", "main")
        assert variables["GITHUB_API_URL"] == double.api_url


def test_a_fork_is_told_by_its_head_repository() -> None:
    """A fork's head lies elsewhere, is null once deleted, and its workflow runs name no pull request."""
    with GitHubDouble() as double:
        shop = double.repository("octo/shop")
        shop.pull(number=8, fork=True)
        shop.pull(number=9, fork=True, fork_deleted=True, author="ghost")
        head = double.event("pull_request", shop, number=8)["pull_request"]["head"]
        assert (head["repo"]["full_name"], head["repo"]["fork"]) == ("mona/shop", True)
        assert double.event("pull_request", shop, number=9)["pull_request"]["head"]["repo"] is None
        run = double.event("workflow_run", shop, number=8)["workflow_run"]
        assert run["pull_requests"] == []
        assert run["head_repository"]["full_name"] == "mona/shop"


def test_a_schedule_runs_on_the_default_branch() -> None:
    """Its commit is the default branch's, and it names its cron line."""
    with GitHubDouble() as double:
        shop = double.repository("octo/shop")
        shop.commit("d" * 40, branch="main")
        payload = double.event("schedule", shop, cron="0 3 * * *")
        assert payload["schedule"] == "0 3 * * *"
        variables = double.runner_environment("schedule", shop, payload)
        assert (variables["GITHUB_SHA"], variables["GITHUB_REF"]) == ("d" * 40, "refs/heads/main")
