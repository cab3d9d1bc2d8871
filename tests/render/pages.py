"""What a browser would make of Markdown or HTML: elements, words, and what GitHub's filters would find in them."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Final

import cmarkgfm
from cmarkgfm.cmark import Options

VOID: Final = {"br", "hr", "img", "input", "meta"}
_LIVE = re.compile(
    r"@[a-z0-9][\w-]*|#\d+|(?<![a-z0-9])gh-\d+|\b[0-9a-f]{7,40}\b|://|www\.\w|:[\w+-]+:",
    re.IGNORECASE,
)


class Page(HTMLParser):
    """The elements of a text of HTML, and the words outside and inside of code."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[str] = []
        self.links: list[str] = []
        self.attributes: list[tuple[str, str, str | None]] = []
        self.comments: list[str] = []
        self.words: list[str] = []
        self.code: list[str] = []
        self.cells: list[int] = []
        self.open: list[str] = []
        self.unbalanced: list[str] = []
        self.feed(html)
        self.close()
        self.unbalanced += self.open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append(tag)
        self.attributes += [(tag, key, value) for key, value in attrs]
        self.links += [value or "" for key, value in attrs if key in {"href", "src"}]
        if tag == "tr":
            self.cells.append(0)
        if tag in {"td", "th"}:
            self.cells[-1] += 1
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if self.open and self.open[-1] == tag:
            self.open.pop()
        else:
            self.unbalanced.append(f"/{tag}")

    def handle_comment(self, data: str) -> None:
        self.comments.append(data)

    def handle_data(self, data: str) -> None:
        inside = {"code", "pre", "a"}.intersection(self.open)
        (self.code if inside else self.words).append(data)

    @property
    def live(self) -> list[str]:
        """What GitHub's filters would turn into a mention, reference, link or emoji."""
        return [found for words in self.words for found in _LIVE.findall(words)]


def page(markdown: str) -> Page:
    """Markdown by GitHub's parser, nothing of it filtered."""
    html = cmarkgfm.github_flavored_markdown_to_html(markdown, options=Options.CMARK_OPT_UNSAFE)
    return Page(html)
