"""A document: what a renderer is to show, as an immutable tree of blocks in order of reading.

All words in it are untrusted; renderers escape every `Text` and `Code` for their own context. What stands on its
own (a paragraph, a table's row, a list's item) has a priority: `trivigil.render.fit` leaves out the lowest first
where room is short, and what it left out is counted here, to be said.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final, Literal

from trivigil.core.record import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

Align = Literal["left", "right"]
IconName = Literal["pass", "fail", "warning", "open", "neutral", "invalid", "info"]
ICONS: Final[dict[IconName, str]] = {
    "pass": "✅",
    "fail": "❌",
    "warning": "⚠️",
    "open": "❓",
    "neutral": "⚪",
    "invalid": "⛔",
    "info": "💡",
}

REQUIRED: Final = 1000
"""The priority of what is never left out."""
NORMAL: Final = 50
MOST_FOLDED: Final = 1_000
"""Rows of a list that is folded away: the shortest ones of so many fill twice what a comment or a check run may hold."""


class Text(NamedTuple):
    """Words."""

    text: str


class Code(NamedTuple):
    """A name, a path, a message: shown exactly, in fixed width."""

    text: str
    longest: int = 160
    """How many characters are shown at most."""


class Icon(NamedTuple):
    """A sign for a verdict."""

    name: IconName


class Strong(NamedTuple):
    """Emphasis."""

    spans: tuple[Text | Code | Icon, ...]


class Link(NamedTuple):
    """A way to another page; addresses that are not https are shown as plain spans."""

    spans: tuple[Text | Code | Icon, ...]
    url: str


Span = Text | Code | Icon | Strong | Link
Spans = tuple[Span, ...]


class Heading(NamedTuple):
    """A title; level 3 is a section's verdict on GitHub, level 4 a part of it."""

    spans: Spans
    level: int = 3
    priority: int = REQUIRED


class Paragraph(NamedTuple):
    """A sentence or two; `small` is for what few readers need."""

    spans: Spans
    priority: int = NORMAL
    small: bool = False


class Note(NamedTuple):
    """A paragraph set apart."""

    spans: Spans
    priority: int = NORMAL


class Fence(NamedTuple):
    """Lines to copy or to read exactly."""

    text: str
    priority: int = NORMAL


class Column(NamedTuple):
    """A column's title and alignment."""

    title: str
    align: Align = "left"


class Row(NamedTuple):
    """One cell of spans a column."""

    cells: tuple[Spans, ...]
    priority: int = NORMAL


class Table(NamedTuple):
    """Rows in order of reading; `noun` names one of them in the singular."""

    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    noun: str = "row"
    omitted: int = 0


class Item(NamedTuple):
    """An entry of a list."""

    spans: Spans
    priority: int = NORMAL


class Bullets(NamedTuple):
    """A list; `noun` names one entry in the singular."""

    items: tuple[Item, ...]
    noun: str = "entry"
    omitted: int = 0


class Details(NamedTuple):
    """Blocks that are folded away until somebody asks."""

    summary: Spans
    blocks: tuple[Block, ...]


class Section(NamedTuple):
    """Blocks under a title; without blocks there is no title."""

    title: Spans
    blocks: tuple[Block, ...]
    level: int = 4


Block = Heading | Paragraph | Note | Fence | Table | Bullets | Details | Section


class Omission(NamedTuple):
    """How many of what are not shown."""

    noun: str
    number: int


class Document(NamedTuple):
    """Blocks in order of reading, and what was left out of them as a whole."""

    blocks: tuple[Block, ...]
    omissions: tuple[Omission, ...] = ()
    shortened: int = 0
    """How many single texts are shown only by their beginning."""
    elsewhere: str = "the job summary"
    """Where a reader finds what is left out."""


def text(words: str) -> Spans:
    """One span of words."""
    return (Text(words),)


def code(name: str) -> Spans:
    """One span of code."""
    return (Code(name),)


@lru_cache(maxsize=1024)
def prose(words: str) -> Spans:
    """A sentence in which what stands between backticks is shown as code."""
    parts = words.split("`")
    if len(parts) % 2 == 0:
        return text(words)
    spans = (Code(part) if index % 2 else Text(part) for index, part in enumerate(parts))
    return tuple(span for span in spans if span.text)


def merged(spans: Sequence[Span]) -> Spans:
    """The spans with neighbouring words joined, so that no pattern hides across a seam."""
    joined: list[Span] = []
    for span in spans:
        last = joined[-1] if joined else None
        if isinstance(span, Text) and isinstance(last, Text):
            joined[-1] = Text(last.text + span.text)
        else:
            joined.append(span)
    return tuple(joined)


def counted(count: int, noun: str) -> str:
    """`1 endpoint`, `1,200 endpoints`, `2 entries`."""
    if count == 1:
        return f"1 {noun}"
    plural = f"{noun[:-1]}ies" if noun.endswith("y") else f"{noun}s"
    return f"{count:,} {plural}"


_PLURALS: Final = (("ies", "y"), ("ches", "ch"), ("s", ""), ("", ""))


def of_units(count: int, units: str) -> str:
    """`1 match`, `2 queries`: units are in the plural."""
    if count == 1:
        many, one = next(each for each in _PLURALS if units.endswith(each[0]))
        units = units.removesuffix(many) + one
    return f"{count:,} {units}".rstrip()


def remainder(shown: int, omitted: int, noun: str, elsewhere: str) -> Spans:
    """The line under a table or list of which a part is left out."""
    more = counted(omitted, noun).replace(" ", " more ", 1) if shown else counted(omitted, noun)
    return text(f"… and {more}: see {elsewhere}." if shown else f"{more}: see {elsewhere}.")


def closing(document: Document) -> Paragraph | None:
    """The last line of a document of which parts are left out; None where all is shown."""
    parts = [counted(omission.number, omission.noun) for omission in document.omissions]
    sentences = []
    if parts:
        sentences.append(f"Not shown here for want of room: {listed(parts)}.")
    if document.shortened:
        verb = "is" if document.shortened == 1 else "are"
        sentences.append(f"{counted(document.shortened, 'long text')} {verb} shortened.")
    if not sentences:
        return None
    return Paragraph(text(f"{' '.join(sentences)} See {document.elsewhere}."), REQUIRED, small=True)


def listed(parts: Sequence[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    if len(parts) <= 1:
        return "".join(parts)
    return f"{', '.join(parts[:-1])} and {parts[-1]}"
