"""A document for a terminal or a job's log: the verdict first, columns aligned, foreign text harmless.

Lines are never broken, because a log or a terminal does that itself; only tables are fitted into the width, by
shortening their widest column of words. No line can be read as a command by the runner, and no escape sequence is
written but our own colours, and those only when asked.
"""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, Final

from trivigil.core.report import Report
from trivigil.core.untrusted import printable
from trivigil.render.document import (
    ICONS,
    Block,
    Bullets,
    Code,
    Column,
    Details,
    Document,
    Fence,
    Heading,
    Icon,
    Link,
    Note,
    Row,
    Section,
    Spans,
    Strong,
    Table,
    closing,
    remainder,
)
from trivigil.render.fit import clip

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_COLOURS: Final = {"pass": "32", "fail": "31", "invalid": "31", "warning": "33", "open": "33"}
_BOLD, _DIM = "1", "2"
_LEAST_COLUMN: Final = 12
_FOLDED: Final = 10
"""How many rows of a folded table or list are shown."""
_LONGEST: Final = 400


def render(shown: Document | Report, *, width: int, colour: bool) -> str:
    """The document (or the report's) as lines of text without a last newline."""
    return _Terminal(width, colour=colour).document(_document(shown))


def _document(shown: Document | Report) -> Document:
    if isinstance(shown, Report):
        from trivigil.render.documents import document

        return document(shown, folded=_FOLDED)._replace(elsewhere="the result file")
    return shown


class _Terminal:
    """How wide it is, and whether it shows colours."""

    def __init__(self, width: int, *, colour: bool) -> None:
        self.width = max(width, 40)
        self.colour = colour

    def document(self, document: Document) -> str:
        last = closing(document)
        blocks = (*document.blocks, last) if last else document.blocks
        return "\n\n".join(self.blocks(blocks, document.elsewhere))

    def blocks(self, blocks: Iterable[Block], elsewhere: str) -> list[str]:
        return [self.block(block, elsewhere) for block in blocks]

    def block(self, block: Block, elsewhere: str) -> str:
        if isinstance(block, Heading):
            return self.painted(_words(block.spans), _BOLD, *_sign_colour(block.spans))
        if isinstance(block, Fence):
            return "\n".join(f"    {printable(line, 2000)}" for line in block.text.splitlines())
        if isinstance(block, Table):
            return "\n".join(
                (*self.table(block), *_rest(len(block.rows), block.omitted, block, elsewhere))
            )
        if isinstance(block, Bullets):
            lines = (self.item(item.spans) for item in block.items)
            return "\n".join((*lines, *_rest(len(block.items), block.omitted, block, elsewhere)))
        if isinstance(block, (Details, Section)):
            return self.part(block, elsewhere)
        line = _words(block.spans, addresses=True)
        if isinstance(block, Note):
            return f"| {line}"
        return self.painted(line, _DIM) if block.small else line

    def part(self, block: Details | Section, elsewhere: str) -> str:
        """A titled part; what a page folds away is cut to its first rows here."""
        if isinstance(block, Section):
            title, inner = block.title, block.blocks
        else:
            title, inner = block.summary, tuple(_first_rows(inside) for inside in block.blocks)
        return "\n".join((self.painted(_words(title), _BOLD), *self.blocks(inner, elsewhere)))

    def item(self, spans: Spans) -> str:
        line = _words(spans, addresses=True)
        codes = _sign_colour(spans)
        return f"  {self.painted(line, *codes)}" if codes else f"  - {line}"

    def table(self, table: Table) -> list[str]:
        titles = [printable(column.title) for column in table.columns]
        cells = [[_words(cell) for cell in row.cells] for row in table.rows]
        widths = self.widths(table.columns, [titles, *cells])
        lines = [_aligned(row, widths, table.columns) for row in (titles, *cells)]
        signs = [_row_colour(row) for row in table.rows]
        head, *body = lines
        painted = (
            self.painted(line, *codes) if codes else line
            for line, codes in zip(body, signs, strict=True)
        )
        return [self.painted(head, _DIM), *painted]

    def widths(self, columns: Sequence[Column], rows: Sequence[Sequence[str]]) -> list[int]:
        """Each column's width; the widest ones of words give way until the line fits."""
        widths = [max(columns_of(row[index]) for row in rows) for index in range(len(columns))]
        words = [index for index, column in enumerate(columns) if column.align == "left"]
        while words and sum(widths) + 2 * len(widths) > self.width:
            widest = max(words, key=lambda index: widths[index])
            if widths[widest] <= _LEAST_COLUMN:
                break
            widths[widest] -= 1
        return widths

    def painted(self, line: str, *codes: str) -> str:
        return f"\x1b[{';'.join(codes)}m{line}\x1b[0m" if self.colour and codes else line


def _first_rows(block: Block) -> Block:
    if isinstance(block, Table):
        lost = max(0, len(block.rows) - _FOLDED)
        return block._replace(rows=block.rows[:_FOLDED], omitted=block.omitted + lost)
    if isinstance(block, Bullets):
        lost = max(0, len(block.items) - _FOLDED)
        return block._replace(items=block.items[:_FOLDED], omitted=block.omitted + lost)
    return block


def _rest(shown: int, omitted: int, block: Table | Bullets, elsewhere: str) -> list[str]:
    return [f"  {_words(remainder(shown, omitted, block.noun, elsewhere))}"] if omitted else []


def _sign_colour(spans: Spans) -> tuple[str, ...]:
    names = [span.name for span in spans[:1] if isinstance(span, Icon)]
    return tuple(_COLOURS[name] for name in names if name in _COLOURS)


def _row_colour(row: Row) -> tuple[str, ...]:
    return _sign_colour(row.cells[0]) if row.cells else ()


def _words(spans: Spans, *, addresses: bool = False) -> str:
    """Spans as one harmless line; the address of a link after its words, where there is room for it."""
    line = "".join(_span(span, addresses=addresses) for span in spans).replace("\u00a0", " ")
    return printable(line, _LONGEST * max(1, len(spans)))


def _span(span: object, *, addresses: bool) -> str:
    if isinstance(span, Icon):
        # Without the variation selector, which `printable` would spell out.
        return ICONS[span.name].rstrip("\ufe0f")
    if isinstance(span, Strong):
        return "".join(_span(inner, addresses=False) for inner in span.spans)
    if isinstance(span, Link):
        words = "".join(_span(inner, addresses=False) for inner in span.spans)
        told = any(isinstance(inner, Code) for inner in span.spans)  # a commit, a line of a file
        return f"{words} <{span.url}>" if addresses and span.url and not told else words
    return clip(str(getattr(span, "text", "")), _LONGEST)


def _aligned(cells: Sequence[str], widths: Sequence[int], columns: Sequence[Column]) -> str:
    parts = [
        _padded(cell, width, right=column.align == "right")
        for cell, width, column in zip(cells, widths, columns, strict=True)
    ]
    return f"  {'  '.join(parts)}".rstrip()


def _padded(cell: str, width: int, *, right: bool) -> str:
    short = _narrowed(cell, width)
    blanks = " " * (width - columns_of(short))
    return blanks + short if right else short + blanks


def _narrowed(cell: str, width: int) -> str:
    """The beginning of a text that takes at most so many columns."""
    short, length = cell, len(cell)
    while columns_of(short) > width and length > 1:
        length -= 1
        short = clip(cell, length)
    return short


def columns_of(line: str) -> int:
    """How many columns a terminal uses for a line (Unicode UAX 11, wide and full-width count two)."""
    return len(line) if line.isascii() else sum(_columns(char) for char in line)


def _columns(char: str) -> int:
    if char == "\u200b" or unicodedata.combining(char):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1
