"""The lines of a step's `[Options]`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ..model import RESERVED, Argument, Hole, Setting
from .cursor import Cursor, Unfit, either, empty_lines, line_end, spaces
from .literals import boolean, duration_or_hole, null, number, or_hole
from .subset import LEFT_OUT, SILENT, left_out
from .texts import quoted, unquoted

if TYPE_CHECKING:
    from collections.abc import Callable


def _truth(cursor: Cursor) -> Argument:
    return or_hole(cursor, bool, "true or false")


def _count(cursor: Cursor) -> Argument:
    place = cursor.place
    value = or_hole(cursor, int, "an integer of at least -1")
    if isinstance(value, Hole) or value >= 0:
        return value
    if value == -1:
        raise left_out("value", "endless repeat, retry or redirects (-1)", place)
    raise Unfit(place, "expected an integer of at least -1", final=True)


def _verbosity(cursor: Cursor) -> Argument:
    place = cursor.place
    word = cursor.take_while(lambda char: char.isascii() and char.isalpha())
    if word not in ("brief", "verbose", "debug"):
        raise Unfit(place, "expected brief, verbose or debug", final=True)
    return None


OPTIONS: Final[dict[str, Callable[[Cursor], Argument]]] = {
    "compressed": _truth,
    "connect-timeout": duration_or_hole,
    "delay": duration_or_hole,
    "header": unquoted,
    "http1.1": _truth,
    "insecure": _truth,
    "ipv4": _truth,
    "ipv6": _truth,
    "location": _truth,
    "location-trusted": _truth,
    "max-redirs": _count,
    "max-time": duration_or_hole,
    "repeat": _count,
    "retry": _count,
    "retry-interval": duration_or_hole,
    "skip": _truth,
    "user": unquoted,
    "verbose": _truth,
    "verbosity": _verbosity,
    "very-verbose": _truth,
}
"""The options that are read, and what their values are; `variable` has a rule of its own."""


def option(cursor: Cursor) -> Setting:
    """`name: value`."""
    empty_lines(cursor)
    place = cursor.place
    name = cursor.take_while(lambda char: char.isascii() and (char.isalnum() or char in "-._"))
    spaces(cursor)
    cursor.expect(":", final=False)
    spaces(cursor)
    if name in LEFT_OUT["option"]:
        raise left_out("option", name, place)
    if name == "variable":
        found = _variable(cursor)
    elif name in OPTIONS:
        found = Setting(name, OPTIONS[name](cursor), place)
    else:
        known = ", ".join(sorted({*OPTIONS, "variable"} - {*SILENT}))
        raise Unfit(place, f"expected the name of an option: {known}", final=True)
    line_end(cursor)
    return found


def _variable(cursor: Cursor) -> Setting:
    place = cursor.place
    name = cursor.take_while(lambda char: char.isalnum() or char in "_-")
    if not name:
        raise Unfit(place, "expected the name of a variable", final=True)
    if name in RESERVED:
        raise Unfit(place, f"expected another name: {name} is a function", final=True)
    spaces(cursor)
    cursor.expect("=")
    spaces(cursor)
    start = cursor.place
    rules: tuple[Callable[[Cursor], Argument], ...] = (null, boolean, number, quoted, unquoted)
    try:
        value = either(rules, cursor)
    except Unfit as error:
        raise Unfit(error.place if error.final else start, error.wanted, final=True) from None
    return Setting(f"variable {name}", value, place)
