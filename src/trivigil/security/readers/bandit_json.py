"""`bandit -f json`, 1.4 to today: one result for each place in the code.

Format: bandit/formatters/json.py of PyCQA/bandit. A file that does not parse, or is not there, is only in `errors`, and Bandit
still ends with 0: then the scan is partial. Progress text may stand before the JSON. `metrics` counts what filters left out, too. Messages and
code of the rules on passwords show the password, and are kept without it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from trivigil import foreign
from trivigil.security import digest, embedded, leak, lenient, place, prose, scan
from trivigil.security.facts import Finding, Place, Rating
from trivigil.security.severity import of_word

if TYPE_CHECKING:
    from collections.abc import Iterator

    from trivigil.core.reading import Reading
    from trivigil.foreign import Fields
    from trivigil.security.facts import ScanFacts
    from trivigil.sources import Source

TOOL: Final = "bandit"
FORMAT: Final = "json"
UNIT: Final = "results"

_ERRORS: Final = re.compile(rb'"errors"\s*:\s*\[')
_TIME: Final = re.compile(rb'"generated_at"\s*:\s*"')
_OLDER: Final = re.compile(rb'"(?:CONFIDENCE|SEVERITY)\.(?:HIGH|LOW|MEDIUM|UNDEFINED)"\s*:')
_NUMBERED: Final = re.compile(r"^(\d+)[ \t]?(.*)$", re.MULTILINE)
_PASSWORDS: Final = frozenset({"B105", "B106", "B107"})


def recognises(source: Source) -> bool:
    """Whether it has Bandit's errors and time, or Bandit's metrics; text may stand before the JSON."""
    errors = _ERRORS.search(source.head)
    timed = errors is not None and _TIME.search(source.head, errors.end()) is not None
    return timed and _OLDER.search(source.head) is not None


def read(source: Source) -> Reading[ScanFacts]:
    """Every result. What Bandit could not parse makes the reading partial."""
    report = foreign.root(embedded.document(source, TOOL), TOOL)
    results, left = lenient.objects(report.value.get("results"), "results")
    errors, strange = lenient.objects(report.value.get("errors"), "errors")
    named = [
        f"{lenient.text(error, 'filename') or 'a file'}: {lenient.text(error, 'reason') or 'error'}"
        for error in errors
    ]
    missing = [] if "results" in report.value else ["There are no `results` in it."]
    return scan.reading(
        source,
        (TOOL, FORMAT, UNIT),
        [_finding(each) for each in results],
        incomplete=(
            *left,
            *strange,
            *missing,
            *_uncounted(report, len(results)),
            *scan.listed("Bandit could not read", named),
        ),
        scanned_at=lenient.moment(report.value.get("generated_at")),
    )


def _uncounted(report: Fields, results: int) -> Iterator[str]:
    """Where the metrics are not of this report: those of the files sum up to the totals, and no filter adds results."""
    metrics = lenient.inner(report, "metrics")
    totals = lenient.inner(metrics, "_totals")
    files = [lenient.inner(metrics, name) for name in metrics.value if name != "_totals"]
    found = 0
    for level in _LEVELS:
        due, counted = _count(totals, level), sum(_count(each, level) for each in files)
        found += due
        if due != counted:
            yield f"Bandit's metrics count {due} of {level}, and {counted} in its files."
    if results > found:
        yield f"Bandit's metrics count {found} results, and it lists {results}."


def _count(metrics: Fields, level: str) -> int:
    return lenient.whole(metrics.value.get(f"SEVERITY.{level}")) or 0


_LEVELS: Final = ("UNDEFINED", "LOW", "MEDIUM", "HIGH")


def _finding(result: Fields) -> Finding:
    rule, word = lenient.text(result, "test_id"), lenient.text(result, "issue_severity")
    line, path = lenient.line(result.value.get("line_number")), lenient.text(result, "filename")
    title = lenient.text(result, "issue_text", "test_name") or rule or "unknown test"
    ranged = result.value.get("line_range")
    lines = [n for each in ranged if (n := lenient.whole(each))] if isinstance(ranged, list) else []
    shows = rule in _PASSWORDS
    code = _code(lenient.text(result, "code") or "", line)
    return Finding(
        tool=TOOL,
        kind="code",
        id=rule or "unknown test",
        title=prose.unquoted(title) if shows else title,
        place=Place(
            path=place.path(path) if path else None, line=line, end_line=max(lines, default=None)
        ),
        cwes=lenient.cwes(result.value.get("issue_cwe")),
        ratings=(Rating(TOOL, "word", of_word(word), word=word),),
        confidence=lenient.confidence(result.value.get("issue_confidence")),
        code=leak.code(code) if shows else digest.code(code),
        help_uri=lenient.text(result, "more_info"),
    )


def _code(shown: str, line: int | None) -> str:
    """The line of the result alone: Bandit shows those around it, each with its number."""
    numbered = _NUMBERED.findall(shown)
    own = [text for number, text in numbered if line is not None and int(number[:9]) == line]
    return own[0] if own else "\n".join(text for _, text in numbered)
