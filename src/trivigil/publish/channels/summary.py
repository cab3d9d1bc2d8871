"""The job summary: the whole report, and what became of the other channels."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trivigil.publish import summary
from trivigil.publish.channel import Delivered
from trivigil.publish.plan import Step

if TYPE_CHECKING:
    from trivigil.publish.channel import Desk
    from trivigil.publish.plan import Situation
    from trivigil.publish.publication import Publication

NAME = "summary"


def decide(at: Situation) -> Step:
    """On every run."""
    return at.local(NAME) or Step(NAME, "do", "every run has one")


def deliver(desk: Desk) -> Delivered:
    """Append it, within what the step's file still takes."""
    text = summary.text(desk.publication.texts, desk.workflow.summary_room(), desk.remarks)
    try:
        written = bool(text) and desk.workflow.summary(text)
    except OSError as error:
        return Delivered(skipped=f"the summary file cannot be written: {error.strerror}")
    if written:
        return Delivered()
    return Delivered(skipped="the step's summary file is full, or there is none")


def payloads(publication: Publication) -> dict[str, str]:
    """The summary in an empty file."""
    return {"summary.md": summary.text(publication.texts, summary.LARGEST, ()) + "\n"}
