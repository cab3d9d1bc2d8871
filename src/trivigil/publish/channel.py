"""The protocol of a channel: a module with these names, listed in `trivigil.publish.channels`."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from trivigil.github.client import Client
    from trivigil.github.records import CheckRun
    from trivigil.github.workflow import Workflow
    from trivigil.publish.conversation import Thread
    from trivigil.publish.plan import Plan, Situation, Step
    from trivigil.publish.publication import Publication


class Desk(NamedTuple):
    """What a channel delivers with."""

    publication: Publication
    workflow: Workflow
    client: Callable[[], Client]
    """The one connection to GitHub, opened at the first call."""
    plan: Plan
    run: CheckRun | None
    """The check run of this publication, once there is one."""
    remarks: tuple[str, ...]
    """What is to be told of the channels before: refusals and notes."""
    thread: Thread | None = None
    """The comments, where they were read already."""
    sharers: int = 1
    """How many reports of this step, with this one, are still to be published."""


class Delivered(NamedTuple):
    """What became of one channel."""

    url: str | None = None
    skipped: str | None = None
    """Why it was left alone after all."""
    notes: tuple[str, ...] = ()
    run: CheckRun | None = None


class Channel(Protocol):
    """One way to people."""

    NAME: str
    """As the `publish` input names it."""

    def decide(self, at: Situation) -> Step:
        """Do, skip or hand over, with the reason. Pure."""
        ...

    def deliver(self, desk: Desk) -> Delivered:
        """Carry it out. Raises Refused for what GitHub refuses, OSError for the runner's files."""
        ...

    def payloads(self, publication: Publication) -> Mapping[str, str]:
        """The exact texts that would be sent, by file name; no token in them."""
        ...
