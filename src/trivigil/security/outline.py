"""What the first bytes of JSON name: the keys of its objects, on two levels, by which a reader knows its tool.

The bytes may end anywhere, because recognition sees only the beginning of a file. A list is as its objects, and so are documents that
stand one after another: what counts is which keys there are.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from trivigil.core.record import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    from trivigil.sources import Source

_TOKEN: Final = re.compile(r'"([^"\\]*(?:\\.[^"\\]*)*)(?:"|\\?\Z)|[{}\[\],]', re.DOTALL)
"""A string, also one that the end of the bytes cuts, or a bracket or comma."""
_DEEPEST: Final = 2
_NOTHING: Final = (b"[]", b"null")


class Outline(NamedTuple):
    """The keys of the first bytes of a file; without any where it is not JSON."""

    opens: str = ""
    """`{`, `[`, or nothing where it is neither."""
    keys: frozenset[str] = frozenset()
    """Of the object, or of the objects of the list."""
    inner: Mapping[str, frozenset[str]] = {}
    """Keys of the objects right below each of them, or in a list right below: {"results": {"check_id", …}}."""

    def has(self, *keys: str) -> bool:
        """Whether all of these are among the keys."""
        return self.keys.issuperset(keys)

    def below(self, key: str, *keys: str) -> bool:
        """Whether all of these are keys of the objects below the key."""
        return self.inner.get(key, frozenset()).issuperset(keys)


def outline(source: Source) -> Outline:
    """The keys that a source begins with."""
    return _outline(source.head)


def nothing(source: Source, tool: str) -> bool:
    """Whether it is an empty list or `null`, which is a tool's only where the user names the tool."""
    return source.tool == tool and b"".join(source.head.split()) in _NOTHING


@lru_cache(maxsize=4)
def _outline(head: bytes) -> Outline:
    text = head.lstrip().decode("utf-8", "replace")
    if not text.startswith(("{", "[")):
        return Outline()
    levels: list[dict[str, set[str]]] = [{"": set()}, {}]
    opened = _Opened([], [])
    due = False
    for token in _TOKEN.finditer(text):
        first = token.group()[0]
        if first == '"':
            if due and opened.brackets:
                _note(levels, opened.names, token.group(1))
            due = False
        else:
            due = _step(opened, first)
    keys = levels[0][""]
    return Outline(text[0], frozenset(keys), {k: frozenset(v) for k, v in levels[1].items()})


class _Opened(NamedTuple):
    """What is open at a place: hostile files nest as deep as they are long, so each step takes the same time."""

    brackets: list[str]
    names: list[str]
    """The last key of each object that is open."""


def _step(opened: _Opened, bracket: str) -> bool:
    """Follows a bracket or comma; whether a key is due after it."""
    if bracket in "{[":
        opened.brackets.append(bracket)
        if bracket == "{":
            opened.names.append("")
    elif bracket != ",":
        if opened.brackets and opened.brackets.pop() == "{":
            opened.names.pop()
        return False
    return bool(opened.brackets) and opened.brackets[-1] == "{"


def _note(levels: list[dict[str, set[str]]], names: list[str], key: str) -> None:
    """Keeps a key that stands on the first two levels of objects."""
    names[-1] = key
    if len(names) <= _DEEPEST:
        over = names[0] if len(names) == _DEEPEST else ""
        levels[len(names) - 1].setdefault(over, set()).add(key)
