"""Commands in a step's output: `::command::` and `##[command]`.

ActionCommand.cs: TryParseV2 takes `::` after leading white space, TryParse takes `##[` anywhere in the line;
ActionCommandManager.cs: TryParseV2 goes first, and each only knows the registered commands.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Final, NamedTuple

COMMANDS: Final = frozenset(
    {
        "add-mask", "add-matcher", "add-path", "debug", "echo", "endgroup", "error", "group", "notice",
        "remove-matcher", "save-state", "set-env", "set-output", "stop-commands", "warning",
    }
)  # fmt: skip
"""Every IActionCommandExtension that a step can reach, and the stop command."""

_DATA: Final = (("%0D", "\r"), ("%0A", "\n"), ("%25", "%"))
_PROPERTY: Final = (("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ","), ("%25", "%"))
_OLD: Final = (("%3B", ";"), ("%0D", "\r"), ("%0A", "\n"), ("%5D", "]"), ("%25", "%"))
_WHITE: Final = (
    "\t\n\v\f\r \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000"
)
"""Char.IsWhiteSpace, which TrimStart goes by."""
_IGNORED: Final = frozenset(
    "\x00\x01\x02\x03\x04\x05\x06\x07\x08\x0e\x0f\x7f\xad\u034f\u061c\u180e\u200b\u200c\u200d\u200e"
    "\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2061\u2062\u2063\u2064\u2066\u2067\u2068\u2069\ufeff"
)
"""What a comparison by culture passes over (learn.microsoft.com, "Behavior changes when comparing strings on
.NET 5+"): IndexOf and StartsWith with a string are such comparisons."""


class Command(NamedTuple):
    """A command that the runner obeys."""

    name: str
    properties: Mapping[str, str]
    data: str


def parse(line: str, known: Collection[str] = COMMANDS) -> Command | None:
    """The command in a line, None where it is only text; `known` in lower case."""
    found = (parse_new(line, known), parse_old(line, known))
    return next((command for command in found if command is not None), None)


def parse_new(line: str, known: Collection[str]) -> Command | None:
    """`::name key=value,key=value::data` (TryParseV2)."""
    text = line.lstrip(_WHITE)
    if _index(text, "::", 0) != 0:
        return None
    end = _index(text, "::", 2)
    if end < 0:
        return None
    name, _, rest = text[2:end].partition(" ")
    if name.lower() not in known:
        return None
    properties = _properties(rest.strip(_WHITE), ",", _PROPERTY)
    return Command(name.lower(), properties, _unescaped(text[end + 2 :], _DATA))


def parse_old(line: str, known: Collection[str]) -> Command | None:
    """`##[name key=value;key=value]data` (TryParse)."""
    start = _index(line, "##[", 0)
    end = line.find("]", start) if start >= 0 else -1
    if end < 0:
        return None
    name, _, rest = line[start + 3 : end].partition(" ")
    if name.lower() not in known:
        return None
    return Command(name.lower(), _properties(rest, ";", _OLD), _unescaped(line[end + 1 :], _OLD))


def _index(text: str, wanted: str, start: int) -> int:
    """Where a text stands, -1 where it does not; what a culture passes over may stand inside of it."""
    for place in range(start, len(text)):
        if text[place] == wanted[0] and _matches(text, place, wanted):
            return place
    return -1


def _matches(text: str, place: int, wanted: str) -> bool:
    for sign in wanted:
        while place < len(text) and text[place] in _IGNORED:
            place += 1
        if place >= len(text) or text[place] != sign:
            return False
        place += 1
    return True


def _properties(text: str, between: str, escapes: tuple[tuple[str, str], ...]) -> Mapping[str, str]:
    """Pairs without a name or a value are passed over (StringSplitOptions.RemoveEmptyEntries)."""
    found = {}
    for pair in text.split(between):
        name, _, value = pair.lstrip("=").partition("=")
        if name and value:
            found[name.lower()] = _unescaped(value, escapes)
    return found


def _unescaped(text: str, escapes: tuple[tuple[str, str], ...]) -> str:
    for escaped, plain in escapes:
        text = text.replace(escaped, plain)
    return text
