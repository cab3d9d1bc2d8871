"""Records that wait as bytes until a window of them is decoded into typed ones: nothing else of them is ever built.

A record that does not fit, because a field is of another kind than its format says, is read from its JSON by the lenient way. Windows keep
memory low: no more records are alive than one of them has, and these stay in the processor's cache.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeVar

import msgspec
from msgspec import Raw

from trivigil.core.errors import SourceError

if TYPE_CHECKING:
    from collections.abc import Sequence

T = TypeVar("T")

WINDOW: Final = 512
_DAMAGED: Final = SourceError("a record is damaged.")


def records(listed: Sequence[object], decoder: msgspec.json.Decoder[T]) -> list[T | None]:
    """Of each its record; None for what does not fit. Raises SourceError where it is no JSON."""
    try:
        return list(map(decoder.decode, listed))  # type: ignore[arg-type]  # what is no bytes is a TypeError
    except (ValueError, TypeError):
        return [_record(each, decoder) for each in listed]


def _record(each: object, decoder: msgspec.json.Decoder[T]) -> T | None:
    if not isinstance(each, Raw):
        return None
    try:
        return decoder.decode(each)
    except msgspec.ValidationError:
        return None
    except ValueError:
        raise _DAMAGED from None


def anything(raw: Raw) -> object:
    """Whatever the JSON says. Raises SourceError where it is none."""
    try:
        decoded: object = msgspec.json.decode(raw)
    except (ValueError, RecursionError):
        raise _DAMAGED from None
    return decoded
