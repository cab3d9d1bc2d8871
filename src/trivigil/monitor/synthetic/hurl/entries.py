"""A file of the language: entries, each a request and what is expected of its answer. Grammar: hurl.dev/docs/grammar.html."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ..model import (
    Assert,
    Capture,
    Check,
    Expected,
    FileName,
    Pair,
    Part,
    Place,
    Request,
    Setting,
    Step,
)
from ..problem import CheckFileError
from .bodies import body
from .cursor import Cursor, Unfit, empty_lines, gap, line_end, many, maybe, soft, spaces
from .literals import file
from .options import option
from .queries import capture, claim
from .texts import key, unquoted

if TYPE_CHECKING:
    from collections.abc import Callable

    from ..model import Template

_VERSIONS: Final = ("1.0", "1.1", "2", "3")
_BOM: Final = "\ufeff"


def read(text: str, path: str, name: str) -> Check:
    """The check in the text of a file.

    Raises CheckFileError, `FILE:LINE:COLUMN: what was expected`, for the first thing that does not fit.
    """
    cursor = Cursor(text.removeprefix(_BOM))
    try:
        steps = many(_entry, cursor)
        empty_lines(cursor)
        if not cursor.at_end:
            raise cursor.unfit("expected a request or the end of the file", final=True)
    except Unfit as error:
        raise CheckFileError(error.wanted, path=path, place=error.place) from None
    return Check(name, path, steps, cursor.remarks)


def _entry(cursor: Cursor) -> Step:
    place, request = _request(cursor)
    return Step(place, request, maybe(_response, cursor))


def _pair(cursor: Cursor) -> Pair:
    empty_lines(cursor)
    name = soft(key, cursor)
    spaces(cursor)
    cursor.expect(":", final=False)
    spaces(cursor)
    value = unquoted(cursor)
    line_end(cursor)
    return Pair(name, value)


def _part(cursor: Cursor) -> Part:
    empty_lines(cursor)
    name = soft(key, cursor)
    spaces(cursor)
    cursor.expect(":", final=False)
    spaces(cursor)
    value: FileName | Template
    media: Template | None = None
    if cursor.peek(5) == "file,":
        value = file(cursor)
        spaces(cursor)
        found = unquoted(cursor)
        media = found if found.parts else None
    else:
        value = unquoted(cursor)
    line_end(cursor)
    return Part(name, value, media)


def _method(cursor: Cursor) -> str:
    if cursor.at_end:
        raise cursor.unfit("expected a request")
    place = cursor.place
    name = cursor.take_while(lambda char: char.isascii() and char.isalpha())
    if not name or name.upper() != name:
        wanted = "expected an HTTP method: GET, HEAD, POST, PUT, DELETE, CONNECT, OPTIONS, TRACE or PATCH"
        raise Unfit(place, wanted, final=True)
    return name


class _Sections:
    """The sections of one request or answer."""

    def __init__(
        self, rules: dict[str, tuple[str, Callable[[Cursor], object]]], names: str
    ) -> None:
        self._rules: Final = rules
        self._names: Final = names
        self._places: Final[list[tuple[str, Place]]] = []
        self.found: Final[dict[str, tuple[object, ...]]] = {}

    def read(self, cursor: Cursor) -> None:
        """All sections from here."""
        many(self._section, cursor)

    def check(self) -> None:
        """Raises where a section stands there twice."""
        seen: set[str] = set()
        for name, place in self._places:
            if name in seen:
                raise Unfit(
                    place, "expected each section once: this one is there already", final=True
                )
            seen.add(name)

    def _section(self, cursor: Cursor) -> None:
        empty_lines(cursor)
        place = cursor.place
        cursor.begin("[")
        after = cursor.place
        name = cursor.take_while(str.isalnum)
        if not name:
            raise Unfit(place, "expected the name of a section")
        cursor.begin("]")
        line_end(cursor)
        if name not in self._rules:
            raise Unfit(after, f"expected a section here: {self._names}", final=True)
        kind, rule = self._rules[name]
        if kind == "basic_auth":
            one = maybe(rule, cursor)
            items: tuple[object, ...] = () if one is None else (one,)
        else:
            items = many(rule, cursor)
        self._places.append((kind, place))
        self.found[kind] = items


_REQUEST: Final[dict[str, tuple[str, Callable[[Cursor], object]]]] = {
    "Query": ("query", _pair),
    "QueryStringParams": ("query", _pair),
    "BasicAuth": ("basic_auth", _pair),
    "Form": ("form", _pair),
    "FormParams": ("form", _pair),
    "Multipart": ("parts", _part),
    "MultipartFormData": ("parts", _part),
    "Cookies": ("cookies", _pair),
    "Options": ("settings", option),
}
_RESPONSE: Final[dict[str, tuple[str, Callable[[Cursor], object]]]] = {
    "Captures": ("captures", capture),
    "Asserts": ("asserts", claim),
}


def _pairs(items: tuple[object, ...]) -> tuple[Pair, ...]:
    return tuple(item for item in items if isinstance(item, Pair))


def _request(cursor: Cursor) -> tuple[Place, Request]:
    empty_lines(cursor)
    place = cursor.place
    method = _method(cursor)
    gap(cursor)
    url = unquoted(cursor)
    line_end(cursor)
    headers = many(_pair, cursor)
    sections = _Sections(_REQUEST, "Query, Form, Multipart, Cookies, BasicAuth or Options")
    sections.read(cursor)
    sent = maybe(body, cursor)
    sections.check()
    found = sections.found
    auth = _pairs(found.get("basic_auth", ()))
    return place, Request(
        method,
        url,
        headers,
        query=_pairs(found.get("query", ())),
        form=_pairs(found.get("form", ())),
        parts=tuple(item for item in found.get("parts", ()) if isinstance(item, Part)),
        cookies=_pairs(found.get("cookies", ())),
        basic_auth=auth[0] if auth else None,
        body=sent,
        settings=tuple(item for item in found.get("settings", ()) if isinstance(item, Setting)),
    )


def _version(cursor: Cursor) -> str | None:
    place = cursor.place
    cursor.begin("HTTP")
    if cursor.peek() in (" ", "\t"):
        return None
    if cursor.skip("/"):
        for version in _VERSIONS:
            if cursor.skip(version):
                return version
    raise Unfit(place, "expected HTTP, HTTP/1.0, HTTP/1.1, HTTP/2 or HTTP/3", final=True)


def _status(cursor: Cursor) -> int | None:
    if cursor.skip("*"):
        return None
    place = cursor.place
    digits = cursor.take_while(lambda char: char in "0123456789")
    number = digits.lstrip("0")[:21] or "0"
    if not digits or int(number) >= 2**64:
        raise Unfit(place, "expected a status: a number or *", final=True)
    return int(number)


def _response(cursor: Cursor) -> Expected:
    empty_lines(cursor)
    version_place = cursor.place
    version = _version(cursor)
    gap(cursor)
    status_place = cursor.place
    status = _status(cursor)
    line_end(cursor)
    headers = many(_pair, cursor)
    sections = _Sections(_RESPONSE, "Captures or Asserts")
    sections.read(cursor)
    wanted = maybe(body, cursor)
    sections.check()
    found = sections.found
    return Expected(
        version,
        status,
        version_place,
        status_place,
        headers,
        captures=tuple(item for item in found.get("captures", ()) if isinstance(item, Capture)),
        asserts=tuple(item for item in found.get("asserts", ()) if isinstance(item, Assert)),
        body=wanted,
    )
