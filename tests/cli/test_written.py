"""The result file between the steps of an action."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.render.security_reports import blocking
from trivigil import files
from trivigil.cli import written
from trivigil.render import json

if TYPE_CHECKING:
    from pathlib import Path


def test_the_file_of_a_hundred_thousand_findings_is_read_back(tmp_path: Path) -> None:
    """What one step writes the next one reads, however many findings there are: 137 MB for a hundred thousand."""
    report = blocking()
    first = report.results[0]
    long = first._replace(evidence={**first.evidence, "description": "x" * files.SMALL})
    report = report._replace(results=(long, *report.results[1:]))
    path = tmp_path / "security-analysis.json"
    files.write(str(path), json.pieces(report))
    assert path.stat().st_size > files.SMALL
    assert written.load(str(path)).results == report.results
