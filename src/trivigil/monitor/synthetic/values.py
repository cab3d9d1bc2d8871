"""The values of checks: their kinds, how they compare and how they are written.

A value is a bool, int, float, str, bytes, None (JSON's null), an aware datetime, a list, a dict, a Nodes, a Redirect, a
compiled expression or UNIT. NOTHING stands where a query found none.
"""

from __future__ import annotations

import datetime
import re
from decimal import Decimal
from typing import Final

from trivigil.core.record import NamedTuple

from .exchange import Redirect


class _Mark:
    def __init__(self, name: str) -> None:
        self._name: Final = name

    def __repr__(self) -> str:
        return self._name


NOTHING: Final = _Mark("none")
"""No value."""
UNIT: Final = _Mark("unit")
"""A value that is only there: a cookie's Secure."""


class Nodes(NamedTuple):
    """So many nodes of a document."""

    size: int


class Mismatch(Exception):
    """The kinds of two values do not go together."""


_KINDS: Final[tuple[tuple[type, str], ...]] = (
    (bool, "boolean"),
    (int, "integer"),
    (float, "float"),
    (str, "string"),
    (bytes, "bytes"),
    (datetime.datetime, "date"),
    (Nodes, "nodeset"),
    (Redirect, "http response"),
    (list, "list"),
    (dict, "object"),
    (re.Pattern, "regex"),
)


def kind(value: object) -> str:
    """The kind's name."""
    if value is None:
        return "null"
    return next((name for type_, name in _KINDS if isinstance(value, type_)), "unit")


def _number(value: float) -> str:
    if isinstance(value, int):
        return str(value)
    if value != value or value in (float("inf"), float("-inf")):  # noqa: PLR0124 (NaN)
        return {"nan": "NaN", "inf": "inf", "-inf": "-inf"}[str(value)]
    text = format(Decimal(repr(value)), "f")
    return text if "." in text else f"{text}.0"


def rendered(value: object) -> str | None:
    """As text for a hole; None for what has no text."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, datetime.datetime):
        return value.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    if isinstance(value, int | float):
        return _number(value)
    return value if isinstance(value, str) else None


def shown(value: object) -> str:
    """As text for a person."""
    if isinstance(value, datetime.datetime):
        return f"{value:%Y-%m-%d %H:%M:%S} UTC"
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, Nodes):
        return f"Nodeset(size={value.size})"
    if isinstance(value, Redirect):
        return f"Response(location={value.location}, status={value.status})"
    if isinstance(value, list):
        return f"[{','.join(map(shown, value))}]"
    if isinstance(value, re.Pattern):
        return f"/{value.pattern}/"
    return rendered(value) or ("" if value == "" else "Object()")


def described(value: object) -> str:
    """Kind and text: `integer <7>`."""
    name = kind(value)
    return repr(value) if name == "unit" else f"{name} <{shown(value)}>"


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _pair(left: object, right: object) -> tuple[int | float, int | float]:
    """Two numbers that can be compared: an integer beside a float is one too, as in Hurl."""
    if isinstance(left, int) and isinstance(right, float):
        return float(left), right
    if isinstance(left, float) and isinstance(right, int):
        return left, float(right)
    assert isinstance(left, int | float)  # noqa: S101 (the callers looked)
    assert isinstance(right, int | float)  # noqa: S101 (for the type checker)
    return left, right


def equal(left: object, right: object) -> bool:
    """Equality: 7 is 7.0, but no number is a text, and no expression is anything."""
    if _is_number(left) and _is_number(right):
        one, two = _pair(left, right)
        return not one < two and not one > two  # so NaN equals every number, as in Hurl
    if isinstance(left, re.Pattern | Redirect) or kind(left) != kind(right):
        return False
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(map(equal, left, right))
    if isinstance(left, dict) and isinstance(right, dict):
        return list(left) == list(right) and all(equal(left[key], right[key]) for key in left)
    return left == right


def order(left: object, right: object) -> int:
    """-1, 0 or 1; raises Mismatch for what has no order."""
    if _is_number(left) and _is_number(right):
        one, two = _pair(left, right)
        return (one > two) - (one < two)
    if isinstance(left, str) and isinstance(right, str):
        return (left > right) - (left < right)
    if isinstance(left, datetime.datetime) and isinstance(right, datetime.datetime):
        return (left > right) - (left < right)
    raise Mismatch
