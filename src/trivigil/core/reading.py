"""What reading one source gave: facts, how complete they are, and what is to be said about them."""

from __future__ import annotations

from typing import Generic, Literal, NamedTuple, TypeVar

F = TypeVar("F")

State = Literal["complete", "partial", "empty", "crashed", "missing", "stale"]
"""Nothing but `complete` can turn a gate green; `empty` is a whole file that says nothing happened."""


class Reading(NamedTuple, Generic[F]):
    """The facts of one source, and how far they can be trusted."""

    path: str
    """As the user named it, with forward slashes."""
    tool: str | None
    format: str | None
    state: State
    facts: F | None
    count: int | None = None  # type: ignore[assignment]  # in place of tuple.count
    unit: str | None = None
    tool_version: str | None = None
    notes: tuple[str, ...] = ()
    problem: str | None = None
    """Why the source is unreadable or damaged (exit 2), as a sentence; None when it is not."""
