from __future__ import annotations

import json

from tests.github_double import GitHubDouble

from .scene import NUMBER, Scene, finding, report


def test_usual_publish(scene: Scene) -> None:
    """A first publish makes one comment and one check run within 8 calls and 3 writes."""
    told = scene.run(report(results=(finding(),)), scene.token())
    assert told.published.done == ("check-run", "comment", "summary", "outputs")
    assert told.published.refused == ()
    [body] = scene.bodies()
    [run] = scene.shop.check_runs(scene.head)
    assert "GET /login" in body
    assert (run.conclusion, run.name, run.external_id) == (
        "failure", "Trivigil / perf", "trivigil:perf",
    )  # fmt: skip
    assert len(scene.github.journal) <= 8
    assert len(scene.github.journal.writes) <= 3


def test_second_publish(scene: Scene) -> None:
    """A second run on the pull request changes the comment within 8 calls and 3 writes."""
    scene.run(report(results=(finding(),)), scene.token())
    before = len(scene.github.journal)
    scene.run(report(), scene.token())
    calls = scene.github.journal[before:]
    assert len(calls) <= 8
    assert [one.method for one in calls if one.is_write] == ["POST", "PATCH"]
    [body] = scene.bodies()
    assert "GET /login" not in body


def test_check_run_is_on_the_head_commit(scene: Scene) -> None:
    """GITHUB_SHA is the merge commit under pull_request; nothing is published there."""
    environ = scene.environ()
    scene.run(report(), scene.token(), environ)
    assert environ["GITHUB_SHA"] != scene.head
    [call] = scene.github.calls("POST", "*/check-runs")
    assert call.request_body["head_sha"] == scene.head


def test_outputs(scene: Scene) -> None:
    """The step's outputs carry the verdict, the addresses and what was published."""
    told = scene.run(report(results=(finding(),)), scene.token())
    assert told.outputs["conclusion"] == "failure"
    assert told.outputs["passed"] == "false"
    assert told.outputs["report"] == "trivigil-results/performance-analysis.json"
    place = f"{scene.github.server_url}/octo/shop/pull/{NUMBER}#"
    assert told.outputs["comment-url"].startswith(place)
    assert told.outputs["check-run-url"].startswith(scene.github.server_url)
    assert json.loads(told.outputs["counts"])["failed"] == 1
    assert json.loads(told.outputs["published"])["refused"] == []


def test_summary_begins_with_the_verdict(scene: Scene) -> None:
    """The job summary's first line is the verdict."""
    told = scene.run(report(results=(finding(),)), scene.token())
    assert told.summary.splitlines()[0].endswith("Performance: 1 of 1 budget fails")


def test_push_has_no_comment(scene: Scene) -> None:
    """A push has no pull request: the check run stands on the pushed commit, and no comment is tried."""
    environ = scene.environ("push")
    told = scene.run(report(), scene.token(), environ)
    assert told.published.done == ("check-run", "summary", "outputs")
    assert len(scene.shop.check_runs(environ["GITHUB_SHA"])) == 1
    # One look at the commit before, and the check run.
    assert [one.method for one in scene.github.journal] == ["GET", "POST"]


def test_enterprise_server(tmp_path: object, scene: Scene) -> None:
    """On GitHub Enterprise Server every call, GraphQL included, goes below the server's own address."""
    with GitHubDouble(enterprise=True) as github:
        files = scene.files / "enterprise"
        files.mkdir()
        other = Scene(github, files)
        told = other.run(report(), other.token())
        assert told.published.done == ("check-run", "comment", "summary", "outputs")
        assert len(other.bodies()) == 1
        github.assert_clean()
    assert len(scene.github.journal) == 0


def test_private_repository(scene: Scene) -> None:
    """In a private repository reads need permissions too, and those of the channels are enough."""
    scene.shop.private = True
    told = scene.run(report(), scene.token())
    assert told.published.refused == ()


def test_token_is_nowhere(scene: Scene) -> None:
    """No token stands in a request body, a log, a summary or an output."""
    token = scene.token()
    told = scene.run(report(results=(finding(),)), token)
    sent = json.dumps([one.request_body for one in scene.github.journal])
    assert token not in sent + repr(told)
    assert token not in repr(scene.client(token))


def test_api_version_is_named(scene: Scene) -> None:
    """Every call names the API version it was written for."""
    scene.run(report(), scene.token())
    versions = {one.request_headers["x-github-api-version"] for one in scene.github.journal}
    assert versions == {"2022-11-28"}
