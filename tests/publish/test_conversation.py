from __future__ import annotations

import itertools
import threading

import pytest

from tests.github_double import ACTIONS_APP, App, Request
from trivigil.publish import Wanted
from trivigil.publish.comment import sections
from trivigil.publish.conversation import BEST_EFFORT
from trivigil.publish.section import Section, encode

from .scene import ALL, NUMBER, Scene, finding, report

ACTIONS = "github-actions[bot]"


def names(body: str) -> list[str]:
    """The sections of a comment, in their order."""
    return [section.name for section in sections(body)]


def marker(repository: str = "octo/shop", number: int = NUMBER) -> str:
    """Our marker, as anybody can copy it."""
    return f'<!-- trivigil:comment:1 {{"pull": {number}, "repository": "{repository}"}} -->'


def test_one_comment_among_three_hundred(scene: Scene) -> None:
    """Our comment is found behind 300 others: one creation, one change, and no second comment."""
    for index in range(300):
        scene.shop.comment(NUMBER, f"remark {index}")
    scene.github.clock.advance(3600)
    scene.run(report(results=(finding(),)), scene.token())
    before = len(scene.github.journal)
    scene.run(report(), scene.token())
    assert len(scene.mine()) == 1
    assert len(scene.github.calls("POST", "*/comments")) == 1
    # 8, and one for each further 100 comments: 301 of them are four pages.
    assert len(scene.github.journal) - before <= 8 + 3


def test_unchanged_is_not_written(scene: Scene) -> None:
    """A run that has nothing new to say leaves the comment untouched."""
    environ = scene.environ()
    scene.run(report(results=(finding(),)), scene.token(), environ)
    scene.run(report(results=(finding(),)), scene.token(), environ)
    assert len(scene.github.calls("PATCH", "*/issues/comments/*")) == 0


@pytest.mark.parametrize(
    ("author", "body"),
    [
        pytest.param("mallory", marker(), id="somebody else planted the marker"),
        pytest.param(ACTIONS, marker(number=8), id="another pull request's"),
        pytest.param(ACTIONS, marker("octo/other"), id="another repository's"),
        pytest.param(ACTIONS, f"> {marker()}", id="quoted"),
        pytest.param(ACTIONS, "<!-- trivigil:comment:1 {[} -->", id="not JSON"),
        pytest.param("octocat", f"{marker()}\nhello", id="a user's copy"),
    ],
)
def test_foreign_comment_is_left_alone(scene: Scene, author: str, body: str) -> None:
    """A comment that is not ours by author and marker is neither changed nor deleted."""
    scene.shop.comment(NUMBER, body, author=author)
    scene.run(report(), scene.token())
    assert scene.bodies()[0] == body
    assert len(scene.bodies()) == 2


def test_moved_head(scene: Scene) -> None:
    """A run about a commit that is no longer the head leaves the comment alone, and says so."""
    late = scene.environ()
    scene.shop.push(NUMBER, "b" * 40)
    scene.run(report(), scene.token())
    [before] = scene.bodies()
    told = scene.run(report(results=(finding(),)), scene.token(), late)
    assert scene.bodies() == [before]
    assert "the pull request has moved on to bbbbbbbbbbbb" in told.log
    assert "comment" not in told.published.done


def test_older_run_ends_late(scene: Scene) -> None:
    """Of two runs on one commit the older one does not overwrite the newer, whichever ends last."""
    older, newer = scene.environ(), scene.environ()
    scene.run(report(), scene.token(), newer)
    [before] = scene.bodies()
    scene.run(report(results=(finding(),)), scene.token(), older)
    assert scene.bodies() == [before]


def test_second_attempt_replaces_the_first(scene: Scene) -> None:
    """A re-run of the same run id with a greater attempt has the newer say."""
    first = scene.environ()
    scene.run(report(results=(finding(),)), scene.token(), first)
    scene.run(report(), scene.token(), {**first, "GITHUB_RUN_ATTEMPT": "2"})
    [section] = sections(scene.bodies()[0])
    assert (section.run_attempt, section.verdict) == (2, "success")


def test_sections_stand_worst_first(scene: Scene) -> None:
    """One comment for all watches: failures first, then by name."""
    scene.run(report("b"), scene.token())
    scene.run(report("c", (finding(),)), scene.token())
    scene.run(report("a"), scene.token())
    [body] = scene.bodies()
    assert names(body) == ["c", "a", "b"]


def test_section_of_an_older_commit_says_so(scene: Scene) -> None:
    """A watch that did not run on the newest commit keeps its section, with the commit named."""
    old = scene.head
    scene.run(report("api", (finding(),)), scene.token())
    scene.shop.push(NUMBER, "b" * 40)
    scene.run(report("web"), scene.token())
    [body] = scene.bodies()
    assert names(body) == ["api", "web"]
    assert f"This part is about commit <code>{old[:12]}</code>" in body


def publish_interrupted(scene: Scene, call: int) -> None:
    """Publish `api`, and in the middle of its call of this number publish `web` from start to end."""
    first, second = scene.environ(), scene.environ()
    counter, inside = itertools.count(), threading.Event()

    def due(request: Request) -> bool:
        return not inside.is_set() and next(counter) == call

    def interrupt(request: Request) -> None:
        inside.set()
        scene.run(report("web"), scene.token(), second)

    scene.github.on_call(due, interrupt)
    scene.run(report("api", (finding(),)), scene.token(), first)
    assert inside.is_set()


@pytest.mark.parametrize("call", range(8))
def test_two_writers_make_one_comment(scene: Scene, call: int) -> None:
    """Wherever a second writer comes in between, one comment with both sections remains."""
    publish_interrupted(scene, call)
    [body] = scene.bodies()
    assert names(body) == ["api", "web"]


@pytest.mark.parametrize("call", range(8))
def test_two_writers_change_one_comment(scene: Scene, call: int) -> None:
    """The same where the comment exists before both."""
    scene.run(report("old"), scene.token())
    publish_interrupted(scene, call)
    [body] = scene.bodies()
    assert names(body) == ["api", "old", "web"]


def test_twins_are_healed(scene: Scene) -> None:
    """Of several comments of ours the oldest stays, with everything that any of them had."""
    scene.run(report("api"), scene.token())
    scene.run(report("web"), scene.token())
    [body] = scene.bodies()
    api_only = body.split("<!-- trivigil:section", 2)
    scene.shop.comment(NUMBER, "between")
    for part in api_only[1:]:
        scene.shop.comment(NUMBER, f"{marker()}\n\n<!-- trivigil:section{part}", author=ACTIONS)
    oldest = scene.shop.comments(NUMBER)[0].id
    scene.run(report("db"), scene.token())
    [mine] = scene.mine()
    assert names(mine) == ["api", "db", "web"]
    assert scene.shop.comments(NUMBER)[0].id == oldest
    assert len(scene.bodies()) == 2


def test_comment_deleted_on_the_way(scene: Scene) -> None:
    """A comment that somebody deletes between reading and writing is written anew."""
    scene.run(report("api"), scene.token())
    comment = scene.shop.comments(NUMBER)[0]
    erase = scene.client(scene.token())
    once = threading.Event()

    def due(request: Request) -> bool:
        return request.method == "PATCH" and not once.is_set()

    def delete(request: Request) -> None:
        once.set()
        erase.delete_comment(comment.id)

    scene.github.on_call(due, delete)
    scene.run(report("web"), scene.token())
    [body] = scene.mine()
    assert names(body) == ["api", "web"]


def test_best_effort_without_check_runs(scene: Scene) -> None:
    """Without the permission for check runs sections are merged from the comment, and it is said."""
    token = scene.token({"pull-requests": "write"})
    scene.run(report("api"), token)
    told = scene.run(report("web"), token)
    [body] = scene.bodies()
    assert names(body) == ["api", "web"]
    assert BEST_EFFORT in told.log
    assert len(scene.github.calls("GET", "*/check-runs")) == 0


@pytest.mark.parametrize(
    ("app", "external_id", "sha", "names_there"),
    [
        pytest.param(ACTIONS_APP, "trivigil:evil", None, ["db", "evil"], id="one of our own app's"),
        pytest.param(App(99, "other", "Other"), "trivigil:evil", None, ["db"], id="another app's"),
        pytest.param(ACTIONS_APP, "trivigil:web", None, ["db"], id="another watch's check run"),
        pytest.param(ACTIONS_APP, "build-7", None, ["db"], id="somebody else's check run"),
        pytest.param(ACTIONS_APP, "trivigil:evil", "c" * 40, ["db"], id="another commit's section"),
    ],
)
def test_what_counts_as_a_section(
    scene: Scene, app: App, external_id: str, sha: str | None, names_there: list[str]
) -> None:
    """A check run's section counts where app, watch and commit fit; anything else is foreign."""
    section = Section("evil", 1, 1, sha or scene.head, "success", "fine", ("text",))
    text = encode(section)
    scene.shop.check_run(scene.head, "forged", app=app, external_id=external_id, text=text)
    scene.run(report("db"), scene.token())
    [body] = scene.bodies()
    assert names(body) == names_there


def test_long_sections_share_the_room(scene: Scene) -> None:
    """Many long sections fit into one comment: the longest give way, none is cut or lost."""
    many = tuple(finding(index) for index in range(400))
    only = Wanted(frozenset({"comment", "check-run"}))
    for name in ("a", "b", "c", "d"):
        scene.run(report(name, many), scene.token(ALL), wanted=only)
    [body] = scene.bodies()
    assert names(body) == ["a", "b", "c", "d"]
    assert len(body) <= 65_000
    assert len(body) > 30_000
