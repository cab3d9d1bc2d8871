"""A report whose list of findings is gone, or has another name, is not one of which nothing was found."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.security.readers.reading import DATA, read

if TYPE_CHECKING:
    from pathlib import Path

LISTS = {
    "bandit/v1.9/plain.json": "results",
    "brakeman/made/plain.json": "warnings",
    "gosec/v2.30/plain.json": "Issues",
    "kics/made/plain.json": "queries",
    "npm-audit/plain/out.json": "vulnerabilities",
    "pip-audit/plain/out.json": "dependencies",
    "semgrep/v1.182/plain.json": "results",
    "snyk/plain/out.json": "vulnerabilities",
    "sonarqube/api/report.json": "issues",
    "sonarqube/generic/plain.json": "issues",
}
"""Reports, and the list that their tools always write."""
FILES = sorted(LISTS)


@pytest.mark.parametrize("name", FILES)
def test_a_list_under_another_name(name: str, tmp_path: Path) -> None:
    """A tool that calls its list otherwise tomorrow is not read as clean."""
    document = json.loads((DATA / name).read_text(encoding="utf-8"))
    document[f"{LISTS[name]}Next"] = document.pop(LISTS[name])
    path = tmp_path / "report.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    for reading in (read(path), read(path, name.split("/", maxsplit=1)[0])):
        assert reading.problem is not None or reading.state in {"partial", "crashed"}


@pytest.mark.parametrize("name", [name for name in FILES if not name.startswith("gosec")])
def test_a_list_that_is_null(name: str, tmp_path: Path) -> None:
    """Only programs in Go write `null` for a list without anything in it."""
    document = {**json.loads((DATA / name).read_text(encoding="utf-8")), LISTS[name]: None}
    path = tmp_path / "report.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    for reading in (read(path), read(path, name.split("/", maxsplit=1)[0])):
        assert reading.problem is not None or reading.state in {"partial", "crashed"}


def test_a_source_without_its_packages(tmp_path: Path) -> None:
    """A source of OSV-Scanner without packages is one that was not looked into."""
    document = json.loads((DATA / "osv-scanner/plain/out.json").read_text(encoding="utf-8"))
    for source in document["results"]:
        del source["packages"]
    path = tmp_path / "report.json"
    path.write_text(json.dumps({**document, "experimental_config": {}}), encoding="utf-8")
    assert read(path).state == "partial"


def test_findings_of_aws_are_no_report_of_trivy(tmp_path: Path) -> None:
    """A schema's version in each finding is not Trivy's, and its findings are not passed over."""
    path = tmp_path / "report.json"
    finding = {"SchemaVersion": "2018-10-08", "Severity": {"Label": "CRITICAL"}}
    path.write_text(json.dumps({"Findings": [finding]}), encoding="utf-8")
    assert read(path).state == "missing"
    assert read(path, "trivy").state == "missing"
