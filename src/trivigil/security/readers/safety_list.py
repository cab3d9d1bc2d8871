"""`safety check --json` of Safety 1: a list of `[package, affected, installed, advisory, id]`, with two CVSS where there is a key.

Format: safety/formatter.py of pyupio/safety 1.x. A clean report is `[]`, which is Safety's only where it is named.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from trivigil import foreign
from trivigil.core.errors import SourceError
from trivigil.foreign import Fields
from trivigil.security import advisory, scan
from trivigil.security.readers import safety_findings

if TYPE_CHECKING:
    from trivigil.core.reading import Reading
    from trivigil.security.facts import Finding, Rating, ScanFacts
    from trivigil.sources import Source

TOOL: Final = safety_findings.TOOL
FORMAT: Final = "list-json"
UNIT: Final = "advisories"

_TEXT: Final = rb'\s*"(?:[^"\\]|\\.)*+"\s*'
_ENTRY: Final = re.compile(
    rb"\s*\[\s*\[" + _TEXT + rb',\s*"[\s<>=!~][^"\\]*"\s*,' + _TEXT + rb"," + _TEXT + rb","
    rb'\s*(?:"[^"\\]*"|\d+)\s*[,\]]',
    re.DOTALL,
)
_LEAST: Final = 5
"""Package, affected versions, installed version, text and id; the two scores came later."""


def recognises(source: Source) -> bool:
    """Whether it is a list of lists that begin with a package and the versions that are affected."""
    bare = b"".join(source.head.split())
    empty = source.tool == TOOL and bare == b"[]"
    return empty or _ENTRY.match(source.head) is not None


def read(source: Source) -> Reading[ScanFacts]:
    """Every entry. What is no such list is left out, and makes the reading partial."""
    decoded = foreign.load(source, TOOL)
    if not isinstance(decoded, list):
        raise SourceError("the JSON is not a list, as Safety 1 writes it.")
    entries = [each for each in decoded if isinstance(each, list) and len(each) >= _LEAST]
    left = len(decoded) - len(entries)
    return scan.reading(
        source,
        (TOOL, FORMAT, UNIT),
        [_finding(each) for each in entries],
        incomplete=(f"{left} entries are left out: they are no lists of {_LEAST}.",)
        if left
        else (),
    )


def _finding(entry: list[object]) -> Finding:
    package, _, version, text, name = (
        str(each) if isinstance(each, (str, int)) else "" for each in entry[:_LEAST]
    )
    ratings: list[Rating] = []
    for value, of in zip(entry[_LEAST:], ("2.0", "3.1"), strict=False):
        if isinstance(value, dict):
            ratings += safety_findings.score(Fields(value), of)
    ids = advisory.found(text)
    return safety_findings.finding(
        package.strip() or None,
        version.strip() or None,
        name.strip() or None,
        text=text,
        # Its text names the advisory, and sometimes others that it compares with: then none is believed.
        names=ids if len(ids) == 1 else (),
        ratings=ratings,
    )
