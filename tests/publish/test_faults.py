"""One fault at each call of a publish; the end is the fault-free one."""

from __future__ import annotations

from typing import Any, NamedTuple

import pytest

from trivigil.github.patience import Manners

from .scene import Scene, finding, report

HASTY = Manners(ceiling=30.0, backoff=0.01, timeout=2)
CALLS = 8


class End(NamedTuple):
    """What is on GitHub after a publish."""

    comments: list[str]
    check_runs: list[tuple[Any, ...]]


def end(scene: Scene) -> End:
    """The comments, and the check runs with what people see of them."""
    runs = scene.shop.check_runs(scene.head)
    seen = [(run.name, run.conclusion, run.title, run.text, run.annotations) for run in runs]
    return End(scene.bodies(), seen)


@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize("kind", ["reset", "500", "502", "truncated"])
def test_fault_at_each_call(scene: Scene, kind: Any, moment: Any) -> None:
    """A call that is not answered, carried out or not, leaves no twin and loses nothing."""
    environ = scene.environ()
    scene.run(report(results=(finding(),)), scene.token(), environ)
    expected = end(scene)
    for call in range(1, CALLS + 1):
        _forget(scene)
        scene.github.faults.add(kind, call=call, moment=moment)
        told = scene.run(report(results=(finding(),)), scene.token(), environ)
        assert told.published.refused == (), f"call {call}"
        assert end(scene) == expected, f"call {call}"
        scene.github.faults.clear()


@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize("path", ["*/check-runs", "*/comments"])
def test_timeout_of_a_creation(scene: Scene, path: str, moment: Any) -> None:
    """A creation that GitHub answers too late happens once."""
    scene.run(
        report("warm"), scene.token()
    )  # the bench loads GitHub's description on its first call
    scene.github.faults.add("timeout", method="POST", path=path, moment=moment, seconds=3.0)
    told = scene.run(report(results=(finding(),)), scene.token(), manners=HASTY)
    assert told.published.refused == ()
    assert (len(scene.mine()), len(scene.shop.check_runs(scene.head))) == (1, 2)


def test_server_that_is_down(scene: Scene) -> None:
    """Without any answer each channel is refused by name after a bounded number of calls."""
    scene.github.faults.add("502", times=None)
    told = scene.run(report(), scene.token())
    assert [one.channel for one in told.published.refused] == ["check-run", "comment"]
    assert told.published.done == ("annotations", "summary", "outputs")
    assert len(scene.github.journal) <= 20


def test_fault_after_the_comment_is_written(scene: Scene) -> None:
    """Where only the second look fails, the comment counts as written, and the log says the rest."""
    scene.github.faults.add("500", method="GET", path="*/comments", call=2, times=None)
    told = scene.run(report(), scene.token())
    assert "comment" in told.published.done
    assert "the comment is written, but not checked again" in told.log


def _forget(scene: Scene) -> None:
    """Take everything off the pull request and its head again."""
    from tests.github_double.subjects.check_runs import CheckRuns
    from tests.github_double.subjects.comments import Comments

    scene.shop.part(CheckRuns).by_id.clear()
    scene.shop.part(Comments).by_id.clear()
