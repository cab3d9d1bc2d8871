"""The sticky comment as text: one for each pull request, with a section for each watch. Pure.

Whatever order the writers come in, the same sections give the same text: worst verdict first, then
by name, and each section at the greatest of its lengths that leaves room for the others. A text is
never cut: where even the shortest does not fit, the section's headline stands for it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from trivigil.publish.hidden import harmless, marker, normal, parsed
from trivigil.publish.section import from_meta, meta

if TYPE_CHECKING:
    from collections.abc import Sequence

    from trivigil.github.records import Comment, Viewer
    from trivigil.publish.section import Section

MAX_CHARS: Final = 65_000
MAX_BYTES: Final = 200_000
"""GitHub says 65,536 characters and takes 262,144 bytes (dead-claudia/github-limits#13)."""
MAX_BODY: Final = 262_144
BETWEEN: Final = "\n\n"
OUTDATED: Final = "<sub>Outdated: the newest results stand in a later comment.</sub>"

_ORDER: Final = {"failure": 0, "neutral": 1, "success": 2}
_MARKER = re.compile(r"<!-- trivigil:comment:1 (\{[^\n]{0,1000}\}) -->(?:\n|\Z)")
_SECTION = re.compile(
    r"^<!-- trivigil:section (\{[^\n]{0,8000}\}) -->\n\n(.*?)\n\n<!-- trivigil:end -->$",
    re.DOTALL | re.MULTILINE,
)


class Place(NamedTuple):
    """The pull request that a comment belongs to; its marker is bound to it."""

    repository: str
    pull: int


class _Part(NamedTuple):
    """A section as it would stand in the comment at one of its lengths, and its size there."""

    text: str
    units: int
    """UTF-16 units, the larger way to count characters."""
    bytes_: int


def is_ours(comment: Comment, place: Place, viewer: Viewer) -> bool:
    """Whether we wrote this comment for this pull request: by its author, and by its marker."""
    by_us = viewer.wrote(comment.author, comment.author_id)
    return by_us and _marked(normal(comment.body), place)


def _marked(body: str, place: Place) -> bool:
    match = _MARKER.match(body)
    data = parsed(match[1]) if match else None
    if not isinstance(data, dict):
        return False
    repository, pull = data.get("repository"), data.get("pull")
    same = isinstance(repository, str) and repository.casefold() == place.repository.casefold()
    return same and pull == place.pull


def sections(body: str) -> tuple[Section, ...]:
    """The sections of a comment of ours, each with the one length it shows."""
    found = []
    for match in _SECTION.finditer(normal(body)[:MAX_BODY]):
        section = from_meta(parsed(match[1]), (match[2],))
        if section is not None:
            found.append(section)
    return tuple(found)


def outdated(body: str) -> str:
    """A comment of ours that another has taken the place of: not ours to write any more, and it says so."""
    text = normal(body)
    match = _MARKER.match(text)
    if match is None:
        return text
    return (
        f"<!-- trivigil:outdated:1 {match[1]} -->\n\n{OUTDATED}\n\n{text[match.end() :].lstrip()}"
    )


def compose(place: Place, shown: Sequence[Section], head_sha: str) -> str:
    """The whole comment. `head_sha` is the pull request's head; other commits are named."""
    head = marker("comment:1", {"repository": place.repository, "pull": place.pull})
    ordered = sorted(shown, key=lambda section: (_ORDER[section.verdict], section.name))
    parts = _fitted([_choices(section, head_sha) for section in ordered], _sized(head))
    return BETWEEN.join((head, *(part.text for part in parts)))


def _fitted(choices: list[list[_Part]], head: _Part) -> list[_Part]:
    """One part of each section, so that all fit: step by step the longest gives way.

    Where every section is down to its headline and it is still too much, the last ones go.
    """
    units = head.units + sum(each[0].units for each in choices)
    bytes_ = head.bytes_ + sum(each[0].bytes_ for each in choices)
    while units > MAX_CHARS or bytes_ > MAX_BYTES:
        able = [each for each in choices if len(each) > 1]
        giving = max(able, key=lambda each: each[0].units) if able else choices[-1]
        before = giving.pop(0)
        after = giving[0] if giving else _Part("", 0, 0)
        choices = choices if giving else choices[:-1]
        units += after.units - before.units
        bytes_ += after.bytes_ - before.bytes_
    return [each[0] for each in choices]


def _choices(section: Section, head_sha: str) -> list[_Part]:
    """A section at all its lengths, longest first, its headline last."""
    return [_part(section, text, head_sha) for text in (*section.texts, section.line)]


def _part(section: Section, text: str, head_sha: str) -> _Part:
    # A marker inside a section's text would end it, or forge another.
    lines = [marker("section", meta(section)), harmless(text.strip("\n")), "<!-- trivigil:end -->"]
    if section.head_sha != head_sha:
        commit = section.head_sha[:12]
        lines.append(f"<sub>This part is about commit <code>{commit}</code>, not the newest.</sub>")
    return _sized(BETWEEN.join(lines))


def _sized(text: str) -> _Part:
    units = len(text.encode("utf-16-le", "replace")) // 2 + len(BETWEEN)
    return _Part(text, units, len(text.encode("utf-8", "replace")) + len(BETWEEN))
