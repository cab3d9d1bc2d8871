from __future__ import annotations

from typing import Any

import pytest

from tests.github_double import CheckRun
from trivigil.publish.check_run import MOST_ANNOTATIONS

from .scene import Scene, finding, report

HUNDRED_TWENTY = tuple(finding(index) for index in range(120))


def lines(run: CheckRun) -> list[int]:
    """The lines of the annotations, in the order in which they were sent."""
    return [one.start_line for one in run.annotations]


def test_annotations_in_batches(scene: Scene) -> None:
    """120 annotations arrive in three calls, worst first, with nothing lost."""
    scene.run(report(results=HUNDRED_TWENTY), scene.token())
    [run] = scene.shop.check_runs(scene.head)
    assert lines(run) == list(range(1, 121))
    assert len(scene.github.calls(path="*/check-runs*")) - len(scene.github.calls("GET")) <= 3
    assert len(scene.github.calls("PATCH", "*/check-runs/*")) == 2


def test_batches_change_only_the_output(scene: Scene) -> None:
    """Status and conclusion are set at creation; later requests repeat the output's texts."""
    scene.run(report(results=HUNDRED_TWENTY), scene.token())
    [created] = scene.github.calls("POST", "*/check-runs")
    assert created.request_body["status"] == "completed"
    for call in scene.github.calls("PATCH", "*/check-runs/*"):
        assert call.request_body.keys() == {"output"}
        for part in ("title", "summary", "text"):
            assert call.request_body["output"][part] == created.request_body["output"][part]


@pytest.mark.parametrize(
    ("gates", "level"),
    [
        pytest.param(True, "failure", id="what fails the gate is a failure"),
        pytest.param(False, "warning", id="a budget that only warns is a warning"),
    ],
)
def test_annotation_of_a_broken_budget(scene: Scene, *, gates: bool, level: str) -> None:
    """An annotation stands on the budget's own line, with the endpoint in its title."""
    scene.run(report(results=(finding(gates=gates),)), scene.token())
    [run] = scene.shop.check_runs(scene.head)
    [one] = run.annotations
    assert (one.path, one.start_line, one.end_line) == ("budgets.json", 1, 1)
    assert one.annotation_level == level
    assert one.title == "budget for p95 latency: GET /login"


@pytest.mark.parametrize(
    ("results", "conclusion"),
    [
        pytest.param((finding(),), "failure", id="a broken budget"),
        pytest.param((finding(gates=False),), "success", id="only a warning"),
    ],
)
def test_conclusion(scene: Scene, results: Any, conclusion: str) -> None:
    """The check run concludes as the gate does."""
    scene.run(report(results=results), scene.token())
    [run] = scene.shop.check_runs(scene.head)
    assert (run.status, run.conclusion) == ("completed", conclusion)


def test_facts_only_are_neutral(scene: Scene) -> None:
    """Without budgets the check run is neutral."""
    facts = report()._replace(conclusion=report().conclusion._replace(verdict="neutral"))
    scene.run(facts, scene.token())
    [run] = scene.shop.check_runs(scene.head)
    assert run.conclusion == "neutral"


def test_left_out_annotations_are_counted(scene: Scene) -> None:
    """Beyond the most that are sent, the summary says how many are missing."""
    many = tuple(finding(index) for index in range(MOST_ANNOTATIONS + 7))
    scene.run(report(results=many), scene.token())
    [run] = scene.shop.check_runs(scene.head)
    assert len(run.annotations) == MOST_ANNOTATIONS
    assert "7 more annotations are left out" in (run.summary or "")


@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize("kind", ["reset", "500", "502"])
def test_unanswered_batch_is_neither_lost_nor_doubled(scene: Scene, kind: Any, moment: Any) -> None:
    """Appending is not idempotent; the run's own count decides whether to send a batch again."""
    scene.github.faults.add(kind, method="PATCH", path="*/check-runs/*", moment=moment)
    scene.run(report(results=HUNDRED_TWENTY), scene.token())
    [run] = scene.shop.check_runs(scene.head)
    assert lines(run) == list(range(1, 121))


def test_batches_that_fail_for_good_are_told(scene: Scene) -> None:
    """Where the rest cannot be appended, the check run stays and the log says how many are missing."""
    scene.github.faults.add("500", method="PATCH", path="*/check-runs/*", times=None)
    told = scene.run(report(results=HUNDRED_TWENTY), scene.token())
    [run] = scene.shop.check_runs(scene.head)
    assert len(run.annotations) == 50
    assert "70 annotations are missing in the check run" in told.log
    assert "check-run" in told.published.done


def test_hostile_name_and_texts(scene: Scene) -> None:
    """Names and messages of any content stay within the limits of titles, messages and paths."""
    hostile = finding(
        subject="GET /\x1b[31m\u202e" + "x" * 70_000 + "::error::<!-- trivigil:end -->"
    )
    told = scene.run(report("a\n##[error]" + "n" * 400, (hostile,)), scene.token())
    [run] = scene.shop.check_runs(scene.head)
    assert "\n" not in run.name
    assert "\u202e" not in repr(run.annotations)
    assert told.published.refused == ()
    assert len(scene.bodies()) == 1
