"""What the same watch published last: read before anything is written, so that all writers tell the same.

Of a pull request with a comment it stands in the comment, whose listing is needed anyway; else in the check
run of the commit that the event names as the one before.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from trivigil.github.refusal import NOT_FOUND, UNAUTHORIZED, UNPROCESSABLE, Refused
from trivigil.publish import conversation, section

if TYPE_CHECKING:
    from collections.abc import Callable

    from trivigil.github.client import Client
    from trivigil.publish.conversation import Thread
    from trivigil.publish.plan import Plan
    from trivigil.publish.publication import Publication
    from trivigil.publish.section import Section


_NO_COMMIT: Final = {NOT_FOUND, UNPROCESSABLE}
"""GitHub's answers about a commit that it does not have: after a forced push, perhaps."""


class Earlier(NamedTuple):
    """The watch's last section, if any; the comments, where they were read; what is to be told."""

    last: Section | None = None
    thread: Thread | None = None
    note: str | None = None


def find(plan: Plan, publication: Publication, connected: Callable[[], Client]) -> Earlier:
    """Look back. Nothing that goes wrong here is worse than a missing line."""
    own, event = publication.section, publication.event
    before = event.before_sha if event is not None else None
    try:
        if plan.does("comment") and publication.place is not None:
            thread = conversation.read(connected(), publication.place)
            return Earlier(conversation.last(thread, own.name), thread)
        if plan.does("check-run") and before is not None:
            return Earlier(_kept(connected(), before, own.name))
    except Refused as refused:
        if refused.status is None and not refused.unclear:
            return Earlier()  # there is no connection at all, which every channel will say
        if refused.forbidden or refused.status == UNAUTHORIZED:
            return Earlier()
        return Earlier(note=f"what changed since the last run is not known: {refused.message}")
    return Earlier()


def _kept(client: Client, sha: str, name: str) -> Section | None:
    """The watch's section in its check run on a commit."""
    try:
        found = client.list_check_runs(sha, name=section.check_name(name))
    except Refused as refused:
        if refused.status in _NO_COMMIT:
            return None
        raise
    kept = (conversation.kept_in(one) for one in found)
    return next((one for one in kept if one is not None and one.name == name), None)
