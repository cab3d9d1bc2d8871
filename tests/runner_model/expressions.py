"""Expressions of action.yml: what is inside of `${{ }}`, and `if`.

docs.github.com, "Evaluate expressions in workflows and actions": literals, operators, loose comparison, and the status
functions. A context or function that composite actions do not have (limits: action_yaml.json of the runner), and
everything that our files do not use, is an error.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

CONTEXTS: Final = frozenset(
    {"github", "inputs", "strategy", "matrix", "steps", "job", "runner", "env"}
)
STATUS: Final = frozenset({"always", "cancelled", "failure", "success"})
_TOKEN = re.compile(
    r"\s*(?:(?P<text>'(?:[^']|'')*')|(?P<number>-?\d+(?:\.\d+)?)|(?P<name>[A-Za-z_][A-Za-z0-9_-]*)"
    r"|(?P<sign>&&|\|\||==|!=|[!().,\[\]]))"
)
_TEMPLATE = re.compile(r"\$\{\{((?:[^'}]|'(?:[^']|'')*'|\}(?!\}))*)\}\}")


class ExpressionError(Exception):
    """An expression that composite actions cannot hold, or that this model does not know."""


class Declared(dict[str, Any]):
    """A context whose names are known; another one is a slip, and GitHub would read it as empty."""


class Scope(NamedTuple):
    """What an expression sees."""

    contexts: Mapping[str, Any]
    status: str = "success"
    """github.action_status: how the composite action's steps have gone so far."""
    conditional: bool = False
    """Whether this is an `if`, where alone the status functions stand."""


def condition(text: str, scope: Scope) -> bool:
    """The truth of an `if`; without a status function it is `success() && (…)`.

    CompositeActionHandler.cs and SuccessFunction.cs: in a composite action success() asks for the action's own steps.
    """
    whole = _TEMPLATE.fullmatch(text.strip())
    inner = whole[1] if whole else text
    if not whole and "${{" in text:
        raise ExpressionError(f"an `if` is either an expression or has none: {text}")
    scope = scope._replace(conditional=True)
    value = evaluate(inner, scope)
    asked = STATUS & {name.lower() for name in re.findall(r"([A-Za-z]+)\s*\(", inner)}
    return truthy(value) and (bool(asked) or scope.status == "success")


def template(text: str, scope: Scope) -> str:
    """A text with its expressions filled in."""
    filled = _TEMPLATE.sub(lambda match: shown(evaluate(match[1], scope)), text)
    if "${{" in _TEMPLATE.sub("", text):
        raise ExpressionError(f"an expression is not closed: {text}")
    return filled


def evaluate(text: str, scope: Scope) -> Any:
    """The value of one expression."""
    reader = _Reader(text, scope)
    value = reader.either()
    reader.end()
    return value


def shown(value: Any) -> str:
    """A value as text; an object has none."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return f"{value:.15g}"
    if isinstance(value, str):
        return value
    raise ExpressionError("an object is no text: use toJSON")


def truthy(value: Any) -> bool:
    """Everything but false, 0, the empty text and null."""
    return value not in (None, False, 0, "")


def equal(left: Any, right: Any) -> bool:
    """Texts without regard to case; values of different kinds as numbers."""
    if isinstance(left, str) and isinstance(right, str):
        return left.casefold() == right.casefold()
    if type(left) is type(right) and not isinstance(left, dict | list):
        return bool(left == right)
    if isinstance(left, dict | list) or isinstance(right, dict | list):
        return left is right
    return _number(left) == _number(right)


def _number(value: Any) -> float:
    if value is None or value == "":
        return 0.0
    try:
        return float(value)
    except ValueError:
        return math.nan


class _Reader:
    """A walk through an expression; the grammar's ladder is `||`, `&&`, `==` and `!=`, `!`, a value."""

    def __init__(self, text: str, scope: Scope) -> None:
        self._text = text
        self._scope = scope
        self._tokens = list(self._cut(text))
        self._place = 0

    def _cut(self, text: str) -> Iterator[tuple[str, str]]:
        place = 0
        while text[place:].strip():
            match = _TOKEN.match(text, place)
            if match is None:
                raise self._wrong()
            place = match.end()
            yield str(match.lastgroup), match[str(match.lastgroup)]

    def _wrong(self) -> ExpressionError:
        return ExpressionError(f"not modelled: {self._text.strip()}")

    def _next(self) -> tuple[str, str]:
        return self._tokens[self._place] if self._place < len(self._tokens) else ("", "")

    def _take(self) -> tuple[str, str]:
        token = self._next()
        if not token[0]:
            raise self._wrong()
        self._place += 1
        return token

    def _sign(self, *signs: str) -> str | None:
        kind, text = self._next()
        if kind != "sign" or text not in signs:
            return None
        self._place += 1
        return text

    def end(self) -> None:
        """Nothing may follow."""
        if self._next()[0]:
            raise self._wrong()

    def either(self) -> Any:
        value = self._both()
        while self._sign("||"):
            other = self._both()
            value = value if truthy(value) else other
        return value

    def _both(self) -> Any:
        value = self._compared()
        while self._sign("&&"):
            other = self._compared()
            value = other if truthy(value) else value
        return value

    def _compared(self) -> Any:
        value = self._denied()
        while sign := self._sign("==", "!="):
            value = equal(value, self._denied()) is (sign == "==")
        return value

    def _denied(self) -> Any:
        return not truthy(self._denied()) if self._sign("!") else self._value()

    def _value(self) -> Any:
        kind, text = self._take()
        if kind == "text":
            return text[1:-1].replace("''", "'")
        if kind == "number":
            return float(text)
        if kind == "name":
            return self._named(text)
        if text != "(":
            raise self._wrong()
        value = self.either()
        self._close(")")
        return value

    def _named(self, name: str) -> Any:
        if name in {"true", "false", "null"}:
            return {"true": True, "false": False, "null": None}[name]
        if self._sign("("):
            return self._called(name)
        if name not in CONTEXTS or name not in self._scope.contexts:
            raise ExpressionError(
                f"no context `{name}` in a composite action: {self._text.strip()}"
            )
        return self._inside(self._scope.contexts[name])

    def _inside(self, value: Any) -> Any:
        while sign := self._sign(".", "["):
            kind, text = self._take()
            if sign == "[":
                if kind != "text":
                    raise self._wrong()
                text = text[1:-1].replace("''", "'")
                self._close("]")
            elif kind != "name":
                raise self._wrong()
            value = self._member(value, text)
        return value

    def _member(self, value: Any, name: str) -> Any:
        if not isinstance(value, Mapping):
            return None
        # Names of contexts know no case (DictionaryContextData).
        found = next((value[key] for key in value if key.lower() == name.lower()), _ABSENT)
        if found is not _ABSENT:
            return found
        if isinstance(value, Declared):
            raise ExpressionError(f"`{name}` is declared nowhere: {self._text.strip()}")
        return None

    def _called(self, name: str) -> Any:
        if name.lower() in STATUS:
            self._close(")")
            return self._status(name.lower())
        if name.lower() == "tojson":
            value = self.either()
            self._close(")")
            return json.dumps(value, indent=2, ensure_ascii=False)
        if name.lower() == "contains":
            return self._contains()
        raise ExpressionError(f"the function {name} is not modelled: {self._text.strip()}")

    def _contains(self) -> bool:
        """Of a text: whether another one is in it, whatever the letters' case; of a list: whether one of its values equals it."""
        where = self.either()
        self._close(",")
        wanted = self.either()
        self._close(")")
        if isinstance(where, list):
            return any(equal(one, wanted) for one in where)
        return shown(wanted).lower() in shown(where).lower()

    def _status(self, name: str) -> bool:
        if not self._scope.conditional:
            raise ExpressionError(f"{name}() stands only in an `if`: {self._text.strip()}")
        return name in {"always", self._scope.status}

    def _close(self, sign: str) -> None:
        if not self._sign(sign):
            raise self._wrong()


_ABSENT: Final = object()
