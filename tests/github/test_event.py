from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.github_double import GitHubDouble
from trivigil.core.errors import InputError
from trivigil.github.event import MAX_EVENT_BYTES, read_event, refuses_run, writable

HEAD, MERGE = "a" * 40, "c" * 40
ENVIRON = {
    "GITHUB_ACTIONS": "true",
    "GITHUB_REPOSITORY": "octo/shop",
    "GITHUB_EVENT_NAME": "pull_request",
    "GITHUB_SHA": MERGE,
    "GITHUB_REF": "refs/pull/7/merge",
    "GITHUB_RUN_ID": "99",
    "GITHUB_RUN_ATTEMPT": "2",
}


def pull(**changes: Any) -> dict[str, Any]:
    """The payload of a pull request from the same repository, with changes to the pull request."""
    there = {"full_name": "octo/shop"}
    facts = {
        "number": 7,
        "head": {"sha": HEAD, "repo": there},
        "base": {"sha": "b" * 40, "repo": there},
    }
    return {"pull_request": facts | changes, "repository": {"private": False}}


def environ(path: Path, payload: Any, **changes: str) -> dict[str, str]:
    """A run's variables, with an event file that holds the payload."""
    file = path / "event.json"
    file.write_text(payload if isinstance(payload, str) else json.dumps(payload), encoding="utf-8")
    return {**ENVIRON, "GITHUB_EVENT_PATH": str(file), **changes}


def read(path: Path, payload: Any, **changes: str) -> Any:
    """The event of such a run."""
    return read_event(environ(path, payload, **changes))


def test_outside_actions() -> None:
    """Outside GitHub Actions there is no event."""
    assert read_event({}) is None
    assert read_event({"GITHUB_ACTIONS": "true"}) is None


def test_pull_request(tmp_path: Path) -> None:
    """A pull request's commit is its head, and never the merge commit that GITHUB_SHA names."""
    event = read(tmp_path, pull())
    assert (event.head_sha, event.sha, event.pull_number) == (HEAD, MERGE, 7)
    assert (event.run_id, event.run_attempt, event.private) == (99, 2, False)
    assert event.run_url == "https://github.com/octo/shop/actions/runs/99"
    assert (event.is_fork, event.owner, event.repo) == (False, "octo", "shop")


@pytest.mark.parametrize(
    ("name", "payload", "expected"),
    [
        pytest.param("push", {"after": HEAD}, MERGE, id="a push is about GITHUB_SHA"),
        pytest.param("schedule", {"schedule": "*"}, MERGE, id="a schedule has no payload of use"),
        pytest.param(
            "merge_group", {"merge_group": {"head_sha": HEAD, "base_sha": "b" * 40}}, HEAD,
            id="a merge group has a head of its own",
        ),
        pytest.param(
            "workflow_run", {"workflow_run": {"head_sha": HEAD}}, HEAD,
            id="a workflow run is about the commit that it ran for",
        ),
    ],
)  # fmt: skip
def test_head_commit(tmp_path: Path, name: str, payload: Any, expected: str) -> None:
    """The commit is what people pushed, as the event names it."""
    event = read(tmp_path, payload, GITHUB_EVENT_NAME=name)
    assert (event.head_sha, event.pull_number) == (expected, None)


@pytest.mark.parametrize(
    ("repo", "fork"),
    [
        pytest.param({"full_name": "octo/shop"}, False, id="the same repository"),
        pytest.param({"full_name": "Octo/Shop"}, False, id="the same in other letters"),
        pytest.param({"full_name": "mallory/shop"}, True, id="a fork"),
        pytest.param(None, True, id="a fork that was deleted since"),
    ],
)
def test_fork(tmp_path: Path, repo: Any, *, fork: bool) -> None:
    """A head in another repository, or in none, makes it a fork; its token may only read."""
    event = read(tmp_path, pull(head={"sha": HEAD, "repo": repo}))
    assert event.is_fork is fork
    assert writable(event).allowed is not fork


@pytest.mark.parametrize(
    ("name", "allowed"),
    [
        pytest.param("pull_request", False, id="its pull request"),
        pytest.param("push", False, id="its push"),
        pytest.param("workflow_run", True, id="what runs after it has the default branch's token"),
        pytest.param("schedule", True, id="a schedule is not by it"),
    ],
)
def test_dependabot(tmp_path: Path, name: str, *, allowed: bool) -> None:
    """Dependabot's runs get a token that may only read, for some events."""
    payload = pull() if name == "pull_request" else {}
    event = read(tmp_path, payload, GITHUB_EVENT_NAME=name, GITHUB_ACTOR="dependabot[bot]")
    assert writable(event).allowed is allowed
    assert allowed or "Dependabot" in writable(event).reason


@pytest.mark.parametrize(
    ("name", "refused"),
    [
        ("pull_request_target", True),
        ("workflow_run", True),
        ("pull_request", False),
        ("push", False),
        ("merge_group", False),
    ],
)
def test_refuses_run(tmp_path: Path, name: str, *, refused: bool) -> None:
    """Code of a pull request is not started where a token may write."""
    event = read(tmp_path, pull(), GITHUB_EVENT_NAME=name)
    assert bool(refuses_run(event)) is refused


@pytest.mark.parametrize(
    ("payload", "text"),
    [
        pytest.param("", "not JSON", id="an empty file"),
        pytest.param("[1]", "JSON object", id="another shape"),
        pytest.param("[" * 200_000, "not JSON", id="nested without end"),
        pytest.param({}, "pull_request", id="no pull request"),
        pytest.param(
            {"pull_request": 3}, "pull_request.head.sha", id="a pull request of another type"
        ),
        pytest.param(pull(number="7"), "pull_request.number", id="a number that is text"),
        pytest.param(pull(number=0), "pull_request.number", id="a number that is none"),
        pytest.param(pull(number=True), "pull_request.number", id="a number that is a truth value"),
        pytest.param(pull(number=None), "pull_request.number", id="no number"),
        pytest.param(
            pull(head={"sha": "main"}), "pull_request.head.sha", id="a commit that is none"
        ),
        pytest.param(
            pull(head={"sha": "../" * 20}), "pull_request.head.sha", id="a path as commit"
        ),
        pytest.param(pull(head=[]), "pull_request.head.sha", id="a head of another type"),
        pytest.param(
            {**pull(), "repository": {"private": "no"}},
            "repository.private",
            id="a flag that is text",
        ),
    ],
)
def test_hostile_event(tmp_path: Path, payload: Any, text: str) -> None:
    """An event file that is not what GitHub writes is one sentence that names the file and key."""
    with pytest.raises(InputError, match=text) as caught:
        read(tmp_path, payload)
    assert str(caught.value).startswith("event.json: ")
    assert str(tmp_path) not in str(caught.value)


def test_missing_event_file(tmp_path: Path) -> None:
    """An event file that is not there is named."""
    with pytest.raises(InputError, match=r"event\.json: the event file cannot be read"):
        read_event({**ENVIRON, "GITHUB_EVENT_PATH": str(tmp_path / "event.json")})


def test_oversize_event_file(tmp_path: Path) -> None:
    """A file larger than any event is not read into memory as a whole."""
    path = tmp_path / "event.json"
    with path.open("wb") as file:
        file.truncate(MAX_EVENT_BYTES + 1)
    with pytest.raises(InputError, match="larger than any event"):
        read_event({**ENVIRON, "GITHUB_EVENT_PATH": str(path)})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("GITHUB_REPOSITORY", "octo"),
        ("GITHUB_REPOSITORY", "octo/shop/../x"),
        ("GITHUB_SHA", "HEAD"),
        ("GITHUB_RUN_ID", "-1"),
        ("GITHUB_RUN_ID", "\u0661"),
        ("GITHUB_API_URL", "file:///etc"),
        ("GITHUB_API_URL", "https://user:pass@example.com"),
        ("GITHUB_SERVER_URL", "javascript:alert(1)"),
    ],
)
def test_hostile_environment(tmp_path: Path, name: str, value: str) -> None:
    """A variable that no runner sets like this is named."""
    with pytest.raises(InputError, match=name):
        read(tmp_path, pull(), **{name: value})


def test_enterprise_addresses(tmp_path: Path) -> None:
    """The addresses come from the runner's variables; GraphQL's follows from the API's."""
    event = read(tmp_path, pull(), GITHUB_API_URL="https://ghe.example/api/v3/")
    assert event.api_url == "https://ghe.example/api/v3"
    assert event.graphql_url == "https://ghe.example/api/graphql"


@pytest.mark.parametrize("name", ["pull_request", "push", "schedule", "workflow_dispatch"])
def test_events_as_github_writes_them(tmp_path: Path, name: str) -> None:
    """The double's payloads, which follow GitHub's, are read."""
    with GitHubDouble() as github:
        shop = github.repository("octo/shop")
        shop.pull(number=7)
        payload = github.event(name, shop, **({"number": 7} if name == "pull_request" else {}))
        variables = github.runner_environment(name, shop, payload)
        event = read(tmp_path, payload, **variables)
        assert event.name == name
        assert event.repository == "octo/shop"
        assert event.private is False


@pytest.mark.parametrize("name", ["pull_request", "push", "schedule", "workflow_dispatch"])
def test_the_default_branch_is_named(tmp_path: Path, name: str) -> None:
    """Every event with a repository says which branch is the default."""
    with GitHubDouble() as github:
        shop = github.repository("octo/shop", default_branch="trunk")
        facts = {"number": shop.pull().number} if name == "pull_request" else {}
        payload = github.event(name, shop, **facts)
        path = tmp_path / "event.json"
        path.write_text(json.dumps(payload), encoding="utf-8")
        environ = {
            **github.runner_environment(name, shop, payload),
            "GITHUB_EVENT_PATH": str(path),
        }
        event = read_event(environ)
    assert event is not None
    assert event.default_branch == "trunk"
