"""Records of the model with their places moved: what was read from one text of a file stands elsewhere in the file. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar, cast

from ..model import Place

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")


def moved(record: T, where: Callable[[Place], Place]) -> T:
    """The record with `where` of each place in it."""
    return cast("T", _moved(record, where))


def _moved(value: Any, where: Callable[[Place], Place]) -> Any:
    if isinstance(value, Place):
        return where(value)
    if not isinstance(value, tuple):
        return value
    members = [_moved(each, where) for each in value]
    return type(value)(*members) if hasattr(value, "_fields") else tuple(members)


def by_index(text: str, at: Callable[[int], Place]) -> Callable[[Place], Place]:
    """From a place in the text to that in the file; `at` tells the latter of a character."""
    lines = [0] + [index + 1 for index, char in enumerate(text) if char == "\n"]
    return lambda place: at(lines[min(place.line, len(lines)) - 1] + place.column - 1)
