"""`gosec -fmt csv`, version 2: one row for each issue, without a header, and without the rules' ids.

Format: report/csv of securego/gosec. An issue goes by its weakness, which is all that the row says of its rule. Without an issue gosec writes not a
byte, which a run that failed leaves, too; what did not compile is not in it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from trivigil.foreign import Fields
from trivigil.security import lenient, place, scan, tables
from trivigil.security.facts import Finding, Place, Rating
from trivigil.security.readers import gosec_code
from trivigil.security.severity import of_word

if TYPE_CHECKING:
    from trivigil.core.reading import Reading
    from trivigil.security.facts import ScanFacts
    from trivigil.sources import Source

TOOL: Final = "gosec"
FORMAT: Final = "csv"
UNIT: Final = "results"

_COLUMNS: Final = ("file", "line", "details", "severity", "confidence", "code", "cwe")
_LINES: Final = re.compile(r"\d{1,9}(?:-\d{1,9})?")
_WORDS: Final = frozenset({"HIGH", "MEDIUM", "LOW"})
_CREDENTIALS: Final = "CWE-798"
"""The weakness whose code holds a secret."""


def recognises(source: Source) -> bool:
    """Whether its first row is an issue: a place, two words of the scale, code and a weakness."""
    row = tables.first(source)
    return (
        len(row) == len(_COLUMNS)
        and _LINES.fullmatch(row[1]) is not None
        and {row[3], row[4]} <= _WORDS
        and row[6].startswith("CWE-")
    )


def read(source: Source) -> Reading[ScanFacts]:
    """Every row."""
    rows, left = tables.rows(source, _COLUMNS)
    return scan.reading(
        source,
        (TOOL, FORMAT, UNIT),
        [_finding(row) for row in rows],
        incomplete=(*left, *tables.without_rows(rows, "gosec", "gosec -fmt json")),
        notes=("gosec's CSV does not say what did not compile; its JSON does.",),
    )


def _finding(row: Fields) -> Finding:
    weakness, word = lenient.text(row, "cwe") or "unknown rule", lenient.text(row, "severity")
    path = lenient.text(row, "file")
    first, last = lenient.span(row.value.get("line"))
    code = lenient.text(row, "code")
    return Finding(
        tool=TOOL,
        kind="code",
        id=weakness,
        title=lenient.text(row, "details") or weakness,
        place=Place(path=place.path(path) if path else None, line=first, end_line=last),
        cwes=lenient.cwes(weakness),
        ratings=(Rating(TOOL, "word", of_word(word), word=word),),
        confidence=lenient.confidence(row.value.get("confidence")),
        code=gosec_code.kept(code, first, last, secret=weakness == _CREDENTIALS),
    )
