"""Annotations of one step of the workflow; all steps inside of a composite action share them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

LEVELS: Final = ("error", "warning", "notice")
PER_LEVEL: Final = 10
"""ExecutionContext.cs, _maxIssueCount, and docs.github.com "Workflow commands" (newer runners send more, and GitHub
shows ten)."""
MESSAGE_CHARS: Final = 4096
"""ExecutionContext.cs, _maxIssueMessageLength: cut after masking."""


class Annotation(NamedTuple):
    """One `::error::` and its like."""

    level: str
    message: str
    place: Mapping[str, str]
    """title, file, line and so on."""


class Annotations:
    """What GitHub shows of a step, and what it drops."""

    def __init__(self) -> None:
        self.shown: list[Annotation] = []
        self.dropped: list[Annotation] = []

    def add(self, level: str, message: str, place: Mapping[str, str]) -> None:
        """Take in one, masked; the first ten of a level are shown."""
        one = Annotation(level, message[:MESSAGE_CHARS], place)
        held = sum(known.level == level for known in self.shown)
        (self.shown if held < PER_LEVEL else self.dropped).append(one)
