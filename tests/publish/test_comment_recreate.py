"""A new comment for a new commit: the old one deleted, or hidden as outdated."""

from __future__ import annotations

import itertools
import threading

import pytest

from tests.github_double import Request
from tests.github_double.subjects.comments import Comment
from trivigil.publish import Wanted, parse_wanted
from trivigil.publish.comment import OUTDATED, sections
from trivigil.publish.plan import Recreate

from .scene import ALL, NUMBER, Scene, finding, report

DELETE, HIDE = parse_wanted("auto", "always", "true"), parse_wanted("auto", "always", "hide")
NEXT = "b" * 40


def comments(scene: Scene) -> list[Comment]:
    return list(scene.shop.comments(NUMBER))


def live(scene: Scene) -> list[Comment]:
    return [one for one in comments(scene) if one.body in scene.mine()]


def test_a_new_commit_gets_a_new_comment(scene: Scene) -> None:
    """`true`: the comment stands at the end of the thread, below what people wrote, and only once."""
    scene.run(report(results=(finding(),)), scene.token(), wanted=DELETE)
    scene.shop.comment(NUMBER, "looks good")
    scene.shop.push(NUMBER, NEXT)
    before = len(scene.github.journal)
    told = scene.run(report(), scene.token(), wanted=DELETE)
    talk, ours = scene.bodies()
    assert talk == "looks good"
    assert "✅" in ours
    assert len(scene.github.journal) - before <= 9
    assert sum(one.is_write for one in scene.github.journal[before:]) == 3
    assert told.outputs["comment-url"].endswith(f"-{live(scene)[0].id}")


def test_the_same_commit_keeps_its_comment(scene: Scene) -> None:
    """Every further watch of a commit, and every further run, joins the comment that is there."""
    scene.run(report("api"), scene.token(), wanted=DELETE)
    first = live(scene)[0].id
    scene.run(report("web"), scene.token(), wanted=DELETE)
    scene.run(report("api", (finding(),)), scene.token(), wanted=DELETE)
    assert [one.id for one in live(scene)] == [first]
    assert [one.name for one in sections(live(scene)[0].body)] == ["api", "web"]


def test_sections_of_an_older_commit_move_on(scene: Scene) -> None:
    """What other watches said of the commit before is not lost with the old comment."""
    scene.run(report("api", (finding(),)), scene.token(), wanted=DELETE)
    scene.shop.push(NUMBER, NEXT)
    scene.run(report("web"), scene.token(), wanted=DELETE)
    [body] = scene.bodies()
    assert [one.name for one in sections(body)] == ["api", "web"]
    assert "This part is about commit" in body


def test_hidden_as_outdated(scene: Scene) -> None:
    """`hide`: the old comment stays, folded as outdated, says so, and is never written again."""
    scene.run(report(results=(finding(),)), scene.token(), wanted=HIDE)
    scene.shop.push(NUMBER, NEXT)
    before = len(scene.github.journal)
    scene.run(report(), scene.token(), wanted=HIDE)
    old, new = comments(scene)
    assert (old.minimized, new.minimized) == (True, False)
    assert OUTDATED in old.body
    assert "GET /login" in old.body
    assert new.body in scene.mine()
    assert old.body not in scene.mine()
    assert len(scene.github.journal) - before <= 10
    scene.run(report(results=(finding(),)), scene.token())
    assert comments(scene)[0] == old


def test_refused_hiding_is_a_note(scene: Scene) -> None:
    """Where GitHub does not fold it away, the old comment is marked all the same, and it is said."""
    scene.run(report(), scene.token(), wanted=HIDE)
    scene.shop.push(NUMBER, NEXT)
    fresh = itertools.count()

    def folding(request: Request) -> bool:
        return request.path.endswith("/graphql") and next(fresh) > 0

    def forget(_: Request) -> None:
        old = comments(scene)[0]
        scene.shop.part(_kind()).by_id[old.id] = old._replace(id=-1)

    scene.github.on_call(folding, forget)
    told = scene.run(report(), scene.token(), wanted=HIDE)
    assert "comment" in told.published.done
    assert "marked as such, but not hidden" in told.log
    assert len(scene.mine()) == 1


def _kind() -> type:
    from tests.github_double.subjects.comments import Comments

    return Comments


@pytest.mark.parametrize(
    ("recreate", "call"),
    [*(("true", call) for call in range(9)), *(("hide", call) for call in range(10))],
)
def test_two_writers_recreate_one_comment(scene: Scene, recreate: Recreate, call: int) -> None:
    """Wherever a second writer comes in between, one comment remains, with everybody's section."""
    wanted = parse_wanted("auto", "always", recreate)
    scene.run(report("old"), scene.token(), wanted=wanted)
    scene.shop.push(NUMBER, NEXT)
    first, second = scene.environ(), scene.environ()
    counter, inside = itertools.count(), threading.Event()

    def due(request: Request) -> bool:
        return not inside.is_set() and next(counter) == call

    def interrupt(request: Request) -> None:
        inside.set()
        scene.run(report("web"), scene.token(), second, wanted=wanted)

    scene.github.on_call(due, interrupt)
    scene.run(report("api", (finding(),)), scene.token(), first, wanted=wanted)
    assert inside.is_set()
    [body] = scene.mine()
    assert [one.name for one in sections(body)] == ["api", "old", "web"]
    assert len(comments(scene)) == (2 if recreate == "hide" else 1)


@pytest.mark.parametrize("recreate", ["true", "hide"])
@pytest.mark.parametrize("call", range(10))
def test_a_newer_commit_comes_in_between(scene: Scene, recreate: Recreate, call: int) -> None:
    """A run of the next commit in the middle of one: one comment, with the newer run's section."""
    wanted = parse_wanted("auto", "always", recreate)
    scene.run(report("old"), scene.token(), wanted=wanted)
    first = scene.environ()
    counter, inside = itertools.count(), threading.Event()

    def due(request: Request) -> bool:
        return not inside.is_set() and next(counter) == call

    def interrupt(request: Request) -> None:
        inside.set()
        scene.shop.push(NUMBER, NEXT)
        scene.run(report("web"), scene.token(), scene.environ(), wanted=wanted)

    scene.github.on_call(due, interrupt)
    scene.run(report("api", (finding(),)), scene.token(), first, wanted=wanted)
    [body] = scene.mine()
    if inside.is_set():
        assert "web" in [one.name for one in sections(body)]


def test_nothing_new_stays_where_it_is(scene: Scene) -> None:
    """With `on-change` a commit that changes nothing moves nothing."""
    wanted = Wanted(None, "on-change", "true")
    scene.run(report(results=(finding(),)), scene.token(), wanted=wanted)
    [before] = comments(scene)
    scene.shop.push(NUMBER, NEXT)
    scene.run(report(results=(finding(),)), scene.token(), wanted=wanted)
    assert comments(scene) == [before]


def test_without_check_runs(scene: Scene) -> None:
    """Where no check run may be written, the old comment's sections are what there is to take over."""
    token = scene.token({**ALL, "checks": "read"})
    scene.run(report("api"), token, wanted=DELETE)
    scene.shop.push(NUMBER, NEXT)
    scene.run(report("web"), token, wanted=DELETE)
    [body] = scene.bodies()
    assert [one.name for one in sections(body)] == ["api", "web"]
