"""A place in the text of a check file, and how to go on from it.

A rule of the language is a function of a cursor. Where it does not fit it raises `Unfit`; a final one ends the reading,
any other leaves room for another rule. Which rules are final is the language's own business: it decides which error a
person is shown, so it follows Hurl's parser rule by rule.
"""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING, Final, TypeVar

from ..model import Place, Remark

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")
REMARK: Final = "trivigil"
"""A comment that begins with it and a colon is a remark: it speaks to the monitor."""


class Unfit(Exception):
    """The text does not go on as this rule wants it."""

    def __init__(self, place: Place, wanted: str, *, final: bool = False) -> None:
        super().__init__(wanted)
        self.place: Final = place
        self.wanted: Final = wanted
        self.final = final


class Cursor:
    """Text and an index into it. Lines and columns count from 1, a column is a character."""

    def __init__(self, text: str, start: Place = Place(1, 1)) -> None:  # noqa: B008 (immutable)
        self.text: Final = text
        self.index = 0
        self._start: Final = start
        self._remarks: Final[list[tuple[int, Remark]]] = []
        self._lines: Final = [0] + [i + 1 for i, char in enumerate(text) if char == "\n"]

    @property
    def place(self) -> Place:
        """Where the cursor stands."""
        line = bisect_right(self._lines, self.index) - 1
        column = self.index - self._lines[line] + 1
        if line == 0:
            column += self._start.column - 1
        return Place(self._start.line + line, column)

    @property
    def at_end(self) -> bool:
        """Whether all is read."""
        return self.index >= len(self.text)

    @property
    def remarks(self) -> tuple[Remark, ...]:
        """The remarks that were read, in their order."""
        return tuple(remark for _, remark in self._remarks)

    def note(self, start: int, place: Place) -> None:
        """Keep the comment that begins at `start` where it is a remark. What is read again is noted once."""
        while self._remarks and self._remarks[-1][0] >= start:
            self._remarks.pop()
        mark, colon, text = self.text[start + 1 : self.index].partition(":")
        if colon and mark.strip() == REMARK:
            line = self._lines[bisect_right(self._lines, start) - 1]
            alone = not self.text[line:start].strip()
            self._remarks.append((start, Remark(text.strip(), place, alone)))

    def peek(self, count: int = 1) -> str:
        """The next characters; fewer at the end."""
        return self.text[self.index : self.index + count]

    def take(self) -> str:
        """The next character; nothing at the end."""
        char = self.peek()
        self.index += len(char)
        return char

    def take_while(self, fits: Callable[[str], bool]) -> str:
        """All characters that fit, maybe none."""
        start = self.index
        while self.index < len(self.text) and fits(self.text[self.index]):
            self.index += 1
        return self.text[start : self.index]

    def skip(self, text: str) -> bool:
        """Whether `text` comes next; it is read then."""
        if not self.text.startswith(text, self.index):
            return False
        self.index += len(text)
        return True

    def unfit(self, wanted: str, *, final: bool = False) -> Unfit:
        """The error for here."""
        return Unfit(self.place, wanted, final=final)

    def expect(self, text: str, *, final: bool = True) -> None:
        """Read `text`, or raise."""
        if not self.skip(text):
            raise self.unfit(f"expected '{text}'", final=final)

    def begin(self, text: str) -> None:
        """Read `text` where it comes next; else another rule may fit."""
        self.expect(text, final=False)


def soft(rule: Callable[[Cursor], T], cursor: Cursor) -> T:
    """What the rule reads; where it does not fit another rule may, whatever the rule says itself."""
    try:
        return rule(cursor)
    except Unfit as error:
        error.final = False
        raise


def firm(rule: Callable[[Cursor], T], cursor: Cursor) -> T:
    """What the rule reads; no other rule may fit instead."""
    try:
        return rule(cursor)
    except Unfit as error:
        error.final = True
        raise


def maybe(rule: Callable[[Cursor], T], cursor: Cursor) -> T | None:
    """What the rule reads, or nothing."""
    start = cursor.index
    try:
        return rule(cursor)
    except Unfit as error:
        if error.final:
            raise
        cursor.index = start
        return None


def many(rule: Callable[[Cursor], T], cursor: Cursor) -> tuple[T, ...]:
    """What the rule reads, as often as it fits."""
    found: list[T] = []
    while not cursor.at_end:
        start = cursor.index
        try:
            found.append(rule(cursor))
        except Unfit as error:
            if error.final:
                raise
            cursor.index = start
            break
        if cursor.index == start:
            break
    return tuple(found)


def either(rules: tuple[Callable[[Cursor], T], ...], cursor: Cursor) -> T:
    """What the first rule that fits reads; where none does, the error of the last."""
    start = cursor.index
    for rule in rules[:-1]:
        try:
            return rule(cursor)
        except Unfit as error:
            if error.final:
                raise
            cursor.index = start
    return rules[-1](cursor)


def spaces(cursor: Cursor) -> str:
    """Blanks and tabs, maybe none."""
    return cursor.take_while(lambda char: char in " \t")


def gap(cursor: Cursor) -> None:
    """At least one blank or tab."""
    if not spaces(cursor):
        raise cursor.unfit("expected a space", final=True)


def line_end(cursor: Cursor) -> None:
    """The rest of a line: blanks and a comment."""
    spaces(cursor)
    start, place = cursor.index, cursor.place if cursor.peek() == "#" else None
    if place and cursor.skip("#"):
        while not cursor.at_end and not cursor.peek(2).startswith(("\n", "\r\n")):
            cursor.take()
        cursor.note(start, place)
    if not cursor.at_end and not cursor.skip("\r\n") and not cursor.skip("\n"):
        raise cursor.unfit("expected the end of the line", final=True)


def empty_lines(cursor: Cursor) -> None:
    """Empty lines and comments, maybe none, and the blanks before what comes then."""
    many(lambda inner: soft(line_end, inner), cursor)
    spaces(cursor)
