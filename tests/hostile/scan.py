"""What is alive on a page: what GitHub's parser or its later filters would make of the data in it.

GitHub renders in two steps (docs.github.com, "Basic writing and formatting syntax", "Autolinked references and URLs"): the
parser, which cmarkgfm is with GitHub's extensions, and filters over the text outside of code and links, of which this is
our own reading, on the strict side.
"""

from __future__ import annotations

import re
from typing import Final
from unicodedata import category

import cmarkgfm
from cmarkgfm.cmark import Options

from tests.render.pages import Page

_FILTERS: Final = {
    "mention or e-mail": r"@[\w-]",
    "issue": r"#\d",
    "issue by GH": r"(?<![a-z0-9])gh-\d",
    "commit": r"(?<![^\W_])[0-9a-f]{7,40}(?![^\W_])",
    "address": r"[a-z][a-z0-9+.-]*://",
    "host": r"www\.\w",
    "emoji": r":[\w+-]+:",
}
_LIVE: Final = {kind: re.compile(pattern, re.IGNORECASE) for kind, pattern in _FILTERS.items()}
OUR_LINKS: Final = ("https://github.com/octo/shop/",)
OUR_ELEMENTS: Final = frozenset(
    {
        "a", "blockquote", "br", "code", "details", "em", "h3", "h4", "h5", "li", "p", "pre", "strong",
        "sub", "summary", "table", "tbody", "td", "th", "thead", "tr", "ul",
    }
)  # fmt: skip
"""What our own Markdown makes; nothing else may come of data."""


def page(markdown: str) -> Page:
    """Markdown by GitHub's parser with its extensions and footnotes, but without its filter of HTML."""
    options = Options.CMARK_OPT_UNSAFE | Options.CMARK_OPT_FOOTNOTES
    extensions = ["table", "autolink", "strikethrough", "tasklist"]
    return Page(cmarkgfm.markdown_to_html_with_extensions(markdown, options, extensions))


def living(markdown: str, *, comments: int = 0, ours: tuple[str, ...] = OUR_LINKS) -> list[str]:
    """What is alive in a text of ours, as sentences; the first `comments` of its HTML comments are our own."""
    found = page(markdown)
    wrong = [f"<{tag}>" for tag in set(found.elements) - OUR_ELEMENTS]
    wrong += [f"link to {link}" for link in found.links if not link.startswith(ours)]
    wrong += [
        f"{key} on <{tag}>" for tag, key, _ in found.attributes if key not in {"href", "align"}
    ]
    wrong += [f"not closed: {tag}" for tag in found.unbalanced]
    wrong += [f"comment: {one}" for one in found.comments[comments:]]
    return wrong + [sign for words in found.words for sign in filtered(words)]


def filtered(text: str) -> list[str]:
    """What the later filters would find in plain text, such as a title."""
    return [
        f"{kind}: {match}" for kind, pattern in _LIVE.items() for match in pattern.findall(text)
    ]


def controls(text: str) -> list[str]:
    """Control, bidirectional and other invisible characters besides line ends, spaces and our own zero-width space."""
    return [
        repr(sign)
        for sign in text
        if sign not in "\n\u200b" and not sign.isprintable() and category(sign) != "Zs"
    ]
