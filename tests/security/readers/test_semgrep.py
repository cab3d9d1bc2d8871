"""Semgrep: matches of rules, of lock files, and its API of supply chain findings."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.security.readers.reading import DATA, facts, findings, read
from trivigil.core.result import Severity
from trivigil.security.facts import Package, Place
from trivigil.security.severity import choose

if TYPE_CHECKING:
    from pathlib import Path

SEMGREP = DATA / "semgrep"


def test_a_run() -> None:
    """Every match is a finding, with the rule's weakness, its confidence, and a severity that keeps the word."""
    reading = read(SEMGREP / "v1.182/plain.json")
    found = {finding.id: finding for finding in facts(reading).findings}
    assert (reading.state, reading.count, reading.tool_version) == ("complete", 3, "1.182.0")
    evaluated = found["eval-use"]
    assert evaluated.place == Place(path="app/shop.py", line=6, end_line=6)
    assert (evaluated.cwes, evaluated.confidence) == ((95,), "high")
    assert evaluated.help_uri == "https://example.com/eval"
    assert found["shell-true"].cwes == (78,)
    rated = {name: (choose(each).severity, each.ratings[0].word) for name, each in found.items()}
    assert rated == {
        "eval-use": (Severity.HIGH, "ERROR"),
        "shell-true": (Severity.MEDIUM, "WARNING"),
        "weak-hash": (Severity.LOW, "LOW"),
    }


def test_rules_of_style_are_lint() -> None:
    """A rule whose category is not security is lint."""
    kinds = {each.id: each.kind for each in findings(SEMGREP / "v1.182/plain.json")}
    assert kinds == {"eval-use": "code", "shell-true": "code", "weak-hash": "lint"}


def test_words_that_ask_for_a_login_are_no_code() -> None:
    """`requires login` in place of the lines is the same for all matches, and gives no digest."""
    text = (SEMGREP / "v1.182/plain.json").read_text(encoding="utf-8")
    assert '"lines":"requires login"' in text
    assert {each.code for each in findings(SEMGREP / "v1.182/plain.json")} == {None}


def test_what_does_not_parse_makes_it_partial() -> None:
    """Rules, files and skipped files that Semgrep meant to look at are said, and not what was left out on purpose."""
    notes = {
        name: read(SEMGREP / f"{name}.json").notes
        for name in ("v1.182/partial", "v1.182/unparsed", "supply-chain/matches")
    }
    assert notes == {
        "v1.182/partial": ("Semgrep says: Rule parse error (broken).",),
        "v1.182/unparsed": ("Semgrep says: PartialParsing (app/broken.py).",),
        "supply-chain/matches": ("Semgrep skipped app/big.py (exceeded_size_limit).",),
    }


def test_errors_and_no_file_are_a_crash() -> None:
    """A report without a scanned file, and with an error, only tells of a failure."""
    assert read(SEMGREP / "made/crashed.json").state == "crashed"


def test_a_secret_is_not_quoted() -> None:
    """A secret's rule says what it is; its message and its lines, which quote it, are not kept."""
    (found,) = findings(SEMGREP / "made/secret.json")
    assert (found.kind, found.title, found.cwes) == ("secret", "generic.secrets.shop-token", (798,))
    assert found.accepted == "ignored in the code"
    assert "Zk3mQ8vT2xLw9RbN5cYh" not in repr(found)


def test_a_match_of_a_lock_file_is_a_dependency() -> None:
    """Package, advisory and fix of a supply chain match."""
    (found,) = findings(SEMGREP / "supply-chain/matches.json")
    assert (found.kind, found.id) == ("dependency", "CVE-2024-12345")
    assert found.aliases == ("CVE-2024-12345", "GHSA-2345-6789-cfgh")
    assert found.package == Package("shoplib", "2.0.3", "pypi", fixed=("2.1.0",))
    assert found.place.path == "requirements.txt"


def test_the_api_of_supply_chain_findings() -> None:
    """What was triaged there is accepted, with its reason; one page of several is partial."""
    first, second = findings(SEMGREP / "supply-chain/plain.json")
    assert (first.id, first.place.line, first.accepted) == ("CVE-2024-12345", 12, None)
    assert first.aliases == ("CVE-2024-12345", "GHSA-2345-6789-cfgh")
    assert second.accepted == "IGNORED: ACCEPTABLE_RISK"
    assert read(SEMGREP / "supply-chain/page.json").state == "partial"


@pytest.mark.parametrize("key", ["time", "stats"])
def test_older_semgrep_is_known_without_findings(key: str, tmp_path: Path) -> None:
    """Before it wrote paths, a clean run with `--time` or `--json-stats` had nothing but empty lists and numbers."""
    path = tmp_path / "report.json"
    path.write_text(json.dumps({"results": [], "errors": [], key: {}}), encoding="utf-8")
    assert (read(path).tool, read(path).state) == ("semgrep", "empty")


def test_semgrep_that_looked_at_nothing_is_not_clean(tmp_path: Path) -> None:
    """A list of scanned files with nothing in it, and no results, is of a wrong folder or of too many exclusions."""
    path = tmp_path / "report.json"
    path.write_text('{"results": [], "errors": [], "paths": {"scanned": []}}', encoding="utf-8")
    assert (read(path).state, read(path).notes) == (
        "partial",
        ("Semgrep found no file that its rules are for.",),
    )
