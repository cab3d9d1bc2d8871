"""`ruff check --output-format json` or `json-lines`: one diagnostic for each place; the S rules are Bandit's, all others lint.

Format: crates/ruff_linter/src/message/json.rs of astral-sh/ruff. Every diagnostic is called an error, which rates nothing. A file that does not parse has
the code `invalid-syntax`, or none, and no other rule looked at it. A clean report is `[]`, which is Ruff's only where it is named; Ruff writes the same for
a path that is not there.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from trivigil.core.result import Severity
from trivigil.security import lenient, place, scan
from trivigil.security.facts import Finding, Place, Rating
from trivigil.security.outline import nothing, outline

if TYPE_CHECKING:
    from trivigil.core.reading import Reading
    from trivigil.foreign import Fields
    from trivigil.security.facts import ScanFacts
    from trivigil.sources import Source

TOOL: Final = "ruff"
FORMAT: Final = "json"
UNIT: Final = "results"

_KEYS: Final = {"code", "filename", "message"}

_SECURITY: Final = re.compile(r"S\d{3,}")
_SYNTAX: Final = ("invalid-syntax", "E999")
_INPUT: Final = "E902"
_PASSWORD: Final = re.compile(r"(Possible hardcoded password): .*", re.DOTALL)
"""Ruff's first releases quoted the password itself."""


def recognises(source: Source) -> bool:
    """Whether its records have a code and both ends of a place as Ruff writes them; an empty list only where the tool is named."""
    seen = outline(source)
    known = seen.has("code", "filename", "end_location", "message")
    return (known and seen.below("end_location", "row")) or nothing(source, TOOL)


def read(source: Source) -> Reading[ScanFacts]:
    """Every diagnostic. A file that does not parse, or cannot be read, makes the reading partial."""
    records, left = lenient.of_tool(lenient.documents(source, TOOL), "Ruff", _KEYS)
    found = [_finding(each) for each in records]
    unparsed = dict.fromkeys(str(each.place.path) for each in found if each.id in _SYNTAX)
    unread = dict.fromkeys(str(each.place.path) for each in found if each.id == _INPUT)
    security = sum(each.kind == "code" for each in found)
    return scan.reading(
        source,
        (TOOL, FORMAT, UNIT),
        found,
        incomplete=(
            *left,
            *scan.listed("Ruff could not parse", list(unparsed)),
            *scan.listed("Ruff could not read", list(unread)),
        ),
        counts={"security": security},
    )


def _finding(record: Fields) -> Finding:
    rule = lenient.text(record, "code") or _SYNTAX[0]
    path, word = lenient.text(record, "filename"), lenient.text(record, "severity")
    fix = lenient.inner(record, "fix")
    return Finding(
        tool=TOOL,
        kind="code" if _SECURITY.fullmatch(rule) else "lint",
        id=rule,
        title=_PASSWORD.sub(r"\1", lenient.text(record, "message") or rule),
        place=Place(
            path=place.path(path) if path else None,
            line=_row(record, "location"),
            end_line=_row(record, "end_location"),
        ),
        ratings=(Rating(TOOL, "level", Severity.UNKNOWN, word=word),) if word else (),
        fix=lenient.text(fix, "message"),
        help_uri=lenient.text(record, "url"),
    )


def _row(record: Fields, key: str) -> int | None:
    return lenient.line(lenient.inner(record, key).value.get("row"))
