from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from trivigil.publish import parse_wanted

from .scene import ALL, NUMBER, Scene, finding, report

WAITING = "longer than a publish waits"


def test_token_that_may_do_nothing(scene: Scene) -> None:
    """Each refused channel is a warning with the permission line that mends it, and no error."""
    told = scene.run(report(results=(finding(),)), scene.token({}))
    permissions = {one.channel: one.permission for one in told.published.refused}
    assert permissions == {
        "check-run": "checks: write",
        "status": "statuses: write",
        "comment": "pull-requests: write",
    }
    warnings = [line for line in told.log.splitlines() if line.startswith("::warning")]
    assert len(warnings) == 2
    assert "add `checks: write` to the job's permissions" in warnings[0]
    assert "add `pull-requests: write` to the job's permissions" in warnings[1]
    assert "pull\\-requests: write" in told.summary or "pull-requests: write" in told.summary


def test_annotations_stand_in_for_the_check_run(scene: Scene) -> None:
    """Where the check run is refused, annotations are issued as workflow commands."""
    token = scene.token({**ALL, "checks": "read"})
    told = scene.run(report(results=(finding(),)), token)
    assert told.published.done == ("comment", "annotations", "summary", "outputs")
    assert (
        "::error title=budget for p95 latency%3A GET /login,file=budgets.json,line=1::" in told.log
    )


def test_private_repository_names_the_write_permission(scene: Scene) -> None:
    """Where even reading is refused, the line is still the one that the whole channel needs."""
    scene.shop.private = True
    told = scene.run(report(), scene.token({"checks": "write"}))
    [refusal] = told.published.refused
    assert (refusal.channel, refusal.permission) == ("comment", "pull-requests: write")


def test_refusal_is_remembered(scene: Scene, tmp_path: Path) -> None:
    """A second step of the same run does not try again what was refused, and still tells it."""
    environ, token, state = scene.environ(), scene.token({}), tmp_path / "state"
    scene.run(report("api"), token, environ, state=state)
    before = len(scene.github.journal)
    told = scene.run(report("web"), token, environ, state=state)
    assert len(scene.github.journal) == before
    listed = json.loads(told.outputs["published"].splitlines()[-1])["refused"]
    assert {one["permission"] for one in listed} == {
        "checks: write",
        "statuses: write",
        "pull-requests: write",
    }


def test_memory_holds_for_one_run_only(scene: Scene, tmp_path: Path) -> None:
    """Another run, or another attempt, tries again."""
    environ, state = scene.environ(), tmp_path / "state"
    scene.run(report(), scene.token({}), environ, state=state)
    again = {**environ, "GITHUB_RUN_ATTEMPT": "2"}
    assert scene.run(report(), scene.token(), again, state=state).published.refused == ()


def test_no_token_in_the_state(scene: Scene, tmp_path: Path) -> None:
    """What is remembered on disk holds no token."""
    token, state = scene.token({}), tmp_path / "state"
    scene.run(report(), token, state=state)
    [file] = state.iterdir()
    assert token not in file.read_text(encoding="utf-8")


def test_broken_memory_is_as_good_as_none(scene: Scene, tmp_path: Path) -> None:
    """A state file that is not ours does not stop the publish."""
    environ, state = scene.environ(), tmp_path / "state"
    state.mkdir()
    name = f"refused-{environ['GITHUB_RUN_ID']}-1.json"
    (state / name).write_text('{"comment": {"reason": 3}, "x": [', encoding="utf-8")
    assert scene.run(report(), scene.token(), environ, state=state).published.refused == ()


def test_fork_is_not_tried(scene: Scene) -> None:
    """A fork's token cannot write: nothing at all is asked of GitHub, and the reason is told."""
    number = 8
    scene.shop.pull(number=number, fork="mallory/shop")
    payload = scene.github.event("pull_request", scene.shop, number=number)
    environ = scene.environ()
    Path(environ["GITHUB_EVENT_PATH"]).write_text(json.dumps(payload), encoding="utf-8")
    told = scene.run(report(results=(finding(),)), scene.token(), environ)
    assert len(scene.github.journal) == 0
    assert told.published.done == ("annotations", "summary", "outputs")
    assert "comment: skipped, a pull request from a fork" in told.log
    assert "check-run: skipped, a pull request from a fork" in told.log


@pytest.mark.parametrize(
    ("publish", "writes"),
    [
        pytest.param("auto", 0, id="not tried, because its token may only read by default"),
        pytest.param("comment check-run", 2, id="tried where the workflow names the channels"),
    ],
)
def test_dependabot(scene: Scene, publish: str, writes: int) -> None:
    """Dependabot's token may only read unless the workflow raises it."""
    environ = scene.environ(GITHUB_ACTOR="dependabot[bot]")
    scene.run(report(), scene.token(), environ, wanted=parse_wanted(publish))
    assert len(scene.github.journal.writes) == writes


def test_personal_token(scene: Scene) -> None:
    """A personal token cannot write check runs; the comment is written all the same."""
    told = scene.run(report(), scene.github.personal_token("octocat", scene.shop))
    [refusal] = told.published.refused
    assert refusal.channel == "check-run"
    assert "not a personal token" in refusal.reason
    assert len(scene.mine()) == 1


def test_bad_token(scene: Scene) -> None:
    """A token that GitHub does not know is one sentence a channel."""
    told = scene.run(report(), "ghs_" + "0" * 36)
    assert {one.status for one in told.published.refused} == {401}
    assert "GitHub does not accept the token" in told.log


@pytest.mark.parametrize("token", ["", "  ", "ghs_a\nb", "ghs_ü"])
def test_no_usable_token(scene: Scene, token: str) -> None:
    """Without a token, or with one that is none, nothing is asked of GitHub, and the rest goes on."""
    told = scene.run(report(results=(finding(),)), token)
    assert len(scene.github.journal) == 0
    assert told.published.done == ("annotations", "summary", "outputs")
    assert "there is no usable token" in told.log


def test_locked_conversation(scene: Scene) -> None:
    """A locked conversation is named as such."""
    scene.shop.lock(NUMBER)
    told = scene.run(report(), scene.token())
    reasons = [one.reason for one in told.published.refused]
    assert all("locked" in reason for reason in reasons)


def test_archived_repository(scene: Scene) -> None:
    """An archived repository takes no writes, and the sentence says so."""
    scene.shop.archived = True
    told = scene.run(report(), scene.token())
    assert [one.channel for one in told.published.refused] == ["check-run", "comment"]
    assert "the repository is archived and takes no writes" in told.log


@pytest.mark.parametrize("kind", ["secondary", "429", "primary"])
def test_rate_limit_beyond_patience(scene: Scene, kind: Any) -> None:
    """A limit that opens too late is not waited for: the summary tells it, and the run goes on."""
    scene.github.faults.add(kind, times=None, retry_after=3600)
    told = scene.run(report(), scene.token())
    assert told.published.done == ("annotations", "summary", "outputs")
    assert all(WAITING in one.reason for one in told.published.refused)
    # Looking back, the check run, the comment: each once.
    assert len(scene.github.journal) == 3


def test_rate_limit_within_patience(scene: Scene) -> None:
    """A limit that opens soon is waited for, with a POST as well: it was not carried out."""
    scene.github.faults.add("secondary", method="POST", path="*/check-runs", retry_after=1)
    scene.github.faults.add("429", method="POST", path="*/comments", retry_after=1)
    told = scene.run(report(), scene.token())
    assert told.published.refused == ()
    assert (len(scene.mine()), len(scene.shop.check_runs(scene.head))) == (1, 1)


def test_limit_without_a_word_on_waiting(scene: Scene) -> None:
    """429 without Retry-After means a minute at least, which is more than is left."""
    scene.github.faults.add("429", times=None)
    told = scene.run(report(), scene.token())
    assert {one.status for one in told.published.refused} == {429}


def test_transient_refusals_are_not_remembered(scene: Scene, tmp_path: Path) -> None:
    """A limit or a fault of the server is tried again by the next step of the run."""
    environ, state = scene.environ(), tmp_path / "state"
    scene.github.faults.add("secondary", times=None, retry_after=3600)
    scene.run(report("api"), scene.token(), environ, state=state)
    scene.github.faults.clear()
    assert scene.run(report("web"), scene.token(), environ, state=state).published.refused == ()


def test_pull_request_that_is_gone(scene: Scene) -> None:
    """A pull request that GitHub does not find is a refused comment, and nothing else."""
    scene.github.faults.add("404", path="*/issues/7/comments", times=None)
    told = scene.run(report(), scene.token())
    [refusal] = told.published.refused
    assert (refusal.channel, refusal.status) == ("comment", 404)
