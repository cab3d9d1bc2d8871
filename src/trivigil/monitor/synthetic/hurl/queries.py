"""Queries and filters, and the lines of captures and asserts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ..model import Argument, Assert, Capture, Filter, Place, Query
from .cursor import Cursor, Unfit, empty_lines, firm, gap, line_end, maybe, soft, spaces
from .literals import integer, regex
from .predicates import predicate
from .texts import hole, key, quoted, unquoted

if TYPE_CHECKING:
    from collections.abc import Callable

_PLAIN_QUERIES: Final = (
    "status",
    "version",
    "url",
    "body",
    "duration",
    "bytes",
    "rawbytes",
    "sha256",
    "md5",
    "ip",
    "redirects",
)
_TEXT_QUERIES: Final = ("header", "xpath", "jsonpath", "variable")
_COOKIE_ATTRIBUTES: Final = (
    "value",
    "expires",
    "max-age",
    "domain",
    "path",
    "secure",
    "httponly",
    "samesite",
)
CERTIFICATE_FIELDS: Final = (
    "Subject",
    "Issuer",
    "Start-Date",
    "Expire-Date",
    "Serial-Number",
    "Subject-Alt-Name",
    "Value",
)


def pattern_or_text(cursor: Cursor) -> Argument:
    """An expression between slashes, or one in quotes, which may have holes."""
    start = cursor.index
    for rule in (quoted, regex):
        try:
            return rule(cursor)
        except Unfit as error:
            if error.final:
                raise
            cursor.index = start
    raise cursor.unfit('expected an expression: /…/ or "…"', final=True)


def query(cursor: Cursor) -> Query:
    """`status`, `header "ETag"`, `jsonpath "$.id"` and the like."""
    place = cursor.place
    for name in _PLAIN_QUERIES:
        if cursor.skip(name):
            return Query(name, None, place)
    for name in _TEXT_QUERIES:
        if cursor.skip(name):
            gap(cursor)
            return Query(name, firm(quoted, cursor), place)
    if cursor.skip("regex"):
        gap(cursor)
        return Query("regex", pattern_or_text(cursor), place)
    if cursor.skip("cookie"):
        return _cookie(cursor, place)
    if cursor.skip("certificate"):
        return _certificate(cursor, place)
    raise cursor.unfit("expected a query: status, header, body, jsonpath, …")


def _cookie(cursor: Cursor, place: Place) -> Query:
    gap(cursor)
    cursor.expect('"')
    start = cursor.place
    inside = cursor.take_while(lambda char: char not in '"\n')
    cursor.expect('"')
    inner = Cursor(inside, start)
    name = unquoted(Cursor(inner.take_while(lambda char: char != "["), start))
    attribute = None
    if inner.skip("["):
        spaces(inner)
        here = inner.place
        attribute = inner.take_while(lambda char: char.isalpha() or char == "-").lower()
        if attribute not in _COOKIE_ATTRIBUTES:
            wanted = "expected an attribute of a cookie: Value, Expires, Max-Age, Domain, Path, "
            raise Unfit(here, wanted + "Secure, HttpOnly or SameSite", final=True)
        spaces(inner)
        inner.expect("]")
    return Query("cookie", name, place, attribute)


def _certificate(cursor: Cursor, place: Place) -> Query:
    gap(cursor)
    cursor.expect('"')
    for name in CERTIFICATE_FIELDS:
        if cursor.skip(name + '"'):
            return Query("certificate", None, place, name)
    raise cursor.unfit(f"expected one of {', '.join(CERTIFICATE_FIELDS)}", final=True)


def _text(cursor: Cursor) -> Argument:
    return firm(quoted, cursor)


def _loose_text(cursor: Cursor) -> Argument:
    return quoted(cursor)


def _count(cursor: Cursor) -> Argument:
    start = cursor.index
    try:
        return integer(cursor)
    except Unfit:
        cursor.index = start
    try:
        return hole(cursor)
    except Unfit as error:
        raise Unfit(error.place, "expected an integer", final=True) from None


FILTERS: Final[dict[str, tuple[Callable[[Cursor], Argument], ...]]] = {
    "base64Decode": (),
    "base64Encode": (),
    "base64UrlSafeDecode": (),
    "base64UrlSafeEncode": (),
    "charsetDecode": (_loose_text,),
    "count": (),
    "daysAfterNow": (),
    "daysBeforeNow": (),
    "decode": (_loose_text,),
    "first": (),
    "format": (_loose_text,),
    "dateFormat": (_loose_text,),
    "htmlUnescape": (),
    "htmlEscape": (),
    "jsonpath": (_text,),
    "last": (),
    "location": (),
    "nth": (_count,),
    "regex": (pattern_or_text,),
    "replaceRegex": (pattern_or_text, _text),
    "replace": (_text, _text),
    "split": (_text,),
    "toDate": (_loose_text,),
    "toFloat": (),
    "toHex": (),
    "toInt": (),
    "toString": (),
    "urlDecode": (),
    "urlEncode": (),
    "urlQueryParam": (_text,),
    "utf8Decode": (),
    "utf8Encode": (),
    "xpath": (_text,),
}
"""Each filter and what its arguments are; an earlier name is tried first."""


def _filter(cursor: Cursor) -> Filter:
    place = cursor.place
    for name, rules in FILTERS.items():
        if cursor.skip(name):
            arguments = []
            for rule in rules:
                gap(cursor)
                arguments.append(rule(cursor))
            return Filter(name, tuple(arguments), place)
    raise cursor.unfit("expected a filter")


def filters(cursor: Cursor) -> tuple[Filter, ...]:
    """Filters one after the other, maybe none."""
    found: list[Filter] = []
    while True:
        start = cursor.index
        if not spaces(cursor):
            return tuple(found)
        one = maybe(_filter, cursor)
        if one is None:
            cursor.index = start
            return tuple(found)
        found.append(one)


def capture(cursor: Cursor) -> Capture:
    """`name: query filters`, maybe `redact` at its end."""
    empty_lines(cursor)
    name = soft(key, cursor)
    spaces(cursor)
    cursor.expect(":", final=False)
    spaces(cursor)
    what = query(cursor)
    how = filters(cursor)
    start = cursor.index
    spaces(cursor)
    redacted = cursor.skip("redact")
    if not redacted:
        cursor.index = start
    line_end(cursor)
    return Capture(name, what, how, redacted)


def claim(cursor: Cursor) -> Assert:
    """`query filters predicate`."""
    empty_lines(cursor)
    what = query(cursor)
    how = filters(cursor)
    gap(cursor)
    found = predicate(cursor)
    line_end(cursor)
    return Assert(what, how, found)
