"""Regular expressions in the syntax of Rust's regex crate, which Hurl has, as Python's.

What means the same in both is taken over; what differs is written anew (`$` is the end of the text here, not also before a
last line end); what Python cannot say is a problem in words. Syntax: docs.rs/regex.
"""

from __future__ import annotations

import re
import sys
from functools import lru_cache
from typing import Final

from trivigil.core.record import NamedTuple

from .categories import blanks, members, words

_POSIX: Final = {
    "alnum": "0-9A-Za-z",
    "alpha": "A-Za-z",
    "ascii": r"\x00-\x7f",
    "blank": r"\t ",
    "cntrl": r"\x00-\x1f\x7f",
    "digit": "0-9",
    "graph": "!-~",
    "lower": "a-z",
    "print": " -~",
    "punct": r"!-/:-@\[-`{-~",
    "space": r"\t\n\v\f\r ",
    "upper": "A-Z",
    "word": "0-9A-Za-z_",
    "xdigit": "0-9A-Fa-f",
}
_SAME: Final = frozenset("dDnrtfva")
_LEAD: Final = re.compile(r"\(\?([ims]+)\)")
_GROUP: Final = re.compile(r"\(\?(?:P?<([A-Za-z_][0-9A-Za-z_]*)>|([ims]*(?:-[ims]+)?):)")
_REPEAT: Final = re.compile(r"[*+?]|\{\s*(\d+)\s*(,\s*(\d*)\s*)?\}", re.ASCII)
_BLANK: Final = re.compile(r"\s+")
_CODE: Final = re.compile(
    r"x([0-9A-Fa-f]{2})|[xuU]\{([0-9A-Fa-f]{1,6})\}|u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})"
)
_CATEGORY: Final = re.compile(r"[pP](?:\{([A-Z][a-z]?)\}|([A-Z]))")
_LEFT_OUT: Final = "expected no {}: it is left out here"


class Translated(NamedTuple):
    """The expression compiled, or what is wrong with it."""

    regex: re.Pattern[str] | None
    problem: str | None = None


class _Wrong(Exception):
    """This expression cannot be used."""


@lru_cache(maxsize=512)
def translated(source: str) -> Translated:
    """Rust's expression as Python's."""
    import warnings

    try:
        text = _Reading(source).all()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return Translated(re.compile(text))
    except _Wrong as wrong:
        return Translated(None, str(wrong))
    except (re.error, OverflowError, RecursionError):
        return Translated(None, "expected a valid regular expression")


class _Reading:
    """One pass over an expression."""

    def __init__(self, source: str) -> None:
        self.source, self.index, self.out = source, 0, ""
        self.many_lines = False

    def all(self) -> str:
        lead = _LEAD.match(self.source)
        if lead:
            self.out, self.index = lead.group(), lead.end()
            self.many_lines = "m" in lead.group(1)
        repeated = True
        while self.index < len(self.source):
            repeated = self._repeat(nothing_before=repeated) if self._at_repeat() else self._atom()
        return self.out

    def _at_repeat(self) -> bool:
        return self.source[self.index] in "*+?{"

    def _repeat(self, *, nothing_before: bool) -> bool:
        found = _REPEAT.match(self.source, self.index)
        if not found or nothing_before:
            raise _Wrong("expected a valid regular expression: something to repeat, and how often")
        self.index, self.out = found.end(), self.out + _BLANK.sub("", found.group())
        if self.source.startswith("?", self.index):
            self.index, self.out = self.index + 1, self.out + "?"
        if self.index < len(self.source) and self._at_repeat():
            raise _Wrong(_LEFT_OUT.format("nested repetition"))
        return True

    def _atom(self) -> bool:
        """One atom; says whether nothing is there that could be repeated."""
        char = self.source[self.index]
        if char == "\\":
            self._escape()
            return False
        if char == "[":
            self._class()
            return False
        if char == "(":
            self._open()
            return True
        self.index += 1
        if char == "$":
            self.out += self._line_end()
        elif char == "^":
            self.out += "(?:^)"  # so that it can be repeated
        else:
            self.out += char
        return char == "|"

    def _line_end(self) -> str:
        return "(?=\\n|\\Z)" if self.many_lines else "(?:\\Z)"

    def _open(self) -> None:
        if not self.source.startswith("(?", self.index):
            self.out, self.index = self.out + "(", self.index + 1
            return
        found = _GROUP.match(self.source, self.index)
        if not found:
            raise _Wrong(_LEFT_OUT.format("look-around, flags after the beginning, x, U, u, R"))
        name, flags = found.groups()
        if flags and "m" in flags:
            raise _Wrong(_LEFT_OUT.format("flag m after the beginning"))
        self.out += f"(?P<{name}>" if name else found.group()
        self.index = found.end()

    def _escape(self, *, inside: bool = False) -> None:
        rest = self.source[self.index + 1 :]
        char = rest[:1]
        code = _CODE.match(rest)
        if code:
            point = int(next(group for group in code.groups() if group), 16)
            if point > sys.maxunicode:
                raise _Wrong("expected the number of a Unicode character")
            self.out, self.index = f"{self.out}\\U{point:08x}", self.index + 1 + code.end()
            return
        if char in ("p", "P"):
            self._category(rest, inside=inside)
            return
        written = self._perl(char, inside=inside)
        if written is not None:
            self.out += written
        elif char == "z" and not inside:
            self.out += "(?:\\Z)"
        elif inside and char in ("A", "z"):
            raise _Wrong("expected no boundary in a class")
        elif char == "A":
            self.out += "(?:\\A)"
        elif char in _SAME or (char and char.isascii() and not char.isalnum() and char != " "):
            self.out += "\\" + char
        elif char == " ":
            self.out += " "
        else:
            raise _Wrong(
                "expected a valid regular expression: no such escape, no reference to a group"
            )
        self.index += 2

    def _perl(self, char: str, *, inside: bool) -> str | None:
        r"""`\w`, `\s` and the boundaries, as Unicode has them."""
        if char in ("<", ">") or self.source.startswith("b{", self.index + 1):
            raise _Wrong(_LEFT_OUT.format("word boundary by name"))
        if char in ("w", "W", "s", "S"):
            body = (words if char in "wW" else blanks)(negated=char in "WS")
            return body if inside else f"[{body}]"
        if char not in ("b", "B"):
            return None
        if inside:
            raise _Wrong("expected no boundary in a class")
        word = f"[{words(negated=False)}]"
        edge = f"(?:(?<={word})(?!{word})|(?<!{word})(?={word}))"
        return edge if char == "b" else f"(?!{edge})"

    def _category(self, rest: str, *, inside: bool) -> None:
        found = _CATEGORY.match(rest)
        body = members(found.group(1) or found.group(2), negated=rest[0] == "P") if found else None
        if not found or body is None:
            raise _Wrong(_LEFT_OUT.format("Unicode class but the general categories"))
        self.out += body if inside else f"[{body}]"
        self.index += 1 + found.end()

    def _class(self) -> None:
        self.out, self.index = self.out + "[", self.index + 1
        if self.source.startswith("^", self.index):
            self.out, self.index = self.out + "^", self.index + 1
        while self.source.startswith("-", self.index):
            self.out, self.index = self.out + "\\-", self.index + 1
        first = self.out.endswith(("[", "^"))
        while self.index < len(self.source):
            char = self.source[self.index]
            if char == "]" and not first:
                self.out, self.index = self.out + "]", self.index + 1
                return
            first = False
            self._member(char)
        raise _Wrong("expected ']' at the end of a class")

    def _member(self, char: str) -> None:
        if char == "\\":
            self._escape(inside=True)
        elif char == "[":
            self._named_class()
        elif self.source[self.index : self.index + 2] in ("&&", "--", "~~"):
            raise _Wrong(_LEFT_OUT.format("operation between classes"))
        else:
            self.out += "\\" + char if char in "]&~|" else char
            self.index += 1

    def _named_class(self) -> None:
        found = re.compile(r"\[:(\^?)([a-z]+):\]").match(self.source, self.index)
        if not found or found.group(2) not in _POSIX or found.group(1):
            raise _Wrong(_LEFT_OUT.format("class in a class"))
        self.out += _POSIX[found.group(2)]
        self.index = found.end()


def first_group(regex: re.Pattern[str], text: str) -> str | None:
    """What the first group of the first match holds; None without a match or a group."""
    found = regex.search(text)
    return found.group(1) if found and regex.groups else None


_REFERENCE: Final = re.compile(r"\$(?:(\$)|\{([^}]*)\}|([0-9A-Za-z_]+))")


def replaced(regex: re.Pattern[str], text: str, new: str) -> str:
    """Every match replaced; `$1`, `${name}` and `$$` in `new` as in Rust. An empty match never touches the one before."""
    out, last, ended = [], 0, -1
    for match in regex.finditer(text):
        if match.start() == match.end() == ended:
            continue
        out += [text[last : match.start()], _expanded(match, new)]
        last = ended = match.end()
    return "".join([*out, text[last:]])


def _expanded(match: re.Match[str], new: str) -> str:
    def value(reference: re.Match[str]) -> str:
        if reference.group(1):
            return "$"
        name = reference.group(2) if reference.group(2) is not None else reference.group(3)
        try:
            return match.group(int(name) if name.isdecimal() else name) or ""
        except IndexError:
            return ""

    return _REFERENCE.sub(value, new)
