"""When the comment is written: always, on change, on failure, never."""

from __future__ import annotations

import pytest

from trivigil.publish import Wanted, parse_wanted
from trivigil.publish.plan import CommentMode

from .scene import NUMBER, Scene, finding, report

PASSING = report()
FAILING = report(results=(finding(),))
OTHERWISE = report(results=(finding(subject="GET /other"),))
WORSE = report(results=(finding(0)._replace(message="GET /login: p95 latency is 999 ms"),))


def bodies(scene: Scene) -> list[str]:
    return [comment.body for comment in scene.shop.comments(NUMBER)]


def wanted(mode: CommentMode) -> Wanted:
    return parse_wanted("auto", mode)


@pytest.mark.parametrize("told", [PASSING, FAILING], ids=["passing", "failing"])
def test_never_writes_no_comment(scene: Scene, told: object) -> None:
    """`never`: no comment, and every other channel as always."""
    done = scene.run(told, scene.token(), wanted=wanted("never"))  # type: ignore[arg-type]
    assert bodies(scene) == []
    assert done.published.done == ("check-run", "summary", "outputs")


def test_on_failure_creates_none_for_a_success(scene: Scene) -> None:
    """`on-failure`: a passing run leaves a pull request without a comment as it is."""
    done = scene.run(PASSING, scene.token(), wanted=wanted("on-failure"))
    assert bodies(scene) == []
    assert "comment: skipped, comment-mode is on-failure, and nothing failed" in done.log


def test_on_failure_never_leaves_an_old_failure_standing(scene: Scene) -> None:
    """`on-failure`: what failed before and is mended now is said in the comment that is there."""
    scene.run(FAILING, scene.token(), wanted=wanted("on-failure"))
    assert "❌" in bodies(scene)[0]
    scene.run(PASSING, scene.token(), wanted=wanted("on-failure"))
    [body] = bodies(scene)
    assert "❌" not in body
    assert "✅" in body


@pytest.mark.parametrize(
    ("second", "touched"),
    [
        pytest.param(FAILING, False, id="the same failure"),
        pytest.param(WORSE, False, id="the same failure with another number"),
        pytest.param(OTHERWISE, True, id="another failure"),
        pytest.param(PASSING, True, id="mended"),
    ],
)
def test_on_change_writes_what_changed(scene: Scene, second: object, touched: bool) -> None:
    """`on-change`: the comment is touched when the verdict or the set of failures is another."""
    scene.run(FAILING, scene.token(), wanted=wanted("on-change"))
    [before] = bodies(scene)
    done = scene.run(second, scene.token(), wanted=wanted("on-change"))  # type: ignore[arg-type]
    [after] = bodies(scene)
    assert (before != after) is touched
    assert ("comment" in done.published.done) is touched


def test_what_is_left_alone_is_not_written(scene: Scene) -> None:
    """A comment that is left alone costs no write."""
    scene.run(FAILING, scene.token(), wanted=wanted("on-change"))
    writes = len(
        [one for one in scene.github.journal if "/comments" in one.path and one.method != "GET"]
    )
    scene.run(FAILING, scene.token(), wanted=wanted("on-change"))
    after = len(
        [one for one in scene.github.journal if "/comments" in one.path and one.method != "GET"]
    )
    assert writes == after
