"""Columns of values as columns of JSON texts, each on one line: the same text as `json.dumps` gives, many times faster.

What differs from row to row runs through loops of C's; what rows share is encoded once. Long lists alone use this: it imports msgspec.
"""

from __future__ import annotations

from itertools import chain, repeat
from json.encoder import encode_basestring as quoted
from typing import TYPE_CHECKING, Final, TypeVar

import msgspec

from trivigil.render import long_lists

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Sequence

    Column = str | Sequence[str]
    """A text for each row, or the one that all rows share."""

V = TypeVar("V")
H = TypeVar("H", bound="Hashable")

_MARK: Final = "\ue000"
"""A character of nobody's; values in which one stands are encoded one by one."""
_ESCAPED: Final = bytes(range(0x20)) + b'"\\'
_BETWEEN: Final = f', "{_MARK}", '


def texts(values: Sequence[object]) -> list[str]:
    """Each value as JSON: all in one call with marks between them, which takes a third of the time of a call for each."""
    marked = [each for value in values for each in (value, _MARK)]
    text = _encoded(marked)
    if text is None or text.count(_MARK) != len(values):
        return list(map(_alone, values))
    return text[1 : -len(_BETWEEN) + 1].split(_BETWEEN)


def lines(values: Sequence[object], between: str) -> str:
    """The same as one text."""
    return between.join(texts(values))


def _alone(value: object) -> str:
    return _encoded(value) or long_lists.dumped(value)


def _encoded(value: object) -> str | None:
    """None for what only the slow way can write (halves of surrogate pairs)."""
    try:
        return msgspec.json.format(msgspec.json.encode(value), indent=0).decode()
    except (UnicodeEncodeError, TypeError, OverflowError):
        return None


def strings(values: Sequence[str]) -> Sequence[str]:
    """What stands between the quotes of texts that mostly differ. Where nothing in all of them wants escaping, they stand as they are."""
    octets = "".join(values).encode("utf-8", "surrogatepass")
    if len(octets.translate(None, _ESCAPED)) == len(octets):
        return values
    if b"\n" not in octets and b"\\" not in octets:
        # In one call: no text has what stands between them then, a newline, as it is or escaped.
        return quoted("\n".join(values))[1:-1].split("\\n")
    return [quoted(value)[1:-1] for value in values]


def alike(values: Sequence[H], make: Callable[[H], object] | None = None) -> Column:
    """Of values that many rows share; `make` is what is written for one. Values that are equal must be written alike."""
    return _spread(values, values, _same if make is None else make)


def shared(values: Sequence[V], make: Callable[[V], object] | None = None) -> Column:
    """The same of objects that have no hash, such as mappings: by which object each is."""
    return _spread(list(map(id, values)), values, _same if make is None else make)


def _spread(keys: Sequence[H], values: Sequence[V], make: Callable[[V], object]) -> Column:
    """Each value encoded once for all rows of its key."""
    if keys.count(keys[0]) == len(keys):
        return _alone(make(values[0]))
    some = dict(zip(keys, values, strict=True))
    made = dict(zip(some, texts(list(map(make, some.values()))), strict=True))
    return list(map(made.__getitem__, keys))


def _same(value: V) -> V:
    return value


def joined(form: str, columns: Sequence[Column], between: str) -> str:
    """The form with its `%s` filled, for each row, as one text. One column at least has a text for each row.

    What stands between the gaps is repeated beside the columns, and one call joins it all: by `%` row for row it takes four times as long.
    """
    first, *others = form.split("%s")
    parts: list[Iterable[str]] = []
    fixed = f"{between}{first}"
    for column, after in zip(columns, others, strict=True):
        if isinstance(column, str):
            fixed += f"{column}{after}"
        else:
            parts += (repeat(fixed), column)
            fixed = after
    parts.append(repeat(fixed))
    return "".join(chain.from_iterable(zip(*parts)))[len(between) :]  # noqa: B905 (fixed parts have no end)
