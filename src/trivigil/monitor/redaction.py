"""Values that are shown nowhere, taken out of a text, however they are written there. Pure.

A secret comes back from a site in the forms that programs give to texts: percent-encoded, with JSON's, HTML's or C's escapes,
in Base64 (also in the middle of one: `Basic dXNlcjpwYXNz`), as hexadecimal digits, in another case, or only a part of it. Who
writes a secret backwards is not stopped.
"""

from __future__ import annotations

import re
from base64 import b64decode, b64encode
from contextlib import suppress
from functools import lru_cache
from html.entities import codepoint2name
from typing import TYPE_CHECKING, Final

from trivigil.core.untrusted import printable

if TYPE_CHECKING:
    from collections.abc import Iterable

MASK: Final = "***"
LONGEST: Final = 300
"""Characters of a text that is shown."""
_PIECE: Final = 64
"""Characters of a value that are looked for in every spelling; of a longer one by its parts, once the text is decoded."""
_MOST: Final = 256 * 1024
"""With more characters of values than that nothing is shown at all: looking for them would take too long."""
_RUN: Final = 10
"""So many characters in a row that are part of a longer secret are taken out."""
_LEAST_LINE: Final = 8
_LEAST_BASE64: Final = 4
_LOOKED_AT: Final = 1000
_DEEPEST: Final = 2
"""So many layers of hexadecimal digits and Base64 are looked into."""
_PACKED: Final = re.compile(r"[A-Za-z0-9+/_-]{8,}={0,2}")
_ALPHABET: Final = r"[A-Za-z0-9+/_=-]*"
_SHORT_ESCAPES: Final = {"\n": "n", "\r": "r", "\t": "t", "\b": "b", "\f": "f"}


class Redaction:
    """Takes these values out of texts. It has no repr of them."""

    def __init__(self, values: Iterable[str]) -> None:
        self._values: Final = sorted({value for value in values if value}, key=_longest_first)
        lowered = [_lowered(value) for value in self._values]
        self._parted: Final = [value for value in lowered if len(value) > _RUN]
        self._long: Final = [value for value in lowered if len(value) > _PIECE]
        pieces = {piece for value in self._values for piece in _pieces(value)}
        self._pieces: Final = sorted(pieces, key=_longest_first)

    def __repr__(self) -> str:
        return f"<Redaction of {len(self._values)} values>"

    def clean(self, text: str) -> str:
        """The text with each value replaced by `***`; no longer than a thousand characters."""
        if sum(map(len, self._values)) > _MOST:
            return MASK
        out = text[: _LOOKED_AT * 2]
        if self._values:
            out = self._without_edge(self._cleaned(out, _DEEPEST))
        return out if len(out) <= _LOOKED_AT else out[:_LOOKED_AT] + "…"

    def _cleaned(self, text: str, deeper: int) -> str:
        out = text
        for piece in self._pieces:
            out = _expression(piece).sub(MASK, out)
        for value in self._parted:
            out = _without_runs(out, value)
        for decoded in _decoded(out) if self._long else ():
            if any(_without_runs(decoded, value) != decoded for value in self._long):
                return MASK
        if deeper:
            out = _PACKED.sub(lambda match: self._unpacked(match.group(), deeper - 1), out)
        return out

    def _unpacked(self, packed: str, deeper: int) -> str:
        """A word that may be hexadecimal or Base64 stays where there is no value inside it."""
        inside = (data.decode("utf-8", "replace") for data in _readings(packed))
        return MASK if any(self._cleaned(text, deeper) != text for text in inside) else packed

    def shown(self, text: str, limit: int = LONGEST) -> str:
        """The same as one line that may be printed, shortened."""
        return printable(self.clean(text), limit)

    def _without_edge(self, text: str) -> str:
        """A text that was cut may end with the beginning of a value."""
        cut = text.endswith("…")
        body = text[:-1] if cut else text
        longest = max((_beginning_at_end(body, form) for form in self._forms()), default=0)
        if not longest:
            return text
        return body[:-longest] + MASK + ("…" if cut else "")

    def _forms(self) -> Iterable[str]:
        for value in self._values:
            yield value
            yield _percent(value)
            yield value.encode("utf-8", "replace").hex()


def _readings(packed: str) -> Iterable[bytes]:
    """What a word may stand for."""
    for start in range(2):
        digits = packed[start:]
        with suppress(ValueError):
            yield bytes.fromhex(digits[: len(digits) // 2 * 2])
    for start in range(4):
        text = packed[start:].rstrip("=").replace("-", "+").replace("_", "/")
        text = text[: len(text) // 4 * 4] if len(text) % 4 == 1 else text
        with suppress(ValueError):
            yield b64decode(text + "=" * (-len(text) % 4))


def _percent(value: str) -> str:
    from urllib.parse import quote

    return quote(value, safe="", errors="replace")


def _beginning_at_end(text: str, form: str) -> int:
    """How many characters at the text's end are the form's first ones; a few prove nothing."""
    most = min(len(form) - 1, len(text))
    return next((size for size in range(most, 3, -1) if text.endswith(form[:size])), 0)


def _without_runs(text: str, value: str) -> str:
    """Parts of a long value, which is in lower case, taken out."""
    lowered = _lowered(text)
    out, index = "", 0
    while index < len(text):
        size = _RUN
        if lowered[index : index + size] not in value or index + size > len(text):
            out += text[index]
            index += 1
            continue
        while index + size < len(text) and lowered[index : index + size + 1] in value:
            size += 1
        out += MASK
        index += size
    return out


def _lowered(text: str) -> str:
    """In lower case, every character at its place."""
    return "".join(low if len(low := char.lower()) == 1 else char for char in text)


def _decoded(text: str) -> Iterable[str]:
    """What a text says once its percents, or its escapes, are read."""
    from html import unescape
    from urllib.parse import unquote_plus

    yield unquote_plus(text)
    yield unescape(text)
    yield _ESCAPE.sub(lambda match: _NAMED_ESCAPES.get(match[1], match[1]), text)


_ESCAPE: Final = re.compile(r"\\(.)")
_NAMED_ESCAPES: Final = {letter: char for char, letter in _SHORT_ESCAPES.items()}


def _longest_first(text: str) -> tuple[int, str]:
    return -len(text), text


@lru_cache(maxsize=512)
def _expression(piece: str) -> re.Pattern[str]:
    return re.compile("|".join(_written(piece)), re.IGNORECASE)


def _pieces(value: str) -> Iterable[str]:
    """The value as far as it is looked for in every spelling, and its lines where it has a few."""
    yield (value.strip() or value)[:_PIECE]
    if len(value) <= _PIECE:
        lines = (line.strip() for line in value.splitlines())
        yield from (line for line in lines if len(line) >= _LEAST_LINE)


def _written(piece: str) -> Iterable[str]:
    """Expressions for all its forms."""
    yield "".join(_character(char) for char in piece)
    data = piece.encode("utf-8", "replace")
    if len(data) > 2:  # noqa: PLR2004 (of fewer bytes these forms are everywhere)
        yield data.hex()
        yield from _base64(data)


def _character(char: str) -> str:
    """One character in every spelling, whatever the site did to its case."""
    found = [re.escape(char)]
    for one in dict.fromkeys((char, char.lower(), char.upper())):
        found += _escapes(one)
    if char in _SHORT_ESCAPES:
        found.append(rf"\\+{_SHORT_ESCAPES[char]}")
    if char in "\"'\\/`$":
        found.append(r"\\+" + re.escape(char))
    if ord(char) in codepoint2name:
        found.append(f"&{codepoint2name[ord(char)]};")
    if char == " ":
        found.append(r"\+")
    return f"(?:{'|'.join(found)})"


def _escapes(text: str) -> Iterable[str]:
    """Percent-encoded, the escapes of JSON, JavaScript, C, OpenSSL and HTML, and UTF-8 that was read as Latin-1."""
    data, units = text.encode("utf-8", "replace"), text.encode("utf-16-be", "replace")
    yield "".join(f"%(?:25)*{byte:02x}" for byte in data)
    yield "".join(rf"\\+u{units[at : at + 2].hex()}" for at in range(0, len(units), 2))
    yield "".join(rf"\\+u\{{0*{ord(char):x}\}}" for char in text)
    yield "".join(rf"\\+x?{byte:02x}" for byte in data)
    yield "".join(f"&#0*{ord(char)};" for char in text)
    yield "".join(f"&#x0*{ord(char):x};" for char in text)
    if not text.isascii():
        yield re.escape(data.decode("latin-1"))


def _base64(data: bytes) -> Iterable[str]:
    """What is the same in every Base64 text with these bytes in it: by where in a group of three they begin."""
    for offset in range(3):
        first = -(-offset * 8 // 6)
        last = (offset + len(data)) * 8 // 6
        core = b64encode(b"\0" * offset + data).decode()[first:last]
        if len(core) >= _LEAST_BASE64:
            body = "".join(_BASE64.get(char, char) for char in core)
            yield f"{_ALPHABET}{body}{_ALPHABET}"


_BASE64: Final = {"+": r"(?:[+-]|%2b|\\u002b)", "/": r"(?:\\*/|_|%2f|\\u002f)"}
