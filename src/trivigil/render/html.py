"""A document as a fragment of HTML that needs no Markdown parser."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trivigil.render import escape
from trivigil.render.document import (
    Block,
    Bullets,
    Details,
    Document,
    Fence,
    Heading,
    Note,
    Section,
    Spans,
    Table,
    closing,
    remainder,
)
from trivigil.render.markdown import html_spans

if TYPE_CHECKING:
    from collections.abc import Iterable


def render(document: Document) -> str:
    """The whole document as HTML elements, one a line; every word of it is escaped."""
    last = closing(document)
    return _blocks((*document.blocks, last) if last else document.blocks, document.elsewhere)


def _blocks(blocks: Iterable[Block], elsewhere: str) -> str:
    return "\n".join(_block(block, elsewhere) for block in blocks)


def _block(block: Block, elsewhere: str) -> str:
    if isinstance(block, Heading):
        return _element(f"h{block.level}", html_spans(block.spans))
    if isinstance(block, Note):
        return _element("blockquote", _element("p", html_spans(block.spans)))
    if isinstance(block, Fence):
        lines = (escape.html_code(line) for line in block.text.splitlines())
        return _element("pre", _element("code", "\n".join(lines)))
    if isinstance(block, Table):
        return _table(block) + _rest(len(block.rows), block.omitted, block.noun, elsewhere)
    if isinstance(block, Bullets):
        items = "\n".join(_element("li", html_spans(item.spans)) for item in block.items)
        rest = _rest(len(block.items), block.omitted, block.noun, elsewhere)
        return _element("ul", f"\n{items}\n") + rest
    if isinstance(block, Details):
        summary = _element("summary", html_spans(block.summary))
        return _element("details", f"\n{summary}\n{_blocks(block.blocks, elsewhere)}\n")
    if isinstance(block, Section):
        title = _element(f"h{block.level}", html_spans(block.title))
        return f"{title}\n{_blocks(block.blocks, elsewhere)}"
    inner = html_spans(block.spans)
    return _element("p", _element("sub", inner) if block.small else inner)


def _table(table: Table) -> str:
    styles = [' align="right"' if column.align == "right" else "" for column in table.columns]
    titles = (escape.html_text(column.title) for column in table.columns)
    head = "".join(f"<th{style}>{title}</th>" for title, style in zip(titles, styles, strict=True))
    rows = "\n".join(_row(row.cells, styles) for row in table.rows)
    return f"<table>\n<thead>\n<tr>{head}</tr>\n</thead>\n<tbody>\n{rows}\n</tbody>\n</table>"


def _row(cells: tuple[Spans, ...], styles: list[str]) -> str:
    pairs = zip(cells, styles, strict=True)
    return _element("tr", "".join(f"<td{style}>{html_spans(cell)}</td>" for cell, style in pairs))


def _rest(shown: int, omitted: int, noun: str, elsewhere: str) -> str:
    if not omitted:
        return ""
    return "\n" + _element("p", html_spans(remainder(shown, omitted, noun, elsewhere)))


def _element(name: str, inner: str) -> str:
    return f"<{name}>{inner}</{name}>"
