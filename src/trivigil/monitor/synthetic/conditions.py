"""Conditions in the words of Gatus (`[STATUS] == 200`, `len([BODY].items) > 0`): read and judged. Pure.

Grammar and meaning: gatus.io, "Conditions", version 5. Both sides are texts; where both are whole numbers, they are compared as such,
and `<`, `<=`, `>`, `>=` compare numbers and durations in milliseconds. What is left out is in LEFT_OUT; docs/synthetic.md says what is judged
otherwise. A value that is not there satisfies nothing, where Gatus takes a 0 for it.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from trivigil.core.record import NamedTuple

from .model import Condition, Operand, Place, Severity
from .problem import Trouble

if TYPE_CHECKING:
    import datetime

    from .queries import Answer

OPERATORS: Final = ("==", "!=", "<=", ">=", ">", "<")
"""In the order in which Gatus looks for them, with a blank on either side."""
LEFT_OUT: Final[dict[str, str]] = {
    "[DOMAIN_EXPIRATION]": "registries are not asked",
    "[DNS_RCODE]": "checks speak HTTP",
    "[CONTEXT]": "a value of an earlier step is captured: `captures`",
    "[CONNECTED] == false": "a check cannot want nobody to answer",
    "[*] in a path": "a claim about all members is a `jsonpath` assert",
    "pat() in any(), pat() or any() on both sides": "Gatus compares them as texts",
}
_VALUES: Final = {
    "[STATUS]": "status",
    "[IP]": "ip",
    "[RESPONSE_TIME]": "duration",
    "[CONNECTED]": "connected",
    "[CERTIFICATE_EXPIRATION]": "certificate",
}
"""Placeholders, and the queries that they are about."""
_BODY: Final = "[BODY]"
_ORDER: Final[dict[str, Callable[[float, float], bool]]] = {
    "<=": operator.le,
    ">=": operator.ge,
    ">": operator.gt,
    "<": operator.lt,
}
_FUNCTION: Final = re.compile(r"(len|has|pat|any)\((.*)\)", re.DOTALL)
_PLACEHOLDER: Final = re.compile(r"\[[A-Z_]+\]")
_KEY: Final = re.compile(r"([^\[\].]*)((?:\[[0-9]{1,9}\])*)")
_DURATION: Final = re.compile(
    r"(?P<sign>[+-]?)(?P<parts>(?:(?:[0-9]{1,15}(?:\.[0-9]{0,9})?|\.[0-9]{1,9})(?:ns|us|µs|μs|ms|s|m|h))+)"
)
_PART: Final = re.compile(r"([0-9.]+)(ns|us|µs|μs|ms|s|m|h)")
_MILLISECONDS: Final = {
    "ns": 1e-6, "us": 1e-3, "µs": 1e-3, "μs": 1e-3, "ms": 1, "s": 1000, "m": 60_000, "h": 3_600_000,
}  # fmt: skip
_NUMBER: Final = re.compile(
    r"[+-]?(?:[0-9]{1,40}(?:\.[0-9]{0,40})?|\.[0-9]{1,40})(?:[eE][+-]?[0-9]{1,3})?"
)
_WHOLE: Final = re.compile(
    r"([+-]?)(0[xX][0-9a-fA-F]{1,16}|0[oO]?[0-7]{1,22}|0[bB][01]{1,64}|[1-9][0-9]{0,18})"
)
_CHAR: Final = r"(?:\\.|[^\\\]-])"
_RANGE: Final = re.compile(rf"({_CHAR})(?:-({_CHAR}))?", re.DOTALL)
_CLASS: Final = re.compile(rf"\[(\^?)((?:{_CHAR}(?:-{_CHAR})?)+)\]", re.DOTALL)


class Unread(Exception):
    """A condition that is none, or is left out; `index` is where in its text."""

    def __init__(self, index: int, wanted: str) -> None:
        super().__init__(wanted)
        self.index: Final = index
        self.wanted: Final = wanted


class Held(NamedTuple):
    """What came of a condition. `actual` is the site's own text."""

    passed: bool
    actual: str
    expected: str


# --- Reading -------------------------------------------------------------------------------------


def read(text: str, at: Callable[[int], Place], severity: Severity = "fail") -> Condition:
    """The condition of a text; `at` tells the place of a character. Raises Unread."""
    sign = next((each for each in OPERATORS if f" {each} " in text), None)
    if sign is None:
        known = ", ".join(OPERATORS)
        raise Unread(
            0, f"expected a condition such as `[STATUS] == 200`, blanks around its sign: {known}"
        )
    left, _, right = text.partition(f" {sign} ")
    middle = len(left) + 1
    start = middle + len(sign) + 1
    if f" {sign} " in right:
        raise Unread(start + right.index(f" {sign} ") + 1, "expected one comparison")
    one, two = _operand(left, 0), _operand(right, start)
    _fit(one, two, sign, start)
    found = Condition(one, sign, two, at(middle), severity)
    if "connected" in (one.text, two.text) and not _held_when_connected(found):
        raise _left_out(0, "[CONNECTED] == false")
    return found


def is_about(claim: Condition, query: str) -> bool:
    """Whether a side is this query's value: `status`, `duration`."""
    return any(side.kind == "value" and side.text == query for side in (claim.left, claim.right))


def status_of(claim: Condition) -> int | None:
    """The status that it wants, where it is just `[STATUS] == 200`."""
    plain = claim.operator == "==" and claim.left == Operand("value", "status")
    return whole(claim.right.text) if plain and claim.right.kind == "literal" else None


def _left_out(index: int, what: str) -> Unread:
    return Unread(index, f"{what} is left out here: {LEFT_OUT[what]}")


def _operand(text: str, start: int) -> Operand:
    index = start + len(text) - len(text.lstrip())
    text = text.strip()
    if not text:
        raise Unread(
            start, "expected a value on both sides; an empty one is compared by len() == 0"
        )
    function = _FUNCTION.fullmatch(text)
    if function and function[1] in ("len", "has"):
        inner = function[2].strip()
        if not inner.startswith(_BODY):
            raise Unread(index + 4, f"expected [BODY] with a path in {function[1]}()")
        return Operand("len" if function[1] == "len" else "has", inner, _path(inner, index + 4))
    if function:
        return _chosen(function[1], function[2], index)
    if text.upper() in _VALUES:
        return Operand("value", _VALUES[text.upper()])
    if text.startswith(_BODY):
        return Operand("body", text, _path(text, index))
    _refuse_unknown(text, index)
    return Operand("literal", text)


def _refuse_unknown(text: str, index: int) -> None:
    named = _PLACEHOLDER.match(text.upper())
    if named and named[0] in LEFT_OUT:
        raise _left_out(index, named[0])
    if named and named[0] in (*_VALUES, _BODY):
        raise Unread(
            index,
            f"expected {named[0]} alone" if named[0] != _BODY else "expected [BODY] in capitals",
        )
    if named and text == text.upper():
        raise Unread(index, f"expected a placeholder: {', '.join((*_VALUES, _BODY))}")


def _chosen(name: str, inside: str, index: int) -> Operand:
    if name == "any":
        if "pat(" in inside:
            raise _left_out(index, "pat() in any(), pat() or any() on both sides")
        return Operand("any", inside)
    _pieces(inside, index + 4)
    return Operand("pat", inside)


def _fit(one: Operand, two: Operand, sign: str, start: int) -> None:
    kinds = {one.kind, two.kind}
    if kinds <= {"literal", "pat", "any"}:
        if kinds == {"literal"}:
            raise Unread(0, "expected a placeholder on one side: [STATUS], [BODY].name, …")
        raise _left_out(start, "pat() in any(), pat() or any() on both sides")
    if sign in ("==", "!="):
        return
    for side, index in ((one, 0), (two, start)):
        if side.kind in ("pat", "any", "has") or side.text in ("connected", "ip"):
            raise Unread(index, f"expected a number or a duration to compare by `{sign}`")
        if side.kind == "literal" and number(side.text) is None:
            raise Unread(
                index,
                f"expected a number such as 300, or a duration such as 48h, to compare by `{sign}`",
            )


def _path(text: str, index: int) -> tuple[str | int, ...]:
    rest = text[len(_BODY) :]
    at = index + len(_BODY)
    if "[*]" in rest:
        raise _left_out(at + rest.index("[*]"), "[*] in a path")
    if rest and rest[0] not in ".[":
        raise Unread(at, "expected a path after [BODY]: .name or [0]")
    found: list[str | int] = []
    for number_, key in enumerate(rest.removeprefix(".").split(".") if rest else ()):
        match = _KEY.fullmatch(key)
        if not match or not key or (not match[1] and number_):
            raise Unread(at, "expected a path of names and indexes: [BODY].items[0].name")
        found += [match[1]] if match[1] else []
        found += [int(each) for each in re.findall("[0-9]+", match[2])]
    return tuple(found)


# --- Judging -------------------------------------------------------------------------------------


def judge(claim: Condition, answer: Answer, now: datetime.datetime) -> Held:
    """Whether it holds. Raises Trouble where a side has no value."""
    sides = [_resolved(side, answer, now) for side in (claim.left, claim.right)]
    passed = _compared(claim, sides[0], sides[1])
    if claim.left.kind in ("literal", "pat", "any"):
        return Held(passed, sides[1], f"{_shown(claim.left, sides[0])} {claim.operator} it")
    return Held(passed, sides[0], f"{claim.operator} {_shown(claim.right, sides[1])}")


def _shown(side: Operand, text: str) -> str:
    return f"{side.kind}({text})" if side.kind in ("pat", "any") else text


def _held_when_connected(claim: Condition) -> bool:
    texts = [
        "true" if side.text == "connected" else side.text for side in (claim.left, claim.right)
    ]
    return _compared(claim, texts[0], texts[1])


def _compared(claim: Condition, left: str, right: str) -> bool:
    if claim.operator in _ORDER:
        one, two = number(left), number(right)
        if one is None or two is None:
            raise Trouble("Unrenderable expression", "a value is no number and no duration")
        return _ORDER[claim.operator](one, two)
    return _equal(claim, left, right) == (claim.operator == "==")


def _equal(claim: Condition, left: str, right: str) -> bool:
    for side, chosen, text in ((claim.left, left, right), (claim.right, right, left)):
        if side.kind == "pat":
            return matches(chosen, text)
        if side.kind == "any":
            return text in [each.strip() for each in chosen.split(",")]
    one, two = whole(left), whole(right)
    return left == right if one is None or two is None else one == two


def _resolved(side: Operand, answer: Answer, now: datetime.datetime) -> str:
    if side.kind in ("literal", "pat", "any"):
        return side.text
    if side.kind == "value":
        return _value(side.text, answer, now)
    if side.kind == "body" and not side.path:
        return answer.text.strip()
    if side.kind == "len" and not side.path and not answer.text.strip().startswith("["):
        return str(len(answer.text.encode()))
    found, there = _walked(side, answer)
    if side.kind == "has":
        return "true" if there else "false"
    if not there:
        raise Trouble("No query result", "the body has no such value")
    return _length(found) if side.kind == "len" else _text(found)


def _value(name: str, answer: Answer, now: datetime.datetime) -> str:
    exchange = answer.exchange
    if name == "connected":
        return "true"
    if name == "certificate":
        if exchange.certificate is None or exchange.certificate.expiry is None:
            raise Trouble("No query result", "no certificate with a last day was shown")
        left = exchange.certificate.expiry - now
        return str(int(left.total_seconds() * 1000))
    return {"status": str(exchange.status), "ip": exchange.ip, "duration": str(exchange.duration)}[
        name
    ]


def _walked(side: Operand, answer: Answer) -> tuple[object, bool]:
    """What the path leads to, and whether there is anything."""
    try:
        value: Any = answer.json
    except Trouble:
        if side.kind == "has":
            return None, False
        raise
    for step in side.path:
        named = isinstance(step, str) and isinstance(value, dict) and step in value
        counted = isinstance(step, int) and isinstance(value, list) and step < len(value)
        if not named and not counted:
            return None, False
        value = value[step]
    return value, value is not None


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:  # noqa: PLR2004 (a float is exact so far)
        return str(int(value))
    if isinstance(value, list | dict):
        kind = "a list" if isinstance(value, list) else "an object"
        raise Trouble(
            "Unrenderable expression", f"the value is {kind}: ask for a member, or len() of a list"
        )
    return str(value)


def _length(value: object) -> str:
    """Members of a list, bytes of a text."""
    return str(len(value) if isinstance(value, list) else len(_text(value).encode()))


# --- Numbers and patterns ------------------------------------------------------------------------


def whole(text: str) -> int | None:
    """A whole number of 64 bits as Go reads it: 0x1f, 0b1, 0o7 and 07 too."""
    match = _WHOLE.fullmatch(text)
    if not match:
        return None
    digits = match[2].lower()
    octal = len(digits) > 1 and digits[0] == "0" and digits[1] in "o01234567"
    value = int(match[1] + digits.replace("o", ""), 8) if octal else int(match[1] + digits, 0)
    return value if -(2**63) <= value < 2**63 else None


def number(text: str) -> float | None:
    """A number, or a duration in milliseconds."""
    duration = _DURATION.fullmatch(text)
    if duration:
        total = sum(
            float(size) * _MILLISECONDS[unit] for size, unit in _PART.findall(duration["parts"])
        )
        return -total if duration["sign"] == "-" else total
    found = whole(text)
    if found is not None:
        return found
    return float(text) if _NUMBER.fullmatch(text) else None


class _Piece(NamedTuple):
    """What stands between two stars; it matches texts of one length."""

    regex: re.Pattern[str]
    size: int


def matches(pattern: str, text: str) -> bool:
    """Go's filepath.Match, as Gatus uses it: slashes are left out of both. `*` any text, `?` one character, `[a-z]` one of these.

    Each piece is taken where it comes first, so the time grows with the text's length alone.
    """
    first, *rest = _pieces(pattern.replace("/", ""), 0)
    text = text.replace("/", "")
    if not rest:
        return bool(first.regex.fullmatch(text))
    begin, end = first.regex.match(text), len(text) - rest[-1].size
    if not begin or end < 0 or not rest[-1].regex.fullmatch(text, end):
        return False
    at = begin.end()
    for piece in rest[:-1]:
        found = piece.regex.search(text, at)
        if not found:
            return False
        at = found.end()
    return at <= end


def _pieces(pattern: str, index: int) -> list[_Piece]:
    """The pattern between its stars. Raises Unread; `index` is where it begins."""
    pieces, source, size, at = list[_Piece](), "", 0, 0
    while at < len(pattern):
        char = pattern[at]
        if char == "*":
            pieces.append(_Piece(re.compile(source, re.DOTALL), size))
            source, size, at = "", 0, at + 1
            continue
        one, taken = _one(pattern, at)
        if not taken:
            wanted = "expected a pattern: `*` any text, `?` one character, `[a-z]` one of these"
            raise Unread(index + at, wanted)
        source, size, at = source + one, size + 1, at + taken
    return [*pieces, _Piece(re.compile(source, re.DOTALL), size)]


def _one(pattern: str, at: int) -> tuple[str, int]:
    """An expression for one character, and how many characters of the pattern it is; none for what is no pattern."""
    char = pattern[at]
    if char == "?":
        return ".", 1
    if char == "\\":
        return re.escape(pattern[at + 1 : at + 2]), 2 if at + 1 < len(pattern) else 0
    if char != "[":
        return re.escape(char), 1
    match = _CLASS.match(pattern, at)
    if not match:
        return "", 0
    ranges = [(_bare(low), _bare(high or low)) for low, high in _RANGE.findall(match[2])]
    inside = "".join(f"{re.escape(low)}-{re.escape(high)}" for low, high in ranges if low <= high)
    if not inside:
        return ("." if match[1] else "(?!)."), match.end() - at
    return f"[{match[1]}{inside}]", match.end() - at


def _bare(char: str) -> str:
    return char[-1]
