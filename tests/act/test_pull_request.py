from __future__ import annotations

import pytest

from tests.github_double import made_up_sha
from trivigil.publish.handover import MEMBER, parse

from .bench import Bench
from .consumer import BUDGETS, TOO_STRICT
from .finished import Finished
from .seen import conclusions, the_comment, verdicts


def skipped(run: Finished) -> set[str]:
    """The channels that were asked for and left alone."""
    listed = run.step().published["skipped"]
    return {one["channel"] for one in listed if one["reason"] != "not asked for"}


def handed_over(run: Finished) -> set[str]:
    """The channels that a second workflow is to publish on."""
    return {one["channel"] for one in run.step().published["handed_over"]}


def test_a_second_push(bench: Bench) -> None:
    """The next commit's run changes the one comment, and has a check run on its own commit."""
    first = bench.repository.pull(7)
    bench.consumer.write_budgets(TOO_STRICT)
    assert bench.run("gate.yml", run_id=100).code == 1
    before = the_comment(bench.repository)
    second = bench.repository.push(7, made_up_sha("second"))
    bench.consumer.write_budgets(BUDGETS)
    run = bench.run("gate.yml", run_id=101)
    assert run.code == 0
    after = the_comment(bench.repository)
    assert after.id == before.id
    assert verdicts(before) == {"perf": "failure"}
    assert verdicts(after) == {"perf": "success"}
    assert second.head_sha[:7] in after.body
    [told] = [line for line in after.body.splitlines() if " mended since " in line]
    assert first.head_sha[:7] in told
    assert "This part is about commit" not in after.body
    assert conclusions(bench.repository, first.head_sha) == {"Trivigil / perf": "failure"}
    assert conclusions(bench.repository, second.head_sha) == {"Trivigil / perf": "success"}


def test_an_older_run_that_ends_late(bench: Bench) -> None:
    """A run of a commit that is no longer the head leaves the comment alone; its verdict stands."""
    first = bench.repository.pull(7)
    late = bench.github.event("pull_request", bench.repository, number=7)
    second = bench.repository.push(7, made_up_sha("second"))
    assert bench.run("gate.yml", run_id=101).code == 0
    comment = the_comment(bench.repository)
    bench.consumer.write_budgets(TOO_STRICT)
    run = bench.run("gate.yml", payload=late, run_id=100)
    assert (run.code, run.step().outputs["passed"]) == (1, "false")
    assert the_comment(bench.repository) == comment
    assert conclusions(bench.repository, first.head_sha) == {"Trivigil / perf": "failure"}
    assert conclusions(bench.repository, second.head_sha) == {"Trivigil / perf": "success"}
    assert skipped(run) == {"annotations", "comment"}


def test_an_older_run_of_the_same_commit(bench: Bench) -> None:
    """Of two runs of one commit the newer is shown, whichever ends last."""
    bench.repository.pull(7)
    assert bench.run("gate.yml", run_id=101).code == 0
    bench.consumer.write_budgets(TOO_STRICT)
    assert bench.run("gate.yml", run_id=100).code == 1
    assert verdicts(the_comment(bench.repository)) == {"perf": "success"}


@pytest.mark.parametrize("github", [True], indirect=True, ids=["/api/v3"])
def test_an_enterprise_server(bench: Bench) -> None:
    """On GitHub Enterprise Server the addresses of the runner's environment are used."""
    pull = bench.repository.pull(7)
    assert bench.github.api_url.endswith("/api/v3")
    run = bench.run("gate.yml")
    assert (run.code, run.step().outputs["passed"]) == (0, "true")
    assert verdicts(the_comment(bench.repository)) == {"perf": "success"}
    assert conclusions(bench.repository, pull.head_sha) == {"Trivigil / perf": "success"}


def test_a_fork(bench: Bench) -> None:
    """A fork's token may not write: nothing is tried, one file is handed over; the summary and the log have it all."""
    bench.repository.pull(8, fork=True)
    bench.consumer.write_budgets(TOO_STRICT)
    token = bench.github.fork_token(bench.repository)
    run = bench.run("gate.yml", number=8, token=token)
    assert (run.code, run.step().outputs["passed"]) == (1, "false")
    assert len(bench.github.journal) == 0
    assert "GET /login" in run.summary()
    line = bench.consumer.line_of('"p95_response_time": 300')
    shown = [(one.place.get("file"), one.place.get("line")) for one in run.annotations("error")]
    assert ("budgets.json", str(line)) in shown
    assert run.report()["passed"] is False
    assert (handed_over(run), skipped(run)) == ({"check-run", "comment"}, set())
    [file] = (run.artifacts / "trivigil-handover-perf").rglob("*")
    assert file.name == MEMBER
    told = parse(file.read_text(encoding="utf-8"))
    assert (told.repository, told.pull) == (bench.repository.full_name, 8)
    assert told.head_sha == bench.repository.pulls()[8].head_sha
    assert (told.workflow, told.run_id) == ("load test", 4242)
    assert told.report.conclusion.verdict == "failure"


def test_dependabot(bench: Bench) -> None:
    """A run that Dependabot started has a token that may only read: nothing is tried, and it is handed over."""
    bench.repository.pull(9, author="dependabot[bot]")
    token = bench.github.fork_token(bench.repository)
    run = bench.run("gate.yml", number=9, token=token, actor="dependabot[bot]")
    assert (run.code, run.step().outputs["passed"]) == (0, "true")
    assert len(bench.github.journal) == 0
    assert "Dependabot" in run.step().outputs["published"]
    assert handed_over(run) == {"check-run", "comment"}
    assert (
        parse((run.artifacts / "trivigil-handover-perf" / MEMBER).read_text(encoding="utf-8")).pull
        == 9
    )


def test_a_pull_request_of_our_own_hands_nothing_over(bench: Bench) -> None:
    """Where the token may write there is one artifact, and it is no hand-over."""
    bench.repository.pull(7)
    run = bench.run("gate.yml")
    assert [folder.name for folder in run.artifacts.iterdir()] == ["trivigil-perf"]
    assert handed_over(run) == set()


def test_a_token_that_may_do_nothing(bench: Bench) -> None:
    """Each refusal is one warning that names the missing permission line; the verdict stands."""
    bench.repository.pull(7)
    bench.consumer.write_budgets(TOO_STRICT)
    run = bench.run("gate.yml", token=bench.token(contents="read"))
    assert (run.code, run.step().outputs["passed"]) == (1, "false")
    warnings = "\n".join(one.message for one in run.annotations("warning"))
    permissions = {one["permission"] for one in run.step().published["refused"]}
    assert permissions == {"checks: write", "statuses: write", "pull-requests: write"}
    for permission in permissions - {"statuses: write"}:
        assert permission in warnings
        assert permission in run.summary()
    line = bench.consumer.line_of('"p95_response_time": 300')
    shown = [(one.place.get("file"), one.place.get("line")) for one in run.annotations("error")]
    assert ("budgets.json", str(line)) in shown
    assert bench.repository.comments(7) == []
    assert bench.repository.check_runs() == []


def test_a_token_that_may_only_comment(bench: Bench) -> None:
    """A refused check run costs a warning, and the comment is written all the same."""
    bench.repository.pull(7)
    token = bench.token(contents="read", pull_requests="write")
    run = bench.run("gate.yml", token=token)
    assert (run.code, run.step().outputs["passed"]) == (0, "true")
    assert verdicts(the_comment(bench.repository)) == {"perf": "success"}
    refused = [one["permission"] for one in run.step().published["refused"]]
    assert refused == ["checks: write", "statuses: write"]


def test_a_github_that_is_down(bench: Bench) -> None:
    """A channel that only gets 502 is a warning; the other one is used, and the verdict stands."""
    bench.repository.pull(7)
    bench.github.faults.add("502", path="*/check-runs", times=None)
    run = bench.run("gate.yml")
    assert (run.code, run.step().outputs["passed"]) == (0, "true")
    assert [one["channel"] for one in run.step().published["refused"]] == ["check-run"]
    assert verdicts(the_comment(bench.repository)) == {"perf": "success"}
    assert "502" in "".join(one.message for one in run.annotations("warning"))
    assert "502" in run.summary()


def test_a_push(bench: Bench) -> None:
    """A push has no pull request: a check run on its commit, and no comment."""
    bench.repository.pull(7)
    run = bench.run("gate.yml", event="push")
    assert (run.code, run.step().outputs["comment-url"]) == (0, "")
    sha = bench.repository.branches["main"]
    assert conclusions(bench.repository) == {"Trivigil / perf": "success"}
    assert conclusions(bench.repository, sha) == {"Trivigil / perf": "success"}
    assert bench.repository.comments(7) == []
