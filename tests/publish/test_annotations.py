from __future__ import annotations

import io

import pytest

from trivigil.github.workflow import Workflow
from trivigil.publish.annotations import Checkout, collect, in_repository, issue

from .scene import CHECKOUT, finding, report

WORK = "/home/runner/work/shop/shop"


@pytest.mark.parametrize(
    ("path", "directory", "expected"),
    [
        pytest.param("budgets.json", WORK, "budgets.json", id="in the root"),
        pytest.param(
            "budgets.json", f"{WORK}/api", "api/budgets.json", id="in a working directory"
        ),
        pytest.param("../budgets.json", f"{WORK}/api", "budgets.json", id="above it"),
        pytest.param(f"{WORK}/a/b.json", WORK, "a/b.json", id="absolute"),
        pytest.param("./a//b.json", WORK, "a/b.json", id="not in its shortest form"),
        pytest.param("../b.json", WORK, None, id="outside of the repository"),
        pytest.param("/etc/b.json", WORK, None, id="absolute and outside"),
        pytest.param("a\nb.json", WORK, None, id="with a line break"),
        pytest.param(".", WORK, None, id="the root itself"),
        pytest.param(None, WORK, None, id="no path"),
    ],
)
def test_path_in_repository(path: str | None, directory: str, expected: str | None) -> None:
    """A path is shown relative to the repository, or not at all."""
    assert in_repository(path, Checkout(WORK, directory)) == expected


def test_worst_first() -> None:
    """What fails the gate comes before warnings, and the greater excess before the smaller."""
    results = (finding(3), finding(0, gates=False), finding(1))
    collected = collect(report(results=results), CHECKOUT)
    assert [(one.start_line, one.level) for one in collected] == [
        (2, "failure"), (4, "failure"), (1, "warning"),
    ]  # fmt: skip


def test_without_a_place_there_is_none() -> None:
    """A result that stands in no file has no annotation."""
    bare = finding()._replace(location=finding().location._replace(path=None))
    assert collect(report(results=(bare,)), CHECKOUT) == ()


def test_commands_keep_to_the_runner_limit() -> None:
    """Ten commands a level, less what the verdict and the runner say later; what is left out is counted."""
    stream = io.StringIO()
    workflow = Workflow({"GITHUB_ACTIONS": "true"}, stream)
    many = collect(report(results=tuple(finding(index) for index in range(14))), CHECKOUT)
    assert issue(workflow, many) == 6
    assert stream.getvalue().count("::error ") == 8
    assert issue(workflow, many) == 14
