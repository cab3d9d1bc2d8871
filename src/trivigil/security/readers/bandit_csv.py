"""`bandit -f csv`, 1.4 to today: one row for each result, with neither code nor what Bandit could not read.

Format: bandit/formatters/csv.py of PyCQA/bandit. A report without rows may be one of a run that read nothing, so it is partial.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from trivigil.foreign import Fields
from trivigil.security import scan, tables
from trivigil.security.readers import bandit_results

if TYPE_CHECKING:
    from trivigil.core.reading import Reading
    from trivigil.security.facts import ScanFacts
    from trivigil.sources import Source

TOOL: Final = bandit_results.TOOL
FORMAT: Final = "csv"
UNIT: Final = bandit_results.UNIT

_WEAKNESS: Final = re.compile(r"/(\d{1,6})\.html")
_NUMBER: Final = re.compile(r"\d{1,9}")


def recognises(source: Source) -> bool:
    """Whether its columns are Bandit's."""
    return tables.columns(source) >= {"filename", "test_id", "issue_severity", "issue_text"}


def read(source: Source) -> Reading[ScanFacts]:
    """Every row."""
    rows, left = tables.rows(source)
    found = [bandit_results.finding(_typed(row)) for row in rows]
    return scan.reading(
        source,
        (TOOL, FORMAT, UNIT),
        found,
        incomplete=(*left, *tables.without_rows(rows, "Bandit", "bandit -f json")),
        notes=("Bandit's CSV does not say what Bandit could not read; its JSON does.",),
    )


def _typed(row: Fields) -> Fields:
    """A row with its weakness, which is an address, as a number, and its range of lines as numbers."""
    weakness = _WEAKNESS.search(row.text("issue_cwe") if "issue_cwe" in row.value else "")
    lines = _NUMBER.findall(str(row.value.get("line_range")))
    typed = {"issue_cwe": weakness and int(weakness[1]), "line_range": [int(n) for n in lines]}
    return Fields({**row.value, **typed}, row.place)
