"""The commit status: one line on the commit, where the check run is refused, or where it is named."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from trivigil.core.untrusted import printable
from trivigil.publish.channel import Delivered
from trivigil.publish.plan import Step
from trivigil.publish.published import as_json
from trivigil.publish.section import check_name

if TYPE_CHECKING:
    from trivigil.github.client import StatusState
    from trivigil.publish.channel import Desk
    from trivigil.publish.plan import Situation
    from trivigil.publish.publication import Publication

NAME = "status"
DESCRIPTION_CHARS: Final = 140
"""OpenAPI, `repos/create-commit-status`."""


def decide(at: Situation) -> Step:
    """Named, or the second best: a personal token may write it, and not the check run."""
    refusal = at.before["check-run"].refusal
    stands_in = refusal is not None and refusal.for_good and not at.wanted.explicit
    if hindered := at.hindered(NAME, by_default=stands_in):
        return hindered
    reason = "because the check run is refused" if stands_in else "asked for"
    return Step(NAME, "do", reason, stands_in=stands_in)


def deliver(desk: Desk) -> Delivered:
    """Set it; the newest of a context counts."""
    ready = desk.publication
    sha, state, context, description, address = _status(ready)
    desk.client().create_status(sha, state, context, description, address)
    return Delivered(address or None)


def payloads(publication: Publication) -> dict[str, str]:
    """The request."""
    sha, state, context, description, address = _status(publication)
    body = {"sha": sha, "state": state, "context": context, "description": description}
    return {"status.json": as_json({**body, "target_url": address})}


def _status(publication: Publication) -> tuple[str, StatusState, str, str, str]:
    """Commit, state, context, description and address. A neutral verdict lets a change through."""
    own, event = publication.section, publication.event
    state: StatusState = "failure" if own.verdict == "failure" else "success"
    context = check_name(own.name)
    description = printable(own.headline, DESCRIPTION_CHARS)
    return own.head_sha, state, context, description, event.run_url if event else ""
