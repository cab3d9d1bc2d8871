"""Values, comparisons and functions of filters (RFC 9535, 2.3.5 and 2.4)."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final, Literal

from trivigil.core.record import NamedTuple

from ..patterns import translated
from .nodes import Nodes


class _Nothing:
    """The value of what is not there."""


NOTHING: Final = _Nothing()
Kind = Literal["value", "logical", "nodes"]


class Operand(NamedTuple):
    """What a condition is made of."""

    kind: Kind
    call: Callable[[object, object], object]
    """A value, a truth or a list of nodes."""
    singular: bool = False
    """A query that selects one node at most; it may stand for a value."""
    literal: bool = False

    def value(self, current: object, root: object) -> object:
        """As a value."""
        found = self.call(current, root)
        if self.kind == "nodes":
            return found[0] if isinstance(found, list) and found else NOTHING
        return found

    @property
    def comparable(self) -> bool:
        """Whether it may stand beside a comparison."""
        return self.kind == "value" or self.singular


def literal(value: object) -> Operand:
    """A number, a text, true, false or null."""
    return Operand("value", lambda _current, _root: value, literal=True)


def nodes(query: Nodes, *, singular: bool) -> Operand:
    """A query within a filter."""
    return Operand("nodes", query, singular=singular)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def equal(left: object, right: object) -> bool:
    """Equality: of numbers by value, of all else by type too."""
    if _is_number(left) or _is_number(right):
        return _is_number(left) and _is_number(right) and left == right
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(map(equal, left, right))
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(equal(left[key], right[key]) for key in left)
    return type(left) is type(right) and left == right


def less(left: object, right: object) -> bool:
    """Order: of two numbers or two texts, else none."""
    if isinstance(left, str) and isinstance(right, str):
        return left < right
    if _is_number(left) and _is_number(right):
        return bool(left < right)  # type: ignore[operator]  # both are numbers
    return False


COMPARISONS: Final[dict[str, Callable[[object, object], bool]]] = {
    "==": equal,
    "!=": lambda left, right: not equal(left, right),
    "<=": lambda left, right: less(left, right) or equal(left, right),
    ">=": lambda left, right: less(right, left) or equal(left, right),
    "<": less,
    ">": lambda left, right: less(right, left),
}
"""By operator, the longer ones first."""


def _length(value: object) -> object:
    return len(value) if isinstance(value, str | list | dict) else NOTHING


def _regex(expression: str) -> re.Pattern[str] | None:
    """An I-Regexp (RFC 9485), where `.` is neither line feed nor carriage return."""
    out, index, inside = "", 0, False
    while index < len(expression):
        char = expression[index]
        if char == "\\":
            out, index = out + expression[index : index + 2], index + 2
            continue
        inside = char == "[" or (inside and char != "]")
        out += "[^\\n\\r]" if char == "." and not inside else char
        index += 1
    return translated(out).regex


def _matches(text: object, expression: object, *, whole: bool) -> bool:
    if not isinstance(text, str) or not isinstance(expression, str):
        return False
    regex = _regex(expression)
    if regex is None:
        return False
    return bool(regex.fullmatch(text) if whole else regex.search(text))


def _count(found: object) -> object:
    return len(found) if isinstance(found, list) else NOTHING


def _only(found: object) -> object:
    return found[0] if isinstance(found, list) and len(found) == 1 else NOTHING


class Function(NamedTuple):
    """A function: what it takes, what it gives, how."""

    takes: tuple[Kind, ...]
    gives: Kind
    call: Callable[..., object]


FUNCTIONS: Final[dict[str, Function]] = {
    "length": Function(("value",), "value", _length),
    "count": Function(("nodes",), "value", _count),
    "match": Function(
        ("value", "value"), "logical", lambda text, regex: _matches(text, regex, whole=True)
    ),
    "search": Function(
        ("value", "value"), "logical", lambda text, regex: _matches(text, regex, whole=False)
    ),
    "value": Function(("nodes",), "value", _only),
}


def called(function: Function, arguments: list[Operand]) -> Operand:
    """A function with its arguments, which fit it."""

    def call(current: object, root: object) -> object:
        given = [
            argument.call(current, root) if wanted == "nodes" else argument.value(current, root)
            for wanted, argument in zip(function.takes, arguments, strict=True)
        ]
        return function.call(*given)

    return Operand(function.gives, call)
