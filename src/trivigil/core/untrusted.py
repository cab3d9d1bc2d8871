"""Making foreign text harmless where it is printed as plain text (terminal, log, error sentence).

The runner reads `::command::` at the start of a line and `##[command]` anywhere in it, from standard
output and standard error alike (actions/runner, ActionCommand.cs); terminals obey escape sequences;
bidirectional controls reorder what a reader sees (Unicode TR 36). Markdown and HTML have escapers of
their own in `trivigil.render.escape`, built on this one.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

_INVISIBLE = re.compile(
    "[\u0000-\u001f\u007f-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f"
    "\u2028-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff\ud800-\udfff"
    "\U000e0000-\U000e0fff]"
)
_COMMAND = re.compile(r"(?<=#)(?=#\[)|(?<=:)(?=:)")
_BROKEN = re.compile("(?<=#)\u200b(?=#\\[)|(?<=:)\u200b(?=:)")
_VISIBLE = bytes(range(0x20, 0x7F))
_NAMED = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}


def _visible(match: re.Match[str]) -> str:
    char = match.group()
    if char in _NAMED:
        return _NAMED[char]
    return f"\\x{ord(char):02x}" if ord(char) < 0x100 else f"\\u{{{ord(char):x}}}"  # noqa: PLR2004 (two hexadecimal digits)


def visible(text: str) -> str:
    """One line of text in which control, bidirectional and invisible characters are spelled out."""
    if text.isascii() and text.isprintable():
        return text  # most are so, and a look is a tenth of a search
    return _INVISIBLE.sub(_visible, text)


def printables(texts: Sequence[str], limit: int = 2000) -> Sequence[str]:
    """`printable` of each. Most texts are so already, and one look at all of them takes a tenth of a look at each."""
    whole = " ".join(texts)
    plain = whole.isascii() and not whole.encode().translate(None, _VISIBLE)
    if (
        plain
        and "::" not in whole
        and "##[" not in whole
        and max(map(len, texts), default=0) <= limit
    ):
        return texts
    return [printable(text, limit) for text in texts]


def printable(text: str, limit: int = 2000) -> str:
    """`visible`, no workflow command in it, and no longer than `limit` characters (then with `…`).

    A text that has been through here already stays as it is.
    """
    if text.isascii() and text.isprintable():
        line = _COMMAND.sub("\u200b", text) if "::" in text or "##[" in text else text
    else:
        line = _COMMAND.sub("\u200b", visible(_BROKEN.sub("", text)))
    return line if len(line) <= limit else line[: limit - 1] + "…"
