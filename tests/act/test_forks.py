"""Both halves of a fork's publishing, one after the other: what the first leaves is what the second finds."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest

from tests.github_double import Pull, made_up_sha
from trivigil.publish.handover import PREFIX

from .bench import Bench
from .consumer import BUDGETS, TOO_STRICT
from .finished import Finished
from .project import ROOT
from .seen import conclusions, the_comment, verdicts

EXAMPLE = ROOT / "examples" / "workflows" / "fork-publish.yml"
MAY = {"actions": "read", "checks": "write", "pull_requests": "write", "statuses": "write"}
"""What the example grants."""
SECOND = 9000


def first_half(bench: Bench, workflow: str = "gate.yml", *, run_id: int = 4242) -> Finished:
    """The fork's run; its artifacts are then where GitHub keeps them."""
    token = bench.github.fork_token(bench.repository)
    run = bench.run(workflow, token=token, run_id=run_id)
    assert bench.github.journal.writes == []
    head = bench.repository.pulls()[7].head_sha
    for folder in sorted(run.artifacts.iterdir()):
        bench.repository.artifact(run_id, folder.name, packed(folder), head_sha=head)
    return run


def packed(folder: Path) -> bytes:
    """An artifact as GitHub gives it out."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as made:
        for path in sorted(path for path in folder.rglob("*") if path.is_file()):
            made.write(path, path.relative_to(folder).as_posix())
    return held.getvalue()


def second_half(
    bench: Bench, workflow: str = "fork_publish.yml", *, run_id: int = 4242, **variables: str
) -> Finished:
    """The workflow that GitHub starts when the first has ended."""
    payload = bench.github.event("workflow_run", bench.repository, number=7, run_id=run_id)
    token = bench.github.installation_token(bench.repository, MAY)
    return bench.run(
        workflow, event="workflow_run", payload=payload, token=token, run_id=SECOND + run_id,
        variables=variables,
    )  # fmt: skip


@pytest.fixture
def pull(bench: Bench) -> Pull:
    """A pull request from a fork."""
    return bench.repository.pull(7, fork=True)


def test_the_pair_as_it_is_documented(bench: Bench, pull: Pull) -> None:
    """The second workflow, pasted as it is, publishes what the fork's run could not."""
    bench.consumer.write_budgets(TOO_STRICT)
    assert first_half(bench).code == 1
    assert list(bench.repository.comments(7)) == []
    assert second_half(bench, str(EXAMPLE)).code == 0
    comment = the_comment(bench.repository)
    assert verdicts(comment) == {"perf": "failure"}
    assert "GET /login" in comment.body
    assert "from a fork's run" in comment.body
    assert conclusions(bench.repository, pull.head_sha) == {"Trivigil / perf": "failure"}
    [check] = bench.repository.check_runs(pull.head_sha)
    line = bench.consumer.line_of('"p95_response_time": 300')
    assert [(one.path, one.start_line) for one in check.annotations] == [("budgets.json", line)]


def test_two_services(bench: Bench, pull: Pull) -> None:
    """The legs of one run are published together, and hold together in one comment."""
    first = first_half(bench, "two_services.yml")
    assert len(list(first.artifacts.glob(f"{PREFIX}*"))) == 2
    run = second_half(bench)
    assert run.code == 0
    legs = {leg["name"] for leg in run.step("publish").published["published"]}
    assert set(verdicts(the_comment(bench.repository))) == legs
    assert len(legs) == 2
    assert len(conclusions(bench.repository, pull.head_sha)) == 2


def test_a_push_in_between(bench: Bench, pull: Pull) -> None:
    """A fork's older run is passed over, the newer one published, in whichever order they end."""
    bench.consumer.write_budgets(TOO_STRICT)
    first_half(bench, run_id=100)
    old = bench.github.event("workflow_run", bench.repository, number=7, run_id=100)
    bench.repository.push(7, made_up_sha("newer"))
    bench.consumer.write_budgets(BUDGETS)
    first_half(bench, run_id=101)
    assert second_half(bench, run_id=101).code == 0
    before = the_comment(bench.repository)
    token = bench.github.installation_token(bench.repository, MAY)
    late = bench.run(
        "fork_publish.yml", event="workflow_run", payload=old, token=token, run_id=SECOND
    )
    assert late.code == 0
    assert "moved on" in late.step("publish").published["passed-over"][0]
    assert the_comment(bench.repository) == before
    assert verdicts(before) == {"perf": "success"}


def test_a_poisoned_artifact(bench: Bench, pull: Pull) -> None:
    """It is refused, the job is green and says so; where publishing is required it is red."""
    bench.repository.artifact(4242, f"{PREFIX}perf", b"PK\5\6", head_sha=pull.head_sha)
    run = second_half(bench)
    assert run.code == 0
    [warning] = run.annotations("warning")
    assert "zip is refused" in warning.message
    assert second_half(bench, REQUIRED="true").code == 1
    assert bench.github.journal.writes == []


def test_the_wrong_event(bench: Bench) -> None:
    """In any other workflow the action says where it belongs, and fails."""
    bench.repository.pull(7)
    text = (ROOT / "tests" / "act" / "workflows" / "fork_publish.yml").read_text(encoding="utf-8")
    workflow = bench.root / "wrong.yml"
    workflow.write_text(text.replace("workflow_run:", "pull_request:").replace(
        "    workflows: [load test]\n    types: [completed]\n", ""
    ), encoding="utf-8")  # fmt: skip
    run = bench.run(str(workflow))
    assert run.code == 1
    [error] = run.annotations("error")
    assert "this is a pull_request event" in error.message
    assert len(bench.github.journal) == 0
