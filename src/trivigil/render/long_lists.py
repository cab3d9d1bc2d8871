"""A JSON document with long lists in it, written piece by piece: the same text as `json.dumps` gives, many times faster.

What is short is written by Python's own `json`. Long lists are made, encoded by msgspec and indented a batch at a time, so that there is
never more of them in memory than a batch.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from trivigil.core.record import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

LONG: Final = 500
"""From so many entries on a list is written in batches; below, importing msgspec would cost more than it saves."""
_BATCH: Final = 500
_STEP: Final = 4_096
_UNSAFE: Final = re.compile(
    "[\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff]"
)
"""Characters that a terminal or an editor obeys or hides, and halves of surrogate pairs, which UTF-8 cannot hold."""


class Made(NamedTuple):
    """A list whose entries are made of others when they are written."""

    of: Sequence[Any]
    make: Callable[[Any], object]
    writer: Callable[[int], Callable[[Any], str]] | None = None
    """Where there is a faster way than making them: of the list's depth, what writes an entry without the blanks before it."""


def pieces(value: object, short: Callable[[object], str], depth: int = 0) -> Iterator[str]:
    """The text of a document in pieces, indented by one blank a level; `short` writes what has no long list in it."""
    if isinstance(value, dict) and any(map(_is_long, value.values())):
        yield from _members(value, short, depth)
    elif isinstance(value, Made) and len(value.of) >= LONG:
        yield from _entries(value, short, depth)
    elif isinstance(value, list) and len(value) >= LONG:
        yield from _entries(Made(value, _same), short, depth)
    else:
        plain = [value.make(each) for each in value.of] if isinstance(value, Made) else value
        yield short(plain).replace("\n", f"\n{' ' * depth}")


def _same(value: object) -> object:
    return value


def _is_long(value: object) -> bool:
    """Whether there is a list that is written in batches, in it or in an object below it."""
    if isinstance(value, dict):
        return any(map(_is_long, value.values()))
    return isinstance(value, Made) or (isinstance(value, list) and len(value) >= LONG)


def _members(value: dict[str, object], short: Callable[[object], str], depth: int) -> Iterator[str]:
    between = "{\n"
    blanks = " " * (depth + 1)
    for key, inner in value.items():
        yield f"{between}{blanks}{short(str(key))}: "
        yield from pieces(inner, short, depth + 1)
        between = ",\n"
    yield f"\n{' ' * depth}}}"


def _entries(value: Made, short: Callable[[object], str], depth: int) -> Iterator[str]:
    """The entries, a batch at a time."""
    between, blanks = "[", f"\n{' ' * (depth + 1)}"
    write = None if value.writer is None else value.writer(depth)
    for start in range(0, len(value.of), _BATCH):
        batch = value.of[start : start + _BATCH]
        yield between
        if write is None:
            yield _batch([value.make(each) for each in batch], short, depth)
        else:
            yield safe(blanks + f",{blanks}".join(map(write, batch)))
        between = ","
    yield f"\n{' ' * depth}]"


def _batch(entries: list[object], short: Callable[[object], str], depth: int) -> str:
    """Written as a list of its own, whose brackets are left away."""
    text = _encoded(entries, depth)
    if text is None:
        text = short(entries).replace("\n", f"\n{' ' * depth}")
    return text[1 : -2 - depth]


def _encoded(batch: list[object], depth: int) -> str | None:
    """A batch as indented JSON; None for what only the slow way can write (halves of surrogate pairs)."""
    import msgspec

    try:
        data = msgspec.json.format(msgspec.json.encode(batch), indent=1)
    except (UnicodeEncodeError, TypeError, OverflowError):
        return None
    if depth:
        data = data.replace(b"\n", b"\n" + b" " * depth)
    return safe(data.decode())


def safe(text: str) -> str:
    """JSON text in which no character hides: those are escaped."""
    if text.isascii() and "\x7f" not in text:
        return text
    parts = (text[start : start + _STEP] for start in range(0, len(text), _STEP))
    return "".join(
        part if part.isascii() and "\x7f" not in part else _UNSAFE.sub(_escaped, part)
        for part in parts
    )


def _escaped(match: re.Match[str]) -> str:
    return f"\\u{ord(match.group()):04x}"
