"""Trivy's and Bandit's JSON, a project's own reports, and DefectDojo's generic findings."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.security.readers.reading import DATA, facts, findings, read
from trivigil.core.result import Severity
from trivigil.security import severity

if TYPE_CHECKING:
    from pathlib import Path

TRIVY = DATA / "trivy"
BANDIT = DATA / "bandit/v1.9"
CUSTOM = DATA / "custom/report"
DEFECTDOJO = DATA / "defectdojo/generic"


# --- Trivy --------------------------------------------------------------------------------------


def test_trivy_reads_every_kind() -> None:
    """Advisories, checks and secrets, each where it is; what passed is nothing, an exception is accepted."""
    reading = read(TRIVY / "schema2/plain.json")
    assert (reading.state, reading.count, reading.unit) == ("complete", 4, "findings")
    found = facts(reading).findings
    assert [(each.kind, each.id, each.accepted) for each in found] == [
        ("dependency", "CVE-2023-32681", None),
        ("dependency", "CVE-2022-0778", None),
        ("iac", "DS002", None),
        ("iac", "DS026", "excepted by Trivy's policy"),
        ("secret", "aws-access-key-id", None),
    ]
    assert (found[0].place.path, found[1].place.image) == ("requirements.txt", "shop:1.0")
    assert facts(reading).scanned_at == "2026-11-23T09:00:00Z"
    assert "*" not in found[4].title + found[4].description


def test_trivy_counts_what_drifted() -> None:
    """A record without its fields is a finding all the same; what is no object is said."""
    reading = read(TRIVY / "schema2/bare.json")
    assert (reading.state, reading.count) == ("partial", 1)
    assert reading.notes == ("`Results[0].Vulnerabilities[1]` is left out: it is not an object.",)
    assert severity.choose(facts(reading).findings[0]).severity is Severity.HIGH


@pytest.mark.parametrize("name", ["empty-list", "null"])
def test_trivys_empty_list_is_its_own_where_it_is_named(name: str) -> None:
    """`[]` and `null` may be of any tool, and are clean only as Trivy's."""
    path = TRIVY / "older" / f"{name}.json"
    assert read(path, "trivy").state == "empty"
    assert read(path).problem is not None


def test_trivys_older_list_is_read() -> None:
    """The list of targets before schema 2."""
    (found,) = findings(TRIVY / "older/list.json")
    assert (found.id, found.place.path) == ("CVE-2023-32681", "Gemfile.lock")


def test_trivys_results_of_another_shape_are_not_clean(tmp_path: Path) -> None:
    """Results that are no list say nothing, and so prove nothing."""
    path = tmp_path / "report.json"
    path.write_text(json.dumps({"SchemaVersion": 2, "ArtifactName": ".", "Results": {}}))
    assert read(path).state == "partial"


def test_a_resource_that_trivy_could_not_scan_is_not_clean(tmp_path: Path) -> None:
    """Of a cluster's image that could not be pulled there is only an error, beside resources that were scanned."""
    path = tmp_path / "report.json"
    web = {"Namespace": "shop", "Kind": "Deployment", "Name": "web", "Results": []}
    bad = {"Namespace": "shop", "Kind": "Pod", "Name": "db", "Error": "scan error: no image"}
    path.write_text(json.dumps({"ClusterName": "demo", "Resources": [web, bad]}))
    reading = read(path)
    assert (reading.state, reading.notes) == (
        "partial",
        ("Trivy could not scan shop/Pod/db: scan error: no image.",),
    )


# --- Bandit -------------------------------------------------------------------------------------


def test_bandit_reads_what_stands_after_its_progress() -> None:
    """The report that is printed among messages is the report."""
    assert findings(BANDIT / "console.txt") == findings(BANDIT / "plain.json")


@pytest.mark.parametrize(
    "order",
    [
        pytest.param(("results", "metrics", "generated_at", "errors"), id="results first"),
        pytest.param(("metrics", "generated_at", "results", "errors"), id="metrics first"),
    ],
)
def test_bandits_keys_may_have_any_order(order: tuple[str, ...], tmp_path: Path) -> None:
    """A program that writes the report anew may have changed their order."""
    report = json.loads((BANDIT / "plain.json").read_text(encoding="utf-8"))
    path = tmp_path / "report.json"
    path.write_text(json.dumps({key: report[key] for key in order}), encoding="utf-8")
    assert findings(path) == findings(BANDIT / "plain.json")


def test_bandit_that_looked_at_nothing_is_not_clean(tmp_path: Path) -> None:
    """Its metrics name each file that it looked at: none is of a folder without Python."""
    report = json.loads((BANDIT / "plain.json").read_text(encoding="utf-8"))
    totals = dict.fromkeys(report["metrics"]["_totals"], 0)
    path = tmp_path / "report.json"
    path.write_text(json.dumps({**report, "results": [], "metrics": {"_totals": totals}}))
    assert (read(path).state, read(path).notes) == ("partial", ("Bandit looked at no file.",))


def test_bandits_errors_may_be_very_many(tmp_path: Path) -> None:
    """More errors than recognition looks at are Bandit's all the same."""
    report = json.loads((BANDIT / "plain.json").read_text(encoding="utf-8"))
    error = {"filename": "./app/broken.py", "reason": "syntax error while parsing AST from file"}
    path = tmp_path / "report.json"
    path.write_text(json.dumps({**report, "errors": [error] * 1_000}), encoding="utf-8")
    assert (read(path).tool, read(path).state) == ("bandit", "partial")


def test_bandits_errors_are_not_clean() -> None:
    """A file that does not parse is the one that was to be looked at."""
    reading = read(BANDIT / "errors.json")
    assert (reading.state, reading.count) == ("partial", 0)
    assert reading.notes == (
        "Bandit could not read ./app/broken.py: syntax error while parsing AST from file.",
    )


def test_bandit_of_nothing_is_a_problem(tmp_path: Path) -> None:
    """Zero bytes are what a crash leaves."""
    path = tmp_path / "bandit.json"
    path.write_bytes(b"")
    reading = read(path, "bandit")
    assert (reading.state, reading.facts) == ("missing", None)
    assert "empty (0 bytes)" in (reading.problem or "")


def test_bandit_counts_what_drifted(tmp_path: Path) -> None:
    """A result without its line, or with a severity of another type, is still one."""
    report = {
        "errors": [],
        "generated_at": "2026-11-23T10:00:00Z",
        "metrics": {"_totals": {"SEVERITY.HIGH": 1}, "a.py": {"SEVERITY.HIGH": 1}},
        "results": [{"test_id": "B602", "issue_severity": 3, "line_number": "x"}, "no object"],
    }
    path = tmp_path / "bandit.json"
    path.write_text(json.dumps(report))
    reading = read(path)
    assert (reading.state, reading.count) == ("partial", 1)
    assert severity.choose(facts(reading).findings[0]).severity is Severity.UNKNOWN


def test_two_reports_in_one_file_are_damage(tmp_path: Path) -> None:
    """Text around a report is passed over, other JSON is not."""
    path = tmp_path / "bandit.json"
    empty, plain = (BANDIT / "empty.json").read_text(), (BANDIT / "plain.json").read_text()
    path.write_text(f"{empty}\n{plain}")
    assert "more than text after bandit's report" in (read(path).problem or "")


# --- a project's own reports --------------------------------------------------------------------


def test_custom_reports_are_read() -> None:
    """Severity in any case, and unknown where it is no word of the scale; addresses without what is secret."""
    reading = read(CUSTOM / "plain.json")
    assert (reading.tool, reading.count, reading.unit) == ("custom", 4, "findings")
    found = facts(reading).findings
    assert [(each.id, severity.choose(each).severity.label) for each in found] == [
        ("Authentication", "high"),
        ("Headers", "medium"),
        ("CORS", "unknown"),
        ("uncategorised", "unknown"),
    ]
    assert (found[1].place.url, found[1].cwes, found[1].fix) == (
        "http://127.0.0.1:8080/a?b",
        (693,),
        "Send the header.",
    )
    assert "hunter2" not in repr(facts(reading))


@pytest.mark.parametrize(
    ("report", "state"),
    [
        pytest.param({"vulnerabilities": []}, "empty", id="an empty list"),
        pytest.param({"error": "the application did not start"}, "crashed", id="an error alone"),
        pytest.param({"vulnerabilities": None}, "crashed", id="null for the list"),
        pytest.param({"vulnerabilities": [], "errors": ["timeout"]}, "partial", id="errors"),
        pytest.param({"vulnerabilities": [], "summary": {"total": 2}}, "partial", id="too few"),
        pytest.param({"vulnerabilities": [1]}, "partial", id="no object"),
        pytest.param({}, "missing", id="nothing at all"),
        pytest.param({"findings": []}, "missing", id="another report"),
    ],
)
def test_states_of_custom_reports(report: object, state: str, tmp_path: Path) -> None:
    """An empty list is clean; no list, errors, and fewer than the report counts are not."""
    path = tmp_path / "security_report_1.json"
    path.write_text(json.dumps(report))
    assert read(path, "custom").state == state


def test_an_empty_list_of_somebody_else_is_not_custom(tmp_path: Path) -> None:
    """A report that says more than the project's own do may be of any tool."""
    path = tmp_path / "report.json"
    path.write_text(json.dumps({"vulnerabilities": [], "ok": True, "packageManager": "npm"}))
    assert "is not a result file of any tool" in (read(path).problem or "")


# --- DefectDojo ---------------------------------------------------------------------------------


def test_generic_findings_are_read() -> None:
    """Code, web and dependency by what the finding says of its place; what does not count there is accepted."""
    reading = read(DEFECTDOJO / "plain.json")
    assert (reading.tool, reading.state, reading.count) == ("defectdojo", "complete", 3)
    found = facts(reading).findings
    assert [(each.tool, each.kind, each.id, each.accepted) for each in found] == [
        ("trivy", "code", "R1", None),
        ("trivy", "web", "Old TLS", None),
        ("trivy", "dependency", "CVE-2019-10744", None),
        ("trivy", "custom", "Gone", "mitigated"),
        ("trivy", "custom", "Wrong", "false positive"),
    ]
    assert (found[0].place.path, found[0].description) == ("src/login.py", "In the login")
    assert found[1].place.url == "https://shop.example:8443/a"
    assert found[2].package is not None
    assert found[2].package.fixed == ("4.17.12",)
    assert [each.score for each in found[2].ratings] == [None, 9.1]
    assert "hunter2" not in repr(facts(reading))


def test_no_generic_findings_are_clean_where_the_report_is_whole() -> None:
    """An empty list of a report that says nothing else."""
    assert read(DEFECTDOJO / "empty.json").state == "empty"


def test_findings_of_another_tool_are_not_defectdojos(tmp_path: Path) -> None:
    """Veracode's have a title and a number for the severity, which DefectDojo does not know: read as its, none would count."""
    path = tmp_path / "results.json"
    record = {"title": "Invented", "issue_id": 1000, "severity": 4, "issue_type": "Invented"}
    path.write_text(json.dumps({"scan_id": "1", "findings": [record]}), encoding="utf-8")
    assert (read(path).state, read(path).tool) == ("missing", None)


def test_scores_of_defectdojo_that_are_text(tmp_path: Path) -> None:
    """A score counts as text, too; a placeholder in its place is none."""
    record = {"title": "Invented", "severity": "Low", "cwe": "N/A", "line": "N/A"}
    path = tmp_path / "report.json"
    for score, scores in (("9.8", [None, 9.8]), ("N/A", [None])):
        path.write_text(json.dumps({"findings": [{**record, "cvssv3_score": score}]}), "utf-8")
        (found,) = findings(path)
        assert [each.score for each in found.ratings] == scores
        assert (found.cwes, found.place.line) == ((), None)
