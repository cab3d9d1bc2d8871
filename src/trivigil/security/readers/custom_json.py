"""`security_report_*.json` of a project's own security tests: `{"vulnerabilities": [{"severity", "category", "description"}]}`.

There is no schema; what else a record may say (`title`, `url`, `file`, `line`, `cwe`, `recommendation`) is taken where it is. A report with an empty list
is clean; one with `errors` is not whole, and one that has `error` in place of the list tells of a failure. The reports of `trivigil security test` are
among them: their findings have ids and addresses, and are one with what other web scanners find there.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from trivigil import foreign
from trivigil.security import lenient, outline, place, prose, scan
from trivigil.security.facts import Finding, Place, Rating
from trivigil.security.severity import of_word

if TYPE_CHECKING:
    from collections.abc import Iterator

    from trivigil.core.reading import Reading
    from trivigil.foreign import Fields
    from trivigil.security.facts import ScanFacts
    from trivigil.sources import Source

TOOL: Final = "custom"
FORMAT: Final = "json"
UNIT: Final = "findings"

_LIST: Final = "vulnerabilities"
_RECORD: Final = ("severity", "category", "description")
_OTHERS: Final = frozenset({"identifiers", "scanner", "vulnerability_id", "package_name", "via"})
"""Keys of records that other tools keep under the same name: GitLab's reports, Safety, npm."""
_ABOUT: Final = frozenset(
    [
        "timestamp",
        "date",
        "scan_date",
        "generated_at",
        "created_at",
        "target",
        "target_url",
        "base_url",
        "url",
        "summary",
        "total",
        "total_vulnerabilities",
        "count",
        "complete",
        "tests",
        "tests_run",
        "duration",
        "errors",
        "error",
        "incomplete",
        "tool",
        "version",
        "schema",
        "vulnerabilities",
    ]
)
"""What a report may say of itself; with other keys an empty list may be of any tool."""
_EMPTY: Final = re.compile(rb'"vulnerabilities"\s*:\s*\[')
_OURS: Final = "trivigil/security-report/1"
_TOTALS: Final = ("total_vulnerabilities", "total", "count")


def recognises(source: Source) -> bool:
    """Whether its vulnerabilities have the three fields, or there are none in a report that says nothing strange."""
    seen = outline.outline(source)
    if seen.opens != "{":
        return False
    if source.tool == TOOL:
        return seen.has(_LIST) or seen.has("error") or seen.has("errors")
    records = seen.inner.get(_LIST, frozenset())
    if records:
        return records.issuperset(_RECORD) and not records & _OTHERS
    return _EMPTY.search(source.head) is not None and seen.keys <= _ABOUT


def read(source: Source) -> Reading[ScanFacts]:
    """Every vulnerability."""
    report = foreign.root(foreign.load(source, TOOL), TOOL)
    listed = report.value.get(_LIST)
    records, left = lenient.objects(listed if isinstance(listed, list) else None, _LIST)
    said = list(_errors(report))
    ours = report.value.get("schema") == _OURS
    failed = None
    if not isinstance(listed, list):
        failed = f"The tests did not report: {'; '.join(said)[:200] or 'there is no list'}."
    return scan.reading(
        source,
        (TOOL, FORMAT, UNIT),
        [_web(each) if ours else _finding(each) for each in records],
        incomplete=(*left, *scan.listed("The tests report", said), *_missing(report, len(records))),
        crashed=failed,
        scope=place.address(lenient.text(report, "target", "target_url", "base_url", "url") or "")
        or None,
        scanned_at=lenient.moment(
            lenient.text(report, "generated_at", "timestamp", "created_at", "scan_date", "date")
        ),
    )


def _errors(report: Fields) -> Iterator[str]:
    """What the tests could not do."""
    for key in ("error", "errors", "incomplete"):
        found = report.value.get(key)
        for each in found if isinstance(found, list) else [found]:
            if isinstance(each, dict):
                yield str(each.get("message") or each.get("error") or "an error")
            elif each:
                yield key if each is True else str(each)
    if report.value.get("complete") is False:
        yield "they are not complete"


def _missing(report: Fields, found: int) -> Iterator[str]:
    """Where the report counts more than it lists."""
    about = (report, lenient.inner(report, "summary"))
    totals = (lenient.whole(each.value.get(key)) for each in about for key in _TOTALS)
    due = next((total for total in totals if total is not None), None)
    if due is not None and due > found:
        yield f"It counts {due} vulnerabilities, and lists {found}."


def _web(record: Fields) -> Finding:
    """A finding of our own tests: the application's address is its place, and its id says which it is."""
    found = _finding(record)
    return found._replace(kind="web", id=lenient.text(record, "id") or found.id)


def _finding(record: Fields) -> Finding:
    word = lenient.text(record, "severity", "risk", "level")
    category = lenient.text(record, "category", "type", "id", "name") or "uncategorised"
    text = prose.plain(lenient.text(record, "description", "message", "details") or "")
    title = lenient.text(record, "title") or prose.sentence(text) or category
    path, url = (
        lenient.text(record, "file", "path", "file_path"),
        lenient.text(record, "url", "endpoint"),
    )
    return Finding(
        tool=TOOL,
        kind="custom",
        id=category,
        title=prose.line(prose.plain(title)),
        place=Place(
            path=place.path(path) if path else None,
            line=lenient.line(record.value.get("line")),
            url=place.address(url) if url else None,
            method=(lenient.text(record, "method") or "").upper() or None,
            parameter=lenient.text(record, "parameter", "param"),
        ),
        description=text,
        cwes=lenient.cwes(record.value.get("cwe"), record.value.get("cwe_id")),
        ratings=(Rating(TOOL, "word", of_word(word), word=word),),
        confidence=lenient.confidence(record.value.get("confidence")),
        fix=lenient.text(record, "recommendation", "remediation", "fix", "solution"),
        help_uri=lenient.text(record, "reference", "help_uri"),
    )
