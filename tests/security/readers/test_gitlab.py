"""GitLab's reports: all types, of versions 14 and 15, by whichever scanner."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.security.readers.reading import DATA, facts, findings, read
from trivigil.core.result import Severity
from trivigil.security import digest
from trivigil.security.facts import Package, Place
from trivigil.security.severity import choose

if TYPE_CHECKING:
    from pathlib import Path

GITLAB = DATA / "gitlab"
SAVED = "https://shop.example.com/orders?session"


@pytest.mark.parametrize(
    ("name", "kind", "rule", "place"),
    [
        pytest.param(
            "v15/dependency",
            "dependency",
            "CVE-2024-12345",
            Place("requirements.txt"),
            id="dependency_scanning",
        ),
        pytest.param(
            "v15/container",
            "dependency",
            "CVE-2019-1549",
            Place(image="registry.example.com/shop:1"),
            id="container_scanning",
        ),
        pytest.param(
            "v15/dast", "web", "10062", Place(url=SAVED, method="GET", parameter="id"), id="dast"
        ),
        pytest.param("v15/fuzzing", "code", "heap-overflow", Place(), id="coverage_fuzzing"),
        pytest.param(
            "v15/secret", "secret", "shop-token", Place("settings.ini", 2, 2), id="secret_detection"
        ),
        pytest.param(
            "v14/sast",
            "code",
            "SQL_INJECTION",
            Place("src/main/java/Shop.java", 96, 97),
            id="sast, version 14",
        ),
        pytest.param(
            "semgrep/plain", "code", "eval-use", Place("app/shop.py", 6, 6), id="of Semgrep"
        ),
        pytest.param(
            "checkov/plain", "iac", "CKV_AWS_24", Place("tf/main.tf", 6, 13), id="of Checkov"
        ),
    ],
)
def test_each_type(name: str, kind: str, rule: str, place: Place) -> None:
    """What the first finding of each type of report is, and where."""
    first = findings(GITLAB / f"{name}.json")[0]
    assert (first.kind, first.id, first.place) == (kind, rule, place)


def test_a_finding_is_its_scanners() -> None:
    """The scanner is the tool, by its usual name, so that its other reports join."""
    names = ("semgrep/plain", "checkov/plain", "v14/sast", "v15/secret")
    tools = [findings(GITLAB / f"{name}.json")[0].tool for name in names]
    assert tools == ["semgrep", "checkov", "spotbugs", "shop-scan"]


def test_a_package() -> None:
    """The advisory leads, the others are aliases; ecosystems come from the manifest or the image."""
    (dependency,) = findings(GITLAB / "v15/dependency.json")
    assert dependency.aliases == ("CVE-2024-12345", "GHSA-2345-6789-cfgh")
    assert dependency.package == Package("shoplib", "2.0.3", "pypi")
    assert dependency.cwes == (502,)
    (container,) = findings(GITLAB / "v15/container.json")
    assert container.package == Package("openssl", "1.1.1c-r0", "apk")


def test_severities() -> None:
    """The scanner's word; none, and words that say nothing, are unknown. Vectors are kept."""
    (dependency,) = findings(GITLAB / "v15/dependency.json")
    assert choose(dependency).severity is Severity.CRITICAL
    assert [each.vector for each in dependency.ratings if each.source == "NVD"] != [None]
    for name in ("v15/fuzzing", "v14/sast"):
        assert choose(findings(GITLAB / f"{name}.json")[0]).severity is Severity.UNKNOWN


def test_a_likely_false_alarm_stays_a_finding() -> None:
    """A flag lowers the confidence and hides nothing."""
    (found,) = findings(GITLAB / "v14/sast.json")
    assert (found.confidence, found.accepted) == ("low", None)


def test_a_secret_and_evidence_stay_out() -> None:
    """The extract of a secret is digested, requests and authors are not kept."""
    (found,) = findings(GITLAB / "v15/secret.json")
    assert found.secret == digest.secret("Zk3mQ8vT2xLw9RbN5cYh")
    kept = repr((found, findings(GITLAB / "v15/dast.json")))
    assert not [x for x in ("Zk3mQ8vT2xLw9RbN5cYh", "tK8vN3qZr6Lm", "builder") if x in kept]


def test_code_quality() -> None:
    """A linter's report for GitLab: the rule, the place and GitLab's own words for severities."""
    found = {each.id: each for each in findings(GITLAB / "ruff/code-quality.json")}
    assert found["S324"].place == Place("app/shop.py", 10)
    assert choose(found["S324"]).severity is Severity.MEDIUM
    assert {each.kind for each in found.values()} == {"lint"}


def test_code_quality_of_an_engine(tmp_path: Path) -> None:
    """The engine that an issue names is its tool; one that looks for secrets finds secrets."""
    issue = {
        "check_name": "aws-key",
        "description": "A key.",
        "fingerprint": "0",
        "severity": "critical",
    }
    where = {"location": {"path": "app/shop.py", "lines": {"begin": 3}}}
    path = tmp_path / "report.json"
    path.write_text(json.dumps([{**issue, **where, "engine_name": "gitleaks"}]), encoding="utf-8")
    (found,) = findings(path)
    assert (found.tool, found.kind, found.place) == ("gitleaks", "secret", Place("app/shop.py", 3))


@pytest.mark.parametrize(
    ("name", "state", "note"),
    [
        pytest.param("v15/failed", "crashed", "The scan says that it failed.", id="failed"),
        pytest.param(
            "v15/messages",
            "partial",
            "The scanner says: could not parse app/shop.py.",
            id="an error said",
        ),
        pytest.param(
            "v14/sast",
            "partial",
            "`vulnerabilities[1]` is left out: it is not an object.",
            id="a record that is none",
        ),
    ],
)
def test_what_is_not_complete(name: str, state: str, note: str) -> None:
    """A scan's own words about its failures are believed."""
    reading = read(GITLAB / f"{name}.json")
    assert (reading.state, reading.notes[0]) == (state, note)
    assert facts(reading).scanned_at == "2026-11-23T12:01:00Z"


def test_a_list_without_a_frame(tmp_path: Path) -> None:
    """Before version 2 the vulnerabilities were the document."""
    named = [{"type": "bandit_test_id", "name": "Bandit Test ID B108", "value": "B108"}]
    one = {
        "category": "sast",
        "message": "m",
        "cve": "a.py:1:B108",
        "severity": "Medium",
        "scanner": {"id": "bandit", "name": "Bandit"},
        "location": {"file": "a.py", "start_line": 1},
        "identifiers": named,
        "priority": "Medium",
        "tool": "bandit",
    }
    path = tmp_path / "gl-sast-report.json"
    path.write_text(json.dumps([one]), encoding="utf-8")
    assert (read(path).tool, read(path).state) == ("gitlab", "complete")
    (found,) = findings(path)
    assert (found.tool, found.id, choose(found).severity) == ("bandit", "B108", Severity.MEDIUM)


def test_a_vector_without_a_score_is_scored(tmp_path: Path) -> None:
    """GitLab's reports have CVSS vectors and no scores: a finding that its scanner calls Unknown has the severity of its vector."""
    vector = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"
    found = {
        "severity": "Unknown",
        "identifiers": [{"type": "cve", "name": "CVE-2024-0001", "value": "CVE-2024-0001"}],
        "cvss_vectors": [
            {"vendor": "NVD", "vector": vector},
            {"vendor": "B", "vector": "CVSS:3.1/none"},
        ],
        "location": {
            "file": "a.lock",
            "dependency": {"package": {"name": "demo"}, "version": "1"},
        },
    }
    scanned = {"type": "dependency_scanning", "scanner": {"id": "trivy"}}
    path = tmp_path / "report.json"
    path.write_text(
        json.dumps({"version": "15.0.7", "scan": scanned, "vulnerabilities": [found]}),
        encoding="utf-8",
    )
    (finding,) = findings(path)
    assert [(r.source, r.score) for r in finding.ratings] == [
        ("trivy", None),
        ("NVD", 9.8),
        ("B", None),
    ]
    assert choose(finding).severity.label == "critical"
