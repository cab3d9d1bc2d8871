"""The first half for a fork: a file beside the report, and words about it wherever people look."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from trivigil.core.report import Report
from trivigil.publish import Wanted
from trivigil.publish.handover import MEMBER, parse

from .scene import Scene, Told, finding, report

FORK = 8
FAILED = report(results=(finding(),))


def from_a_fork(
    scene: Scene, told: Report, place: Path | None, wanted: Wanted | None = None
) -> Told:
    """Publish as a fork's run does."""
    scene.shop.pull(number=FORK, fork="mallory/shop")
    environ = scene.environ(number=FORK, GITHUB_WORKFLOW="performance")
    done = scene.run(told, scene.token(), environ, wanted=wanted or Wanted(), handover=place)
    assert len(scene.github.journal) == 0
    return done


def test_the_file(scene: Scene, tmp_path: Path) -> None:
    """It lies alone in a folder, is about the pull request's head, and the outputs name it."""
    done = from_a_fork(scene, FAILED, tmp_path / "out", Wanted(comment="on-change"))
    path = Path(done.outputs["handover-path"])
    assert (path.name, [*path.parent.iterdir()]) == (MEMBER, [path])
    assert path.is_relative_to(tmp_path / "out")
    assert done.outputs["handover-name"] == "trivigil-handover-perf"
    one = parse(path.read_text(encoding="utf-8"))
    head = scene.shop.pulls()[FORK].head_sha
    assert (one.repository, one.pull, one.head_sha) == ("octo/shop", FORK, head)
    assert (one.channels, one.comment) == (("check-run", "comment"), "on-change")
    assert (one.event, one.workflow, one.run_attempt) == ("pull_request", "performance", 1)
    assert one.report.results == FAILED.results
    assert one.report.origin.commit == head


def test_people_are_told(scene: Scene, tmp_path: Path) -> None:
    """The log, the summary and the output say what is handed over, and list it apart from what is skipped."""
    done = from_a_fork(scene, FAILED, tmp_path / "out")
    said = "handed over to the workflow that publishes, where there is one (docs/forks.md of Trivigil): check-run, comment"
    assert said in done.log
    assert "docs/forks.md" in done.summary
    listed = json.loads(done.outputs["published"])
    assert [one["channel"] for one in listed["handed_over"]] == ["check-run", "comment"]
    assert {one["channel"] for one in listed["skipped"]} == {"issue", "sarif", "status"}
    assert done.published.done == ("annotations", "summary", "outputs")
    assert "::warning" not in done.log


@pytest.mark.parametrize(
    "case", ["no folder", "a file in the way", "too large", "a name that is none"]
)
def test_nothing_could_be_handed_over(scene: Scene, tmp_path: Path, case: str) -> None:
    """Where there is no file, the summary, a warning and the output say so and why; the rest goes on."""
    (tmp_path / "file").write_text("", encoding="utf-8")
    place = {"no folder": None, "a file in the way": tmp_path / "file"}.get(case, tmp_path / "out")
    huge = finding()._replace(evidence={"text": "x" * 3_000_000})
    told = {"too large": report(results=(huge,)), "a name that is none": report("n" * 101)}
    done = from_a_fork(scene, told.get(case, FAILED), place)
    reason = {
        "no folder": "there is no folder for it",
        "a file in the way": "it cannot be written",
        "too large": "larger than the 2 MiB of a hand-over",
        "a name that is none": "name: it must have 1 to 100 characters",
    }[case]
    for text in (done.log, done.summary):
        assert "nothing is handed over to the workflow that publishes" in text
        assert reason in text
    assert "::warning title=Trivigil::nothing is handed over" in done.log
    listed = json.loads(done.outputs["published"])
    assert listed["handed_over"] == []
    lost = {one["channel"] for one in listed["skipped"] if reason in one["reason"]}
    assert lost == {"check-run", "comment"}
    assert (done.outputs["handover-name"], done.outputs["handover-path"]) == ("", "")
    assert "summary" in done.published.done


def test_a_token_that_may_write_hands_nothing_over(scene: Scene, tmp_path: Path) -> None:
    """A pull request of the repository itself leaves no such file, and the outputs are empty."""
    done = scene.run(FAILED, scene.token(), handover=tmp_path / "out")
    assert not (tmp_path / "out").exists()
    assert (done.outputs["handover-name"], done.outputs["handover-path"]) == ("", "")
    assert json.loads(done.outputs["published"])["handed_over"] == []
