"""Filters over values, as Hurl's: kinds are strict, and what cannot be made is Trouble, never another value."""

from __future__ import annotations

import base64
import binascii
import datetime
import html
import re
from collections.abc import Callable
from typing import Final
from urllib.parse import parse_qsl, quote, unquote, urlsplit

from . import dates, json_values, xpath
from .charsets import decoded
from .exchange import Redirect
from .model import Argument, Filter, Template
from .patterns import first_group, replaced
from .problem import Trouble
from .scope import Scope
from .values import NOTHING, Nodes, described, kind, rendered

_INTEGER: Final = re.compile(r"[+-]?[0-9]{1,19}")
_FLOAT: Final = re.compile(
    r"[+-]?(?:inf|infinity|nan|(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:e[+-]?[0-9]+)?)", re.IGNORECASE
)
_LEAST, _MOST = -(2**63), 2**63 - 1

Arguments = tuple[Argument, ...]
Rule = Callable[[object, Arguments, Scope], object]


def _wrong_kind(value: object, wanted: str) -> Trouble:
    message = f"invalid filter input type: actual {kind(value)}, expected {wanted}"
    return Trouble("Filter error", message)


def _wrong_value(message: str) -> Trouble:
    return Trouble("Filter error", f"invalid filter input: {message}")


def _text(value: object, wanted: str = "string") -> str:
    if not isinstance(value, str):
        raise _wrong_kind(value, wanted)
    return value


def _bytes(value: object) -> bytes:
    if not isinstance(value, bytes):
        raise _wrong_kind(value, "bytes")
    return value


def _list(value: object) -> list[object]:
    if not isinstance(value, list):
        raise _wrong_kind(value, "list")
    return value


def _date(value: object) -> datetime.datetime:
    if not isinstance(value, datetime.datetime):
        raise _wrong_kind(value, "date")
    return value


def _fill(scope: Scope, argument: Argument) -> str:
    return scope.fill(argument) if isinstance(argument, Template) else ""


def _base64_decode(value: object, *, safe: bool) -> bytes:
    text = _text(value, "string" if safe else "base64 string")
    if safe and "=" in text:
        raise _wrong_value("base64 string contains padding")
    standard = text.replace("-", "+").replace("_", "/") + "=" * (-len(text) % 4) if safe else text
    foreign = "+/" if safe else "-_"
    try:
        out = base64.b64decode(standard, validate=True)
    except (binascii.Error, ValueError):
        raise _wrong_value("string is not base64") from None
    if any(char in text for char in foreign) or base64.b64encode(out).decode() != standard:
        raise _wrong_value("string is not base64")
    return out


def _base64_encode(value: object, *, safe: bool) -> str:
    content = _bytes(value)
    if safe:
        return base64.urlsafe_b64encode(content).decode().rstrip("=")
    return base64.b64encode(content).decode()


def _charset(value: object, arguments: Arguments, scope: Scope) -> object:
    name = _fill(scope, arguments[0])
    return decoded(_bytes(value), name)


def _count(value: object) -> int:
    if isinstance(value, Nodes):
        return value.size
    if not isinstance(value, list | bytes):
        raise _wrong_kind(value, "list, bytes or nodeset")
    return len(value)


def _days(value: object, scope: Scope) -> int:
    """Whole days from now, towards zero."""
    seconds = (_date(value) - scope.now) // datetime.timedelta(microseconds=1)
    days = abs(seconds) // (86400 * 10**6)
    return days if seconds >= 0 else -days


def _date_format(value: object, arguments: Arguments, scope: Scope) -> object:
    form = _fill(scope, arguments[0])
    try:
        return dates.formatted(_date(value), form)
    except dates.NoDate as error:
        raise Trouble("Filter error", f"<{form}> is no format that is written: {error}") from None


def _to_date(value: object, arguments: Arguments, scope: Scope) -> object:
    form = _fill(scope, arguments[0])
    text = _text(value)
    try:
        return dates.parsed(text, form)
    except dates.NoDate as error:
        message = f"<{text}> could not be parsed with <{form}>: {error}"
        raise Trouble("Filter error", message) from None


def _end(value: object, index: int) -> object:
    items = _list(value)
    if not items:
        raise _wrong_value("list is empty")
    return items[index]


def _nth(value: object, arguments: Arguments, scope: Scope) -> object:
    index = scope.integer(arguments[0])
    items = _list(value)
    if not -len(items) <= index < len(items):
        raise _wrong_value(f"out of bound - size is {len(items)}")
    return items[index]


def _location(value: object) -> object:
    if not isinstance(value, Redirect):
        raise _wrong_kind(value, "http response")
    return value.location


def _jsonpath(value: object, arguments: Arguments, scope: Scope) -> object:
    try:
        document = json_values.parsed(_text(value))
    except json_values.NoJson:
        raise _wrong_value("value is not a valid JSON") from None
    return json_values.selected(document, _fill(scope, arguments[0]))


def _xpath(value: object, arguments: Arguments, scope: Scope) -> object:
    tree = xpath.document(_text(value), html=True)
    return xpath.selected(tree, _fill(scope, arguments[0]), html=True)


def _regex(value: object, arguments: Arguments, scope: Scope) -> object:
    regex = scope.regex(arguments[0])
    found = first_group(regex, _text(value))
    return NOTHING if found is None else found


def _replace(value: object, arguments: Arguments, scope: Scope) -> object:
    text = _text(value)
    old, new = (_fill(scope, argument) for argument in arguments)
    return text.replace(old, new)


def _replace_regex(value: object, arguments: Arguments, scope: Scope) -> object:
    text = _text(value)
    return replaced(scope.regex(arguments[0]), text, _fill(scope, arguments[1]))


def _split(value: object, arguments: Arguments, scope: Scope) -> object:
    text, mark = _text(value), _fill(scope, arguments[0])
    return text.split(mark) if mark else ["", *text, ""]


def _to_float(value: object) -> float:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return float(value)
    if isinstance(value, str) and _FLOAT.fullmatch(value):
        return float(value)
    if isinstance(value, str):
        raise _wrong_value(described(value))
    raise _wrong_kind(value, "float, integer or string")


def _to_int(value: object) -> int:
    if isinstance(value, float):
        if value != value:  # noqa: PLR0124 (NaN)
            return 0
        return int(min(max(value, _LEAST), _MOST))
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, str):
        if not _INTEGER.fullmatch(value) or not _LEAST <= int(value) <= _MOST:
            raise _wrong_value(described(value))
        return int(value)
    raise _wrong_kind(value, "float, integer or string")


def _to_string(value: object) -> str:
    text = rendered(value)
    if text is None:
        raise _wrong_value(f"{described(value)} can not be converted to a string")
    return text


def _query_parameter(value: object, arguments: Arguments, scope: Scope) -> object:
    wanted = _fill(scope, arguments[0])
    text = _text(value)
    try:
        parts = urlsplit(text)
        host = parts.hostname
    except ValueError:
        host = None
    if not host or not text.startswith(("http://", "https://")):
        raise Trouble("Invalid URL", "the value is no address that begins with http:// or https://")
    pairs = parse_qsl(parts.query, keep_blank_values=True, errors="replace")
    return next((found for name, found in pairs if name == wanted), NOTHING)


_RULES: Final[dict[str, Rule]] = {
    "base64Decode": lambda value, _a, _s: _base64_decode(value, safe=False),
    "base64Encode": lambda value, _a, _s: _base64_encode(value, safe=False),
    "base64UrlSafeDecode": lambda value, _a, _s: _base64_decode(value, safe=True),
    "base64UrlSafeEncode": lambda value, _a, _s: _base64_encode(value, safe=True),
    "charsetDecode": _charset,
    "decode": _charset,
    "count": lambda value, _a, _s: _count(value),
    "daysAfterNow": lambda value, _a, scope: _days(value, scope),
    "daysBeforeNow": lambda value, _a, scope: -_days(value, scope),
    "first": lambda value, _a, _s: _end(value, 0),
    "last": lambda value, _a, _s: _end(value, -1),
    "format": _date_format,
    "dateFormat": _date_format,
    "htmlEscape": lambda value, _a, _s: html.escape(_text(value)),
    "htmlUnescape": lambda value, _a, _s: html.unescape(_text(value)),
    "jsonpath": _jsonpath,
    "location": lambda value, _a, _s: _location(value),
    "nth": _nth,
    "regex": _regex,
    "replace": _replace,
    "replaceRegex": _replace_regex,
    "split": _split,
    "toDate": _to_date,
    "toFloat": lambda value, _a, _s: _to_float(value),
    "toHex": lambda value, _a, _s: _bytes(value).hex(),
    "toInt": lambda value, _a, _s: _to_int(value),
    "toString": lambda value, _a, _s: _to_string(value),
    "urlDecode": lambda value, _a, _s: unquote(_text(value), errors="replace"),
    "urlEncode": lambda value, _a, _s: quote(_text(value), safe="-._~/"),
    "urlQueryParam": _query_parameter,
    "utf8Decode": lambda value, _a, _s: _bytes(value).decode(errors="replace"),
    "utf8Encode": lambda value, _a, _s: _text(value).encode(),
    "xpath": _xpath,
}


def apply(filters: tuple[Filter, ...], value: object, scope: Scope) -> object:
    """The value after all filters, or NOTHING; raises Trouble, with its place, where one has nothing to work on."""
    for one in filters:
        if value is NOTHING:
            raise Trouble("Filter error", "missing value to apply filter", one.place)
        try:
            value = _RULES[one.name](value, one.arguments, scope)
        except Trouble as trouble:
            raise trouble.at(one.place) from None
    return value
