"""Predicates: what is claimed of a value."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ..model import Argument, Hole, Pattern, Predicate, Template
from .bodies import multiline
from .cursor import Cursor, Unfit, either, gap, spaces
from .literals import base64, boolean, file, hexadecimal, null, number, regex
from .texts import backticked, hole, quoted

if TYPE_CHECKING:
    from collections.abc import Callable


def _fenced_value(cursor: Cursor) -> Argument:
    found = multiline(cursor)
    if found.kind == "graphql" or not isinstance(found.content, Template):
        raise Unfit(found.place, "expected a text, not GraphQL", final=True)
    return found.content


_VALUES: Final[tuple[Callable[[Cursor], Argument], ...]] = (
    null,
    boolean,
    number,
    file,
    hexadecimal,
    base64,
    hole,
    quoted,
    _fenced_value,
    backticked,
    regex,
)


def predicate_value(cursor: Cursor) -> Argument:
    """What a predicate compares with."""
    try:
        return either(_VALUES, cursor)
    except Unfit as error:
        if error.final:
            raise
        wanted = "expected a value: a text in quotes, a number, true, false, null, hex,…; or {{…}}"
        raise Unfit(error.place, wanted, final=True) from None


_ORDER: Final = ("==", "!=", ">=", ">", "<=", "<")
_TEXTUAL: Final = ("startsWith", "endsWith", "contains", "includes", "matches")
_ALONE: Final = (
    "isInteger",
    "isFloat",
    "isBoolean",
    "isString",
    "isCollection",
    "isList",
    "isObject",
    "isDate",
    "isIsoDate",
    "exists",
    "isEmpty",
    "isNumber",
    "isIpv4",
    "isIpv6",
    "isUuid",
)
PREDICATES: Final = (*_ORDER, *_TEXTUAL, *_ALONE)


def _fits(name: str, value: Argument, *, fenced: bool) -> bool:
    text = isinstance(value, Template) and not fenced
    if name in (">", ">=", "<", "<="):
        numeric = isinstance(value, int | float) and not isinstance(value, bool)
        return text or numeric or isinstance(value, Hole)
    if name in ("startsWith", "endsWith"):
        return text or isinstance(value, bytes)
    if name == "matches":
        return text or isinstance(value, Pattern)
    return True


def predicate(cursor: Cursor) -> Predicate:
    """`== 7`, `not contains "x"`, `exists`."""
    start, place = cursor.index, cursor.place
    negated = cursor.skip("not") and bool(spaces(cursor))
    if not negated:
        cursor.index = start
    place = cursor.place
    for name in PREDICATES:
        if not cursor.skip(name):
            continue
        if name in _ALONE:
            return Predicate(name, None, negated, place)
        spaces(cursor) if name in _ORDER else gap(cursor)
        here, fenced = cursor.place, cursor.peek(3) == "```"
        value = predicate_value(cursor)
        if not _fits(name, value, fenced=fenced):
            raise Unfit(here, f"expected a value that `{name}` can compare with", final=True)
        return Predicate(name, value, negated, place)
    raise cursor.unfit("expected a predicate: ==, !=, <, contains, matches, exists, …", final=True)
