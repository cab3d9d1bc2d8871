"""What scanners write for people, as plain text: without HTML, without quoted values, its first sentence."""

from __future__ import annotations

import re
from html import unescape
from typing import Final

MAX_CHARS: Final = 4000
"""The longest description that is kept."""
TITLE_CHARS: Final = 200

_BLOCK: Final = re.compile(r"(?i)</?(?:p|br|div|li|ul|ol|tr|table|h[1-6]|pre)\b[^<>]*>")
_DROPPED: Final = re.compile(
    r"(?is)<(script|style)\b[^<>]*>.*?</\1\s*>|<!--.*?-->|<!doctype[^<>]*>|</?(?:a|abbr|article|b|big|blockquote|body|"
    r"button|center|code|dd|dl|dt|em|embed|font|footer|form|frame|head|header|hr|html|i|iframe|img|input|kbd|label|link|"
    r"main|meta|nav|object|section|script|small|span|strong|style|sub|summary|details|sup|svg|tbody|td|textarea|th|thead|"
    r"title|tt|u|video|audio)\b[^<>]*>"
)
"""Elements of HTML alone: `CWE-<n>` and `vector<int>` are text."""
_QUOTED: Final = re.compile(r"'[^']*'|\"[^\"]*\"|`[^`]*`|'.*|\".*|`.*", re.DOTALL)
_SPACE: Final = re.compile(r"[^\S\n]+")
_LINES: Final = re.compile(r" ?\n ?")
_PARAGRAPHS: Final = re.compile(r"\n{3,}")
_LINK: Final = re.compile(r"(?<!\\)\[((?:[^\[\]\\]|\\.)*)\]\((\d+|[^()\s]*)\)")
_SENTENCE: Final = re.compile(r"(.+?[.!?])(?:\s|$)", re.DOTALL)


def plain(text: str) -> str:
    """HTML as text: blocks are lines, tags are gone, entities are what they stand for.

    Tags that are only visible after the entities are resolved go too: some tools escape their HTML once more.
    """
    if "<" not in text and "&" not in text:
        if _is_one_line(text):
            return text[:MAX_CHARS]  # with nothing to mend, as most are
    else:
        text = _DROPPED.sub("", _BLOCK.sub("\n", text))
        text = unescape(text)
        if "<" in text:
            text = _DROPPED.sub("", _BLOCK.sub("\n", text))
    text = _LINES.sub("\n", _SPACE.sub(" ", text))
    return _PARAGRAPHS.sub("\n\n", text).strip()[:MAX_CHARS]


def _is_one_line(text: str) -> bool:
    """Whether words with one blank between them are all of it: the blank is the only white space that is printable."""
    return text.isprintable() and "  " not in text and text == text.strip(" ")


def unlinked(text: str) -> str:
    """A SARIF message without its embedded links: `a [value](1)` is `a value` (SARIF 2.1.0, section 3.11.6)."""
    if "](" in text:
        text = _LINK.sub(r"\1", text)
    return text.replace("\\[", "[").replace("\\]", "]") if "\\" in text else text


def unquoted(text: str) -> str:
    """A text without what it quotes: messages on passwords in code quote the password."""
    return _SPACE.sub(" ", _QUOTED.sub("…", text)).strip()


def line(text: str, most: int = TITLE_CHARS) -> str:
    """The first paragraph in one line, cut between words."""
    bare = text if _is_one_line(text) else " ".join(text.strip().partition("\n\n")[0].split())
    first = bare.rstrip(" :")
    if len(first) <= most:
        return first
    cut = first[: most - 1]
    return (cut.rpartition(" ")[0] or cut).rstrip(" ,;:.") + "…"


def sentence(text: str, most: int = TITLE_CHARS) -> str:
    """The first sentence."""
    bare = " ".join(text.split())
    match = _SENTENCE.match(bare)
    return line(match.group(1) if match else bare, most)
