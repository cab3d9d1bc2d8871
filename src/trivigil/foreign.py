"""JSON that a tool wrote, taken apart field by field: typed, and with the place in every complaint.

msgspec decodes it (imported only when JSON is read). Numbers are finite and not negative: no
tool of this field measures anything else, and where one writes it, the file is damaged.
"""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING, Final, TypeVar

from trivigil import sources
from trivigil.core.errors import SourceError
from trivigil.core.record import NamedTuple
from trivigil.core.untrusted import printable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from trivigil.sources import Source

T = TypeVar("T")


def located(error: SourceError, path: str) -> str:
    """The error as one sentence with the file and the line in it."""
    return str(SourceError(error.message, path=printable(path), line=error.line, tip=error.tip))


def load(source: Source, tool: str) -> object:
    """The decoded JSON of a whole file. Raises SourceError with the line where it is damaged."""
    return decode(sources.text(source), tool)


def decode(text: str, tool: str, *, before: int = 0) -> object:
    """Decoded JSON; `before` is how many lines of the file come before it. Raises SourceError."""
    import msgspec

    try:
        decoded: object = msgspec.json.decode(text)
    except RecursionError:
        raise SourceError(f"the JSON is nested too deeply to be {tool}'s.") from None
    except ValueError as error:
        place = re.search(r"byte (\d+)", str(error))
        start = text.encode()[: int(place.group(1))] if place else text.encode()
        message = f"the JSON is damaged or cut ({printable(str(error), 200)})."
        raise SourceError(message, line=before + start.count(b"\n") + 1) from None
    return decoded


def tolerant(source: Source, tool: str) -> object:
    """The decoded JSON of a file in which a bare `NaN` or `Infinity` may stand, as Python and .NET write them.

    They are floats in what it gives. Raises SourceError with the line where it is damaged.
    """
    import json

    try:
        decoded: object = json.loads(sources.text(source))
    except RecursionError:
        raise SourceError(f"the JSON is nested too deeply to be {tool}'s.") from None
    except json.JSONDecodeError as error:
        message = f"the JSON is damaged or cut ({printable(error.msg, 200)})."
        raise SourceError(message, line=error.lineno) from None
    except ValueError as error:  # a number of thousands of digits
        raise SourceError(f"the JSON is damaged ({printable(str(error), 200)}).") from None
    return decoded


_SPACE: Final = re.compile(r"\s*")


def one_after_another(text: str) -> list[object] | None:
    """The decoded documents of a text that is nothing but JSON documents, one after another; None for any other text."""
    import json

    decoder, at = json.JSONDecoder(), 0
    found: list[object] = []
    while at < len(text):
        match = _SPACE.match(text, at)
        start = match.end() if match else at
        if start == len(text):
            break
        try:
            decoded, at = decoder.raw_decode(text, start)
        except (ValueError, RecursionError):
            return None
        found.append(decoded)
    return found


class Record(NamedTuple):
    """One line of a file of JSON lines: its object, and where it stands."""

    fields: Fields
    line: int


def lines(source: Source, tool: str) -> tuple[tuple[Record, ...], tuple[str, ...]]:
    """The objects of JSON lines, and a sentence for each line that begins like one and is damaged.

    What a run prints between them does not begin with a brace, and is passed over.
    """
    found, damaged = [], []
    for number, line in enumerate(sources.text(source).split("\n"), start=1):
        if not line.lstrip().startswith("{"):
            continue
        try:
            decoded = decode(line, tool, before=number - 1)
        except SourceError:
            damaged.append(f"Line {number} is left out: the JSON is damaged or cut.")
        else:
            if isinstance(decoded, dict):
                found.append(Record(Fields(decoded, f"line {number}"), number))
    return tuple(found), tuple(damaged)


class Fields(NamedTuple):
    """A JSON object and its place in the file, such as `benchmarks[3].stats`."""

    value: Mapping[str, object]
    place: str = ""

    def error(self, key: str, expected: str) -> SourceError:
        """The complaint that a field is not what is due there."""
        name = f"{self.place}.{key}" if self.place else key
        found = self.value.get(key)
        if found is None:
            shown = "null" if key in self.value else "missing"
        else:
            shown = f"`{printable(str(found), 60)}`"
        return SourceError(f"`{printable(name, 200)}` is {shown} where {expected} is due.")

    def maybe_number(self, key: str) -> float | None:
        """A finite number that is not negative; None for null or no field."""
        found = self.value.get(key)
        if found is None:
            return None
        if not _number(found):
            raise self.error(key, "a number that is not negative")
        return float(found)  # type: ignore[arg-type]  # _number has looked

    def number(self, key: str) -> float:
        """A finite number that is not negative."""
        found = self.maybe_number(key)
        if found is None:
            raise self.error(key, "a number that is not negative")
        return found

    def count(self, key: str, default: int | None = None) -> int:
        """A whole number that is not negative; the default, if there is one, for no field."""
        found = self.value.get(key, default)
        if not _number(found) or int(found) != found:  # type: ignore[call-overload]  # likewise
            raise self.error(key, "a whole number that is not negative")
        return int(found)  # type: ignore[call-overload, no-any-return]  # likewise

    def text(self, key: str) -> str:
        """A text."""
        found = self.value.get(key)
        if not isinstance(found, str):
            raise self.error(key, "a text")
        return found

    def maybe_text(self, key: str) -> str | None:
        """A text; None for null, no field, or anything else."""
        found = self.value.get(key)
        return found if isinstance(found, str) else None

    def texts(self, key: str) -> tuple[str, ...]:
        """The texts of a list; empty for null or no field."""
        found = self.value.get(key)
        if found is None:
            return ()
        if not isinstance(found, list):
            raise self.error(key, "a list of texts")
        return tuple(each for each in found if isinstance(each, str))

    def nested(self, key: str) -> Fields:
        """An object."""
        found = self.value.get(key)
        if not isinstance(found, dict):
            raise self.error(key, "an object")
        return Fields(found, f"{self.place}.{key}" if self.place else key)

    def maybe_nested(self, key: str) -> Fields:
        """An object; an empty one for null or no field."""
        name = f"{self.place}.{key}" if self.place else key
        return Fields({}, name) if self.value.get(key) is None else self.nested(key)

    def objects(self, key: str) -> tuple[Fields, ...]:
        """A list of objects."""
        found = self.value.get(key)
        if not isinstance(found, list):
            raise self.error(key, "a list")
        return of_list(found, f"{self.place}.{key}" if self.place else key)

    def numbers(self, key: str) -> tuple[float, ...]:
        """A list of numbers; empty for null or no field."""
        found = self.value.get(key)
        if found is None:
            return ()
        if not isinstance(found, list) or not all(map(_number, found)):
            raise self.error(key, "a list of numbers that are not negative")
        return tuple(map(float, found))

    def counts(self) -> dict[str, int]:
        """All fields, each a whole number that is not negative."""
        return {key: self.count(key) for key in self.value}


def _number(found: object) -> bool:
    return type(found) in (int, float) and 0 <= found <= sys.float_info.max  # type: ignore[operator]  # numbers


def root(decoded: object, tool: str) -> Fields:
    """The object that a file is. Raises SourceError where it is something else."""
    if not isinstance(decoded, dict):
        raise SourceError(f"the JSON is not an object, as {tool} writes it.")
    return Fields(decoded)


def of_list(items: Iterable[object], place: str = "") -> tuple[Fields, ...]:
    """The objects of a list. Raises SourceError, with the position, for anything else in it."""
    found = []
    for position, item in enumerate(items):
        where = f"{place}[{position}]"
        if not isinstance(item, dict):
            shown = printable(str(item), 60)
            raise SourceError(f"`{where}` is `{shown}` where an object is due.")
        found.append(Fields(item, where))
    return tuple(found)


def drifting(
    records: Iterable[Fields], read: Callable[[Fields], T]
) -> tuple[tuple[T, ...], tuple[str, ...]]:
    """What each record gives, and a sentence for each that is not as expected and left out."""
    kept: list[T] = []
    drifted: list[str] = []
    for record in records:
        try:
            kept.append(read(record))
        except SourceError as error:
            drifted.append(f"`{record.place}` is left out: {error.message}")
    return tuple(kept), tuple(drifted)
