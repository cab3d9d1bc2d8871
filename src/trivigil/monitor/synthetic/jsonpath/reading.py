"""The grammar of JSONPath (RFC 9535, appendix A), with the types of functions checked (2.4.3)."""

from __future__ import annotations

import re
from collections.abc import Callable
from json.decoder import scanstring  # type: ignore[attr-defined]  # json's own string reader, in C
from typing import Final

from . import nodes as n
from .conditions import COMPARISONS, FUNCTIONS, Operand, called, literal, nodes

_BLANK: Final = re.compile(r"[ \t\n\r]*")
_INTEGER: Final = re.compile(r"0|-?[1-9][0-9]*")
_NUMBER: Final = re.compile(r"(?:-?0|-?[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?")
_SHORT_NAME: Final = re.compile(
    "[A-Za-z_\x80-\ud7ff\ue000-\U0010ffff][0-9A-Za-z_\x80-\ud7ff\ue000-\U0010ffff]*"
)
_FUNCTION: Final = re.compile(r"[a-z][a-z_0-9]*(?=\()")
_SURROGATE: Final = re.compile("[\ud800-\udfff]")
_WORDS: Final = {"true": True, "false": False, "null": None}
_MOST: Final = 2**53 - 1
_DEEPEST: Final = 50

Condition = Callable[[object, object], bool]


class NoPath(ValueError):
    """The text is no JSONPath."""


class Reading:
    """One pass over a path."""

    def __init__(self, text: str) -> None:
        self._text, self._at, self._depth = text, 0, 0

    def query(self) -> n.Nodes:
        """The whole text as a query."""
        found = self._query().call
        if self._at != len(self._text):
            raise self._wrong("a segment or the end")

        def select(current: object, root: object) -> list[object]:
            result = found(current, root)
            return result if isinstance(result, list) else []

        return select

    def _wrong(self, wanted: str) -> NoPath:
        return NoPath(f"expected {wanted} at character {self._at + 1}")

    def _next(self, text: str) -> bool:
        return self._text.startswith(text, self._at)

    def _skip(self, text: str) -> bool:
        if not self._next(text):
            return False
        self._at += len(text)
        return True

    def _need(self, text: str) -> None:
        if not self._skip(text):
            raise self._wrong(f"'{text}'")

    def _blank(self) -> None:
        found = _BLANK.match(self._text, self._at)
        self._at = found.end() if found else self._at

    def _read(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        found = pattern.match(self._text, self._at)
        if found:
            self._at = found.end()
        return found

    def _query(self) -> Operand:
        absolute = self._skip("$")
        if not absolute:
            self._need("@")
        parts: list[tuple[bool, tuple[n.Selector, ...]]] = []
        singular = True
        while True:
            start = self._at
            self._blank()
            if self._skip(".."):
                parts.append((True, self._after_dots()))
                singular = False
            elif self._next("["):
                selectors, single = self._brackets()
                singular = singular and single
                parts.append((False, selectors))
            elif self._skip("."):
                singular = singular and not self._next("*")
                parts.append((False, (self._short(),)))
            else:
                self._at = start
                return nodes(n.segments(parts, absolute=absolute), singular=singular)

    def _after_dots(self) -> tuple[n.Selector, ...]:
        return self._brackets()[0] if self._next("[") else (self._short(),)

    def _short(self) -> n.Selector:
        if self._skip("*"):
            return n.wildcard
        found = self._read(_SHORT_NAME)
        if not found:
            raise self._wrong("a name or *")
        return n.member(found.group())

    def _brackets(self) -> tuple[tuple[n.Selector, ...], bool]:
        self._need("[")
        selectors: list[n.Selector] = []
        single = True
        while True:
            self._blank()
            selector, one = self._selector()
            selectors.append(selector)
            single = single and one
            self._blank()
            if not self._skip(","):
                break
        self._need("]")
        return tuple(selectors), single and len(selectors) == 1

    def _selector(self) -> tuple[n.Selector, bool]:
        if self._next("'") or self._next('"'):
            return n.member(self._string()), True
        if self._skip("*"):
            return n.wildcard, False
        if self._skip("?"):
            self._blank()
            return n.filtered(self._or()), False
        start = self._integer()
        after = self._at
        self._blank()
        if self._skip(":"):
            return self._slice(start), False
        self._at = after
        if start is None:
            raise self._wrong("a name in quotes, an index, a slice, * or ?")
        return n.element(start), True

    def _slice(self, start: int | None) -> n.Selector:
        self._blank()
        end = self._integer()
        self._blank()
        step = None
        if self._skip(":"):
            self._blank()
            step = self._integer()
        return n.elements(start, end, step)

    def _integer(self) -> int | None:
        found = self._read(_INTEGER)
        if not found:
            return None
        value = int(found.group()) if len(found.group()) < len(str(_MOST)) + 2 else _MOST + 1
        if abs(value) > _MOST:
            raise self._wrong("an integer of at most 53 bits")
        return value

    def _string(self) -> str:
        quote = self._text[self._at]
        end = self._at + 1
        while end < len(self._text) and self._text[end] != quote:
            end += 2 if self._text[end] == "\\" else 1
        inside = self._text[self._at + 1 : end]
        if end >= len(self._text):
            raise self._wrong(f"{quote} at the end of the name")
        if quote == "'":
            if '\\"' in inside.replace("\\\\", ""):
                raise self._wrong("no backslash before this quote")
            inside = re.sub(
                r"\\.|\"",
                lambda m: {"\\'": "'", '"': '\\"'}.get(m.group(), m.group()),
                inside,
                flags=re.DOTALL,
            )
        try:
            value, stop = scanstring(inside + '"', 0, True)
        except ValueError:
            raise self._wrong("a valid text") from None
        if stop != len(inside) + 1 or _SURROGATE.search(value):
            raise self._wrong("a valid text")
        self._at = end + 1
        return str(value)

    def _or(self) -> Condition:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise self._wrong(f"at most {_DEEPEST} levels of conditions")
        parts = [self._and()]
        while self._operator("||"):
            parts.append(self._and())
        self._depth -= 1
        return lambda current, root: any(part(current, root) for part in parts)

    def _and(self) -> Condition:
        parts = [self._basic()]
        while self._operator("&&"):
            parts.append(self._basic())
        return lambda current, root: all(part(current, root) for part in parts)

    def _operator(self, text: str) -> bool:
        start = self._at
        self._blank()
        if self._skip(text):
            self._blank()
            return True
        self._at = start
        return False

    def _basic(self) -> Condition:
        if self._skip("!"):
            self._blank()
            negated = self._parentheses() if self._next("(") else self._test(self._operand())
            return lambda current, root: not negated(current, root)
        if self._next("("):
            return self._parentheses()
        left = self._operand()
        for sign, holds in COMPARISONS.items():
            if self._operator(sign):
                return self._comparison(left, holds, self._operand())
        return self._test(left)

    def _parentheses(self) -> Condition:
        self._need("(")
        self._blank()
        inner = self._or()
        self._blank()
        self._need(")")
        return inner

    def _comparison(
        self, left: Operand, holds: Callable[[object, object], bool], right: Operand
    ) -> Condition:
        if not (left.comparable and right.comparable):
            raise self._wrong("single values on both sides of a comparison")
        return lambda current, root: holds(left.value(current, root), right.value(current, root))

    def _test(self, operand: Operand) -> Condition:
        if operand.kind == "value":
            raise self._wrong("a comparison after a value")
        return lambda current, root: bool(operand.call(current, root))

    def _operand(self) -> Operand:
        if self._next("@") or self._next("$"):
            return self._query()
        if self._next("'") or self._next('"'):
            return literal(self._string())
        function = self._read(_FUNCTION)
        if function:
            return self._call(function.group())
        for word, value in _WORDS.items():
            if self._skip(word):
                return literal(value)
        number = self._read(_NUMBER)
        if not number:
            raise self._wrong("a query, a function or a value")
        text = number.group()
        return literal(float(text) if number.group(1) or number.group(2) else int(text[:400]))

    def _call(self, name: str) -> Operand:
        function = FUNCTIONS.get(name)
        if function is None:
            raise self._wrong("a function of RFC 9535 before this")
        self._depth += 1
        if self._depth > _DEEPEST:
            raise self._wrong(f"at most {_DEEPEST} levels of conditions")
        self._need("(")
        arguments: list[Operand] = []
        self._blank()
        while not self._next(")"):
            if arguments:
                self._need(",")
                self._blank()
            arguments.append(self._operand())
            self._blank()
        self._need(")")
        self._depth -= 1
        if len(arguments) != len(function.takes):
            raise self._wrong(f"{len(function.takes)} arguments before this")
        for wanted, argument in zip(function.takes, arguments, strict=True):
            if not (argument.comparable if wanted == "value" else argument.kind == wanted):
                raise self._wrong(f"arguments before this that {name} can take")
        return called(function, arguments)
