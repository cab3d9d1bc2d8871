"""docs/security-scanners.md has a row for each scanner, with what is true of it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.security.tools.real import REAL
from trivigil.security.tools import TOOLS

PAGE = (Path(__file__).parents[3] / "docs" / "security-scanners.md").read_text(encoding="utf-8")
ROWS = {
    cells[0].strip("`"): cells
    for line in PAGE.splitlines()
    if line.startswith("| `") and len(cells := [each.strip() for each in line.strip("|").split("|")]) == 5
}  # fmt: skip


def test_each_scanner_has_its_row() -> None:
    """In the table's order, and no other."""
    assert list(ROWS) == list(TOOLS)


@pytest.mark.parametrize("name", TOOLS)
def test_a_row_says_what_is_true(name: str) -> None:
    """Version, exit codes, and whether the tests run the real one."""
    scanner, (_, _, origin, codes, tests) = TOOLS[name], ROWS[name]
    assert scanner.DEFAULT_VERSION in origin
    assert set(map(int, re.findall(r"\b\d+\b", codes))) == set(scanner.CODES)
    assert tests == ("really run" if name in REAL else "only replayed")
