"""Which lines a pull request changes: where not all annotations fit at once, those on its lines go first.

Reviewers see annotations in the diff, and GitHub shows those of the first requests first. The diff costs one call, which is made only where
the order decides what is seen; without it the order is by severity alone.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Final, NamedTuple

from trivigil.github import pull_files
from trivigil.github.client import ANNOTATIONS_PER_CALL
from trivigil.github.refusal import UNAUTHORIZED, Refused

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from trivigil.github.client import Client
    from trivigil.github.records import Annotation, AnnotationLevel, PullFile
    from trivigil.publish.publication import Publication

CHANGED: Final = 0
NEAR: Final = 1
ELSEWHERE: Final = 2

_HUNK: Final = re.compile(r"@@ -\d{1,9}(?:,\d{1,9})? \+(\d{1,9})(?:,\d{1,9})? @@")


class Lines(NamedTuple):
    """Of one file the lines of its new side."""

    changed: frozenset[int]
    shown: frozenset[int]
    """Those around them that a diff shows."""
    is_new: bool = False


Diff = dict[str, Lines]
"""By path in the repository."""


class Found(NamedTuple):
    """The diff, where it could be had; what is to be told where not."""

    diff: Diff | None = None
    note: str | None = None


def decides(
    channel: str, annotations: Iterable[Annotation], room: Mapping[AnnotationLevel, int]
) -> bool:
    """Whether the order decides what a reader of the channel sees first, or at all; `room` is for workflow commands."""
    levels = Counter(one.level for one in annotations)
    if channel == "check-run":
        return levels.total() > ANNOTATIONS_PER_CALL
    return channel == "annotations" and any(levels[level] > room[level] for level in levels)


def find(publication: Publication, connected: Callable[[], Client]) -> Found:
    """Ask for the diff. Nothing that goes wrong here is worse than another order."""
    if publication.place is None:
        return Found()
    try:
        return Found(of(pull_files.first(connected(), publication.place.pull)))
    except Refused as refused:
        silent = refused.forbidden or refused.status == UNAUTHORIZED
        no_connection = refused.status is None and not refused.unclear
        if silent or no_connection:
            return Found()
        return Found(note=f"annotations stand by severity alone: {refused.message}")


def of(files: Iterable[PullFile]) -> Diff:
    """The lines of each file that the head still has. Pure."""
    return {one.path: _lines(one) for one in files if one.status != "removed"}


def _lines(file: PullFile) -> Lines:
    changed, shown = set[int](), set[int]()
    number = 0
    for line in (file.patch or "").split("\n"):
        if line.startswith("@@"):
            match = _HUNK.match(line)
            number = int(match[1]) if match else 0
        elif number and line.startswith(("+", " ")):
            (changed if line[0] == "+" else shown).add(number)
            number += 1
    return Lines(frozenset(changed), frozenset(shown), file.status == "added")


def nearness(diff: Mapping[str, Lines], path: str, line: int | None) -> int:
    """How near a place is to what changed: on it, in what the diff shows or somewhere in a changed file, elsewhere."""
    lines = diff.get(path)
    if lines is None:
        return ELSEWHERE
    if lines.is_new or line in lines.changed:
        return CHANGED
    patchless = not (lines.changed or lines.shown)
    return NEAR if line is None or patchless or line in lines.shown else ELSEWHERE
