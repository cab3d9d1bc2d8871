"""Reports of which a team kept a part, or that an early release wrote: whose they are, and how many findings they have."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.security.readers.reading import facts, read

if TYPE_CHECKING:
    from pathlib import Path

LEAK = {"StartLine": 3, "EndLine": 3, "File": "ci.ini", "RuleID": "demo-token", "Commit": ""}
QUERY = {
    "query_name": "Port Open",
    "query_id": "q1",
    "severity": "HIGH",
    "files": [{"file_name": "main.tf", "line": 3, "expected_value": None}],
}
NUMBERS = {"passed": 0, "failed": 0, "skipped": 0}
EARLY = {"line": "a", "commit": "0123456", "offender": "demo", "file": "ci.ini", "commitMsg": "m"}
SCHEMA = {"version": "14.1.2", "vulnerabilities": []}

SHAPES: list[Any] = [
    pytest.param(
        "gitleaks", [{**LEAK, "Fingerprint": "ci.ini:demo-token:3"}], 1, id="Gitleaks, no secrets"
    ),
    pytest.param("gitleaks", [{**EARLY, "reason": "Demo"}], 1, id="Gitleaks 1"),
    pytest.param("kics", {"queries": [QUERY]}, 1, id="KICS, its queries alone"),
    pytest.param(
        "checkov",
        {**NUMBERS, "parsing_errors": 0, "resource_count": 0, "checkov_version": "2"},
        0,
        id="Checkov",
    ),
    pytest.param(
        "checkov",
        {**NUMBERS, "parsingerrors": 0, "resourcecount": 0, "checkov_version": "2"},
        0,
        id="Checkov, keys without underscores",
    ),
    pytest.param("gitlab", {**SCHEMA, "dependency_files": []}, 0, id="GitLab, no scan"),
]


@pytest.mark.parametrize(("tool", "report", "count"), SHAPES)
def test_whose_it_is(tool: str, report: object, count: int, tmp_path: Path) -> None:
    """What is left names its tool, and loses no finding."""
    path = tmp_path / "report.json"
    path.write_text(json.dumps(report), encoding="utf-8")
    reading = read(path)
    assert (reading.problem, reading.tool, reading.count) == (None, tool, count)
    assert reading.state == ("complete" if count else "empty")
    assert len(facts(reading).findings) == count


@pytest.mark.parametrize(
    "report",
    [
        pytest.param(NUMBERS, id="of any tests"),
        pytest.param({**NUMBERS, "parsing_errors": 0}, id="of any parser"),
        pytest.param([LEAK], id="a place and a rule"),
        pytest.param({"queries": [{"query_name": "a"}]}, id="queries of a database"),
    ],
)
def test_what_many_tools_have_is_nobody_s(report: object, tmp_path: Path) -> None:
    """Names that are not one tool's alone are no mark of it."""
    path = tmp_path / "report.json"
    path.write_text(json.dumps(report), encoding="utf-8")
    assert (read(path).tool, read(path).state) == (None, "missing")


def test_files_that_checkov_2_could_not_parse(tmp_path: Path) -> None:
    """They are counted under either spelling."""
    path = tmp_path / "report.json"
    path.write_text(json.dumps({**NUMBERS, "parsingerrors": 2, "checkov_version": "2"}), "utf-8")
    assert (read(path).state, read(path).notes[0]) == (
        "partial",
        "Checkov could not parse 2 files.",
    )
