"""Numbers, truths, durations, bytes and regular expressions of the language."""

from __future__ import annotations

import base64 as codec

from ..model import FileName, Hole, Pattern
from ..patterns import translated
from .cursor import Cursor, Unfit, spaces
from .subset import left_out
from .texts import file_name, hole

_DIGITS = "0123456789"
_LEAST, _MOST = -(2**63), 2**63 - 1
_UNITS = {"": 1, "ms": 1, "s": 1000, "m": 60_000, "h": 3_600_000}
_BASE64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"


def _digits(cursor: Cursor) -> str:
    return cursor.take_while(lambda char: char in _DIGITS)


def null(cursor: Cursor) -> None:
    """`null`."""
    cursor.begin("null")


def boolean(cursor: Cursor) -> bool:
    """`true` or `false`."""
    if cursor.skip("true"):
        return True
    if cursor.skip("false"):
        return False
    raise cursor.unfit("expected true or false")


def natural(cursor: Cursor, wanted: str = "a whole number") -> int:
    """A whole number without a sign or a zero in front."""
    place = cursor.place
    first = cursor.peek()
    if not first or first not in _DIGITS:
        raise cursor.unfit(f"expected {wanted}")
    cursor.take()
    after = cursor.place
    rest = _digits(cursor)
    if first == "0" and rest:
        raise Unfit(after, f"expected {wanted} without a zero in front", final=True)
    value = _whole(first + rest)
    if value > _MOST:
        raise Unfit(place, f"expected {wanted} of at most {_MOST}", final=True)
    return value


def integer(cursor: Cursor) -> int:
    """A whole number, maybe with a minus."""
    return -natural(cursor, "an integer") if cursor.skip("-") else natural(cursor, "an integer")


def _whole(digits: str) -> int:
    """Python reads no number of thousands of digits; of more than twenty it is too large in any case."""
    return int(digits[:20])


def number(cursor: Cursor) -> int | float:
    """`7`, `-3`, `12.5`."""
    place = cursor.place
    sign = "-" if cursor.skip("-") else ""
    digits = _digits(cursor)
    if not digits:
        raise cursor.unfit("expected a number")
    if len(digits) > 1 and digits.startswith("0"):
        raise cursor.unfit("expected a number without a zero in front", final=True)
    if cursor.skip("."):
        decimals = _digits(cursor)
        if not decimals:
            raise cursor.unfit("expected digits after the point", final=True)
        return float(f"{sign}{digits}.{decimals}")
    value = -_whole(digits) if sign else _whole(digits)
    if not _LEAST <= value <= _MOST:
        raise left_out("value", "integer of more than 64 bits", place)
    return value


def duration(cursor: Cursor) -> int:
    """Milliseconds: `500`, `500ms`, `2s`, `1m`, `1h`."""
    value = natural(cursor)
    place = cursor.place
    unit = cursor.take_while(lambda char: char.isascii() and char.isalpha())
    if unit not in _UNITS:
        raise Unfit(place, "expected ms, s, m or h", final=True)
    return value * _UNITS[unit]


def or_hole(cursor: Cursor, rule: type[int | bool], wanted: str) -> int | bool | Hole:
    """A number or a truth, or a hole for one."""
    start = cursor.index
    try:
        return boolean(cursor) if rule is bool else integer(cursor)
    except Unfit:
        cursor.index = start
    try:
        return hole(cursor)
    except Unfit as error:
        raise Unfit(error.place, f"expected {wanted}", final=True) from None


def duration_or_hole(cursor: Cursor) -> int | Hole:
    """A duration, or a hole for one."""
    start = cursor.index
    try:
        return duration(cursor)
    except Unfit as error:
        if error.final:
            raise
        cursor.index = start
    try:
        return hole(cursor)
    except Unfit as error:
        raise Unfit(error.place, "expected a duration: 500, 500ms, 2s", final=True) from None


def hexadecimal(cursor: Cursor) -> bytes:
    """`hex,00ff;`."""
    cursor.begin("hex")
    cursor.expect(",")
    spaces(cursor)
    digits = cursor.take_while(lambda char: char in "0123456789abcdefABCDEF")
    if len(digits) % 2:
        raise cursor.unfit("expected an even number of hexadecimal digits", final=True)
    spaces(cursor)
    cursor.expect(";")
    return bytes.fromhex(digits)


def base64(cursor: Cursor) -> bytes:
    """`base64,SGVsbG8=;`, blanks and line ends in it allowed."""
    cursor.begin("base64")
    cursor.expect(",")
    spaces(cursor)
    written = cursor.take_while(lambda char: char in _BASE64 + " \n\t")
    cursor.take_while(lambda char: char == "=")
    spaces(cursor)
    cursor.expect(";")
    text = "".join(char for char in written if char in _BASE64)
    if len(text) % 4 == 1:
        text = text[:-1]
    return codec.b64decode(text + "=" * (-len(text) % 4))


def file(cursor: Cursor) -> FileName:
    """`file,data.txt;`."""
    cursor.begin("file")
    cursor.expect(",")
    spaces(cursor)
    name = file_name(cursor)
    spaces(cursor)
    cursor.expect(";")
    return FileName(name)


def regex(cursor: Cursor) -> Pattern:
    """`/expression/`; a slash in it is written with a backslash."""
    place = cursor.place
    cursor.begin("/")
    start = cursor.place
    source = ""
    while True:
        char = cursor.take()
        if not char:
            raise cursor.unfit("expected '/' at the end of the expression", final=True)
        if char == "/":
            break
        source += "/" if char == "\\" and cursor.skip("/") else char
    problem = translated(source).problem
    if problem:
        raise Unfit(start, problem, final=True)
    return Pattern(source, place)
