"""A document as GitHub Flavored Markdown, within the room of its channel."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from trivigil.render import escape
from trivigil.render.document import (
    ICONS,
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
    Section,
    Spans,
    Strong,
    Table,
    Text,
    closing,
    merged,
    remainder,
)
from trivigil.render.fit import Size, fit, size

if TYPE_CHECKING:
    from collections.abc import Iterable


def render(document: Document, *, chars: int, bytes_: int, elsewhere: str | None = None) -> str:
    """The document as Markdown of at most so many characters and UTF-8 bytes.

    What does not fit is left out by priority and counted; `elsewhere` says where a reader finds it.
    """
    if elsewhere is not None:
        document = document._replace(elsewhere=elsewhere)
    fitted = fit(document, lambda candidate: size(compose(candidate)), Size(chars, bytes_))
    return compose(fitted)


def compose(document: Document) -> str:
    """The whole document as Markdown, however long."""
    last = closing(document)
    parts = _blocks((*document.blocks, last) if last else document.blocks, document.elsewhere)
    return "\n\n".join(parts) + "\n" if parts else ""


def _blocks(blocks: Iterable[Block], elsewhere: str) -> list[str]:
    return [_block(block, elsewhere) for block in blocks]


def _block(block: Block, elsewhere: str) -> str:
    if isinstance(block, Heading):
        return f"{'#' * block.level} {_inline(block.spans)}"
    if isinstance(block, Note):
        return f"> {escape.block_start(_inline(block.spans))}"
    if isinstance(block, Fence):
        return escape.fence(block.text)
    if isinstance(block, Table):
        return _table(block, elsewhere)
    if isinstance(block, Bullets):
        return _bullets(block, elsewhere)
    if isinstance(block, Details):
        return _details(block, elsewhere)
    if isinstance(block, Section):
        title = f"{'#' * block.level} {_inline(block.title)}"
        return "\n\n".join((title, *_blocks(block.blocks, elsewhere)))
    line = escape.block_start(_inline(block.spans))
    return f"<sub>{line}</sub>" if block.small else line


def _table(table: Table, elsewhere: str) -> str:
    head = _row(escape.table_cell(column.title) for column in table.columns)
    rule = _row("---:" if column.align == "right" else "---" for column in table.columns)
    body = (_row(_cell(spans) for spans in row.cells) for row in table.rows)
    rest = _remainder(len(table.rows), table.omitted, table.noun, elsewhere)
    return "\n".join((head, rule, *body)) + (f"\n\n{rest}" if rest else "")


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _cell(spans: Spans) -> str:
    return _inline(spans, table=True).strip(" ") or " "


def _bullets(bullets: Bullets, elsewhere: str) -> str:
    lines = [f"- {escape.block_start(_inline(item.spans))}" for item in bullets.items]
    rest = _remainder(len(lines), bullets.omitted, bullets.noun, elsewhere)
    return "\n".join(lines) + (f"\n\n{rest}" if rest else "")


def _remainder(shown: int, omitted: int, noun: str, elsewhere: str) -> str:
    return _inline(remainder(shown, omitted, noun, elsewhere)) if omitted else ""


def _details(details: Details, elsewhere: str) -> str:
    """The blank lines matter: they end the HTML block, so that what is inside is read as Markdown."""
    head = f"<details>\n<summary>{html_spans(details.summary)}</summary>"
    return "\n\n".join((head, *_blocks(details.blocks, elsewhere), "</details>"))


@lru_cache(maxsize=4096)
def _inline(spans: Spans, *, table: bool = False) -> str:
    """Spans as one line of Markdown; remembered, since what is fitted into a limit is composed many times."""
    line = ""
    for span in merged(spans):
        part = _span(span, table=table)
        # Two code spans that touch would be read as one.
        seam = escape.ZERO_WIDTH if line.endswith("`") and part.startswith("`") else ""
        line += seam + part
    return line


def _span(span: Text | Code | Icon | Strong | Link, *, table: bool) -> str:
    if isinstance(span, Text):
        return escape.inline(span.text)
    if isinstance(span, Code):
        return escape.code_span(span.text, table=table)
    if isinstance(span, Icon):
        return ICONS[span.name]
    inner = _inline(span.spans, table=table)
    return _strong(inner) if isinstance(span, Strong) else escape.link(inner, span.url)


def _strong(inner: str) -> str:
    """Asterisks where they surely work (they need a letter on their inner side), else the tag."""
    plain = inner[:1].isalnum() and inner[-1:].isalnum() and inner.isascii()
    return f"**{inner}**" if plain else f"<strong>{inner}</strong>" if inner.strip() else inner


@lru_cache(maxsize=4096)
def html_spans(spans: Spans) -> str:
    """Spans as HTML inside a page of GitHub, where its filters look at the text; remembered, since cells of a table repeat."""
    return "".join(_html_span(span) for span in merged(spans))


def _html_span(span: Text | Code | Icon | Strong | Link) -> str:
    if isinstance(span, Text):
        return escape.html_text(span.text)
    if isinstance(span, Code):
        return f"<code>{escape.html_code(span.text)}</code>"
    if isinstance(span, Icon):
        return ICONS[span.name]
    inner = html_spans(span.spans)
    if isinstance(span, Strong):
        return f"<b>{inner}</b>"
    target = escape.address(span.url)
    return inner if target is None else f'<a href="{escape.html_attribute(target)}">{inner}</a>'
