"""One weakness of a policy."""

from __future__ import annotations

from trivigil.core.record import NamedTuple


class Finding(NamedTuple):
    """A weakness by its type, in the evaluator's words, and where it is."""

    type: str
    severity: str
    """HIGH, SYNTAX, MEDIUM, MEDIUM_MAYBE, INFO or NONE."""
    directive: str
    value: str | None = None
    """The source that it is about."""
