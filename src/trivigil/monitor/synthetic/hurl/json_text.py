"""A JSON body: kept as it is written, with holes in its texts, its names and in the place of values."""

from __future__ import annotations

from ..model import Hole, Place, Template
from .cursor import Cursor, Unfit, either, firm
from .literals import boolean, null
from .subset import left_out
from .texts import Char, hole, template

_BLANK = " \t\n\r"
_NEVER_BARE = "\\\b\n\f\r\t"
_ESCAPES = {'"': '"', "\\": "\\", "/": "/", "b": "\b", "n": "\n", "f": "\f", "r": "\r", "t": "\t"}
_HEX = "0123456789abcdefABCDEF"
_DEEPEST = 64
_DIGITS = 4
_HIGH, _LOW = range(0xD800, 0xDC00), range(0xDC00, 0xE000)

Pieces = list[str | Hole]


def json_text(cursor: Cursor) -> Template:
    """A JSON value."""
    place = cursor.place
    return Template(_joined(_value(cursor, 0)), place)


def json_object(cursor: Cursor) -> Template:
    """A JSON object."""
    place = cursor.place
    return Template(_joined(_object(cursor, 0)), place)


def _joined(pieces: Pieces) -> tuple[str | Hole, ...]:
    out: Pieces = []
    for piece in pieces:
        if isinstance(piece, str) and out and isinstance(out[-1], str):
            out[-1] += piece
        else:
            out.append(piece)
    return tuple(out)


def _blank(cursor: Cursor) -> str:
    return cursor.take_while(lambda char: char in _BLANK)


def _value(cursor: Cursor, depth: int) -> Pieces:
    if depth > _DEEPEST:
        raise left_out("value", "JSON body of more than 64 levels", cursor.place)
    return either(
        (
            _null,
            _boolean,
            lambda inner: _text(inner, within_name=False),
            _number,
            lambda inner: [hole(inner, "json value")],
            lambda inner: _list(inner, depth),
            lambda inner: _object(inner, depth),
        ),
        cursor,
    )


def _null(cursor: Cursor) -> Pieces:
    null(cursor)
    return ["null"]


def _boolean(cursor: Cursor) -> Pieces:
    return ["true" if boolean(cursor) else "false"]


def _inner(cursor: Cursor, depth: int) -> Pieces:
    if cursor.peek() == ",":
        raise cursor.unfit("expected an element before the comma", final=True)
    start = cursor.index
    try:
        return _value(cursor, depth)
    except Unfit as error:
        if error.final:
            raise
        cursor.index = start
        wanted = "expected a boolean, number, text, list, object or null"
        raise Unfit(error.place, wanted, final=True) from None


def _hex4(cursor: Cursor) -> int:
    digits = ""
    while len(digits) < _DIGITS:
        if not cursor.peek() or cursor.peek() not in _HEX:
            raise cursor.unfit("expected a hexadecimal digit", final=True)
        digits += cursor.take()
    return int(digits, 16)


def _unicode(cursor: Cursor) -> str:
    high = _hex4(cursor)
    if high not in _HIGH and high not in _LOW:
        return chr(high)
    cursor.expect("\\u")
    second = cursor.place
    low = _hex4(cursor)
    if high not in _HIGH or low not in _LOW:
        raise Unfit(second, "expected the two halves of a pair", final=True)
    return chr(0x10000 + ((high - _HIGH.start) << 10) + (low - _LOW.start))


def _char(cursor: Cursor) -> Char:
    place, start = cursor.place, cursor.index
    if cursor.skip("\\"):
        after = cursor.place
        char = cursor.take()
        if char == "u":
            value = _unicode(cursor)
        elif char in _ESCAPES:
            value = _ESCAPES[char]
        else:
            raise Unfit(after, "expected a valid escape after the backslash", final=True)
        return value, cursor.text[start : cursor.index], place
    char = cursor.take()
    if char in _NEVER_BARE:
        raise Unfit(place, "expected the rest of a JSON text on this line", final=False)
    return char, char, place


def _text(cursor: Cursor, *, within_name: bool) -> Pieces:
    cursor.begin('"')
    chars: list[Char] = []
    start = cursor.place
    while not cursor.at_end and cursor.peek() != '"':
        chars.append(_char(cursor))
    end = cursor.place
    cursor.expect('"')
    # A name is written with its escapes resolved, a text as it stands: Hurl does it so.
    found = template(
        chars, start, end, within="text" if within_name else "json text", spelt=not within_name
    )
    return ['"', *found.parts, '"']


def _number(cursor: Cursor) -> Pieces:
    def digits() -> str:
        return cursor.take_while(lambda char: char in "0123456789")

    text = "-" if cursor.skip("-") else ""
    whole = "0" if cursor.skip("0") else digits()
    if not whole:
        raise cursor.unfit("expected a number")
    text += whole
    if cursor.skip("."):
        decimals = digits()
        if not decimals:
            raise cursor.unfit("expected digits after the point", final=True)
        text += "." + decimals
    if cursor.peek() in ("e", "E"):
        cursor.take()
        sign = next((sign for sign in "-+" if cursor.skip(sign)), "")
        text += "e" + sign + digits()
    return [text]


def _separated(cursor: Cursor, close: str) -> bool:
    """Whether another element follows."""
    place = cursor.place
    if not cursor.skip(","):
        return False
    start = cursor.index
    _blank(cursor)
    if cursor.peek() == close:
        raise Unfit(place, "expected no comma after the last element", final=True)
    cursor.index = start
    return True


def _list(cursor: Cursor, depth: int) -> Pieces:
    cursor.begin("[")
    out: Pieces = ["[", _blank(cursor)]
    if cursor.peek() != "]":
        out += _element(cursor, depth)
        while _separated(cursor, "]"):
            out += [",", *_element(cursor, depth)]
    cursor.expect("]")
    return [*out, "]"]


def _element(cursor: Cursor, depth: int) -> Pieces:
    before = _blank(cursor)
    return [before, *_inner(cursor, depth + 1), _blank(cursor)]


def _object(cursor: Cursor, depth: int) -> Pieces:
    cursor.begin("{")
    out: Pieces = ["{", _blank(cursor)]
    if cursor.peek() != "}":
        out += _member(cursor, depth)
        while _separated(cursor, "}"):
            out += [",", *_member(cursor, depth)]
    cursor.expect("}")
    return [*out, "}"]


def _member(cursor: Cursor, depth: int) -> Pieces:
    out: Pieces = [_blank(cursor), *firm(lambda inner: _text(inner, within_name=True), cursor)]
    out.append(_blank(cursor))
    cursor.expect(":")
    place: Place = cursor.place
    out += [":", _blank(cursor)]
    if cursor.at_end or cursor.peek() == "}":
        raise Unfit(place, "expected a value after the colon", final=True)
    return [*out, *_inner(cursor, depth + 1), _blank(cursor)]
