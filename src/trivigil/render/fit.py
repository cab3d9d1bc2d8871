"""Fitting a document into its room: whole rows and blocks are left out, never a part of rendered text.

What has the lowest priority goes first, and among equals the last. A text of its own that is too long is shortened
between two graphemes. Whatever goes is counted, and the document says so.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeVar

from trivigil.core.record import NamedTuple
from trivigil.render.document import (
    REQUIRED,
    Block,
    Bullets,
    Code,
    Details,
    Document,
    Fence,
    Heading,
    Icon,
    Link,
    Note,
    Omission,
    Paragraph,
    Row,
    Section,
    Span,
    Spans,
    Strong,
    Table,
    Text,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    Measure = Callable[[Document], "Size"]

T = TypeVar("T")
B = TypeVar("B", Table, Bullets)

CAPS: Final = (400, 120, 40, 16)
"""How long a single text may be, in characters; the next is tried where the one before does not fit."""
_FENCE_FACTOR: Final = 10
_LONGEST_ADDRESS: Final = 1000
_SMALL: Final = 2000
"""Units of a document that is tried as a whole first."""


class Size(NamedTuple):
    """How large a rendered text is; characters as UTF-16 units, the larger of the two ways to count."""

    chars: int
    bytes_: int

    def within(self, limits: Size) -> bool:
        """Whether it fits."""
        return self.chars <= limits.chars and self.bytes_ <= limits.bytes_


def size(rendered: str) -> Size:
    """The size of a text."""
    return Size(len(rendered.encode("utf-16-le")) // 2, len(rendered.encode()))


def fit(document: Document, measure: Measure, limits: Size) -> Document:
    """The largest part of the document that fits, most important first, with everything else counted.

    Where even that is too much, what is required stands with one sum of all that is missing; then the sum
    alone; then nothing.
    """
    for cap in CAPS:
        fitted = _fit_rows(document, cap, measure, limits)
        if fitted is not None:
            return fitted
    required = _summed(_keep(document, _required(document)))
    nothing = _summed(_keep(document, set()))
    for last in (*(_Shortening(cap).document(required) for cap in CAPS), nothing):
        if measure(last).within(limits):
            return last
    return Document(())


def _fit_rows(document: Document, cap: int, measure: Measure, limits: Size) -> Document | None:
    """The document with as many units as fit; the search grows from the few, so huge documents stay cheap."""
    priorities = [unit.priority for unit in _units(document.blocks)]
    required = sum(priority >= REQUIRED for priority in priorities)
    order = sorted(range(len(priorities)), key=lambda index: (-priorities[index], index))
    shortening = _Shortening(cap)

    def kept(count: int) -> Document:
        return shortening.document(_keep(document, set(order[:count])))

    def fits(count: int) -> bool:
        return measure(kept(count)).within(limits)

    if len(order) <= _SMALL and fits(len(order)):
        return kept(len(order))
    if not fits(required):
        return None
    low, high = required, required + 1
    while high <= len(order) and fits(high):
        low, high = high, high + (high - required + 1)
    high = min(high, len(order) + 1)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if fits(middle) else (low, middle)
    return kept(low)


class _Unit(NamedTuple):
    noun: str
    priority: int


def _units(blocks: Sequence[Block]) -> Iterator[_Unit]:
    """Everything that can be left out by itself, in order of reading."""
    for block in blocks:
        if isinstance(block, Table):
            yield from (_Unit(block.noun, row.priority) for row in block.rows)
        elif isinstance(block, Bullets):
            yield from (_Unit(block.noun, item.priority) for item in block.items)
        elif isinstance(block, (Details, Section)):
            yield from _units(block.blocks)
        else:
            yield _Unit(_NOUNS[type(block)], block.priority)


_NOUNS: dict[type, str] = {
    Heading: "heading",
    Paragraph: "paragraph",
    Note: "note",
    Fence: "listing",
}


def _keep(document: Document, kept: set[int]) -> Document:
    pruning = _Pruning(kept)
    blocks = pruning.blocks(document.blocks)
    for omission in document.omissions:
        pruning.lose(omission.noun, omission.number)
    omissions = tuple(Omission(noun, count) for noun, count in pruning.lost.items())
    return document._replace(blocks=blocks, omissions=omissions)


class _Pruning:
    """One walk over a document; units are numbered as `_units` yields them."""

    def __init__(self, kept: set[int]) -> None:
        self.kept = kept
        self.next = 0
        self.lost: dict[str, int] = {}

    def lose(self, noun: str, count: int) -> None:
        if count:
            self.lost[noun] = self.lost.get(noun, 0) + count

    def blocks(self, blocks: Sequence[Block]) -> tuple[Block, ...]:
        pruned = (self.block(block) for block in blocks)
        return tuple(block for block in pruned if block is not None)

    def block(self, block: Block) -> Block | None:
        if isinstance(block, Table):
            rows = self.take(block.rows)
            return self.part(block, len(rows), len(block.rows), block._replace(rows=rows))
        if isinstance(block, Bullets):
            items = self.take(block.items)
            return self.part(block, len(items), len(block.items), block._replace(items=items))
        if isinstance(block, (Details, Section)):
            inner = self.blocks(block.blocks)
            return block._replace(blocks=inner) if inner else None
        if self.take((block,)):
            return block
        self.lose(_NOUNS[type(block)], 1)
        return None

    def take(self, units: Sequence[T]) -> tuple[T, ...]:
        first = self.next
        self.next += len(units)
        return tuple(unit for number, unit in enumerate(units, first) if number in self.kept)

    def part(self, whole: B, shown: int, total: int, rest: B) -> B | None:
        """A table or list says itself what it lacks, unless nothing of it is left."""
        omitted = whole.omitted + total - shown
        if shown:
            return rest._replace(omitted=omitted)
        self.lose(whole.noun, omitted)
        return None


def _required(document: Document) -> set[int]:
    units = enumerate(_units(document.blocks))
    return {number for number, unit in units if unit.priority >= REQUIRED}


def _summed(document: Document) -> Document:
    """The document with one number for everything that is left out."""
    total = sum(omission.number for omission in document.omissions)
    return document._replace(omissions=(Omission("entry", total),) if total else ())


class _Shortening:
    """Makes every single text at most `cap` characters long, and counts those that it shortens.

    What is tried again with more or fewer rows has the same rows as before: each is shortened once.
    """

    def __init__(self, cap: int) -> None:
        self.cap = cap
        self.count = 0
        self.rows: dict[int, tuple[Row, Row, int]] = {}
        """By the identity of a row, which is kept with it: the shortened one, and how many texts of it are."""

    def document(self, document: Document) -> Document:
        self.count = 0
        blocks = tuple(self.block(block) for block in document.blocks)
        return document._replace(blocks=blocks, shortened=document.shortened + self.count)

    def block(self, block: Block) -> Block:
        if isinstance(block, Table):
            return block._replace(rows=tuple(self.row(row) for row in block.rows))
        if isinstance(block, Bullets):
            items = (item._replace(spans=self.spans(item.spans)) for item in block.items)
            return block._replace(items=tuple(items))
        if isinstance(block, Details):
            inner = tuple(self.block(part) for part in block.blocks)
            return Details(self.spans(block.summary), inner)
        if isinstance(block, Section):
            inner = tuple(self.block(part) for part in block.blocks)
            return block._replace(title=self.spans(block.title), blocks=inner)
        if isinstance(block, Fence):
            return block._replace(text=self.words(block.text, self.cap * _FENCE_FACTOR))
        return block._replace(spans=self.spans(block.spans))

    def row(self, row: Row) -> Row:
        known = self.rows.get(id(row))
        if known is None:
            before = self.count
            made = row._replace(cells=tuple(self.spans(cell) for cell in row.cells))
            self.rows[id(row)] = (row, made, self.count - before)
            return made
        self.count += known[2]
        return known[1]

    def spans(self, spans: Spans) -> Spans:
        return tuple(self.span(span) for span in spans)

    def span(self, span: Span) -> Span:
        if isinstance(span, Strong):
            return Strong(tuple(self.leaf(inner) for inner in span.spans))
        if isinstance(span, Link):
            url = span.url if len(span.url) <= _LONGEST_ADDRESS else ""
            self.count += url != span.url
            return Link(tuple(self.leaf(inner) for inner in span.spans), url)
        return self.leaf(span)

    def leaf(self, span: Text | Code | Icon) -> Text | Code | Icon:
        if isinstance(span, Icon):
            return span
        cap = min(self.cap, span.longest) if isinstance(span, Code) else self.cap
        return span._replace(text=self.words(span.text, cap))

    def words(self, words: str, cap: int) -> str:
        short = clip(words, cap)
        self.count += short != words
        return short


def clip(words: str, cap: int) -> str:
    """The beginning of a text with `…`, cut where no letter loses its accents; the text itself where it is short."""
    if len(words) <= cap:
        return words
    end = max(cap - 1, 0)
    while end > 0 and _extends(words, end):
        end -= 1
    return f"{words[: end or max(cap - 1, 0)]}…"


def _extends(words: str, index: int) -> bool:
    """Whether this character belongs to the one before it (Unicode UAX 29, the parts met in names)."""
    import unicodedata

    char, before = words[index], words[index - 1]
    if unicodedata.category(char) in {"Mn", "Me", "Mc"} or before == "\u200d" or char == "\u200d":
        return True
    if "\U0001f3fb" <= char <= "\U0001f3ff" or "\U000e0020" <= char <= "\U000e007f":
        return True
    if _is_flag(char) and _is_flag(before):
        return _flags_before(words, index) % 2 == 1
    return before == "\r" and char == "\n"


def _is_flag(char: str) -> bool:
    return "\U0001f1e6" <= char <= "\U0001f1ff"


def _flags_before(words: str, index: int) -> int:
    """How many regional indicators stand right before this place; two of them make one flag."""
    count = 0
    while count < index and _is_flag(words[index - count - 1]):
        count += 1
    return count
