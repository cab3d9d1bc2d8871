"""Our actions, executed in the model of the runner: real steps, real files, the double as GitHub."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.act.consumer import BUDGETS, TOO_STRICT, stats
from tests.github_double import GitHubDouble
from tests.hostile import files as hostile
from tests.hostile.corpus import COMMANDS
from tests.hostile.scan import controls, living
from tests.runner_model import Hook, Stage, read_action
from tests.runner_model.files import SUMMARY_BYTES
from trivigil.publish.handover import parse

from .machine import NUMBER, OBEYED, ROOT, Machine

pytestmark = pytest.mark.skipif(os.name == "nt", reason="the model starts bash and sends signals")
PERF = read_action(ROOT / "actions" / "perf" / "action.yml")
FILLED = {
    "conclusion", "passed", "report", "summary", "counts", "comment-url", "check-run-url", "published",
}  # fmt: skip
"""What every use with a token fills."""


@pytest.fixture
def github() -> Iterator[GitHubDouble]:
    """The double."""
    with GitHubDouble() as double:
        yield double


@pytest.fixture
def machine(tmp_path: Path, github: GitHubDouble) -> Machine:
    """A machine with a pull request of the same repository."""
    return Machine(tmp_path / "machine", github)


@pytest.mark.parametrize(
    "path",
    [ROOT / "action.yml", *sorted((ROOT / "actions").glob("*/action.yml"))],
    ids=lambda path: path.parent.name,
)
def test_every_action_is_modelled(path: Path) -> None:
    """No action file holds anything that composite actions do not have."""
    action = read_action(path)
    assert action.steps
    assert not [step.name for step in action.steps if "${{" in step.run]


def test_a_pass(machine: Machine) -> None:
    """Budgets that hold: the comment, the check run, outputs, a summary, an artifact, and no annotation."""
    done = machine.run()
    assert (done.outcome, done.outputs["conclusion"]) == ("success", "success")
    assert {name for name, value in done.outputs.items() if value} >= FILLED
    assert len(machine.comments) == 1
    assert [run.conclusion for run in machine.check_runs()] == ["success"]
    assert "GET /login" in done.summary
    [upload] = machine.uploads
    assert Path(upload["path"].splitlines()[0]).is_file()
    assert done.log.annotations.shown == []
    assert {command.name for command in done.log.commands} <= OBEYED


def test_a_failure(machine: Machine) -> None:
    """A broken budget fails the step last of all, with one error that says why."""
    machine.consumer.write_budgets(TOO_STRICT)
    done = machine.run()
    assert (done.outcome, done.outputs["passed"]) == ("failure", "false")
    assert {name: result.outcome for name, result in done.steps.items()} == {
        **dict.fromkeys(("setup", "watch", "artifact", "publish"), "success"),
        "handover": "skipped",
    }
    said, ended = done.shown("error")
    assert "Trivigil" in said.place["title"]
    assert "GET /login" in said.message or "budget" in said.message
    assert ended.message == "Process completed with exit code 1."
    assert len(machine.comments) == 1


def test_a_refused_input(machine: Machine) -> None:
    """What the user can mend is exit 2, published all the same."""
    done = machine.run(results="nowhere/*.csv")
    assert done.outcome == "failure"
    assert done.shown("error")[-1].message == "Process completed with exit code 2."
    assert "no file matches" in done.summary
    assert len(machine.comments) == 1


def test_more_findings_than_annotations(tmp_path: Path, github: GitHubDouble) -> None:
    """Of many annotations by command ten are shown, and the verdict is one of them: none is lost unsaid."""
    machine = Machine(tmp_path / "machine", github, fork=True)
    names = [f"/slow/{number}" for number in range(15)]
    rows = [stats().splitlines()[2].replace("/login", name) for name in names]
    machine.consumer.write("results/run_stats.csv", stats(more=rows))
    machine.consumer.write_budgets({f"GET {name}": {"p95_response_time": 100} for name in names})
    done = machine.run()
    assert machine.comments == []
    errors = done.shown("error")
    assert done.dropped("error") == []
    assert [one.place.get("file") for one in errors[:-2]] == ["budgets.json"] * (len(errors) - 2)
    assert errors[-2].place == {"title": "Trivigil / perf"}
    assert errors[-1].message == "Process completed with exit code 1."
    assert len(errors) == 10
    assert "7 more annotations are left out" in done.text


def from_a_fork(place: Path, github: GitHubDouble) -> Machine:
    """A machine with a fork's pull request, and a load test that said something secret."""
    machine = Machine(place / "machine", github, fork=True)
    machine.consumer.write_budgets(TOO_STRICT)
    header = "Method,Name,Error,Occurrences,First Seen,Last Seen"
    machine.consumer.write("results/run_failures.csv", f"{header}\nGET,/login,{CANARY},3,,\n")
    return machine


CANARY = "password=canary-4711"


@pytest.mark.parametrize("disclose", ["true", ""], ids=["disclosed", "withheld"])
def test_a_fork_hands_over(tmp_path: Path, github: GitHubDouble, disclose: str) -> None:
    """A fork's run uploads one file of its own for the workflow that publishes, which tells no more than a comment would."""
    machine = from_a_fork(tmp_path, github)
    done = machine.run(disclose=disclose)
    assert (done.outcome, done.steps["handover"].outcome) == ("failure", "success")
    [results, upload] = machine.uploads
    assert (results["name"], upload["name"]) == ("trivigil-perf", "trivigil-handover-perf")
    assert (upload["if-no-files-found"], upload["retention-days"]) == ("error", "7")
    path = Path(upload["path"])
    assert str(path) not in results["path"]
    text = path.read_text(encoding="utf-8")
    told = parse(text)
    pull = machine.repository.pulls()[NUMBER]
    assert (told.pull, told.head_sha, told.channels) == (
        NUMBER, pull.head_sha, ("check-run", "comment"),
    )  # fmt: skip
    assert not told.report.conclusion.passed
    assert (CANARY in text) is bool(disclose)
    assert machine.token not in text
    published = json.loads(done.outputs["published"])
    assert [one["channel"] for one in published["handed_over"]] == ["check-run", "comment"]
    assert "docs/forks.md" in done.summary
    assert "nothing is handed over" not in done.text + done.summary


def test_a_hand_over_that_is_not_uploaded(tmp_path: Path, github: GitHubDouble) -> None:
    """Where the artifact cannot be made, a warning and the summary say so, and the verdict is the report's."""
    machine = from_a_fork(tmp_path, github)
    machine.consumer.write_budgets(BUDGETS)
    machine.refused_upload = "trivigil-handover-"
    done = machine.run()
    assert (done.outcome, done.outputs["passed"]) == ("success", "true")
    assert (done.steps["handover"].outcome, done.steps["handover"].conclusion) == (
        "failure", "success",
    )  # fmt: skip
    [warning] = done.shown("warning")
    assert "nothing is handed over" in warning.message
    assert "its artifact could not be uploaded" in done.summary


def test_a_name_like_a_hand_over(machine: Machine) -> None:
    """A watch whose name would make its results look like a hand-over gets another artifact."""
    machine.run(name="handover-perf")
    assert [upload["name"] for upload in machine.uploads] == ["trivigil-results-handover-perf"]


def test_a_summary_that_is_nearly_full(machine: Machine) -> None:
    """What the step's file already holds stays below the limit with what is added, and the rest goes on."""

    def fill(stage: Stage) -> None:
        held = Path(stage.environment["GITHUB_STEP_SUMMARY"])
        held.write_text("x" * (SUMMARY_BYTES - 300) + "\n", encoding="utf-8")

    done = machine.run({"publish": Hook(before=fill)})
    assert done.outcome == "success"
    assert done.shown("error") == []
    assert len(done.summaries) == 1
    assert len(machine.comments) == 1
    skipped = json.loads(done.outputs["published"])["skipped"]
    assert "summary" in {one["channel"] for one in skipped}


def test_a_watch_that_is_killed(machine: Machine) -> None:
    """A step that the system kills fails the action; what it had started is stopped."""
    alive = machine.job.workspace / "alive"
    machine.consumer.write("app.sh", "echo $$ > alive\nexec sleep 60\n")
    hook = Hook(kill_when=lambda: alive.exists() and alive.read_text().strip() != "")
    done = machine.run({"watch": hook}, start="sh app.sh", wait_for="http://127.0.0.1:9/")
    assert (done.outcome, done.steps["watch"].code) == ("failure", 137)
    assert done.steps["publish"].outcome == "success"
    assert "Trivigil has no result" in done.summary
    assert machine.comments == []
    assert not runs(int(alive.read_text()))


def runs(pid: int) -> bool:
    """Whether a process is at work; one that nobody has reaped yet is not."""
    asked = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, check=False)
    return asked.stdout.strip()[:1] not in {b"", b"Z"}


def test_no_token(machine: Machine, github: GitHubDouble) -> None:
    """Without a token nothing is asked of GitHub; the summary and the log have it all."""
    machine.consumer.write_budgets(TOO_STRICT)
    done = machine.run(github_token="")
    assert (done.outcome, done.outputs["passed"]) == ("failure", "false")
    assert len(github.journal) == 0
    assert "GET /login" in done.summary
    assert any(one.place.get("file") == "budgets.json" for one in done.shown("error"))
    assert all("no usable token" in one.message for one in done.shown("warning"))


def test_the_front_door(machine: Machine) -> None:
    """The action at the top runs what the configuration file names, by the same steps."""
    machine.consumer.write(
        ".trivigil.yml", "perf:\n  results: results/*.csv\n  thresholds: budgets.json\n"
    )
    done = machine.job.run(
        read_action(ROOT / "action.yml"), {"python": machine.python, "github-token": ""}
    )
    assert (done.outcome, done.outputs["passed"]) == ("success", "true")
    assert done.outputs["perf-report"].endswith("performance-analysis.json")
    assert done.outputs["perf-conclusion"] == done.outputs["conclusion"]
    own = {name for name, value in done.outputs.items() if value and not name.startswith("perf-")}
    assert own == {"conclusion", "passed", "summary"}


@pytest.mark.parametrize("fork", [False, True], ids=["published", "from a fork"])
def test_hostile_files(tmp_path: Path, github: GitHubDouble, fork: bool) -> None:
    """Results, budgets and a file name full of attacks: no command but ours, no key but ours, nothing alive."""
    machine = Machine(tmp_path / "machine", github, fork=fork)
    machine.consumer.write("results/run_stats.csv", hostile.stats())
    machine.consumer.write("results/run_failures.csv", hostile.failures())
    machine.consumer.write("results/run_exceptions.csv", hostile.exceptions())
    machine.consumer.write("budgets.json", hostile.budgets())
    done = machine.run(name="::error::x ##[error]y @octocat <!-- trivigil:end -->")
    assert (done.outcome, done.outputs["conclusion"]) == ("failure", "failure")
    report = json.loads(Path(done.outputs["report"]).read_text(encoding="utf-8"))
    assert len(report["endpoint_metrics"]) > 250
    assert json.loads(done.outputs["counts"])["failed"] > 100
    assert {command.name for command in done.log.commands} <= OBEYED
    assert set(done.steps["publish"].outputs) <= {*PERF.outputs, "handover-name", "handover-path"}
    assert done.log.state == {}
    assert not any("pwned" in one.message and not one.place for one in done.log.annotations.shown)
    assert controls(done.summary.replace("\u200b", "")) == []
    ours = (f"{github.server_url}/octo/shop/",)
    assert living(done.summary, ours=ours) == []
    assert len(machine.comments) == (0 if fork else 1)
    for body in machine.comments:
        assert living(body, comments=3, ours=ours) == []


def test_a_hostile_file_name(machine: Machine) -> None:
    """A file that cannot be read is named in a sentence, and its name is only words."""
    machine.consumer.write(f"results/{hostile.FILE_NAME}", "no format at all\n")
    done = machine.run()
    assert done.outcome == "failure"
    assert done.shown("error")[-1].message == "Process completed with exit code 2."
    assert {command.name for command in done.log.commands} <= OBEYED
    assert not (machine.job.workspace / "evil").exists()
    assert living(done.summary, ours=(machine.github.server_url,)) == []


def test_a_hostile_application(machine: Machine) -> None:
    """What an application prints before it dies is shown where it may be, and is neither a command nor an output."""
    lines = [line for attack in COMMANDS for line in attack.splitlines()]
    machine.consumer.write("says.txt", "\n".join(lines) + "\n")
    machine.consumer.write("app.sh", "cat says.txt; cat says.txt >&2; exit 3\n")
    done = machine.run(start="sh app.sh", wait_for="http://127.0.0.1:9/", disclose="true")
    assert done.outcome == "failure"
    assert "ends with: #\u200b#[" in done.text
    assert {command.name for command in done.log.commands} <= OBEYED
    assert all(one.message != "pwned" for one in done.log.annotations.shown)
    assert done.outputs["passed"] == "false"
    assert set(done.steps["watch"].outputs) <= {*PERF.outputs, "artifact-name", "artifact-path"} | {
        "perf-report"
    }
    assert living(done.summary, ours=(machine.github.server_url,)) == []
