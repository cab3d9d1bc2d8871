"""Formats that are not read are called by their name, with the flag that writes one that is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.security.readers.reading import read
from trivigil.security import unread

if TYPE_CHECKING:
    from pathlib import Path

_JUNIT = (
    '<?xml version="1.0"?>\n<testsuites><testsuite name="{}" tests="1"></testsuite></testsuites>\n'
)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param(_JUNIT.format("gitleaks"), "gitleaks's JUnit XML", id="Gitleaks, JUnit"),
        pytest.param(_JUNIT.format("unit tests"), "JUnit XML, which", id="anybody's JUnit"),
        pytest.param('<testsuite name="bandit" tests="0" />', "`bandit -f json`", id="Bandit, XML"),
        pytest.param("errors: []\ngenerated_at: 'x'\n  CONFIDENCE.HIGH: 5\n", "bandit's YAML", id="Bandit, YAML"),
        pytest.param("Run started:2026\n\nTest results:\n", "`bandit -f json`", id="Bandit, text"),
        pytest.param("<html><title>\n    Bandit Report", "bandit's page", id="Bandit, HTML"),
        pytest.param('<checkstyle version="4.3"><file/></checkstyle>', "Checkstyle XML", id="Checkstyle"),
        pytest.param('{"type":"issue","check_name":"DL3006"}\0', "`hadolint -f json`", id="Hadolint, CodeClimate"),
        pytest.param('{"Findings": [{"SchemaVersion": "2018-10-08", "ProductArn": "x"}]}', "`trivy --format json`", id="Trivy, ASFF"),
        pytest.param('{"spdxVersion": "SPDX-2.3", "packages": []}', "SPDX", id="SPDX"),
        pytest.param('{"diagnostics": [], "source": {"name": "ruff"}}', "reviewdog", id="reviewdog"),
        pytest.param("[/src/a.go:2] - G404 (CWE-338): x (Confidence: MEDIUM, Severity: HIGH)", "`gosec -fmt json`", id="gosec, text"),
        pytest.param("Resource,Path,Git Org,Git Repository,Misconfigurations,Severity,Policy title,Guideline\n", "`checkov -o json`", id="Checkov, CSV"),
        pytest.param('"Demo","d","error","m","/src/a.js","4","5","4","20"\n', "--format=sarif-latest", id="CodeQL, CSV"),
        pytest.param("=== Symbol Results ===\n\nNo vulnerabilities found.\n", "`govulncheck -format json`", id="govulncheck, text"),
    ],
)  # fmt: skip
def test_it_is_called_by_its_name(text: str, said: str, tmp_path: Path) -> None:
    """The sentence says what it looks like and what to name in its place; it is never clean."""
    path = tmp_path / "report"
    path.write_text(text, encoding="utf-8")
    reading = read(path)
    assert (reading.state, reading.facts) == ("missing", None)
    assert said in (reading.problem or "").replace("\u200b", "")
    assert "in its place" in (reading.problem or "")


@pytest.mark.parametrize(
    "text",
    [
        pytest.param('[gosec] 2026/01/01 Including rules\n{"Issues": []}\n', id="gosec's log"),
        pytest.param("Fetching advisory database\n{\n", id="cargo-audit's progress"),
        pytest.param('Info from https://repo.example\n[\n{"a": 1}]\n', id="Composer's news"),
    ],
)
def test_text_before_the_json(text: str, tmp_path: Path) -> None:
    """What a tool says beside its report, written into the same file, is named as what is wrong with it."""
    path = tmp_path / "report.json"
    path.write_text(text, encoding="utf-8")
    assert "text stands before its JSON" in (read(path).problem or "")


@pytest.mark.parametrize(
    "text",
    [
        '{"a": {\n"b": 1}}',
        "[\n{}]",
        "[1,\n2]",
        "plain\ntext\n",
        "[section]\nkey\n",
        '<html>\n{"a": 1}\n',
    ],
)
def test_no_text_before_the_json(text: str, tmp_path: Path) -> None:
    """JSON of other tools, and text without any, are not said to be that."""
    path = tmp_path / "report.json"
    path.write_text(text, encoding="utf-8")
    assert "text stands before" not in (read(path).problem or "")


def test_a_named_tool_is_asked_for_its_json(tmp_path: Path) -> None:
    """Where the user says whose JUnit it is, the flag is that tool's."""
    path = tmp_path / "report.xml"
    path.write_text(_JUNIT.format("x"), encoding="utf-8")
    assert f"`{unread.WRITES['trivy']}`" in (read(path, "trivy").problem or "")
