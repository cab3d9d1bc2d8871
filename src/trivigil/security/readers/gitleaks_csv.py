"""Gitleaks' CSV report, version 8 and 7: one row for each leak, in each commit.

Format: report/csv.go of gitleaks/gitleaks. Without a leak Gitleaks writes not a byte, which a run that failed leaves, too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from trivigil.security import scan, tables
from trivigil.security.readers import gitleaks_leaks

if TYPE_CHECKING:
    from trivigil.core.reading import Reading
    from trivigil.security.facts import ScanFacts
    from trivigil.sources import Source

TOOL: Final = gitleaks_leaks.TOOL
FORMAT: Final = "csv"
UNIT: Final = gitleaks_leaks.UNIT


def recognises(source: Source) -> bool:
    """Whether its columns are those of version 8, or of 7."""
    found = tables.columns(source)
    return found >= {"RuleID", "Secret", "StartLine"} or found >= {"rule", "offender", "commit"}


def read(source: Source) -> Reading[ScanFacts]:
    """Every row."""
    rows, left = tables.rows(source)
    found = [gitleaks_leaks.finding(row) for row in rows]
    without = tables.without_rows(rows, "Gitleaks", "gitleaks --report-format json")
    return scan.reading(
        source,
        (TOOL, FORMAT, UNIT),
        found,
        incomplete=(*left, *without),
        counts=gitleaks_leaks.counts(found),
    )
