"""Fields of a scanner's record, read leniently: a finding counts even where one of its fields is not as documented.

Formats drift: numbers are written as text, texts as lists, lines as ranges. What says nothing is None or empty, never an error; only
what is no object at all is left out, and said.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from trivigil import foreign, sources
from trivigil.core.errors import SourceError
from trivigil.foreign import Fields

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from trivigil.sources import Source

    Objects = tuple[tuple[Fields, ...], tuple[str, ...]]

_CONFIDENCE: Final = {
    "low": "low",
    "weak": "low",
    "experimental": "low",
    "medium": "medium",
    "high": "high",
    "certain": "certain",
    "confirmed": "certain",
}
_WEAKNESS: Final = re.compile(r"(?i)(?:cwe[-:_ ]*)?0*([1-9]\d{0,5})(?!\d)")
_COMMIT: Final = re.compile(r"[0-9a-f]{7,64}")


def objects(value: object, place: str = "") -> Objects:
    """The objects of a list, and a sentence for each thing in it that is none. `null` is an empty list.

    Raises SourceError for what is no list at all.
    """
    if value is None:
        return (), ()
    if not isinstance(value, list):
        raise SourceError(f"`{place or 'the JSON'}` is not a list.")
    found, left = [], []
    for position, item in enumerate(value):
        where = f"{place}[{position}]"
        if isinstance(item, dict):
            found.append(Fields(item, where))
        else:
            left.append(f"`{where}` is left out: it is not an object.")
    return tuple(found), tuple(left)


def due(fields: Fields, key: str) -> Objects:
    """The objects of a list that the tool always writes: where it is not there, that is said, because no findings are none that were read.

    Raises SourceError for what is no list at all.
    """
    if fields.value.get(key) is None:
        return (), (f"There are no `{key}` in it.",)
    return objects(fields.value[key], key)


def within(value: object, place: str = "") -> Objects:
    """The same of a list inside a record, where something else is left out, too, and said."""
    try:
        return objects(value, place)
    except SourceError:
        return (), (f"`{place}` is left out: it is not a list.",)


def documents(source: Source, tool: str, *, null: bool = True) -> Objects:
    """The objects of a list, of one document, or of JSON lines; and a sentence for each that could not be read.

    Lists in a list, and documents one after another, are as one list: so `jq` and `gh api --paginate` save what they get.
    `null` says whether the tool writes null for an empty list.

    Raises SourceError for a damaged list, and where no line can be read at all.
    """
    text = sources.text(source)
    try:
        decoded = foreign.decode(text, tool)
    except SourceError:
        lines = text.lstrip().startswith("{")
        records, damaged = foreign.lines(source, tool) if lines else ((), ())
        if damaged or not records:
            several = foreign.one_after_another(text)
            if several is not None:
                return objects(_flat(several))
            if not records:
                raise
        return tuple(record.fields for record in records), damaged
    if decoded is None and null:
        return (), ()
    return objects(_flat(decoded if isinstance(decoded, list) else [decoded]))


def _flat(items: Iterable[object]) -> list[object]:
    """The things of a list, and those of the lists in it."""
    return [each for item in items for each in (item if isinstance(item, list) else [item])]


def of_tool(found: Objects, tool: str, keys: set[str]) -> Objects:
    """Those objects that have one of these keys, which all of the tool's have; of the others it is said how many there are.

    Where documents stand one after another, they may be of several tools.
    """
    records, left = found
    own = tuple([each for each in records if not keys.isdisjoint(each.value)])
    odd = len(records) - len(own)
    return own, (*left, *((f"{odd} records are none of {tool}'s.",) if odd else ()))


def inner(fields: Fields, *keys: str) -> Fields:
    """The object below these keys; an empty one where it is anything else."""
    for key in keys:
        found = fields.value.get(key)
        fields = Fields(found if isinstance(found, dict) else {}, f"{fields.place}.{key}")
    return fields


def listed(fields: Fields, key: str) -> tuple[Fields, ...]:
    """The objects of a list of lesser things; what is no list, or no object in it, is not there."""
    found = fields.value.get(key)
    if not found or not isinstance(found, list):
        return ()
    return tuple(Fields(each, key) for each in found if isinstance(each, dict))


def text(fields: Fields, *keys: str) -> str | None:
    """The first of these fields that is a text with something in it."""
    for key in keys:
        found = fields.value.get(key)
        if isinstance(found, str) and (bare := found.strip()):
            return bare
    return None


def texts(value: object) -> tuple[str, ...]:
    """The texts of a list, or the one text."""
    if isinstance(value, str):
        return (value.strip(),) if value.strip() else ()
    if not isinstance(value, list):
        return ()
    return tuple(each.strip() for each in value if isinstance(each, str) and each.strip())


def whole(value: object) -> int | None:
    """A whole number that is not negative, also one written as text."""
    if isinstance(value, str) and value.strip().isascii() and value.strip().isdigit():
        return int(value.strip()[:18])
    if isinstance(value, (int, float)) and not isinstance(value, bool) and 0 <= value < 1 << 53:
        return int(value)
    return None


def line(value: object) -> int | None:
    """A line, counted from 1; the first of a range such as `12-14`."""
    return value if type(value) is int and value > 0 else span(value)[0]


def span(value: object) -> tuple[int | None, int | None]:
    """First and last line of `12`, `"12"`, `"12-14"` or `[12, 14]`."""
    if isinstance(value, str):
        parts: list[object] = list(value.partition("-")[::2])
    else:
        parts = [value[0], value[-1]] if isinstance(value, list) and value else [value]
    numbers = [number for part in parts if (number := whole(part))]
    return (numbers[0], numbers[-1]) if numbers else (None, None)


def cwes(*values: object) -> tuple[int, ...]:
    """The weaknesses named by numbers, `CWE-79: …`, objects with an `id`, or lists of them; each once."""
    if len(values) == 1 and isinstance(values[0], list):
        texts = tuple(values[0])
        if all(isinstance(each, str) for each in texts):
            return _named(texts)
    return tuple(dict.fromkeys(_cwes(values)))


@lru_cache(maxsize=4_096)
def _named(texts: tuple[str, ...]) -> tuple[int, ...]:
    """Of texts alone, as most tools write them: a file has few."""
    return tuple(dict.fromkeys(_cwes(texts)))


def _cwes(values: Iterable[object]) -> Iterator[int]:
    for value in values:
        if isinstance(value, list):
            yield from _cwes(value)
        elif isinstance(value, dict):
            yield from _cwes([value.get("id")])
        elif isinstance(value, str):
            match = _WEAKNESS.match(value.strip())
            if match:
                yield int(match.group(1))
        elif (number := whole(value)) is not None and number:
            yield number


def confidence(value: object) -> str | None:
    """low, medium, high or certain; None for any other word."""
    return _CONFIDENCE.get(value.strip().lower()) if isinstance(value, str) else None


def moment(value: object) -> str | None:
    """A time as UTC with Z; one without an offset is taken as UTC. None for anything else."""
    from datetime import UTC, datetime

    try:
        found = datetime.fromisoformat(str(value).strip())
        found = found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None
    return found.strftime("%Y-%m-%dT%H:%M:%SZ")


def commit(value: object) -> str:
    """`In commit 0123456789ab.` for a commit's hash; nothing for anything else."""
    known = isinstance(value, str) and _COMMIT.fullmatch(value) and value.strip("0")
    return f"In commit {str(value)[:12]}." if known else ""
