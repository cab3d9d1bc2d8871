"""DefectDojo's generic findings as CSV: one row for each, by the names of its columns.

Format: docs "Generic Findings Import" and dojo/tools/generic/csv_parser.py of DefectDojo/django-DefectDojo. A cell without anything in it says nothing. Nobody
knows from it whether all was looked at: without rows it is never clean.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from trivigil.foreign import Fields
from trivigil.security import scan, tables
from trivigil.security.readers import defectdojo_json

if TYPE_CHECKING:
    from trivigil.core.reading import Reading
    from trivigil.security.facts import ScanFacts
    from trivigil.sources import Source

TOOL: Final = defectdojo_json.TOOL
FORMAT: Final = "csv"
UNIT: Final = defectdojo_json.UNIT

_OWN: Final = {"date", "cweid", "url", "active", "verified", "mitigation"}
"""Columns besides those that any table of findings has, two of which are DefectDojo's; others may stand beside them."""
_NAMES: Final = {
    "title": "title",
    "severity": "severity",
    "description": "description",
    "mitigation": "mitigation",
    "cweid": "cwe",
    "cve": "cve",
    "vulnerability id": "vulnerability_ids",
    "url": "endpoints",
    "cvssv3": "cvssv3",
    "cvssv3_score": "cvssv3_score",
    "cvssv4": "cvssv4",
    "cvssv4_score": "cvssv4_score",
    "fix_version": "fix_version",
    "active": "active",
    "verified": "verified",
    "falsepositive": "false_p",
    "duplicate": "duplicate",
    "ismitigated": "is_mitigated",
}
"""The key that a column has in DefectDojo's JSON."""
_FLAGS: Final = {"active", "verified", "false_p", "duplicate", "is_mitigated"}
_TRUE: Final = {"true", "t", "yes", "1"}


def recognises(source: Source) -> bool:
    """Whether its columns are a title, a severity, a description, and others of DefectDojo's."""
    found = {each.strip().lower() for each in tables.columns(source)}
    return found >= {"title", "severity", "description"} and len(found & _OWN) > 1


def read(source: Source) -> Reading[ScanFacts]:
    """Every row."""
    rows, left = tables.rows(source)
    return scan.reading(
        source,
        (TOOL, FORMAT, UNIT),
        [defectdojo_json.finding(_record(row), TOOL) for row in rows],
        incomplete=(*left, *(() if rows else ("There are no rows in it.",))),
    )


def _record(row: Fields) -> Fields:
    """The row as DefectDojo's JSON has a finding."""
    cells = {_NAMES.get(name.strip().lower()): str(cell) for name, cell in row.value.items()}
    return Fields(
        {key: _value(key, cell) for key, cell in cells.items() if key and cell.strip()}, row.place
    )


def _value(key: str, cell: str) -> object:
    if key in _FLAGS:
        return cell.strip().lower() in _TRUE
    return [cell.strip()] if key in ("endpoints", "vulnerability_ids") else cell.strip()
