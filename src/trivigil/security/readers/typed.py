"""Records that wait as bytes until a window of them is decoded into typed ones: nothing else of them is ever built.

A record that does not fit, because a field is of another kind than its format says, is read from its JSON by the lenient way. Windows keep
memory low: no more records are alive than one of them has, and these stay in the processor's cache.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeVar

import msgspec
from msgspec import Raw

from trivigil.core.errors import SourceError
from trivigil.foreign import Fields

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from trivigil.security.facts import Finding

T = TypeVar("T")

WINDOW: Final = 512
_DAMAGED: Final = SourceError("a record is damaged.")


def findings(
    listed: Sequence[object],
    place: str,
    decoder: msgspec.json.Decoder[T],
    made: Callable[[Sequence[T]], Sequence[Finding]],
    leniently: Callable[[Fields], Finding],
) -> tuple[list[Finding], list[str]]:
    """The finding of each record, in their order, and a sentence for each that is no object.

    `made` takes all typed records of a window, `leniently` one that does not fit. `place` is the list's in the file.

    Raises SourceError for what is no JSON inside.
    """
    found: list[Finding] = []
    strange: list[str] = []
    for start in range(0, len(listed), WINDOW):
        window = listed[start : start + WINDOW]
        given = records(window, decoder)
        known = [each for each in given if each is not None]
        of_known = made(known)
        if len(known) == len(given):
            found += of_known
            continue
        rest = iter(of_known)
        for at, (record, item) in enumerate(zip(given, window, strict=True), start):
            each = (
                next(rest) if record is not None else _leniently(item, f"{place}[{at}]", leniently)
            )
            if each is None:
                strange.append(f"`{place}[{at}]` is left out: it is not an object.")
            else:
                found.append(each)
    return found, strange


def _leniently(item: object, place: str, made: Callable[[Fields], Finding]) -> Finding | None:
    value = anything(item) if isinstance(item, Raw) else item
    return made(Fields(value, place)) if isinstance(value, dict) else None


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
