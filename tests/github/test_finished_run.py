from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.github_double import GitHubDouble
from trivigil.core.errors import InputError
from trivigil.github import finished_run
from trivigil.github.client import connect
from trivigil.github.event import Event, read_event


def environ(github: GitHubDouble, place: Path, **changes: Any) -> Event:
    """The event of a second half; `changes` are keys of the payload, dotted below."""
    shop = github.world.find("octo/shop") or github.repository("octo/shop")
    if 7 not in shop.pulls():
        shop.pull(7, fork=True, head_ref="fix/a&b=c#d")
    payload = github.event("workflow_run", shop, number=7)
    for key, value in changes.items():
        *way, last = key.split("__")
        at = payload
        for part in way:
            at = at[part]
        at[last] = value
    path = place / "event.json"
    path.write_text(json.dumps(payload), encoding="utf-8")
    variables = github.runner_environment("workflow_run", shop, payload)
    event = read_event({**variables, "GITHUB_EVENT_PATH": str(path)})
    assert event is not None
    return event


def test_the_run_of_a_fork(tmp_path: Path) -> None:
    """Run, attempt, commit and branch are GitHub's, and the pull request is found by them."""
    with GitHubDouble() as github:
        event = environ(github, tmp_path)
        run = finished_run.read(event)
        shop = github.world.find("octo/shop")
        assert shop is not None
        assert (run.id, run.attempt, run.head_branch) == (4242, 1, "fix/a&b=c#d")
        assert (run.head_sha, run.head_repository) == (shop.pulls()[7].head_sha, "mona/shop")
        assert finished_run.hindrance(run) is None
        shop.pull(8, fork=True, head_ref="other")
        shop.pull(9, head_ref="fix/a&b=c#d")
        with connect(event, github.installation_token(shop, {"pull_requests": "read"})) as client:
            found = finished_run.pull_requests(client, run)
        assert [(pull.number, pull.state) for pull in found] == [(7, "open")]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        pytest.param({"action": "requested"}, "this one has not", id="not ended"),
        pytest.param({"repository__full_name": "evil/shop"}, "octo/shop", id="another repository"),
        pytest.param(
            {"workflow_run__repository__full_name": "evil/shop"}, "octo/shop", id="another's run"
        ),
        pytest.param({"workflow_run__head_sha": "main"}, "a full commit id", id="no commit"),
        pytest.param({"workflow_run__head_sha": None}, "head_sha", id="commit missing"),
        pytest.param({"workflow_run__id": "4242"}, "a whole number", id="no number"),
        pytest.param({"workflow_run__run_attempt": None}, "a whole number", id="attempt missing"),
    ],
)  # fmt: skip
def test_another_payload(tmp_path: Path, changes: dict[str, Any], said: str) -> None:
    """What is not GitHub's event of a run that has ended is refused by name."""
    with GitHubDouble() as github, pytest.raises(InputError, match=said):
        finished_run.read(environ(github, tmp_path, **changes))


def test_another_event(tmp_path: Path) -> None:
    """The action belongs into a workflow of its own."""
    with GitHubDouble() as github, pytest.raises(InputError, match="this is a push event"):
        finished_run.read(environ(github, tmp_path)._replace(name="push"))


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        pytest.param({"workflow_run__event": "push"}, "started by push", id="a push"),
        pytest.param({"workflow_run__head_repository": None}, "was deleted", id="a deleted fork"),
        pytest.param({"workflow_run__head_branch": None}, "no branch", id="no branch"),
    ],
)
def test_nothing_to_publish(tmp_path: Path, changes: dict[str, Any], said: str) -> None:
    """Runs that have no pull request of this kind are passed over with a reason."""
    with GitHubDouble() as github:
        run = finished_run.read(environ(github, tmp_path, **changes))
        assert said in (finished_run.hindrance(run) or "")


def test_another_repository_of_the_same_owner(tmp_path: Path) -> None:
    """The listing goes by owner and branch; a pull request from another repository of theirs is not the run's."""
    with GitHubDouble() as github:
        changes = {"workflow_run__head_repository__full_name": "mona/other-shop"}
        event = environ(github, tmp_path, **changes)
        run = finished_run.read(event)
        token = github.installation_token("octo/shop", {"pull_requests": "read"})
        with connect(event, token) as client:
            assert finished_run.pull_requests(client, run) == []
