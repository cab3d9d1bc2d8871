"""Values that are shown nowhere, taken out of a text, however they are written there. Pure.

A secret comes back from a site in the forms that programs give to texts: percent-encoded, with JSON's, HTML's or C's escapes,
in Base64 (also in the middle of one: `Basic dXNlcjpwYXNz`), as hexadecimal digits, in another case, or only a part of it. So text and
values are brought to one form, bytes without escapes, in which the values are looked for. Who writes a secret backwards is not stopped.
"""

from __future__ import annotations

import re
from base64 import b64decode
from contextlib import suppress
from html.entities import name2codepoint
from typing import TYPE_CHECKING, Final

from trivigil.core.record import NamedTuple
from trivigil.core.untrusted import printable

if TYPE_CHECKING:
    from collections.abc import Iterable

MASK: Final = "***"
LONGEST: Final = 300
"""Characters of a text that is shown."""
_LOOKED_AT: Final = 1000
_MOST: Final = 256 * 1024
"""With more characters of values than that nothing is shown at all: looking for them would take too long."""
_RUN: Final = 10
"""So many bytes in a row that are part of a value are taken out."""
_LEAST_LINE: Final = 8
_LEAST_EDGE: Final = 4
"""So many bytes at the end of a text that a value begins with: it was cut there."""
_LEAST_PACKED: Final = 3
"""A value of fewer bytes is found in any Base64."""
_DEEPEST: Final = 2
"""So many layers of hexadecimal digits and Base64 are looked into."""
_LEVELS: Final = 3
"""So often escapes are read: what was escaped twice, in two ways, is found too."""
_LETTERS: Final = {"\n": "n", "\r": "r", "\t": "t", "\b": "b", "\f": "f", " ": "+"}
"""What stands for these characters: the letter of their escape, and the plus of a form's blank."""
_AS_LETTERS: Final = bytes(ord(_LETTERS.get(chr(code), chr(code))) for code in range(256))
_TOKEN: Final = re.compile(
    rb"%(?P<percent>[0-9a-f]{2})"
    rb"|\\+u(?P<unit>[0-9a-f]{4})"
    rb"|\\+u\{0*(?P<point>[0-9a-f]{1,6})\}"
    rb"|\\+(?:x(?P<byte>[0-9a-f]{2})|(?P<bare>(?-i:[0189A-F][0-9A-F])))"
    rb"|\\+"
    rb"|&\#0*(?P<decimal>[0-9]{1,7});"
    rb"|&\#x0*(?P<hexadecimal>[0-9a-f]{1,6});"
    rb"|&(?P<named>[a-z]{2,8});"
    rb"|(?P<plain>[^%\\&]+|.)",
    re.IGNORECASE | re.DOTALL,
)
_ESCAPED: Final = re.compile(rb"[%\\&]")
_HEXADECIMAL: Final = re.compile(rb"[0-9A-Fa-f]{6,}")
_BASE64: Final = re.compile(rb"[A-Za-z0-9+/_-]{4,}")
_HIGH, _LOW = range(0xD800, 0xDC00), range(0xDC00, 0xE000)
_LAST: Final = 0x10FFFF


class _Form(NamedTuple):
    """A text as bytes, escapes read so and so often, and where in the text each of them stands."""

    data: bytes
    spans: tuple[tuple[int, int], ...]


class Redaction:
    """Takes these values out of texts. It has no repr of them."""

    def __init__(self, values: Iterable[str]) -> None:
        whole = {value for value in values if value}
        self._too_many: Final = sum(map(len, whole)) > _MOST
        parts = set() if self._too_many else {part for value in whole for part in _parts(value)}
        cases = {each for part in parts for each in (part, part.lower(), part.upper())}
        needles = {form.data.lower() for case in cases for form in _levels(_raw(case))} - {b""}
        self._short: Final = sorted((each for each in needles if len(each) <= _RUN), key=len)
        self._runs: Final = {
            each[at : at + _RUN] for each in needles for at in range(len(each) - _RUN + 1)
        }
        self._needles: Final = needles

    def __repr__(self) -> str:
        return f"<Redaction of {len(self._needles)} values>"

    def clean(self, text: str) -> str:
        """The text with each value replaced by `***`; no longer than a thousand characters."""
        if self._too_many:
            return MASK
        out = text[: _LOOKED_AT * 2]
        if self._needles:
            out = _masked(out, self._found(out))
        return out if len(out) <= _LOOKED_AT else out[:_LOOKED_AT] + "…"

    def shown(self, text: str, limit: int = LONGEST) -> str:
        """The same as one line that may be printed, shortened."""
        return printable(self.clean(text), limit)

    def _found(self, text: str) -> Iterable[tuple[int, int]]:
        """Where in the text values stand, from and to."""
        for raw in dict.fromkeys((_raw(text), _raw(text, latin=True))):
            for form in _levels(raw):
                marked = self._marked(form.data, _DEEPEST)
                yield from (span for span, mark in zip(form.spans, marked, strict=True) if mark)

    def _marked(self, given: bytes, deeper: int) -> bytearray:
        """A 1 for each byte that belongs to a value."""
        data, marked = given.lower(), bytearray(len(given))
        for at in range(len(data) - _RUN + 1):
            if data[at : at + _RUN] in self._runs:
                marked[at : at + _RUN] = b"\1" * _RUN
        for needle in self._short:
            at = data.find(needle)
            while at >= 0:
                marked[at : at + len(needle)] = b"\1" * len(needle)
                at = data.find(needle, at + 1)
        self._mark_edge(data, marked)
        if deeper:
            self._mark_packed(given, marked, deeper - 1)
        return marked

    def _mark_edge(self, data: bytes, marked: bytearray) -> None:
        end = data.removesuffix("…".encode())
        for needle in self._needles:
            most = min(len(needle), len(end))
            for size in range(min(most, _RUN), _LEAST_EDGE - 1, -1):
                if end.endswith(needle[:size]):
                    marked[len(end) - size : len(end)] = b"\1" * size
                    break

    def _mark_packed(self, data: bytes, marked: bytearray, deeper: int) -> None:
        """Words that are hexadecimal or Base64 with a value inside them."""
        for words, readings in ((_HEXADECIMAL, _from_hexadecimal), (_BASE64, _from_base64)):
            for match in words.finditer(data):
                if any(self._holds(inside, deeper) for inside in readings(match[0])):
                    marked[match.start() : match.end()] = b"\1" * len(match[0])

    def _holds(self, data: bytes, deeper: int) -> bool:
        if not any(len(needle) >= _LEAST_PACKED for needle in self._needles):
            return False
        raw = _Form(data.translate(_AS_LETTERS), ((0, 0),) * len(data))
        return any(any(self._marked(form.data, deeper)) for form in _levels(raw))


def _parts(value: str) -> Iterable[str]:
    """The value, and its lines where it has several."""
    yield value.strip() or value
    lines = (line.strip() for line in value.splitlines())
    yield from (line for line in lines if len(line) >= _LEAST_LINE)


def _masked(text: str, spans: Iterable[tuple[int, int]]) -> str:
    out, end = "", 0
    for start, stop in sorted(spans):
        if stop <= end:
            continue
        if start > end or not out:
            out += text[end:start] + MASK
        end = stop
    return out + text[end:]


def _raw(text: str, *, latin: bool = False) -> _Form:
    """`latin`: a character below 256 is the byte of that number, as where UTF-8 was read as Latin-1."""
    pieces = [_encoded(ord(char), latin=latin) for char in text]
    spans = ((at, at + 1) for at, piece in enumerate(pieces) for _ in piece)
    return _Form(b"".join(pieces), tuple(spans))


def _encoded(code: int, *, latin: bool = False) -> bytes:
    if latin and code < 256:  # noqa: PLR2004 (Latin-1 ends there)
        return bytes((code,))
    return _LETTERS.get(chr(code), chr(code)).encode("utf-8", "replace")


def _levels(form: _Form) -> Iterable[_Form]:
    """The form as it is, then with its escapes read, again and again."""
    yield form
    for _ in range(_LEVELS):
        if not _ESCAPED.search(form.data):
            return
        form = _unescaped(form)
        yield form


def _unescaped(form: _Form) -> _Form:
    data, spans = bytearray(), list[tuple[int, int]]()
    high: tuple[int, int] | None = None
    for match in _TOKEN.finditer(form.data):
        start, stop = match.span()
        if match.lastgroup == "plain":
            data += match[0]
            spans += form.spans[start:stop]
            continue
        found = _meant(match)
        if isinstance(found, int) and found in _HIGH:
            high = found, start
            continue
        if isinstance(found, int) and found in _LOW and high is not None:
            found, start = 0x10000 + (high[0] - _HIGH[0]) * 0x400 + found - _LOW[0], high[1]
        high = None
        piece = found if isinstance(found, bytes) else _encoded(found)
        data += piece
        spans += [(form.spans[start][0], form.spans[stop - 1][1])] * len(piece)
    return _Form(bytes(data), tuple(spans))


def _meant(match: re.Match[bytes]) -> bytes | int:
    """What an escape stands for: bytes as they are sent, or a character's number. A backslash alone is nothing."""
    kind = match.lastgroup
    if kind is None:
        return b""
    text = match[kind].decode()
    if kind in ("percent", "byte", "bare"):
        byte = bytes.fromhex(text)
        return _encoded(byte[0]) if byte.isascii() else byte
    if kind == "named":
        known = name2codepoint.get(text) or name2codepoint.get(text.lower())
        return ord("'") if text == "apos" else known or match[0]
    return min(int(text, 10 if kind == "decimal" else 16), _LAST)


def _from_hexadecimal(word: bytes) -> Iterable[bytes]:
    for start in range(2):
        digits = word[start:]
        yield bytes.fromhex(digits[: len(digits) // 2 * 2].decode())


def _from_base64(word: bytes) -> Iterable[bytes]:
    """Wherever in a group of four letters it begins."""
    for start in range(4):
        text = word[start:].replace(b"-", b"+").replace(b"_", b"/")
        text = text[:-1] if len(text) % 4 == 1 else text
        with suppress(ValueError):
            yield b64decode(text + b"=" * (-len(text) % 4))
