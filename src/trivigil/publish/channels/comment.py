"""The sticky comment: one for each pull request, shared by all watches."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from trivigil.publish import conversation
from trivigil.publish.channel import Delivered
from trivigil.publish.comment import Place, compose
from trivigil.publish.plan import Step

if TYPE_CHECKING:
    from trivigil.publish.channel import Desk
    from trivigil.publish.plan import Situation
    from trivigil.publish.publication import Publication

NAME = "comment"
NOWHERE: Final = Place("owner/repository", 1)
"""Where a comment would stand that has no pull request."""


def decide(at: Situation) -> Step:
    """Where the event has a pull request."""
    hindered = at.hindered(NAME)
    if hindered is not None and hindered.act == "skip":
        return hindered
    if at.wanted.comment == "never":
        return Step(NAME, "skip", "comment-mode is never")
    if at.event is None or at.event.pull_number is None:
        name = at.event.name if at.event else "this"
        return Step(NAME, "skip", f"a {name} event has no pull request")
    return hindered or Step(NAME, "do", f"on pull request {at.event.pull_number}")


def deliver(desk: Desk) -> Delivered:
    """Bring the comment up to date with the sections of every watch."""
    ready = desk.publication
    if ready.place is None:
        return Delivered(skipped="there is no pull request")
    outcome = conversation.publish(
        desk.client(),
        ready.place,
        ready.section,
        desk.run,
        desk.plan.wanted.comment,
        desk.plan.wanted.recreate,
        desk.thread,
    )
    return Delivered(outcome.url, outcome.skipped, outcome.notes)


def payloads(publication: Publication) -> dict[str, str]:
    """The comment as it would be created."""
    place = publication.place or NOWHERE
    own = publication.section
    return {"comment.md": compose(place, (own,), own.head_sha) + "\n"}
