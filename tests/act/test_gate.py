from __future__ import annotations

import json
import shutil

import pytest

from .bench import Bench
from .consumer import LOGIN_P95, TOO_STRICT
from .seen import conclusions, the_check_run, the_comment, verdicts


def test_a_passing_gate(bench: Bench) -> None:
    """A run within its budgets passes; comment, check run, summary, artifact and outputs say so."""
    pull = bench.repository.pull(7)
    run = bench.run("gate.yml")
    step = run.step()
    assert (run.code, step.outcome) == (0, "success")
    assert (step.outputs["conclusion"], step.outputs["passed"]) == ("success", "true")
    assert json.loads(step.outputs["counts"])["failed"] == 0
    assert step.outputs["report"].endswith("/trivigil-results/performance-analysis.json")
    assert run.report()["conclusion"] == "success"
    assert run.report()["commit"] == pull.head_sha != pull.merge_sha
    assert verdicts(the_comment(bench.repository)) == {"perf": "success"}
    check_run = the_check_run(bench.repository, pull.head_sha)
    assert (check_run.name, check_run.conclusion) == ("Trivigil / perf", "success")
    assert step.outputs["check-run-url"].endswith(f"/runs/{check_run.id}")
    created = bench.github.calls("POST", "*/issues/7/comments")[0].response_body
    assert step.outputs["comment-url"] == created["html_url"]
    assert "Performance" in run.summary()
    assert run.annotations("error") == run.annotations("warning") == []
    assert sorted(step.published["done"]) == ["check-run", "comment", "outputs", "summary"]


def test_a_failing_gate(bench: Bench) -> None:
    """A broken budget fails the job after everything is published, on the budget's own line."""
    pull = bench.repository.pull(7)
    bench.consumer.write_budgets(TOO_STRICT)
    run = bench.run("gate.yml")
    step = run.step()
    assert (run.code, step.outcome) == (1, "failure")
    assert (step.outputs["conclusion"], step.outputs["passed"]) == ("failure", "false")
    assert json.loads(step.outputs["counts"])["failed"] == 1
    comment = the_comment(bench.repository)
    assert verdicts(comment) == {"perf": "failure"}
    assert "GET /login" in comment.body
    assert str(LOGIN_P95) in comment.body
    check_run = the_check_run(bench.repository, pull.head_sha)
    assert (check_run.status, check_run.conclusion) == ("completed", "failure")
    [annotation] = check_run.annotations
    line = bench.consumer.line_of('"p95_response_time": 300')
    assert (annotation.path, annotation.start_line) == ("budgets.json", line)
    assert annotation.annotation_level == "failure"
    assert run.report()["sla_violations"]
    assert "artifact" in comment.body


def test_a_failing_gate_that_may_fail(bench: Bench) -> None:
    """With `fail: false` a broken budget is published as a failure, and the job goes on."""
    pull = bench.repository.pull(7)
    bench.consumer.write_budgets(TOO_STRICT)
    run = bench.run("gate.yml", variables={"FAIL": "false"})
    assert (run.code, run.step().outcome) == (0, "success")
    assert run.step().outputs["passed"] == "false"
    assert verdicts(the_comment(bench.repository)) == {"perf": "failure"}
    assert conclusions(bench.repository, pull.head_sha) == {"Trivigil / perf": "failure"}


def test_budgets_that_do_not_parse(bench: Bench) -> None:
    """Damaged budgets end in a sentence with file and line, published as a failure."""
    pull = bench.repository.pull(7)
    bench.consumer.write(
        "budgets.json", '{\n  "default": {\n    "p95_response_time": "fast"\n  }\n}\n'
    )
    run = bench.run("gate.yml")
    assert (run.code, run.step().outcome) == (1, "failure")
    assert run.step().outputs["conclusion"] == "failure"
    assert "budgets.json:3" in run.log()
    assert run.exit_status() == 2
    assert "p95" in the_comment(bench.repository).body
    assert conclusions(bench.repository, pull.head_sha) == {"Trivigil / perf": "failure"}


def test_an_input_that_is_wrong(bench: Bench) -> None:
    """An input that is neither true nor false is named, and published as a failure."""
    bench.repository.pull(7)
    run = bench.run("gate.yml", variables={"FAIL": "perhaps"})
    assert (run.code, run.step().outcome) == (1, "failure")
    assert "fail" in the_comment(bench.repository).body
    assert run.exit_status() == 2


def test_a_python_that_is_not_there(bench: Bench) -> None:
    """Without a Python that can be used there is one sentence and exit 2, and nothing else runs."""
    bench.repository.pull(7)
    run = bench.run("gate.yml", variables={"PYTHON": "/nowhere/python3"})
    assert (run.code, run.step().outcome, run.exit_status()) == (1, "failure", 2)
    [annotation] = run.annotations("error")
    assert "'python'" in annotation.message
    assert len(bench.github.journal) == 0
    assert set(run.step().outputs.values()) == {""}


def test_nothing_is_published_where_nothing_is_asked_for(bench: Bench) -> None:
    """With `publish: none` GitHub is not called, and the verdict stands."""
    bench.repository.pull(7)
    bench.consumer.write_budgets(TOO_STRICT)
    run = bench.run("gate.yml", variables={"PUBLISH": "none"})
    assert (run.code, run.step().outputs["passed"]) == (1, "false")
    assert len(bench.github.journal) == 0
    assert run.summary() == ""


def test_our_own_workflow_uses_the_action_by_its_path(bench: Bench) -> None:
    """`uses: ./actions/perf` judges in a checkout of this project, where nothing is compiled yet."""
    pull = bench.repository.pull(7)
    shutil.copytree(
        bench.machine.project, bench.consumer.folder, dirs_exist_ok=True,
        ignore=shutil.ignore_patterns("__pycache__"),
    )  # fmt: skip
    run = bench.run("own.yml")
    assert (run.code, run.step().outputs["passed"]) == (0, "true")
    assert verdicts(the_comment(bench.repository)) == {"perf": "success"}
    assert conclusions(bench.repository, pull.head_sha) == {"Trivigil / perf": "success"}


@pytest.mark.parametrize(
    ("budgets", "passed"), [({}, "true"), (TOO_STRICT, "false")], ids=["holds", "broken"]
)
def test_the_front_door(bench: Bench, budgets: dict[str, object], passed: str) -> None:
    """The front door runs what .trivigil.yml has a section for, and fails as it does."""
    bench.repository.pull(7)
    if budgets:
        bench.consumer.write_budgets(budgets)
    bench.consumer.write(
        ".trivigil.yml",
        "perf:\n  name: shop\n  results: results/*_stats.csv\n  thresholds: budgets.json\n",
    )
    run = bench.run("front_door.yml")
    step = run.step()
    assert (run.code == 0, step.outputs["passed"]) == (passed == "true", passed)
    assert step.outputs["perf-report"].endswith("performance-analysis.json")
    assert list(verdicts(the_comment(bench.repository))) == ["shop"]
    assert (run.artifacts / "trivigil-shop" / "performance-analysis.json").is_file()


def test_the_front_door_with_nothing_behind_it(bench: Bench) -> None:
    """Without a configuration file and without `watch` there is nothing to run: a sentence, exit 2."""
    bench.repository.pull(7)
    run = bench.run("front_door.yml")
    assert (run.code, run.step().outcome) == (1, "failure")
    assert "nothing to run" in run.log()
    assert run.exit_status() == 2
