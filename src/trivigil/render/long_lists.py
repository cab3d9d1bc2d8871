"""A JSON document with long lists in it, written piece by piece: every entry of a long list on a line of its own.

What is short is written by Python's own `json`, indented by a blank a level. The entries of a long list are made and encoded a batch at a
time, so that there is never more of them in memory than a batch. Blanks apart it is the text that `json.dumps` gives.
"""

from __future__ import annotations

import json
import math
import re
from typing import TYPE_CHECKING, Any, Final

from trivigil.core.record import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

LONG: Final = 500
"""From so many entries on a list is written in batches; below, importing msgspec would cost more than it saves."""
_BATCH: Final = 500
_UNSAFE: Final = re.compile(
    "[\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff]"
)
"""Characters that a terminal or an editor obeys or hides, and halves of surrogate pairs, which UTF-8 cannot hold."""


class Made(NamedTuple):
    """A list whose entries are made of others when they are written."""

    of: Sequence[Any]
    make: Callable[[Any], object]
    lines: Callable[[Sequence[Any], str], str]
    """The JSON of a batch of them, each on one line, with a text between; which is faster than making them."""


def pieces(value: object, depth: int = 0) -> Iterator[str]:
    """The text of a document in pieces, without a newline at its end."""
    if isinstance(value, dict) and any(map(_has_long, value.values())):
        yield from _members(value, depth)
    elif _has_long(value):
        yield from _entries(value, depth)
    else:
        yield safe(dumped(value, indent=1).replace("\n", f"\n{' ' * depth}"))


def _has_long(value: object) -> bool:
    """Whether it is a long list, or an object with one below it."""
    if isinstance(value, dict):
        return any(map(_has_long, value.values()))
    if isinstance(value, Made):
        value = value.of
    return isinstance(value, (list, tuple)) and len(value) >= LONG


def _members(value: dict[str, object], depth: int) -> Iterator[str]:
    between = "{\n"
    blanks = " " * (depth + 1)
    for key, inner in value.items():
        yield f"{between}{blanks}{safe(dumped(str(key)))}: "
        yield from pieces(inner, depth + 1)
        between = ",\n"
    yield f"\n{' ' * depth}}}"


def _entries(value: Any, depth: int) -> Iterator[str]:
    """The entries, a batch at a time."""
    from trivigil.render import columns

    entries, lines = (value.of, value.lines) if isinstance(value, Made) else (value, columns.lines)
    blanks = f"\n{' ' * (depth + 1)}"
    before = f"[{blanks}"
    for start in range(0, len(entries), _BATCH):
        yield before
        yield safe(lines(entries[start : start + _BATCH], f",{blanks}"))
        before = f",{blanks}"
    yield f"\n{' ' * depth}]"


def dumped(value: object, *, indent: int | None = None) -> str:
    """The value as JSON by Python's own `json`: the slow way, which can write everything."""
    return json.dumps(_finite(value), ensure_ascii=False, indent=indent, allow_nan=False)


def _finite(value: object) -> object:
    """The value with null for every number that JSON cannot say, and with lists that are made."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {str(key): _finite(inner) for key, inner in value.items()}
    if isinstance(value, Made):
        return [_finite(value.make(each)) for each in value.of]
    if isinstance(value, (list, tuple)):
        return [_finite(inner) for inner in value]
    return value


def safe(text: str) -> str:
    """JSON text in which no character hides: those are escaped."""
    if text.isascii() and "\x7f" not in text:
        return text
    # Nothing that hides is printable, and this asks six times as fast; newlines stand between entries alone.
    if text.replace("\n", "").isprintable():
        return text
    return _UNSAFE.sub(_escaped, text)


def _escaped(match: re.Match[str]) -> str:
    return f"\\u{ord(match.group()):04x}"
