"""The texts of the language: with quotes, without, between backticks or fences, names; and the holes in them."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from ..model import Hole, Place, Template, Within
from .cursor import Cursor, Unfit, spaces

if TYPE_CHECKING:
    from collections.abc import Callable

Char = tuple[str, str, Place]
"""A character, as it is written, and where."""

_ESCAPES = {"b": "\b", "n": "\n", "f": "\f", "r": "\r", "t": "\t"}
_SURROGATES = range(0xD800, 0xE000)
_NEVER_BARE = "\\\b\n\f\r\t"


def _is_name(char: str) -> bool:
    return char.isalnum() or char in "_-"


def _hole_name(cursor: Cursor) -> str:
    name = cursor.take_while(_is_name)
    if not name:
        raise cursor.unfit("expected the name of a variable", final=True)
    return name


def hole(cursor: Cursor, within: Within = "text") -> Hole:
    """`{{name}}`."""
    cursor.begin("{{")
    spaces(cursor)
    place = cursor.place
    name = _hole_name(cursor)
    spaces(cursor)
    cursor.expect("}}")
    return Hole(name, place, within)


def unicode_escape(cursor: Cursor) -> str:
    """`{e9}` after a backslash and u."""
    cursor.expect("{")
    digits = cursor.take_while(lambda char: char in "0123456789abcdefABCDEF")
    if not digits:
        raise cursor.unfit("expected a hexadecimal digit", final=True)
    code = int(digits, 16)
    if code > sys.maxunicode or code in _SURROGATES:
        raise cursor.unfit("expected the number of a Unicode character", final=True)
    cursor.expect("}")
    return chr(code)


def escape(cursor: Cursor, own: str) -> str:
    """A backslash and what follows; `own` are the characters that stand for themselves after a backslash."""
    cursor.begin("\\")
    start = cursor.place
    char = cursor.take()
    if char and char in own:
        return char
    if char in _ESCAPES:
        return _ESCAPES[char]
    if char == "u":
        return unicode_escape(cursor)
    raise Unfit(start, "expected a valid escape after the backslash", final=True)


def _chars(cursor: Cursor, until: str) -> list[Char]:
    found: list[Char] = []
    while not cursor.at_end:
        place, start = cursor.place, cursor.index
        char = cursor.peek()
        if char == "\\":
            char = escape(cursor, '#"`\\/')
        elif char in until or char in _NEVER_BARE:
            break
        else:
            cursor.take()
        found.append((char, cursor.text[start : cursor.index], place))
    return found


def _filled(name: str, place: Place, within: Within) -> Hole:
    inner = Cursor(name, place)
    spaces(inner)
    start = inner.place
    return Hole(_hole_name(inner), start, within)


def template(
    chars: list[Char], place: Place, end: Place, *, within: Within = "text", spelt: bool = False
) -> Template:
    """Characters with the holes in them found; `spelt` keeps the text as it is written.

    An escaped brace opens no hole. What stands after the name in a hole is not looked at, as in Hurl.
    """
    parts: list[str | Hole] = []
    text, index = "", 0
    while index < len(chars):
        char, written, _ = chars[index]
        if [each[1] for each in chars[index : index + 2]] != ["{", "{"]:
            text += written if spelt else char
            index += 1
            continue
        if text:
            parts.append(text)
        text, index = "", index + 2
        if index >= len(chars):
            raise Unfit(end, "expected '}}'", final=True)
        start, inside = chars[index][2], ""
        closing = False
        while True:
            if index >= len(chars):
                raise Unfit(end, "expected '}}'", final=True)
            _, written, _ = chars[index]
            index += 1
            if written == "}" and closing:
                break
            if written == "}":
                closing = True
            else:
                inside += "}" + written if closing else written
        parts.append(_filled(inside, start, within))
    if text:
        parts.append(text)
    return Template(tuple(parts), place)


def unquoted(cursor: Cursor) -> Template:
    """The rest of the line up to a comment, without the blanks at its end."""
    place = cursor.place
    start = cursor.index
    chars = _chars(cursor, "#")
    while chars and chars[-1][1] == " ":
        chars.pop()
    cursor.index = start + sum(len(char[1]) for char in chars)
    return template(chars, place, cursor.place)


def _between(cursor: Cursor, mark: str, until: str) -> Template:
    place = cursor.place
    cursor.begin(mark)
    chars = _chars(cursor, until)
    end = cursor.place
    cursor.expect(mark)
    return template(chars, place, end)


def quoted(cursor: Cursor) -> Template:
    """`"text"`."""
    return _between(cursor, '"', '"')


def backticked(cursor: Cursor) -> Template:
    """`` `text` ``, on one line."""
    return _between(cursor, "`", "`\n")


def _words(cursor: Cursor, own: str, fits: Callable[[str], bool]) -> tuple[str | Hole, ...]:
    parts: list[str | Hole] = []
    text = ""
    while not cursor.at_end:
        if cursor.peek(2) == "{{":
            parts += [text, hole(cursor)] if text else [hole(cursor)]
            text = ""
        elif cursor.peek() == "\\":
            text += escape(cursor, own)
        else:
            more = cursor.take_while(fits)
            if not more:
                break
            text += more
    return (*parts, text) if text else tuple(parts)


def _named(cursor: Cursor, wanted: str, own: str, fits: Callable[[str], bool]) -> Template:
    place, start = cursor.place, cursor.index
    parts = _words(cursor, own, fits)
    if not parts or cursor.text[start] == "[":
        raise Unfit(place, f"expected {wanted}", final=True)
    return Template(parts, place)


def key(cursor: Cursor) -> Template:
    """A name before a colon."""
    return _named(cursor, "a name", "#:\\/", lambda char: char.isalnum() or char in "_-.[]@$")


def file_name(cursor: Cursor) -> Template:
    """A file's name, blanks and the like escaped."""
    return _named(cursor, "the name of a file", "\\#; {}", lambda char: char not in "#;{} \n\r\\")


def fenced(cursor: Cursor, *, raw: bool) -> Template:
    """Text up to three backticks; the fence's first line is read already."""
    place = cursor.place
    chars: list[Char] = []
    while not cursor.at_end and cursor.peek(3) != "```":
        start = cursor.place
        char = cursor.take()
        chars.append((char, char, start))
    end = cursor.place
    cursor.expect("```")
    if raw:
        text = "".join(char[0] for char in chars)
        return Template((text,) if text else (), place)
    return template(chars, place, end)
