"""Who may do what: kinds of token, permissions, visibility, and what a repository forbids."""

from __future__ import annotations

from typing import Any, NamedTuple

import pytest

from tests.github_double import App, GitHubDouble, Options, Repository
from tests.github_double_tests.asking import Reply, ask

COMMENTS = "/repos/octo/shop/issues/7/comments"
RUNS = "/repos/octo/shop/check-runs"
HELLO = {"body": "hello"}


def run_on(shop: Repository) -> dict[str, Any]:
    """The body of a check run on pull request 7."""
    sha = shop.pulls()[7].head_sha
    return {"name": "perf", "head_sha": sha, "status": "completed", "conclusion": "success"}


def refused(reply: Reply) -> tuple[int, str]:
    """Status and message; a refusal always says its status in the body too."""
    assert reply.body["status"] == str(reply.status)
    assert reply.body["documentation_url"].startswith("https://docs.github.com/rest")
    return reply.status, reply.body["message"]


class Case(NamedTuple):
    """Permissions on a pull request (7) or an issue (8), and what a comment there is answered."""

    permissions: dict[str, str]
    number: int
    status: int


@pytest.mark.parametrize(
    "case",
    [
        pytest.param(
            Case({"issues": "write"}, 7, 201), id="issues: write comments on a pull request"
        ),
        pytest.param(Case({"pull-requests": "write"}, 7, 201), id="so does pull-requests: write"),
        pytest.param(Case({"issues": "write"}, 8, 201), id="issues: write comments on an issue"),
        pytest.param(Case({"pull-requests": "write"}, 8, 403), id="pull-requests: write does not"),
        pytest.param(Case({"pull-requests": "read"}, 7, 403), id="read is not write"),
        pytest.param(Case({}, 7, 403), id="nothing is nothing"),
    ],
)
def test_permissions_of_a_comment(case: Case) -> None:
    """A comment takes one of two permissions, and the header names both."""
    with GitHubDouble() as double:
        shop = double.repository("octo/shop")
        shop.pull(number=7)
        shop.issue(number=8)
        token = double.installation_token(shop, case.permissions)
        path = f"/repos/octo/shop/issues/{case.number}/comments"
        reply = ask(double, "POST", path, token, HELLO)
        assert reply.status == case.status
        accepted = "issues=write; pull_requests=write"
        assert reply.headers["x-accepted-github-permissions"] == accepted
        assert len(shop.comments(case.number)) == (case.status == 201)


def test_only_apps_write_check_runs() -> None:
    """A personal token is told to come as an app; a workflow's token may."""
    with GitHubDouble() as double:
        shop = double.repository("octo/shop")
        shop.pull(number=7)
        person = double.personal_token("mona", shop)
        reply = ask(double, "POST", RUNS, person, run_on(shop))
        assert refused(reply) == (403, "You must authenticate via a GitHub App.")
        assert reply.headers["x-accepted-github-permissions"] == "checks=write"
        app = double.installation_token(shop, {"checks": "write"})
        assert ask(double, "POST", RUNS, app, run_on(shop)).status == 201


def test_a_check_run_belongs_to_its_app() -> None:
    """Another app may not change it, and nobody may change the status of a runner's own run."""
    with GitHubDouble() as double:
        shop = double.repository("octo/shop")
        sha = shop.pull(number=7).head_sha
        foreign = shop.check_run(sha, "lint", app=App(77, "linter", "Linter"))
        job = shop.check_run(sha, "test", job=True)
        token = double.installation_token(shop, {"checks": "write"})
        output = {"output": {"title": "t", "summary": "s"}}
        status, message = refused(ask(double, "PATCH", f"{RUNS}/{foreign.id}", token, output))
        assert (status, "Invalid app_id `15368`" in message) == (403, True)
        done = {"conclusion": "success"}
        assert ask(double, "PATCH", f"{RUNS}/{job.id}", token, done).status == 422
        assert ask(double, "PATCH", f"{RUNS}/{job.id}", token, output).status == 200


def test_the_stricter_reading_of_the_status_rule() -> None:
    """With own_status_locked only the output of an own run can be changed."""
    with GitHubDouble(options=Options(own_status_locked=True)) as double:
        shop = double.repository("octo/shop")
        shop.pull(number=7)
        token = double.installation_token(shop, {"checks": "write"})
        made = ask(double, "POST", RUNS, token, run_on(shop)).body["id"]
        assert (
            ask(double, "PATCH", f"{RUNS}/{made}", token, {"conclusion": "failure"}).status == 422
        )
        output = {"output": {"title": "t", "summary": "s"}}
        assert ask(double, "PATCH", f"{RUNS}/{made}", token, output).status == 200


def test_a_fork_or_dependabot_only_reads() -> None:
    """Its token sees everything and writes nothing."""
    with GitHubDouble() as double:
        shop = double.repository("octo/shop", private=True)
        shop.pull(number=7, author="dependabot[bot]")
        token = double.fork_token(shop)
        assert ask(double, "GET", COMMENTS, token).status == 200
        for path, body in ((COMMENTS, HELLO), (RUNS, run_on(shop))):
            reply = ask(double, "POST", path, token, body)
            assert refused(reply) == (403, "Resource not accessible by integration")


def test_credentials() -> None:
    """A bad token is 401 everywhere; nobody reads what is public and writes nothing."""
    with GitHubDouble() as double:
        shop = double.repository("octo/shop")
        shop.pull(number=7)
        assert refused(ask(double, "GET", "/repos/octo/shop", "wrong")) == (401, "Bad credentials")
        assert ask(double, "GET", "/repos/octo/shop").headers["x-ratelimit-limit"] == "60"
        assert refused(ask(double, "POST", COMMENTS, body=HELLO))[0] == 401
        assert refused(ask(double, "GET", "/user"))[0] == 401


def test_what_is_private_is_not_there_for_others() -> None:
    """404 without the repository's token, 403 with it but without the permission."""
    with GitHubDouble() as double:
        double.repository("octo/secret", private=True)
        other = double.installation_token(double.repository("octo/shop"), {"issues": "write"})
        own = double.installation_token("octo/secret", {"contents": "read"})
        assert refused(ask(double, "GET", "/repos/octo/secret", other)) == (404, "Not Found")
        assert ask(double, "GET", "/repos/octo/secret", own).status == 200
        assert refused(ask(double, "GET", "/repos/octo/secret/issues", own))[0] == 403


def test_what_a_repository_forbids() -> None:
    """Disabled issues are 410, a locked conversation and an archive are 403."""
    with GitHubDouble() as double:
        shop = double.repository("octo/shop", has_issues=False)
        shop.pull(number=7)
        token = double.installation_token(shop, {"issues": "write"})
        issues = "/repos/octo/shop/issues"
        assert refused(ask(double, "POST", issues, token, {"title": "x"}))[0] == 410
        assert refused(ask(double, "GET", issues, token))[0] == 410
        assert ask(double, "POST", COMMENTS, token, HELLO).status == 201
        shop.lock(7)
        assert "locked" in refused(ask(double, "POST", COMMENTS, token, HELLO))[1]
        shop.archived = True
        assert "archived" in refused(ask(double, "POST", COMMENTS, token, HELLO))[1]


def test_a_label_is_made_once_and_with_issues_write() -> None:
    """pull-requests: write cannot make one (actions/labeler#870); a second one exists already."""
    with GitHubDouble() as double:
        shop = double.repository("octo/shop")
        labels, body = "/repos/octo/shop/labels", {"name": "perf", "color": "ff0000"}
        weak = double.installation_token(shop, {"pull-requests": "write"})
        assert ask(double, "POST", labels, weak, body).status == 403
        strong = double.installation_token(shop, {"issues": "write"})
        assert ask(double, "POST", labels, strong, body).status == 201
        again = ask(double, "POST", labels, strong, body)
        assert (again.status, again.body["errors"][0]["code"]) == (422, "already_exists")
        assert ask(double, "GET", f"{labels}/none", strong).status == 404


def test_a_commit_that_nobody_pushed() -> None:
    """A check run on an unknown commit is 422."""
    with GitHubDouble() as double:
        shop = double.repository("octo/shop")
        token = double.installation_token(shop, {"checks": "write"})
        reply = ask(double, "POST", RUNS, token, {"name": "perf", "head_sha": "f" * 40})
        assert refused(reply) == (422, f"No commit found for SHA: {'f' * 40}")


def test_the_primary_limit_is_counted() -> None:
    """A token's last call passes, the next one is refused until the hour is over."""
    with GitHubDouble() as double:
        shop = double.repository("octo/shop")
        token = double.installation_token(shop)
        double.rate(token).limit = 2
        left = [
            ask(double, "GET", "/repos/octo/shop", token).headers["x-ratelimit-remaining"]
            for _ in range(2)
        ]
        assert left == ["1", "0"]
        status, message = refused(ask(double, "GET", "/repos/octo/shop", token))
        assert (status, "API rate limit exceeded" in message) == (403, True)
        assert ask(double, "GET", "/rate_limit", token).body["rate"]["remaining"] == 0
        double.clock.advance(3601)
        assert ask(double, "GET", "/repos/octo/shop", token).status == 200
