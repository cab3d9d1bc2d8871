"""The body of a request or of an expected answer: text, JSON, XML, GraphQL, bytes or a file."""

from __future__ import annotations

from ..model import Body, BodyKind, Template
from .cursor import Cursor, Unfit, either, empty_lines, line_end, maybe, spaces
from .json_text import json_object, json_text
from .literals import base64, file, hexadecimal
from .texts import Char, backticked, fenced, template

_FENCE = "```"
_KINDS: dict[str, BodyKind] = {"json": "json", "xml": "xml"}


def body(cursor: Cursor) -> Body:
    """A body on lines of its own."""
    empty_lines(cursor)
    found = either((multiline, _one_line, _json, _xml, _base64, _hex, _file), cursor)
    line_end(cursor)
    return found


def _one_line(cursor: Cursor) -> Body:
    place = cursor.place
    return Body("text", backticked(cursor), place)


def _json(cursor: Cursor) -> Body:
    place = cursor.place
    return Body("json", json_text(cursor), place)


def _base64(cursor: Cursor) -> Body:
    place = cursor.place
    return Body("bytes", base64(cursor), place)


def _hex(cursor: Cursor) -> Body:
    place = cursor.place
    return Body("bytes", hexadecimal(cursor), place)


def _file(cursor: Cursor) -> Body:
    place = cursor.place
    return Body("file", file(cursor).name, place)


def multiline(cursor: Cursor) -> Body:
    """Text between fences: ```` ```json ````, `xml`, `raw`, `graphql`, or none of them."""
    cursor.begin(_FENCE)
    if cursor.skip("graphql"):
        return _graphql(cursor)
    hint = next((hint for hint in ("json", "xml", "raw") if cursor.skip(hint)), "")
    spaces(cursor)
    place = cursor.place
    if cursor.take_while(lambda char: char not in "\n\r`"):
        raise Unfit(place, "expected json, xml, raw or graphql after the fence", final=True)
    _newline(cursor)
    text = fenced(cursor, raw=hint == "raw")
    return Body(_KINDS.get(hint, "text"), text, text.place)


def _newline(cursor: Cursor) -> None:
    if not cursor.skip("\r\n") and not cursor.skip("\n"):
        raise cursor.unfit("expected a line end after the fence", final=True)


def _variables(cursor: Cursor) -> Template:
    cursor.begin("variables")
    spaces(cursor)
    place = cursor.place
    try:
        found = json_object(cursor)
    except Unfit:
        raise Unfit(place, "expected a JSON object of GraphQL variables", final=True) from None
    cursor.take_while(lambda char: char in " \t\n\r")
    return found


def _graphql(cursor: Cursor) -> Body:
    cursor.skip(",")
    spaces(cursor)
    _newline(cursor)
    place = cursor.place
    chars: list[Char] = []
    variables: Template | None = None
    end = place
    while not cursor.at_end and cursor.peek(3) != _FENCE:
        start = cursor.place
        char = cursor.take()
        chars.append((char, char, start))
        end = cursor.place
        if char == "\n" and (variables := maybe(_variables, cursor)):
            break
    cursor.expect(_FENCE)
    return Body("graphql", template(chars, place, end), place, variables)


def _xml(cursor: Cursor) -> Body:
    """XML up to the end of its root element; it has no holes."""
    from xml.parsers import expat

    place, start = cursor.place, cursor.index
    if cursor.peek() != "<":
        raise cursor.unfit(
            "expected a body: JSON, XML, a text between backticks, hex, base64 or file"
        )
    depth = 0
    ended = False

    def opened(_name: str, _attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1

    def closed(_name: str) -> None:
        nonlocal depth, ended
        depth -= 1
        ended = depth == 0

    parser = expat.ParserCreate()
    if hasattr(parser, "SetReparseDeferralEnabled"):
        parser.SetReparseDeferralEnabled(False)
    parser.StartElementHandler, parser.EndElementHandler = opened, closed
    while not ended:
        here = cursor.place
        char = cursor.take()
        try:
            parser.Parse(char.encode(), cursor.at_end)
        except expat.ExpatError:
            raise Unfit(here, "expected valid XML", final=True) from None
        if not char:
            raise Unfit(here, "expected valid XML", final=True)
    return Body("xml", Template((cursor.text[start : cursor.index],), place), place)
