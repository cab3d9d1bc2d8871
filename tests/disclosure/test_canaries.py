"""In a public repository nothing that a tool said in its own words reaches anybody, unless it is asked for."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.github_double import GitHubDouble
from tests.publish.scene import NUMBER, Scene, outputs_in
from trivigil.cli import main
from trivigil.cli.ground import NOT_TOLD
from trivigil.perf.analysis import WITHHELD
from trivigil.publish import section
from trivigil.publish.issue import state_in

from .planted import CANARY, PLANTED, Planted

CASES = pytest.mark.parametrize("planted", PLANTED.values(), ids=PLANTED)


def sings(text: str) -> bool:
    """Whether the canary is in it, in whatever case."""
    return CANARY.casefold() in text.casefold()


class Job:
    """A use of an action, step by step, and everything that leaves it."""

    WATCH = "perf"
    REPORT = "performance-analysis.json"

    def __init__(
        self, scene: Scene, planted: Planted, *, event: str = "pull_request", **inputs: str
    ) -> None:
        self.scene = scene
        self.workspace = scene.files / "workspace"
        self.workspace.mkdir()
        (scene.files / "state").mkdir()
        for name, text in planted.files.items():
            (self.workspace / name).write_text(text, encoding="utf-8")
        settings = {**planted.settings, **inputs}
        self.environ = {
            **scene.environ(event),
            "PATH": os.pathsep.join((os.path.dirname(sys.executable), "/usr/bin", "/bin")),
            "GITHUB_WORKSPACE": str(self.workspace),
            "RUNNER_TEMP": str(scene.files),
            "TRIVIGIL_STATE_FOLDER": str(scene.files / "state"),
            "TRIVIGIL_WATCH": self.WATCH,
            "TRIVIGIL_GITHUB_TOKEN": scene.token(),
            **{f"TRIVIGIL_{name.upper()}": value for name, value in settings.items()},
        }

    def run(self) -> None:
        """All steps, whatever they say."""
        for verb in ("watch", "stop", "publish", "verdict"):
            main(["step", verb], self.environ)

    @property
    def report(self) -> Path:
        return self.workspace / "trivigil-results" / self.REPORT

    def outside(self) -> dict[str, str]:
        """Everything but the log that leaves the machine, or may be uploaded, by channel."""
        found = {
            "outputs": json.dumps(outputs_in(Path(self.environ["GITHUB_OUTPUT"]))),
            "summary": Path(self.environ["GITHUB_STEP_SUMMARY"]).read_text(encoding="utf-8"),
            "artifact": self._artifact(),
        }
        for number, call in enumerate(self.scene.github.journal):
            found[f"call {number}, {call.path}"] = json.dumps(call.request_body)
        for run in self.scene.shop.check_runs():
            found[f"check run {run.name}, hidden state"] = repr(section.decode(run.text or ""))
        return found | self._left_behind() | self._dry_run()

    def _left_behind(self) -> dict[str, str]:
        """The files that another step may upload: the output folder, and what the steps keep for each other."""
        places = (self.workspace / "trivigil-results", self.scene.files / "state")
        found = [one for place in places for one in place.rglob("*") if one.is_file()]
        raw = {"raw", "stack"}  # never in the artifact of a public repository
        return {
            f"file {path.name}": path.read_text(encoding="utf-8", errors="replace")
            for path in found
            if not raw & set(path.parts)
        }

    def _artifact(self) -> str:
        paths = outputs_in(Path(self.environ["GITHUB_OUTPUT"]))["artifact-path"].splitlines()
        files = [one for path in map(Path, paths) for one in (path, *path.rglob("*"))]
        return "".join(one.read_text(encoding="utf-8") for one in files if one.is_file())

    def _dry_run(self) -> dict[str, str]:
        """The payloads of every channel there is, also of those that this event does not use."""
        from trivigil.publish.channels import NAMES

        folder = self.scene.files / "dry-run"
        listed = ",".join(NAMES)
        main(
            ["publish", str(self.report), "--publish", listed, "--dry-run", str(folder)],
            self.environ,
        )
        return {
            f"payload {path.name}": path.read_text(encoding="utf-8")
            for path in folder.iterdir()
            if path.is_file()
        }


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    """A pull request of a public repository."""
    with GitHubDouble() as github:
        yield Scene(github, tmp_path)
        github.assert_clean()


@CASES
def test_nothing_leaves(scene: Scene, planted: Planted, capsys: pytest.CaptureFixture[str]) -> None:
    """No channel, no file of the artifact and no line of the log has the canary; and it is said why."""
    job = Job(scene, planted)
    job.run()
    said = capsys.readouterr()
    log = said.out + said.err
    leaks = [where for where, text in job.outside().items() if sings(text)]
    assert leaks == []
    assert not sings(log)
    report = json.loads(job.report.read_text(encoding="utf-8"))
    assert any(WITHHELD in note for note in report["notes"]) or NOT_TOLD in log
    assert len(scene.mine()) == 1
    assert len(scene.shop.comments(NUMBER)) == 1


@pytest.mark.parametrize("disclose", ["false", "true"])
def test_the_issue(scene: Scene, disclose: str, capsys: pytest.CaptureFixture[str]) -> None:
    """A nightly run's issue follows the same rule, in its text and in what is hidden in it."""
    planted = PLANTED["locust's error texts and exceptions"]
    limits = {"never.json": '{"OVERALL": {"p95_response_time": 0}}'}
    planted = planted._replace(files={**planted.files, **limits})
    settings = {"disclose": disclose, "thresholds": "never.json", "issue_labels": "at night, perf"}
    job = Job(scene, planted, event="schedule", **settings)
    job.run()
    capsys.readouterr()
    [issue] = scene.shop.issues().values()
    assert issue.labels == ("at night", "perf")
    assert sings(f"{issue.title}\n{issue.body}") is (disclose == "true")
    assert not sings(repr(state_in(issue.body or "")))


@CASES
def test_disclosed(scene: Scene, planted: Planted, capsys: pytest.CaptureFixture[str]) -> None:
    """With `disclose: true` it is there: the canary sings, so the test above is not deaf."""
    job = Job(scene, planted, disclose="true")
    job.run()
    said = capsys.readouterr()
    assert sings(said.out + said.err + "".join(job.outside().values()))


def test_a_private_repository_shows_everything(
    scene: Scene, capsys: pytest.CaptureFixture[str]
) -> None:
    """Who can read the repository can read its scripts: nothing is withheld there."""
    scene.shop.private = True
    job = Job(scene, PLANTED["locust's error texts and exceptions"])
    job.run()
    assert sings(capsys.readouterr().err + "".join(job.outside().values()))


def test_conclusions_are_the_same(scene: Scene, tmp_path: Path) -> None:
    """What is not shown counts all the same: verdict, counts and fingerprints of a watch do not depend on it."""
    planted = PLANTED["k6's check names and threshold tags"]
    hidden = Job(scene, planted)
    hidden.run()
    verdicts = []
    for job in (hidden, Job(Scene(scene.github, _folder(tmp_path)), planted, disclose="true")):
        if job is not hidden:
            job.run()
        report = json.loads(job.report.read_text(encoding="utf-8"))
        verdicts.append((report["conclusion"], [one["kind"] for one in report["results"]]))
        names = [one["fingerprint"] for one in report["results"]]
        assert len(set(names)) == len(names)
    assert verdicts[0] == verdicts[1]


def _folder(place: Path) -> Path:
    folder = place / "second"
    folder.mkdir()
    return folder
