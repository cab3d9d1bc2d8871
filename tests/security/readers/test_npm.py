"""npm audit 6 and later, pnpm and yarn: advisories, and neither packages nor paths."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.security.readers.reading import DATA, facts, findings, read
from trivigil.core.result import Severity
from trivigil.security import npm
from trivigil.security.severity import choose


def test_npm_counts_advisories() -> None:
    """Two packages with two advisories between them are two findings; the one that is only affected through another is none."""
    reading = read(DATA / "npm-audit/plain/out.json")
    assert (reading.count, facts(reading).counts) == (2, {"packages": 2})
    first, second = facts(reading).findings
    assert (first.id, first.cwes, choose(first).severity) == (
        "GHSA-2345-6789-cfgh",
        (601,),
        Severity.HIGH,
    )
    assert [r.system for r in second.ratings] == ["word"], "a score of 0 that nobody gave"


def test_npm_advisory_of_two_ranges_is_one(tmp_path: Path) -> None:
    """An advisory that names two ranges of a package has two records, and is one finding."""
    url = "https://github.com/advisories/GHSA-2345-6789-cfgh"
    via = {"source": 1, "name": "demo", "title": "Slow", "url": url, "severity": "high"}
    records = [{**via, "range": "<1.2"}, {**via, "source": 2, "range": ">=2 <2.3"}]
    other = {**via, "source": 3, "url": "https://github.com/advisories/GHSA-2345-6789-cfgj"}
    package = {"name": "demo", "severity": "high", "via": [*records, other]}
    report = {"auditReportVersion": 2, "vulnerabilities": {"demo": package}}
    (tmp_path / "out.json").write_text(json.dumps(report), encoding="utf-8")
    assert [each.id for each in findings(tmp_path / "out.json")] == [
        "GHSA-2345-6789-cfgh",
        "GHSA-2345-6789-cfgj",
    ]


def test_npm_advisories_by_id_alone(tmp_path: Path) -> None:
    """Before 7.0.0 an advisory had npm's id and CVEs, and no source: two of a package are two findings."""
    site = "https://npmjs.com/advisories"
    via: list[object] = [
        {"id": 755, "title": "Slow", "severity": "critical", "url": f"{site}/755"},
        {"id": 756, "title": "Slow", "severity": "high", "cves": ["CVE-2099-0001"]},
        "other",
    ]
    package = {"name": "demo", "severity": "critical", "via": via}
    report = {"auditReportVersion": 2, "vulnerabilities": {"demo": package}}
    (tmp_path / "out.json").write_text(json.dumps(report), encoding="utf-8")
    first, second = findings(tmp_path / "out.json")
    assert (first.id, choose(first).severity) == ("npm:755", Severity.CRITICAL)
    assert (second.id, second.aliases) == ("npm:756", ("CVE-2099-0001",))


def test_npm_summary_that_counts_more_is_not_clean(tmp_path: Path) -> None:
    """Packages that the summary counts and the file does not hold were cut out of it."""
    report = {
        "auditReportVersion": 2,
        "vulnerabilities": {},
        "metadata": {"vulnerabilities": {"high": 2, "total": 2}},
    }
    (tmp_path / "out.json").write_text(json.dumps(report), encoding="utf-8")
    reading = read(tmp_path / "out.json")
    assert (reading.state, reading.notes) == (
        "partial",
        ("npm counts 2 vulnerable packages, and lists 0.",),
    )


def test_advisories_are_yarns_where_it_is_named(tmp_path: Path) -> None:
    """Yarn 2 and 3 write the document of npm 6, and whoever names yarn is believed."""
    text = (DATA / "pnpm-audit/plain/out.json").read_text(encoding="utf-8")
    (tmp_path / "out.json").write_text(text, encoding="utf-8")
    reading = read(tmp_path / "out.json", "yarn-audit")
    assert (reading.tool, reading.state) == ("yarn-audit", "complete")
    assert reading.count == read(tmp_path / "out.json").count


def test_npm_package_without_a_reason_in_the_file_counts() -> None:
    """A package that is affected through one that is not there is a finding of its own."""
    reading = read(DATA / "npm-audit/malformed/dangling.json")
    (found,) = facts(reading).findings
    assert (reading.state, found.id) == ("partial", "npm:demo-web")
    assert found.fix == "npm install demo-web@2.0.0 (a major version)"


@pytest.mark.parametrize(
    "path",
    [
        "npm-audit/failed/out.json",
        "npm-audit/npm-6/failed.json",
        "pnpm-audit/failed/out.json",
        "pnpm-audit/failed/bad-response.json",
        "yarn-audit/failed/out.ndjson",
    ],
)
def test_failure_is_crashed(path: str) -> None:
    """A document of an error, or none but what the tool says, is a failure and not a clean audit."""
    reading = read(DATA / path)
    assert (reading.state, reading.count) == ("crashed", 0)
    assert " audit " in reading.notes[0]


def test_failure_keeps_no_credentials(tmp_path: Path) -> None:
    """The address of a registry may have a password in it."""
    path = tmp_path / "out.json"
    said = "request to https://someone:secret@registry.example/-/npm failed"
    path.write_text(f'{{"message": "{said}", "error": {{"summary": "", "detail": ""}}}}', "utf-8")
    assert read(path).notes == (
        "npm audit failed: request to https://registry.example/-/npm failed.",
    )


def test_npm_6() -> None:
    """An advisory of npm 6 has its paths counted beside it, and no person's name."""
    reading = read(DATA / "npm-audit/npm-6/plain.json")
    (found,) = facts(reading).findings
    assert (found.id, found.aliases) == ("npm:1099001", ("CVE-2099-1001",))
    assert facts(reading).counts == {"paths": 2}
    assert "someone" not in str(reading)


def test_summary_that_contradicts_is_partial() -> None:
    """A document that counts vulnerabilities and holds none is not clean."""
    assert read(DATA / "npm-audit/npm-6/contradicts.json").state == "partial"


def test_pnpm_is_told_apart() -> None:
    """Pnpm's paths begin with a dot; a clean document of pnpm is npm's, unless it is named."""
    assert read(DATA / "pnpm-audit/plain/out.json").tool == "pnpm-audit"
    clean = DATA / "npm-audit/npm-6/empty.json"
    assert (read(clean).tool, read(clean, "pnpm-audit").tool) == ("npm-audit", "pnpm-audit")


def test_yarn_1_counts_advisories() -> None:
    """Three paths to two advisories are two findings."""
    reading = read(DATA / "yarn-audit/plain/out.ndjson")
    assert (reading.count, facts(reading).counts) == (2, {"paths": 3})


@pytest.mark.parametrize(
    ("name", "note"),
    [
        ("cut.ndjson", "The summary at the end is missing: the output is cut."),
        ("error.ndjson", "yarn said Received malformed response from registry."),
    ],
)
def test_yarn_1_is_partial(name: str, note: str) -> None:
    """Without its summary, and with an error between, the output is not whole."""
    reading = read(DATA / "yarn-audit/malformed" / name)
    assert reading.state == "partial"
    assert note in reading.notes


def test_yarn_4() -> None:
    """Issues are vulnerabilities and deprecations."""
    first, second = findings(DATA / "yarn-audit/berry/out.ndjson")
    assert (first.id, first.package and first.package.version) == ("GHSA-2345-6789-cfgh", "1.0.0")
    assert second.id == "demo-old (deprecation)"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        pytest.param("CWE-918", (918,), id="one"),
        pytest.param("CWE-400, CWE-1333", (400, 1333), id="several in a text"),
        pytest.param('["CWE-1333"]', (1333,), id="JSON in a text"),
        pytest.param(["CWE-79", "CWE-80"], (79, 80), id="a list"),
        pytest.param(None, (), id="null"),
    ],
)
def test_weaknesses(value: object, expected: tuple[int, ...]) -> None:
    """Weaknesses are read however a version writes them."""
    assert npm.cwes(value) == expected
