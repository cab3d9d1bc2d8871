"""Annotations by workflow command: where no check run carries them."""

from __future__ import annotations

from io import StringIO
from typing import TYPE_CHECKING

from trivigil.github.workflow import Workflow
from trivigil.publish.annotations import issue
from trivigil.publish.channel import Delivered
from trivigil.publish.plan import Step

if TYPE_CHECKING:
    from trivigil.publish.channel import Desk
    from trivigil.publish.plan import Situation
    from trivigil.publish.publication import Publication

NAME = "annotations"


def decide(at: Situation) -> Step:
    """Only as the second best: the runner keeps ten of a level."""
    if hindered := at.local(NAME):
        return hindered
    if at.before["check-run"].act == "do":
        return Step(NAME, "skip", "the check run carries them")
    return Step(NAME, "do", "by workflow command, because there is no check run")


def deliver(desk: Desk) -> Delivered:
    """Issue as many as the runner keeps, worst first."""
    left_out = issue(desk.workflow, desk.publication.annotations, sharers=desk.sharers)
    more = f"{left_out:,} more annotations are left out, because the runner keeps only ten"
    return Delivered(notes=(more,) if left_out else ())


def payloads(publication: Publication) -> dict[str, str]:
    """The commands, one a line."""
    caught = StringIO()
    issue(Workflow({"GITHUB_ACTIONS": "true"}, caught), publication.annotations)
    return {"annotations.txt": caught.getvalue()}
