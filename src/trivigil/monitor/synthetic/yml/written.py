"""Where a character of a YAML text stands in its file. Pure.

A text may be plain, in quotes or a block; its places are found by reading it again beside its value. Quotes, escapes, folded
lines and indentation are passed over. Where the two do not go together, every place is the text's beginning.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import TYPE_CHECKING, Final

from ..model import Place

if TYPE_CHECKING:
    from collections.abc import Callable

    from trivigil.located import Node

_PROPERTIES: Final = re.compile(r"(?:[&!][^\s]*\s+)*")
"""An anchor or a tag stands before the text itself."""
_BLOCK: Final = re.compile(r"[|>][^\n]*\n")
_ESCAPED: Final = {"x": 2, "u": 4, "U": 8}
"""YAML 1.2.2, 5.7: hexadecimal digits after these letters."""


class Written:
    """The text of a file, by index, line and column. A column is a character, both count from 1."""

    def __init__(self, text: str) -> None:
        self._text: Final = text
        self._lines: Final = [0] + [match.end() for match in re.finditer("\n", text)]

    def place(self, index: int) -> Place:
        """Of a character."""
        line = bisect_right(self._lines, max(index, 0)) - 1
        return Place(line + 1, max(index, 0) - self._lines[line] + 1)

    def within(self, node: Node) -> Callable[[int], Place]:
        """The places of a text's characters, by their index in its value; one behind the last is known too."""
        raw = self._text[node.start : node.end]
        skipped = _PROPERTIES.match(raw)
        begin = skipped.end() if skipped else 0
        found = offsets(raw[begin:], node.value) if isinstance(node.value, str) else None
        if found is None:
            return lambda _index: self.place(node.start)
        return lambda index: self.place(node.start + begin + found[min(index, len(found) - 1)])


def offsets(raw: str, value: str) -> list[int] | None:
    """For each character of the value, and for its end, where it is written; None where that cannot be said."""
    if raw[:1] in ("'", '"'):
        return _aligned(raw, value, 1, raw[0])
    block = _BLOCK.match(raw)
    return _aligned(raw, value, block.end() if block else 0, "")


def _aligned(raw: str, value: str, at: int, quote: str) -> list[int] | None:
    found: list[int] = []
    for char in value:
        at = _joined(raw, at) if quote == '"' else at
        if quote == '"' and raw[at : at + 1] == "\\":
            found.append(at)
            at += 2 + _ESCAPED.get(raw[at + 1 : at + 2], 0)
            continue
        if not char.isspace():
            at = _past_blanks(raw, at)
            if raw[at : at + 1] != char:
                return None
        found.append(at)
        doubled = quote == "'" and char == "'"
        at += 2 if doubled else 1 if not char.isspace() or raw[at : at + 1].isspace() else 0
    return [*found, at]


def _past_blanks(raw: str, at: int) -> int:
    while raw[at : at + 1].isspace():
        at += 1
    return at


def _joined(raw: str, at: int) -> int:
    """Behind a backslash at the end of a line, which joins it with the next one."""
    while raw[at : at + 1] == "\\" and raw[at + 1 : at + 2] in ("\n", "\r"):
        at = _past_blanks(raw, at + 1)
    return at
