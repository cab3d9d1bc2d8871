"""`bandit -f json`, 1.4 to today: one result for each place in the code.

Format: bandit/formatters/json.py of PyCQA/bandit. A file that does not parse, or is not there, is only in `errors`, and Bandit
still ends with 0: then the scan is partial. Progress text may stand before the JSON. `metrics` counts what filters left out, too. Messages and
code of the rules on passwords show the password, and are kept without it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from trivigil import foreign
from trivigil.security import embedded, lenient, outline, scan
from trivigil.security.readers import bandit_results

if TYPE_CHECKING:
    from collections.abc import Iterator

    from trivigil.core.reading import Reading
    from trivigil.foreign import Fields
    from trivigil.security.facts import ScanFacts
    from trivigil.sources import Source

TOOL: Final = bandit_results.TOOL
FORMAT: Final = "json"
UNIT: Final = bandit_results.UNIT

_ERRORS: Final = re.compile(rb'"errors"\s*:\s*\[')
_TIME: Final = re.compile(rb'"generated_at"\s*:\s*"')
_OLDER: Final = re.compile(rb'"(?:CONFIDENCE|SEVERITY)\.(?:HIGH|LOW|MEDIUM|UNDEFINED)"\s*:')


def recognises(source: Source) -> bool:
    """Whether it has Bandit's errors, time and metrics, whatever their order; text may stand before the JSON.

    Bandit writes the errors first: where they are more than is seen here, they are told by what they say.
    """
    errors, time = _ERRORS.search(source.head), _TIME.search(source.head)
    if errors is not None and time is not None and _OLDER.search(source.head) is not None:
        return True
    seen = outline.outline(source)
    if seen.opens != "{":
        return False
    return seen.below("results", "test_id", "issue_severity", "issue_text") or (
        seen.keys == {"errors"} and seen.below("errors", "filename", "reason")
    )


def read(source: Source) -> Reading[ScanFacts]:
    """Every result. What Bandit could not parse makes the reading partial."""
    report = foreign.root(embedded.document(source, TOOL), TOOL)
    results, left = lenient.due(report, "results")
    errors, strange = lenient.objects(report.value.get("errors"), "errors")
    named = [
        f"{lenient.text(error, 'filename') or 'a file'}: {lenient.text(error, 'reason') or 'error'}"
        for error in errors
    ]
    return scan.reading(
        source,
        (TOOL, FORMAT, UNIT),
        [bandit_results.finding(each) for each in results],
        incomplete=(
            *left,
            *strange,
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
    if not files and not results and metrics.value:
        yield "Bandit looked at no file."
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
