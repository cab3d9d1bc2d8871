"""What scanners write for people, as plain text: without HTML, without quoted values, its first sentence."""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

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
_LINK: Final = re.compile(r"(?<!\\)\[([^\[\]\\]*+(?:\\.[^\[\]\\]*+)*+)\]\((\d+|[^()\s]*)\)")
_SENTENCE: Final = re.compile(r"(.+?[.!?])(?:\s|$)", re.DOTALL)


def plain(text: str) -> str:
    """HTML as text: blocks are lines, tags are gone, entities are what they stand for.

    Tags that are only visible after the entities are resolved go too: some tools escape their HTML once more.
    """
    if "<" in text or "&" in text:
        text = _DROPPED.sub("", _BLOCK.sub("\n", text))
        text = unescape(text)
        if "<" in text:
            text = _DROPPED.sub("", _BLOCK.sub("\n", text))
    if not _is_neat(text):  # as most are
        text = _LINES.sub("\n", _SPACE.sub(" ", text))
        text = _PARAGRAPHS.sub("\n\n", text)
    return text.strip()[:MAX_CHARS]


def _is_neat(text: str) -> bool:
    """Whether all of it is lines and paragraphs of words with one blank between them: the blank is the only white space that is printable."""
    return text.replace("\n", "").isprintable() and not (
        "  " in text or " \n" in text or "\n " in text or "\n\n\n" in text
    )


def _is_one_line(text: str) -> bool:
    """Whether words with one blank between them are all of it: the blank is the only white space that is printable."""
    return text.isprintable() and "  " not in text and text == text.strip(" ")


def unlinked(text: str) -> str:
    """A SARIF message without its embedded links: `a [value](1)` is `a value` (SARIF 2.1.0, section 3.11.6)."""
    if "](" in text:
        text = _LINK.sub(r"\1", text)
    return text.replace("\\[", "[").replace("\\]", "]") if "\\" in text else text


def messages(texts: list[str]) -> tuple[list[str], list[str]]:
    """Messages as plain text without links; and each in one line.

    Of many at once: a look at all of them together tells whether there is anything to mend, as there rarely is. Where there is, it is looked
    for in each half, and what stands there more than once is mended once.
    """
    if _need_nothing(texts):
        return texts, texts
    if len(texts) > _FEW:
        return _of_halves(texts)
    mended = [plain(unlinked(text.strip())) for text in texts]
    return mended, [line(text) for text in mended]


_FEW: Final = 4
_PRINTABLE: Final = bytes(range(0x20, 0x7F))


def _need_nothing(texts: Sequence[str]) -> bool:
    """Whether each is plain text in one line of no more than a title's length."""
    # Between blanks, a blank at the end of a text is one of two, and so is a text without anything.
    row = " ".join(("", *texts, ""))
    return not (
        "  " in row
        or "<" in row
        or "&" in row
        or "\\" in row
        or ("]" in row and "](" in row)
        or (":" in row and any(text.endswith(":") for text in texts))
        or (row.encode().translate(None, _PRINTABLE) if row.isascii() else not row.isprintable())
        or max(map(len, texts), default=0) > TITLE_CHARS
    )


def _of_halves(texts: list[str]) -> tuple[list[str], list[str]]:
    each = list(dict.fromkeys(texts))
    middle = len(each) // 2 or 1
    (first, their), (second, others) = messages(each[:middle]), messages(each[middle:])
    if len(each) == len(texts):
        return first + second, their + others
    mended = dict(zip(each, zip(first + second, their + others, strict=True), strict=True))
    return [mended[text][0] for text in texts], [mended[text][1] for text in texts]


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
