"""Reports of tools that looked at nothing, or had nothing to look for: not clean, although nothing is listed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.security.readers.reading import read

if TYPE_CHECKING:
    from pathlib import Path

GOSEC = {"Golang errors": {}, "Issues": [], "Stats": {"files": 0, "found": 0}}
KICS = {"kics_version": "v2.1.0", "files_scanned": 4, "queries_total": 9, "queries": []}
CARGO = {
    "database": {"advisory-count": 700},
    "lockfile": {"dependency-count": 12},
    "vulnerabilities": {"found": False, "count": 0, "list": []},
}
RUFF = [
    {
        "code": "E902",
        "filename": "shop.py",
        "location": {"column": 1, "row": 1},
        "end_location": {"column": 1, "row": 1},
        "message": "No such file or directory",
    }
]


def reported(folder: Path, report: object) -> tuple[str, tuple[str, ...]]:
    """State and notes of a report."""
    path = folder / "report.json"
    path.write_text(json.dumps(report), encoding="utf-8")
    reading = read(path)
    return reading.state, reading.notes


@pytest.mark.parametrize(
    ("report", "note"),
    [
        pytest.param(GOSEC, "gosec looked at no file.", id="gosec"),
        pytest.param({**KICS, "files_scanned": 0}, "KICS looked at no file.", id="KICS"),
        pytest.param({**KICS, "queries_total": 0}, "KICS had no query to run.", id="no query"),
        pytest.param(
            {**CARGO, "database": {"advisory-count": 0}},
            "cargo-audit's database has no advisory.",
            id="no advisory",
        ),
        pytest.param(
            {**CARGO, "lockfile": {"dependency-count": 0}},
            "cargo-audit's lockfile has no crate.",
            id="no crate",
        ),
        pytest.param(RUFF, "Ruff could not read shop.py.", id="a file that is not there"),
    ],
)
def test_it_is_not_clean(report: object, note: str, tmp_path: Path) -> None:
    """And says why."""
    assert reported(tmp_path, report) == ("partial", (note,))


@pytest.mark.parametrize("report", [KICS, CARGO], ids=["KICS", "cargo-audit"])
def test_what_looked_is_clean(report: object, tmp_path: Path) -> None:
    """Where there was something to look at, nothing found is clean."""
    assert reported(tmp_path, report)[0] == "empty"


@pytest.mark.parametrize(("ended", "notes"), [(True, 1), (False, 0)])
def test_a_system_without_support_is_told(ended: bool, notes: int, tmp_path: Path) -> None:
    """Trivy knows that its distributor tells of no new problems: that few are found is no praise."""
    system = {"Family": "debian", "Name": "8.11", "EOSL": ended}
    report = {"SchemaVersion": 2, "ArtifactName": "shop", "Metadata": {"OS": system}}
    state, said = reported(tmp_path, report)
    assert (state, len(said)) == ("empty", notes)
    assert all(each.startswith("debian 8.11 is no longer supported") for each in said)
