"""Predicates over values, as Hurl judges them: kinds are strict, and no value at all satisfies none but a negated one."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable
from ipaddress import AddressValueError, IPv4Address, IPv6Address
from typing import Final

from trivigil.core.record import NamedTuple

from .model import Predicate
from .problem import Trouble
from .scope import Scope
from .values import NOTHING, Mismatch, Nodes, described, equal, kind, order, shown

_ISO: Final = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})[Tt ]([0-9]{2}:[0-9]{2}):([0-9]{2})(\.[0-9]+)?(?:[Zz]|[+-][0-9]{2}:[0-9]{2})"
)
_HEX32: Final = r"[0-9a-fA-F]{32}"
_DASHED: Final = r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
_UUID: Final = re.compile(rf"{_HEX32}|{_DASHED}|\{{{_DASHED}\}}|urn:uuid:{_DASHED}")


class Judged(NamedTuple):
    """What came of a predicate."""

    passed: bool
    actual: str
    expected: str
    mismatch: bool = False
    """The kinds of the two values did not go together."""


def _contains(actual: object, wanted: object) -> bool:
    if isinstance(actual, list):
        return any(equal(each, wanted) for each in actual)
    if isinstance(actual, str) and isinstance(wanted, str):
        return wanted in actual
    if isinstance(actual, bytes) and isinstance(wanted, bytes):
        return wanted in actual
    raise Mismatch


def _includes(actual: object, wanted: object) -> bool:
    if not isinstance(actual, list):
        raise Mismatch
    return _contains(actual, wanted)


def _starts(actual: object, wanted: object) -> bool:
    if isinstance(actual, str) and isinstance(wanted, str):
        return actual.startswith(wanted)
    if isinstance(actual, bytes) and isinstance(wanted, bytes):
        return actual.startswith(wanted)
    raise Mismatch


def _ends(actual: object, wanted: object) -> bool:
    if isinstance(actual, str) and isinstance(wanted, str):
        return actual.endswith(wanted)
    if isinstance(actual, bytes) and isinstance(wanted, bytes):
        return actual.endswith(wanted)
    raise Mismatch


_COMPARED: Final[dict[str, tuple[str, Callable[[object, object], bool]]]] = {
    "==": ("{}", equal),
    "!=": ("not equal to {}", lambda actual, wanted: not equal(actual, wanted)),
    ">": ("greater than {}", lambda actual, wanted: order(actual, wanted) > 0),
    ">=": ("greater or equal than {}", lambda actual, wanted: order(actual, wanted) >= 0),
    "<": ("less than {}", lambda actual, wanted: order(actual, wanted) < 0),
    "<=": ("less or equal than {}", lambda actual, wanted: order(actual, wanted) <= 0),
    "startsWith": ("starts with {}", _starts),
    "endsWith": ("ends with {}", _ends),
    "contains": ("contains {}", _contains),
    "includes": ("includes {}", _includes),
}
_KINDS: Final = {
    "isInteger": ("integer", ("integer",)),
    "isFloat": ("float", ("float",)),
    "isNumber": ("number", ("integer", "float")),
    "isBoolean": ("boolean", ("boolean",)),
    "isString": ("string", ("string",)),
    "isCollection": ("collection", ("bytes", "list", "nodeset", "object")),
    "isList": ("list", ("bytes", "list")),
    "isObject": ("object", ("nodeset", "object")),
    "isDate": ("date", ("date",)),
}


def _is_iso_date(text: str) -> bool:
    found = _ISO.fullmatch(text)
    if not found:
        return False
    seconds = "59" if found.group(3) == "60" else found.group(3)
    try:
        datetime.datetime.fromisoformat(f"{found.group(1)}T{found.group(2)}:{seconds}")
    except ValueError:
        return False
    return True


def _is_ipv4(text: str) -> bool:
    try:
        IPv4Address(text)
    except AddressValueError:
        return False
    return True


def _is_ipv6(text: str) -> bool:
    try:
        IPv6Address(text)
    except AddressValueError:
        return False
    return "%" not in text


_SHAPES: Final[dict[str, tuple[str, Callable[[str], bool]]]] = {
    "isIsoDate": ("string with format YYYY-MM-DDTHH:mm:ss.sssZ", _is_iso_date),
    "isIpv4": ("string in IPv4 format", _is_ipv4),
    "isIpv6": ("string in IPv6 format", _is_ipv6),
    "isUuid": ("string in UUID format", lambda text: bool(_UUID.fullmatch(text))),
}


def _size(value: object) -> int:
    if isinstance(value, Nodes):
        return value.size
    if isinstance(value, str | bytes | list | dict):
        return len(value)
    raise Mismatch


def _alone(name: str, actual: object) -> Judged:
    if name == "exists":
        return Judged(
            not (isinstance(actual, Nodes) and not actual.size), described(actual), "something"
        )
    if name == "isEmpty":
        try:
            size = _size(actual)
        except Mismatch:
            return Judged(False, described(actual), "count equals to 0", mismatch=True)
        return Judged(size == 0, f"count equals to {size}", "count equals to 0")
    if name in _KINDS:
        word, kinds = _KINDS[name]
        return Judged(kind(actual) in kinds, described(actual), word)
    word, fits = _SHAPES[name]
    if not isinstance(actual, str):
        return Judged(False, described(actual), "string", mismatch=True)
    return Judged(fits(actual), shown(actual), word)


def _matches(predicate: Predicate, actual: object, scope: Scope) -> Judged:
    try:
        regex = scope.regex(predicate.value)
    except Trouble as trouble:
        if trouble.title == "Invalid regex":
            trouble.place = predicate.place
        raise
    expected = f"matches regex <{regex.pattern}>"
    if not isinstance(actual, str):
        return Judged(False, described(actual), expected, mismatch=True)
    return Judged(bool(regex.search(actual)), described(actual), expected)


def _positive(predicate: Predicate, actual: object, scope: Scope) -> Judged:
    name = predicate.name
    if actual is NOTHING:
        return Judged(False, "none", _wanted(predicate, scope))
    if name == "matches":
        return _matches(predicate, actual, scope)
    if name not in _COMPARED:
        return _alone(name, actual)
    words, holds = _COMPARED[name]
    wanted = scope.literal(predicate.value)
    expected = words.format(described(wanted))
    try:
        return Judged(holds(actual, wanted), described(actual), expected)
    except Mismatch:
        return Judged(False, described(actual), expected, mismatch=True)


def _wanted(predicate: Predicate, scope: Scope) -> str:
    """What was expected, where there is no value at all."""
    name = predicate.name
    if name in _COMPARED:
        return _COMPARED[name][0].format(described(scope.literal(predicate.value)))
    if name == "matches":
        return f"matches regex <{shown(scope.literal(predicate.value))}>"
    words = {"exists": "something", "isEmpty": "empty"}
    return words.get(name) or (_KINDS | _SHAPES)[name][0]


def judge(predicate: Predicate, actual: object, scope: Scope) -> Judged:
    """Whether the claim holds; raises Trouble where it cannot be said.

    A mismatch of kinds fails a negated claim too.
    """
    found = _positive(predicate, actual, scope)
    if not predicate.negated:
        return found
    passed = not found.passed and not found.mismatch
    return found._replace(passed=passed, expected=f"not {found.expected}")
