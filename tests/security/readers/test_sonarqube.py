"""SonarQube: its format for other tools' issues in both shapes, and what its API exports."""

from __future__ import annotations

import json
from pathlib import Path

from tests.security.readers.reading import DATA, facts, findings, read
from trivigil.core.result import Severity
from trivigil.security.facts import Place
from trivigil.security.severity import choose

GENERIC, API = DATA / "sonarqube/generic", DATA / "sonarqube/api"


def test_generic_issues_before_10_3() -> None:
    """Each issue has its severity, of which CRITICAL is the second."""
    first, second = findings(GENERIC / "plain.json")
    assert (first.tool, first.id, first.kind) == ("shoplint", "rule1", "code")
    assert first.place == Place("app/shop.py", 14, 14)
    assert choose(first).severity is Severity.CRITICAL
    assert (second.kind, choose(second).severity) == ("lint", Severity.HIGH)


def test_generic_issues_since_10_3() -> None:
    """Severity and engine stand in the rule: gosec's issues are gosec's."""
    found = {each.id: each for each in findings(GENERIC / "rules.json")}
    assert {each.tool for each in found.values()} == {"gosec"}
    assert choose(found["G101"]).severity is Severity.HIGH
    assert found["G101"].place == Place("main.go", 9, 9)
    assert found["G101"].kind == "code"


def test_issues_of_the_api() -> None:
    """Without the project in front of the file, fixed ones left out, decided ones accepted."""
    first, second, decided = findings(API / "plain.json")
    assert (first.id, first.place) == ("python:S4502", Place("app/shop.py", 8, 9))
    assert (first.kind, second.kind) == ("code", "lint")
    assert decided.accepted == "decided in SonarQube: FALSE-POSITIVE"
    assert "builder@example.com" not in repr(facts(read(API / "plain.json")))


def test_hotspots() -> None:
    """A hotspot's severity is its probability; a reviewed one is accepted."""
    first, safe = findings(API / "hotspots.json")
    assert (first.id, choose(first).severity) == ("python:S4502", Severity.HIGH)
    assert safe.accepted == "decided in SonarQube: SAFE"


def test_one_page_of_several() -> None:
    """An answer that counts more than it lists is partial."""
    reading = read(API / "page.json")
    assert reading.state == "partial"
    assert "counts 120 issues, and this page lists 1" in reading.notes[0]


def test_pages_and_issues_without_one(tmp_path: Path) -> None:
    """Pages in a list are one answer, complete where they have all; so are issues and hotspots taken out of it."""
    page, hotspots = (
        json.loads((API / n).read_text("utf-8")) for n in ("page.json", "hotspots.json")
    )
    path = tmp_path / "issues.json"
    count = page["paging"]["total"] = page["total"] = 2
    path.write_text(json.dumps([page, page, hotspots]), encoding="utf-8")
    assert (read(path).state, len(findings(path))) == (
        "complete",
        count + len(hotspots["hotspots"]),
    )
    path.write_text(json.dumps([page, hotspots]), encoding="utf-8")
    assert read(path).state == "partial"
    path.write_text(json.dumps([*page["issues"], *hotspots["hotspots"]]), encoding="utf-8")
    assert findings(path) == (*findings(API / "page.json"), *findings(API / "hotspots.json"))


def test_sonar_report() -> None:
    """The report of another project's program, with the same issues."""
    (found,) = findings(API / "report.json")
    assert found.place == Place("app/shop.py", 8)
    assert facts(read(API / "report.json")).scope == "shop"
