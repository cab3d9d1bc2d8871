"""Real PyGithub on the double: what the product does, from end to end."""

from __future__ import annotations

from typing import Any

import github
import pytest

from tests.github_double import ACTIONS_APP, GitHubDouble
from tests.github_double_tests.asking import pygithub

WRITER = {"checks": "write", "pull-requests": "write", "issues": "write", "statuses": "write"}
VIEWER = "query Viewer { viewer { login databaseId } }"


def noted(count: int) -> list[dict[str, Any]]:
    """So many annotations."""
    line = {"path": "budgets.json", "annotation_level": "warning", "message": "slow"}
    return [{**line, "start_line": number, "end_line": number} for number in range(1, count + 1)]


def test_a_comment_is_created_edited_and_deleted() -> None:
    """What PyGithub writes is what the double holds, by the token's own bot."""
    with GitHubDouble() as double:
        shop = double.repository("octo/shop")
        shop.pull(number=7)
        issue = pygithub(double, double.installation_token(shop, WRITER)).get_repo("octo/shop")
        comment = issue.get_issue(7).create_comment("slow")
        comment.edit("fast")
        held = shop.comments(7)[0]
        assert (held.body, held.author.login, held.app) == (
            "fast",
            "github-actions[bot]",
            ACTIONS_APP,
        )
        assert held.id == comment.id
        comment.delete()
        assert shop.comments(7) == []
        assert [call.status for call in double.journal.writes] == [201, 200, 204]


def test_all_pages_of_a_long_conversation_are_read() -> None:
    """251 comments come over three pages of a hundred, in order and each once."""
    with GitHubDouble() as double:
        shop = double.repository("octo/shop")
        shop.pull(number=7)
        for number in range(251):
            shop.comment(7, f"comment {number}")
        repository = pygithub(double, double.fork_token(shop)).get_repo("octo/shop")
        bodies = [one.body for one in repository.get_issue(7).get_comments()]
        assert bodies == [f"comment {number}" for number in range(251)]
        pages = double.calls("GET", "/repos/octo/shop/issues/7/comments")
        assert [call.query.get("page") for call in pages] == [None, "2", "3"]


def test_annotations_are_appended() -> None:
    """A check run with 50 annotations and two updates of 50 and 7 has all 107."""
    with GitHubDouble() as double:
        shop = double.repository("octo/shop")
        pull = shop.pull(number=7)
        repository = pygithub(double, double.installation_token(shop, WRITER)).get_repo("octo/shop")
        output: dict[str, Any] = {"title": "perf", "summary": "first", "annotations": noted(50)}
        run = repository.create_check_run(
            "perf", pull.head_sha, status="completed", conclusion="failure", output=output
        )
        for count, summary in ((50, "second"), (7, "third")):
            run.edit(output={"title": "perf", "summary": summary, "annotations": noted(count)})
        assert len(list(run.get_annotations())) == 107
        held = shop.check_runs(pull.head_sha)[0]
        assert (len(held.annotations), held.summary, held.conclusion) == (107, "third", "failure")


def test_only_the_latest_run_of_a_name_is_listed() -> None:
    """filter=latest, the default, hides earlier runs of the same name; filter=all shows them."""
    with GitHubDouble() as double:
        shop = double.repository("octo/shop")
        sha = shop.pull(number=7).head_sha
        ids = [shop.check_run(sha, name).id for name in ("perf", "perf", "lint")]
        commit = pygithub(double, double.fork_token(shop)).get_repo("octo/shop").get_commit(sha)
        assert [run.id for run in commit.get_check_runs()] == [ids[2], ids[1]]
        assert [run.id for run in commit.get_check_runs(check_name="perf", filter="all")] == ids[
            1::-1
        ]


def test_issues_and_labels() -> None:
    """An issue brings its labels into being, is found by them, and closes."""
    with GitHubDouble() as double:
        shop = double.repository("octo/shop")
        shop.pull(number=7)
        repository = pygithub(double, double.installation_token(shop, WRITER)).get_repo("octo/shop")
        issue = repository.create_issue(title="Down", body="since noon", labels=["incident"])
        assert [one.name for one in shop.labels()] == ["incident"]
        assert [one.number for one in repository.get_issues()] == [8, 7]
        assert [one.number for one in repository.get_issues(labels=["incident"])] == [8]
        issue.edit(state="closed", state_reason="completed")
        assert shop.issues()[8].state == "closed"
        assert [one.number for one in repository.get_issues(state="closed")] == [8]


def test_pull_requests_are_found() -> None:
    """By the owner and branch of the head, forks too; by commit only those of the repository."""
    with GitHubDouble() as double:
        shop = double.repository("octo/shop")
        own, foreign = shop.pull(number=7), shop.pull(number=8, fork=True, head_ref="patch")
        repository = pygithub(double, double.fork_token(shop)).get_repo("octo/shop")
        assert [one.number for one in repository.get_pulls(head="mona:patch")] == [8]
        assert [one.number for one in repository.get_commit(own.head_sha).get_pulls()] == [7]
        assert list(repository.get_commit(foreign.head_sha).get_pulls()) == []
        assert repository.get_pull(8).head.repo.full_name == "mona/shop"
        assert [one.filename for one in repository.get_pull(8).get_files()] == ["src/shop.py"]


def test_a_push_moves_the_head() -> None:
    """After a push the pull request has the new head, and a merge commit that is not it."""
    with GitHubDouble() as double:
        shop = double.repository("octo/shop")
        shop.pull(number=7)
        shop.push(7, "a" * 40)
        repository = pygithub(double, double.fork_token(shop)).get_repo("octo/shop")
        pull = repository.get_pull(7)
        assert pull.head.sha == "a" * 40
        assert pull.merge_commit_sha not in {None, "a" * 40}


def test_commit_statuses() -> None:
    """Of each context the newest status counts."""
    with GitHubDouble() as double:
        shop = double.repository("octo/shop")
        sha = shop.pull(number=7).head_sha
        repository = pygithub(double, double.installation_token(shop, WRITER)).get_repo("octo/shop")
        commit = repository.get_commit(sha)
        commit.create_status("pending", context="perf")
        commit.create_status("success", context="perf")
        assert [one.state for one in shop.statuses(sha)] == ["pending", "success"]
        assert commit.get_combined_status().state == "success"


def test_an_installation_token_is_no_person() -> None:
    """GET /user is refused, GraphQL's viewer names the bot."""
    with GitHubDouble(queries=(VIEWER,)) as double:
        shop = double.repository("octo/shop")
        client = pygithub(double, double.installation_token(shop))
        with pytest.raises(github.GithubException) as refused:
            _ = client.get_user().login
        assert refused.value.status == 403
        assert refused.value.data["message"] == "Resource not accessible by integration"
        _, answer = client.requester.graphql_query(VIEWER, {})
        bot = {"login": "github-actions[bot]", "databaseId": 41898282}
        assert answer == {"data": {"viewer": bot}}


@pytest.mark.parametrize("enterprise", [False, True], ids=["github.com", "enterprise prefix"])
def test_the_same_calls_under_both_addresses(enterprise: bool) -> None:
    """REST and GraphQL work at the root and under /api; the journal speaks of the same paths."""
    with GitHubDouble(enterprise=enterprise, queries=(VIEWER,)) as double:
        shop = double.repository("octo/shop")
        shop.pull(number=7)
        client = pygithub(double, double.installation_token(shop, WRITER))
        client.get_repo("octo/shop").get_issue(7).create_comment("hello")
        client.requester.graphql_query(VIEWER, {})
        assert [call.path for call in double.journal] == [
            "/repos/octo/shop/issues/7/comments",
            "/graphql",
        ]
        assert double.api_url.endswith("/api/v3") is enterprise


def test_an_object_is_read_again_only_when_it_changed() -> None:
    """PyGithub's update() sends the ETag and gets 304, which costs no rate."""
    with GitHubDouble() as double:
        shop = double.repository("octo/shop")
        shop.pull(number=7)
        token = double.fork_token(shop)
        pull = pygithub(double, token).get_repo("octo/shop").get_pull(7)
        pull.complete()
        used = double.rate(token).used
        assert pull.update() is False
        assert double.journal[-1].status == 304
        assert double.rate(token).used == used
        shop.push(7, "a" * 40)
        assert pull.update() is True
