"""JSON of unknown origin, read key by key; every error says which key."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, NoReturn, TypeVar

from trivigil.core.errors import InputError
from trivigil.core.record import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

W = TypeVar("W", bound=str)

_LARGEST = 2**63


class Keyed(NamedTuple):
    """A JSON object and the way to it, such as `results[3].location`."""

    value: dict[str, object]
    way: str = ""

    def error(self, key: str, message: str) -> InputError:
        """What is wrong with a key of this object."""
        from trivigil.core.untrusted import printable

        return InputError(printable(f"{message}.", 300), key=self.way_to(key))

    def way_to(self, key: str) -> str:
        """The whole name of a key."""
        return f"{self.way}.{key}" if self.way else key

    def text(self, key: str) -> str:
        """A string."""
        value = self._need(key)
        return value if isinstance(value, str) else self._wrong(key, "a string", value)

    def maybe_text(self, key: str) -> str | None:
        """A string, or None for null or nothing."""
        return None if self.value.get(key) is None else self.text(key)

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of strings; nothing is an empty one."""
        entries = self._list(key)
        for index, entry in enumerate(entries):
            if not isinstance(entry, str):
                self._wrong(f"{key}[{index}]", "a string", entry)
        return tuple(entry for entry in entries if isinstance(entry, str))

    def flag(self, key: str) -> bool:
        """A truth value."""
        value = self._need(key)
        return value if isinstance(value, bool) else self._wrong(key, "true or false", value)

    def whole(self, key: str) -> int:
        """A whole number."""
        value = self._need(key)
        if isinstance(value, bool) or not isinstance(value, int) or abs(value) >= _LARGEST:
            self._wrong(key, "a whole number", value)
        return value

    def maybe_whole(self, key: str) -> int | None:
        """A whole number, or None for null or nothing."""
        return None if self.value.get(key) is None else self.whole(key)

    def number(self, key: str) -> float:
        """A finite number."""
        value = self._need(key)
        if isinstance(value, bool) or not isinstance(value, (int, float)) or abs(value) > 1e300:  # noqa: PLR2004 (beyond it sums overflow)
            self._wrong(key, "a number", value)
        return float(value)

    def one_of(self, key: str, words: Sequence[W]) -> W:
        """One of these words."""
        value = self._need(key)
        for word in words:
            if word == value:
                return word
        return self._wrong(key, f"one of {', '.join(words)}", value)

    def maybe_one_of(self, key: str, words: Sequence[W]) -> W | None:
        """One of these words, or None for null or nothing."""
        return None if self.value.get(key) is None else self.one_of(key, words)

    def nested(self, key: str) -> Keyed:
        """An object."""
        return Keyed(self.mapping(key, needed=True), self.way_to(key))

    def objects(self, key: str) -> tuple[Keyed, ...]:
        """A list of objects; nothing is an empty one."""
        found = []
        for index, entry in enumerate(self._list(key)):
            if not isinstance(entry, dict):
                self._wrong(f"{key}[{index}]", "an object", entry)
            found.append(Keyed(entry, self.way_to(f"{key}[{index}]")))
        return tuple(found)

    def mapping(self, key: str, *, needed: bool = False) -> dict[str, object]:
        """An object with keys of any name; nothing is an empty one."""
        value = self._need(key) if needed else self.value.get(key, {})
        return value if isinstance(value, dict) else self._wrong(key, "an object", value)

    def _list(self, key: str) -> list[object]:
        value = self.value.get(key, [])
        return value if isinstance(value, list) else self._wrong(key, "a list", value)

    def _need(self, key: str) -> object:
        if key not in self.value:
            raise self.error(key, "it is missing")
        return self.value[key]

    def _wrong(self, key: str, expected: str, value: object) -> NoReturn:
        raise self.error(key, f"it must be {expected}, not {_said(value)}")


def parse(text: str) -> Keyed:
    """The object that a JSON text holds. Raises InputError for any other text."""
    try:
        value = json.loads(text, parse_constant=_no_constant, parse_float=_finite)
    except RecursionError:
        raise InputError("it is nested too deeply to be a result file.") from None
    except json.JSONDecodeError as error:
        raise InputError(f"it is not JSON: {error.msg}.", line=error.lineno) from None
    except ValueError as error:
        raise InputError(f"it is not JSON: {error}.") from None
    if not isinstance(value, dict):
        raise InputError(f"it must hold a JSON object, not {_said(value)}.")
    return Keyed(value)


def _no_constant(word: str) -> NoReturn:
    message = f"{word} is not a JSON number"
    raise ValueError(message)


def _finite(digits: str) -> float:
    value = float(digits)
    if not math.isfinite(value):
        message = "a number in it is too large"
        raise ValueError(message)
    return value


def _said(value: object) -> str:
    """What a value is, without repeating more of it than helps."""
    if value is None or isinstance(value, bool):
        return json.dumps(value)
    if isinstance(value, (int, float, str)):
        shown = json.dumps(value)
        return shown if len(shown) <= 40 else f"{shown[:39]}…"  # noqa: PLR2004 (characters that help)
    return "a list" if isinstance(value, list) else "an object"
