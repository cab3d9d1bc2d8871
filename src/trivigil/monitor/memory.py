"""What the monitor remembers between two runs: for each thing that it watches, how often it failed or held in a row, and who was told.

A runner forgets everything, so the memory is a small JSON text that somebody else keeps (an issue, a data branch). It is read as
foreign data: a memory that is absent, cut, edited by hand or of another watch is no memory, and whoever decides says so.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from trivigil.core.notice import TURNS
from trivigil.core.record import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    from trivigil.core.notice import Turn

SCHEMA: Final = "trivigil/monitor-memory/1"
MOST_ROWS: Final = 500
"""Rows that are kept: those that fail first, then those that were seen last."""
_MOST_COUNT: Final = 1_000_000
_MOST_CHARS: Final = 400
_MOST_RECEIVERS: Final = 20


class Unreadable(Exception):
    """A text that is no memory of this watch; the reason is safe to show."""


class Row(NamedTuple):
    """One thing that is watched."""

    name: str
    failures: int = 0
    """Runs in a row that saw it fail; what nobody could see counts as neither."""
    successes: int = 0
    """Runs in a row that saw it hold, since it last failed."""
    since: str = ""
    """The run that first saw it fail, UTC; empty while it holds."""
    is_open: bool = False
    """Whether there is an incident."""
    seen_at: str = ""
    """The run that saw it last."""
    told: Mapping[str, Turn] = {}
    """What each receiver was told last of this incident."""
    claims: Mapping[str, str] = {}
    """Which run was about to tell a receiver, and when it began; gone once it has."""


class Memory(NamedTuple):
    """Everything that one watch remembers."""

    watch: str
    age: tuple[int, int] = (0, 0)
    """Run and attempt that wrote it; the greater is the newer."""
    at: str = ""
    """When that run began, UTC."""
    rows: Mapping[str, Row] = {}
    """By fingerprint."""


def dump(memory: Memory) -> str:
    """The memory as text, the same for the same memory."""
    kept = sorted(memory.rows.items(), key=_weight)[:MOST_ROWS]
    document = {
        "schema": SCHEMA,
        "watch": memory.watch,
        "age": list(memory.age),
        "at": memory.at,
        "rows": {key: _row_json(row) for key, row in sorted(kept)},
    }
    return json.dumps(document, ensure_ascii=True, separators=(",", ":"))


def _weight(item: tuple[str, Row]) -> tuple[bool, bool, str, str]:
    key, row = item
    # Of what holds the oldest are forgotten first.
    age = "".join(chr(0x10FFFF - ord(char)) for char in row.seen_at)
    return (not row.is_open, not row.failures, age, key)


def _row_json(row: Row) -> dict[str, Any]:
    """A row without what is at its default."""
    full = {**row._asdict(), "told": dict(row.told), "claims": dict(row.claims)}
    return {key: value for key, value in full.items() if key == "name" or value}


def load(text: str, watch: str) -> Memory:
    """The memory in a text. Raises Unreadable."""
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        raise Unreadable("the memory of earlier runs is no JSON") from None
    if not isinstance(data, dict) or data.get("schema") != SCHEMA:
        raise Unreadable("the memory of earlier runs is not of a kind that this version knows")
    if data.get("watch") != watch:
        raise Unreadable("the memory of earlier runs is that of another watch")
    age, rows = _age(data.get("age")), data.get("rows")
    if age is None or not isinstance(rows, dict) or len(rows) > MOST_ROWS:
        raise Unreadable("the memory of earlier runs is damaged")
    read = {str(key): _row(value) for key, value in rows.items() if len(key) <= _MOST_CHARS}
    if None in read.values() or len(read) < len(rows):
        raise Unreadable("the memory of earlier runs is damaged")
    kept = {key: row for key, row in read.items() if row is not None}
    return Memory(watch, age, _text(data.get("at")), kept)


def _age(data: object) -> tuple[int, int] | None:
    if not isinstance(data, list) or [type(one) for one in data] != [int, int]:
        return None
    run, attempt = data
    return run, attempt


def _row(data: object) -> Row | None:
    """A row; None where anything in it is not what it should be."""
    if not isinstance(data, dict) or set(data) - set(Row._fields):
        return None
    told, claims = data.get("told", {}), data.get("claims", {})
    counts = (data.get("failures", 0), data.get("successes", 0))
    texts = [data.get(key, "") for key in ("name", "since", "seen_at")]
    if not all(isinstance(one, dict) and len(one) <= _MOST_RECEIVERS for one in (told, claims)):
        return None
    if not all(type(one) is int and 0 <= one <= _MOST_COUNT for one in counts):
        return None
    texts_too = (*texts, *told, *claims, *claims.values())
    if not all(isinstance(one, str) and len(one) <= _MOST_CHARS for one in texts_too):
        return None
    if not all(turn in TURNS for turn in told.values()):
        return None
    name, since, seen_at = texts
    return Row(name, *counts, since, data.get("is_open") is True, seen_at, told, claims)


def _text(value: object) -> str:
    return value[:_MOST_CHARS] if isinstance(value, str) else ""
