"""The steps of an action, called as action.yml calls them, with several watches in one run."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.github_double import GitHubDouble
from tests.publish.scene import Scene, finding, outputs_in, report
from trivigil.cli import main
from trivigil.cli.outcome import Outcome, save
from trivigil.render import json as rendered

FRONT = {"TRIVIGIL_FRONT_DOOR": "true"}


def outcome(place: Path, name: str, failures: int, *, watch: str = "perf") -> Outcome:
    """A watch that has run: its report lies in a folder of its own."""
    told = report(name, tuple(finding(index) for index in range(failures)))
    folder = place / "trivigil-results" / name
    folder.mkdir(parents=True)
    path = folder / "performance-analysis.json"
    path.write_text(rendered.dump(told), encoding="utf-8")
    return Outcome(
        watch=watch,
        name=name,
        report=str(path),
        output=str(folder),
        exit_code=told.conclusion.exit_code,
        fail=True,
        channels=("auto",),
        comment_mode="always",
        comment_recreate="false",
        publish_required=False,
        artifact=f"trivigil-{name}",
        keep_raw=False,
    )


class Run:
    """A job on a pull request, between the step that watches and the verdict."""

    def __init__(self, github: GitHubDouble, place: Path) -> None:
        self.scene = Scene(github, place)
        self.place = place
        self.environ = {
            **self.scene.environ(),
            **FRONT,
            "GITHUB_WORKSPACE": str(place),
            "TRIVIGIL_STATE_FOLDER": str(place / "state"),
            "RUNNER_TEMP": str(place),
            "TRIVIGIL_GITHUB_TOKEN": self.scene.token(),
        }
        (place / "state").mkdir()

    def publish(self, *done: Outcome) -> int:
        save(str(self.place / "state"), done)
        return main(["step", "publish"], self.environ)

    @property
    def outputs(self) -> dict[str, str]:
        return outputs_in(Path(self.environ["GITHUB_OUTPUT"]))


@pytest.fixture
def run(tmp_path: Path) -> Iterator[Run]:
    """A job on a fresh double."""
    with GitHubDouble() as github:
        yield Run(github, tmp_path)
        github.assert_clean()


def test_outputs_of_several_watches(run: Run) -> None:
    """The worst verdict and the shared comment stand without a prefix, everything else under its watch."""
    assert run.publish(
        outcome(run.place, "load", 0),
        outcome(run.place, "headers", 1, watch="monitor"),
    ) == 0  # fmt: skip
    found = run.outputs
    assert (found["conclusion"], found["passed"]) == ("failure", "false")
    assert (found["perf-conclusion"], found["monitor-conclusion"]) == ("success", "failure")
    assert found["perf-report"] != found["monitor-report"]
    assert found["perf-check-run-url"] != found["monitor-check-run-url"]
    assert found["comment-url"] == found["perf-comment-url"] == found["monitor-comment-url"]
    assert "report" not in found
    assert "counts" not in found
    assert len(run.scene.mine()) == 1


def test_outputs_of_one_watch_at_the_front_door(run: Run) -> None:
    """One watch has both names, so that a second one in the file later does not rename the first's."""
    run.publish(outcome(run.place, "load", 1))
    found = run.outputs
    assert found["perf-report"] == found["report"]


@pytest.mark.parametrize("watches", [1, 2, 3])
def test_annotations_are_shared(run: Run, capsys: pytest.CaptureFixture[str], watches: int) -> None:
    """Of the runner's ten each watch gets its part; room stays for each verdict and for the exit code."""
    run.environ["TRIVIGIL_GITHUB_TOKEN"] = ""
    done = [outcome(run.place, f"w{number}", 12) for number in range(watches)]
    run.publish(*done)
    said = capsys.readouterr().err
    errors = [line for line in said.splitlines() if line.startswith("::error ")]
    assert len(errors) == 10 - watches - 1
    assert main(["step", "verdict"], run.environ) == 1
    verdicts = capsys.readouterr().err
    told = [line for line in verdicts.splitlines() if line.startswith("::error ")]
    assert len(told) == watches
    # With the runner's own line about the exit code: ten, and none is dropped.
    assert len(errors) + len(told) + 1 == 10
    left_out = said.count("more annotations are left out")
    assert left_out == watches


def test_the_plan_is_written_before_anything_is_sent(run: Run) -> None:
    """`publish-plan.json` lies beside the report when the first call is made, and says every channel's reason."""
    done = outcome(run.place, "load", 1)
    seen: list[bool] = []
    plan = Path(done.output) / "publish-plan.json"
    run.scene.github.on_call(lambda _: not seen, lambda _: seen.append(plan.is_file()))
    run.publish(done)
    assert seen == [True]
    steps = {one["channel"]: one for one in json.loads(plan.read_text(encoding="utf-8"))["steps"]}
    assert (steps["comment"]["act"], steps["file"]["act"]) == ("do", "do")
    assert all(len(one["reason"]) > 5 for one in steps.values())
    told = json.loads((Path(done.output) / "published.json").read_text(encoding="utf-8"))
    assert told["done"] == ["check-run", "comment", "summary", "outputs"]


@pytest.mark.parametrize(
    "token", [pytest.param("", id="no token"), pytest.param("ghs_wrong" + "0" * 30, id="a bad one")]
)
def test_the_last_rung(run: Run, token: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Without a token, a summary file and an outputs file: report and ledger are there, with every reason."""
    run.environ["TRIVIGIL_GITHUB_TOKEN"] = token
    for name in ("GITHUB_STEP_SUMMARY", "GITHUB_OUTPUT"):
        run.environ[name] = str(run.place / "no" / "folder" / name)
    done = outcome(run.place, "load", 1)
    assert run.publish(done) == 0
    told = json.loads((Path(done.output) / "published.json").read_text(encoding="utf-8"))
    assert {one["channel"] for one in told["refused"]} >= {"check-run", "comment"}
    assert "summary" in {one["channel"] for one in told["skipped"]}
    kept = rendered.load(Path(done.report).read_text(encoding="utf-8"))
    assert kept.conclusion.verdict == "failure"
    said = capsys.readouterr().err
    assert "Traceback" not in said
    assert "::error " in said


def test_the_log_names_only_what_was_wanted(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    """A channel that nobody asked for is not told to be skipped."""
    run.publish(outcome(run.place, "load", 1))
    said = capsys.readouterr().err
    assert "not asked for" not in said
    assert "annotations: skipped, the check run carries them" in said


def test_one_artifact_for_all(run: Run, tmp_path: Path) -> None:
    """The upload step is one: its name speaks of all watches, and it holds the report of each."""
    from trivigil.cli.step import _artifact

    done = [outcome(tmp_path, "load", 1), outcome(tmp_path, "headers", 0, watch="monitor")]
    found = _artifact(done)
    assert found["artifact-name"] == "trivigil-load-headers"
    assert {one.report for one in done} <= set(found["artifact-path"].splitlines())
    without = [one._replace(artifact="") for one in done]
    assert _artifact(without) == {"artifact-name": "", "artifact-path": ""}


def test_plan_on_the_command_line(run: Run) -> None:
    """`publish --plan FILE` writes the plan first, for one report."""
    done = outcome(run.place, "load", 1)
    plan = run.place / "plan.json"
    assert main(["publish", done.report, "--plan", str(plan)], run.environ) == 0
    assert json.loads(plan.read_text(encoding="utf-8"))["schema"] == "trivigil/publish-plan/1"
    assert main(["publish", done.report, done.report, "--plan", str(plan)], run.environ) == 2
