"""Markdown as GitHub shows it: its own parser, then an allow-list of elements, then its filters' marks.

What a filter of GitHub would turn into a mention or a reference is marked, so that a preview betrays text that is not
neutralised. Nothing is loaded from anywhere: images become their words.
"""

from __future__ import annotations

import re
from html import escape
from html.parser import HTMLParser

from trivigil.core.errors import InputError
from trivigil.render.escape import address

_ELEMENTS = frozenset(
    [
        "a",
        "b",
        "blockquote",
        "br",
        "code",
        "del",
        "details",
        "div",
        "em",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "hr",
        "i",
        "ins",
        "kbd",
        "li",
        "ol",
        "p",
        "pre",
        "s",
        "samp",
        "strong",
        "sub",
        "summary",
        "sup",
        "table",
        "tbody",
        "td",
        "th",
        "thead",
        "tr",
        "ul",
    ]
)
_VOID = frozenset(("br", "hr"))
_SILENT = frozenset(("script", "style", "title", "textarea", "iframe", "noscript", "template"))
_ALIGNED = frozenset(("left", "right", "center"))
_QUIET = frozenset(("code", "pre", "a"))
_LIVE = re.compile(
    r"(?<![\w`/@])@[a-z0-9][a-z0-9-]*(?:/[\w-]+)?|(?<![\w`&])(?:[\w-]+/[\w.-]+)?#\d+\b|\bGH-\d+\b",
    re.IGNORECASE,
)


def to_html(markdown: str) -> str:
    """Harmless HTML of a Markdown text. Raises InputError where the parser is not installed."""
    try:
        import cmarkgfm
        from cmarkgfm.cmark import Options
    except ImportError:
        raise InputError(
            "the preview shows Markdown by GitHub's own parser, which is not installed.",
            tip="Install it: pip install 'trivigil[preview]'",
        ) from None
    whole = markdown.encode("utf-8", "replace").decode()
    options = Options.CMARK_OPT_UNSAFE | Options.CMARK_OPT_FOOTNOTES
    return sanitised(cmarkgfm.github_flavored_markdown_to_html(whole, options=options))


def sanitised(html: str) -> str:
    """The HTML reduced to harmless elements, every one of them closed."""
    cleaner = _Cleaner()
    cleaner.feed(html)
    cleaner.close()
    return cleaner.result()


class _Cleaner(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.open: list[str] = []
        self.silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _SILENT:
            self.silent += 1
        elif tag == "img":
            self.handle_data(dict(attrs).get("alt") or "image")
        elif tag in _ELEMENTS and not self.silent:
            self.parts.append(f"<{tag}{_attributes(tag, dict(attrs))}>")
            if tag not in _VOID:
                self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in _SILENT:
            self.silent = max(0, self.silent - 1)
        elif tag in self.open:
            while (last := self.open.pop()) != tag:
                self.parts.append(f"</{last}>")
            self.parts.append(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        if not self.silent:
            self.parts.append(escape(data) if _QUIET.intersection(self.open) else _marked(data))

    def result(self) -> str:
        """What was gathered, with everything closed that is still open."""
        return "".join((*self.parts, *(f"</{tag}>" for tag in reversed(self.open))))


def _attributes(tag: str, attributes: dict[str, str | None]) -> str:
    if tag == "a" and (target := address(attributes.get("href") or "")):
        return f' href="{escape(target)}" rel="noopener noreferrer nofollow" target="_blank"'
    if tag in ("td", "th") and attributes.get("align") in _ALIGNED:
        return f' align="{attributes["align"]}"'
    return " open" if tag == "details" and "open" in attributes else ""


def _marked(data: str) -> str:
    """Words, with a mark on each that GitHub would link."""
    parts, end = [], 0
    for match in _LIVE.finditer(data):
        parts.append(escape(data[end : match.start()]))
        parts.append(
            f'<span class="live" title="GitHub would link this">{escape(match.group())}</span>'
        )
        end = match.end()
    return "".join((*parts, escape(data[end:])))
