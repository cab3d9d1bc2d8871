"""A commit with hundreds of check runs: read by pages, and not beyond a bound."""

from __future__ import annotations

from trivigil.github.client import CHECK_RUN_PAGES, MOST_CHECK_RUNS
from trivigil.publish.comment import sections
from trivigil.publish.conversation import MANY_CHECK_RUNS

from .scene import Scene, finding, report


def jobs(scene: Scene, count: int) -> None:
    """As many jobs of matrices have run on the head."""
    for number in range(count):
        scene.shop.check_run(
            scene.head, f"test ({number})", status="completed", conclusion="success"
        )


def test_sections_behind_two_hundred_jobs(scene: Scene) -> None:
    """Sections are found on the third page as well: one more call for each further hundred, twice."""
    scene.run(report("api", (finding(),)), scene.token())
    jobs(scene, 250)
    scene.run(report("web"), scene.token())
    for comment in scene.shop.comments(7):
        scene.client(scene.token()).delete_comment(comment.id)
    before = len(scene.github.journal)
    scene.run(report("db"), scene.token())
    [body] = scene.mine()
    assert [one.name for one in sections(body)] == ["api", "db", "web"]
    assert len(scene.github.journal) - before <= 8 + 2 * 2


def test_a_bound_on_pages(scene: Scene) -> None:
    """Beyond a thousand check runs nothing more is read; the comment keeps what it has, and it is said."""
    scene.run(report("api", (finding(),)), scene.token())
    jobs(scene, MOST_CHECK_RUNS + 50)
    before = len(scene.github.journal)
    told = scene.run(report("web"), scene.token())
    [body] = scene.mine()
    assert [one.name for one in sections(body)] == ["api", "web"]
    assert MANY_CHECK_RUNS in told.log
    assert len(scene.github.journal) - before <= 6 + 2 * CHECK_RUN_PAGES


def test_only_our_own_app_is_read(scene: Scene) -> None:
    """The listing is narrowed to the app that wrote our check run, so that other apps cost no pages."""
    scene.run(report(), scene.token())
    listed = [one.query.get("app_id") for one in scene.github.calls("GET", "*/check-runs")]
    assert listed == ["15368", "15368"]
