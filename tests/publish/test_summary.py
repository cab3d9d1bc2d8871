from __future__ import annotations

from pathlib import Path

import cmarkgfm

from trivigil.github.workflow import SUMMARY_BYTES
from trivigil.publish import parse_wanted, texts
from trivigil.publish.summary import LARGEST, text

from .scene import Scene, finding, report

ONLY = parse_wanted("summary")


def test_counts_what_the_file_holds(scene: Scene) -> None:
    """A file that another command of the step filled leaves the rest of the room, and no more."""
    environ = scene.environ()
    path = Path(environ["GITHUB_STEP_SUMMARY"])
    path.write_text("x" * (SUMMARY_BYTES - 3_000) + "\n", encoding="utf-8")
    many = report(results=tuple(finding(index) for index in range(300)))
    told = scene.run(many, scene.token(), environ, wanted=ONLY)
    assert "summary" in told.published.done
    assert SUMMARY_BYTES - 2_000 < path.stat().st_size <= SUMMARY_BYTES


def test_full_file_is_left_alone(scene: Scene) -> None:
    """Where there is no room the summary is skipped, and the log says why."""
    environ = scene.environ()
    path = Path(environ["GITHUB_STEP_SUMMARY"])
    path.write_text("x" * SUMMARY_BYTES, encoding="utf-8")
    told = scene.run(report(), scene.token(), environ, wanted=ONLY)
    assert path.stat().st_size == SUMMARY_BYTES
    assert "summary: skipped, the step's summary file is full" in told.log


def test_remarks_are_harmless() -> None:
    """What GitHub or a tool said about publishing is text in the summary, never Markdown."""
    shown = text(texts.of(report()), LARGEST, ["<img src=x> @octo/team [x](http://y) `"])
    html = cmarkgfm.github_flavored_markdown_to_html(shown)
    assert "&lt;img src=x&gt;" in html
    assert "<a " not in html
    assert "@octo" not in html


def test_room_is_kept() -> None:
    """Text and remarks together stay within the room."""
    many = texts.of(report(results=tuple(finding(index) for index in range(300))))
    for room in (10, 500, 5_000):
        assert len(text(many, room, ["a remark"]).encode()) <= room
