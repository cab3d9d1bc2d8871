"""`bandit -f json`, 1.4 to today: one result for each place in the code.

Format: bandit/formatters/json.py of PyCQA/bandit. A file that does not parse, or is not there, is only in `errors`, and Bandit
still ends with 0: then the scan is partial. Progress text may stand before the JSON. `metrics` counts what filters left out, too.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from trivigil import foreign, sources
from trivigil.core.errors import SourceError
from trivigil.security import digest, place, scan
from trivigil.security.facts import Finding, Place, Rating
from trivigil.security.severity import of_word

if TYPE_CHECKING:
    from trivigil.core.reading import Reading
    from trivigil.foreign import Fields
    from trivigil.security.facts import ScanFacts
    from trivigil.sources import Source

TOOL: Final = "bandit"
FORMAT: Final = "json"
UNIT: Final = "results"

_SHAPE: Final = re.compile(rb'"errors"\s*:\s*\[.*?"generated_at"\s*:\s*"', re.DOTALL)
_OLDER: Final = re.compile(rb'"(?:CONFIDENCE|SEVERITY)\.(?:HIGH|LOW|MEDIUM|UNDEFINED)"\s*:')
_NUMBER: Final = re.compile(r"^\d+ ?", re.MULTILINE)
_QUOTED: Final = re.compile(r"'.*'", re.DOTALL)
_PASSWORDS: Final = ("B105", "B106", "B107")
"""Tests that quote the password they found in their text; it is not told again."""


def recognises(source: Source) -> bool:
    """Whether it has Bandit's errors and time, or Bandit's metrics; text may stand before the JSON."""
    return _SHAPE.search(source.head) is not None and _OLDER.search(source.head) is not None


def read(source: Source) -> Reading[ScanFacts]:
    """Every result. What Bandit could not parse makes the reading partial."""
    text = sources.text(source)
    start = max(text.find("{"), 0)
    decoded = foreign.decode(text[start:], TOOL, before=text[:start].count("\n"))
    report = foreign.root(decoded, TOOL)
    found, drifted = foreign.drifting(report.objects("results"), _finding)
    errors = report.objects("errors") if "errors" in report.value else ()
    named = [f"{error.maybe_text('filename')}: {error.maybe_text('reason')}" for error in errors]
    return scan.reading(
        source,
        (TOOL, FORMAT, UNIT),
        found,
        incomplete=(*drifted, *scan.listed("Bandit could not read", named)),
        scanned_at=report.maybe_text("generated_at"),
    )


def _finding(result: Fields) -> Finding:
    word = result.text("issue_severity")
    secret = result.maybe_text("test_id") in _PASSWORDS
    line = result.count("line_number")
    ranged = [int(each) for each in result.numbers("line_range")]
    weakness = result.maybe_nested("issue_cwe").value.get("id")
    if line < 1:
        raise SourceError("`line_number` is not a line.")
    return Finding(
        tool=TOOL,
        kind="code",
        id=result.text("test_id"),
        title=_QUOTED.sub("'…'", result.text("issue_text"))
        if secret
        else result.text("issue_text"),
        place=Place(
            path=place.path(result.text("filename")), line=line, end_line=max(ranged, default=None)
        ),
        cwes=(weakness,) if isinstance(weakness, int) and weakness > 0 else (),
        ratings=(Rating(TOOL, "word", of_word(word), word=word),),
        confidence=(result.maybe_text("issue_confidence") or "").lower() or None,
        code=digest.code(_NUMBER.sub("", result.maybe_text("code") or "")),
        help_uri=result.maybe_text("more_info"),
    )
