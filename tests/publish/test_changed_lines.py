from __future__ import annotations

import io
from pathlib import Path

import pytest

from tests.github_double import GitHubDouble, PullFile
from tests.github_double.subjects.pulls import Pulls
from trivigil.core.result import Location
from trivigil.github.records import PullFile as Changed
from trivigil.github.workflow import Workflow
from trivigil.publish.annotations import collect, room
from trivigil.publish.changed_lines import CHANGED, ELSEWHERE, NEAR, nearness, of

from .scene import ALL, CHECKOUT, NUMBER, Scene, finding, report

HUNKS = "@@ -3,4 +3,5 @@ class Shop:\n a\n-b\n+B\n+@@ -1 +90 @@\n c\n d\n\\ No newline at end of file\n@@ -40 +41,2 @@\n+x\n y"
DIFF = of(
    [
        Changed("app.py", "modified", HUNKS),
        Changed("new.py", "added", None),
        Changed("large.json", "modified", None),
        Changed("gone.py", "removed", "@@ -1,2 +0,0 @@\n-a\n-b"),
    ]
)


@pytest.mark.parametrize(
    ("path", "line", "expected"),
    [
        pytest.param("app.py", 4, CHANGED, id="an added line"),
        pytest.param("app.py", 5, CHANGED, id="an added line that looks like a hunk's head"),
        pytest.param("app.py", 3, NEAR, id="a line before it that the diff shows"),
        pytest.param("app.py", 7, NEAR, id="a line after it"),
        pytest.param("app.py", 8, ELSEWHERE, id="the first line that is not shown"),
        pytest.param("app.py", 41, CHANGED, id="in the second hunk"),
        pytest.param("app.py", 90, ELSEWHERE, id="where no hunk is"),
        pytest.param("app.py", None, NEAR, id="no line in a changed file"),
        pytest.param("new.py", 7, CHANGED, id="a new file"),
        pytest.param("large.json", 7, NEAR, id="a file whose hunks GitHub leaves out"),
        pytest.param("gone.py", 1, ELSEWHERE, id="a file that is gone"),
        pytest.param("other.py", 4, ELSEWHERE, id="another file"),
    ],
)
def test_how_near_a_place_is(path: str, line: int | None, expected: int) -> None:
    """The new side of the hunks counts, as GitHub numbers it."""
    assert nearness(DIFF, path, line) == expected


@pytest.mark.parametrize(
    "patch",
    [
        pytest.param("", id="nothing"),
        pytest.param("+a\n+b", id="no hunk"),
        pytest.param("@@ what @@\n+a", id="no numbers"),
        pytest.param("@@ -1 +99999999999 @@\n+a", id="no line of any file"),
    ],
)
def test_what_is_no_patch(patch: str) -> None:
    """It says that the file changed, and no line of it."""
    found = of([Changed("app.py", "modified", patch)])
    assert nearness(found, "app.py", 1) == NEAR


def files(scene: Scene, *changed: PullFile) -> None:
    """What the pull request changes."""
    pulls = scene.shop.part(Pulls).by_number
    pulls[NUMBER] = pulls[NUMBER]._replace(files=changed)


MILD = PullFile("budgets.json", patch="@@ -56,2 +56,3 @@\n a\n+b\n c")
"""Line 57 is changed, and 56 and 58 stand around it."""


def lines(scene: Scene) -> list[int]:
    [run] = scene.shop.check_runs(scene.head)
    return [one.start_line for one in run.annotations]


def test_changed_lines_go_first(scene: Scene) -> None:
    """Of more annotations than one request takes: what is on a changed line, what is near it, then the worst."""
    files(scene, MILD)
    scene.run(report(results=tuple(finding(index) for index in range(60))), scene.token())
    rest = [line for line in range(1, 61) if line not in (56, 57, 58)]
    assert lines(scene) == [57, 56, 58, *rest]
    assert len(scene.github.calls("GET", "*/pulls/*/files")) == 1


def test_what_fits_costs_no_call(scene: Scene) -> None:
    """Fifty go with the first request, in their usual order."""
    files(scene, MILD)
    scene.run(report(results=tuple(finding(index) for index in range(50))), scene.token())
    assert lines(scene) == list(range(1, 51))
    assert scene.github.calls("GET", "*/pulls/*/files") == []


def test_no_pull_request_no_diff(scene: Scene) -> None:
    """On a push the order is by severity."""
    results = tuple(finding(index) for index in range(60))
    scene.run(report(results=results), scene.token(), scene.environ("push"))
    assert scene.github.calls("GET", "*/pulls/*/files") == []


def test_without_the_permission(tmp_path: Path) -> None:
    """A token that may not read the pull requests of a private repository orders by severity, and no word is lost on it."""
    with GitHubDouble() as github:
        _without_the_permission(Scene(github, tmp_path, private=True))


def _without_the_permission(scene: Scene) -> None:
    files(scene, MILD)
    may = {key: value for key, value in ALL.items() if key != "pull-requests"}
    done = scene.run(report(results=tuple(finding(index) for index in range(60))), scene.token(may))
    assert lines(scene) == list(range(1, 61))
    assert not [note for note in done.published.notes if "severity alone" in note]


def test_a_diff_that_does_not_come(scene: Scene) -> None:
    """The order is by severity, and the log says why."""
    files(scene, MILD)
    scene.github.faults.add("404", method="GET", path="*/pulls/*/files", times=None)
    done = scene.run(report(results=tuple(finding(index) for index in range(60))), scene.token())
    assert lines(scene) == list(range(1, 61))
    assert "annotations stand by severity alone" in done.log


def test_workflow_commands_too(scene: Scene) -> None:
    """Where no check run may be made, the few that the runner keeps are those on changed lines."""
    files(scene, PullFile("budgets.json", patch="@@ -12,0 +13,2 @@\n+a\n+b"))
    results = tuple(finding(index) for index in range(14))
    done = scene.run(report(results=results), scene.token({**ALL, "checks": "read"}))
    issued = [line for line in done.log.splitlines() if line.startswith("::error ")]
    assert [one.partition(",line=")[2].partition("::")[0] for one in issued[:3]] == [
        "13",
        "14",
        "1",
    ]
    assert len(scene.github.calls("GET", "*/pulls/*/files")) == 1


def test_a_finding_without_a_line_is_on_none(scene: Scene) -> None:
    """An advisory stands at the first line of its manifest, and is not counted as on that line."""
    bare = finding(0)._replace(location=Location("django", "requirements.txt", None))
    lined = finding(1)._replace(location=Location("GET /", "requirements.txt", 1))
    diff = of([Changed("requirements.txt", "modified", "@@ -1 +1 @@\n-a\n+b")])
    found = collect(report(results=(bare, lined)), CHECKOUT, diff)
    assert [one.title for one in found] == [
        "budget for p95 latency: GET /", "budget for p95 latency: django",
    ]  # fmt: skip
    assert room(Workflow({}, io.StringIO()), 2).keys() == {
        "failure",
        "warning",
        "notice",
    }
