"""Failures of other tools of this kind, as their users reported them: none of them is possible here.

A docstring is the truth, with the report behind it. Those in `ELSEWHERE` are proven by the test that is named there.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.security.files import ASSERT, DJANGO, JINJA, SHELL, SQL, bandit, trivy
from trivigil import security
from trivigil.core.result import Severity
from trivigil.publish import texts
from trivigil.security.analysis import Context
from trivigil.security.suppressions import Entry

if TYPE_CHECKING:
    from collections.abc import Iterable

    from trivigil.core.report import Report
    from trivigil.core.result import Result

NOW = "2026-06-15T12:00:00Z"
TESTS = Path(__file__).parents[1]
DATA = TESTS / "data" / "security"


def judged(folder: Path, *texts: str, entries: tuple[Entry, ...] = ()) -> Report:
    """The report of files with these texts."""
    names = []
    for number, text in enumerate(texts):
        names.append(f"scan-{number}.json")
        (folder / names[-1]).write_text(text, encoding="utf-8")
    return security.judge_files(
        names, Context("security", NOW, entries=entries), directory=str(folder)
    )


def told(report: Report) -> str:
    """What a comment says of it."""
    return texts.of(report, None).markdown(chars=60_000, bytes_=60_000, elsewhere="the report")


def prints(report: Report) -> list[str]:
    return sorted(one.fingerprint for one in report.results)


def blocking(report: Report) -> list[tuple[str, int | None]]:
    """Path and line of what gates and nobody accepted."""
    return [
        (one.location.path or one.location.name, one.location.line)
        for one in report.results
        if one.gates and one.suppression is None
    ]


def accepted(result: Result) -> tuple[Entry, ...]:
    """An entry for this one finding."""
    return (Entry("no risk", "2026-12-31", fingerprint=result.fingerprint, line=3),)


# --- what is the same, and what is new ------------------------------------------------------------

WHOLE = sorted(
    path
    for tool in ("trivy", "semgrep", "checkov", "gitleaks", "grype", "kics", "bandit", "sarif")
    for path in (DATA / tool).rglob("*.*")
    if path.stem == "plain" or path.parent.name == "plain"
)


@pytest.mark.parametrize(
    "path", WHOLE, ids=["-".join(one.relative_to(DATA).parts) for one in WHOLE]
)
def test_the_same_file_again_is_the_same_result(path: Path, tmp_path: Path) -> None:
    """Importing one Trivy file twice closed 46 of 78 findings, one Semgrep SARIF left 1 of 34 (DefectDojo/django-DefectDojo#8100, #11470)."""
    text = path.read_text(encoding="utf-8")
    once, again, twice = (judged(tmp_path, *texts) for texts in ((text,), (text,), (text, text)))
    assert once.results
    assert len(set(prints(once))) == len(once.results)
    assert prints(once) == prints(again) == prints(twice)


def test_an_acceptance_absorbs_no_new_copy(tmp_path: Path) -> None:
    """One entry of a baseline hid any number of new findings that are equal to it (PyCQA/bandit#1467, #466)."""
    first, copy = SQL, (*SQL[:3], 40, SQL[4])
    same = bandit(first, copy).replace("40 query", "12 query")
    [known] = judged(tmp_path, bandit(first)).results
    report = judged(tmp_path, same, entries=accepted(known))
    assert blocking(report) == [("app/db.py", 40)]


CHECK: dict[str, Any] = {
    "check_id": "CKV_AWS_24", "check_name": "open to all", "file_path": "/main.tf", "file_line_range": [6, 13],
    "resource": "aws_security_group.open", "severity": "HIGH", "check_result": {"result": "FAILED"},
}  # fmt: skip


def checkov(*changes: dict[str, Any]) -> str:
    """Checkov's report of a failed check for each of these."""
    failed = [{**CHECK, **change, "repo_file_path": change.get("file_path", "/main.tf")} for change in changes]  # fmt: skip
    summary = {"passed": 0, "failed": len(failed), "skipped": 0, "parsing_errors": 0, "resource_count": 1,
               "checkov_version": "3.3.30"}  # fmt: skip
    return json.dumps({"check_type": "terraform", "results": {"failed_checks": failed}, "summary": summary})  # fmt: skip


def test_an_acceptance_is_of_its_file(tmp_path: Path) -> None:
    """A baseline that ignores the file hid the same check in a new file (bridgecrewio/checkov#7647)."""
    [known] = judged(tmp_path, checkov({})).results
    report = judged(tmp_path, checkov({}, {"file_path": "/new.tf"}), entries=accepted(known))
    assert [path for path, _ in blocking(report)] == ["new.tf"]


def test_one_acceptance_hides_no_other_advisory(tmp_path: Path) -> None:
    """Allowing one advisory of a package hid its others (actions/dependency-review-action#623)."""
    other = ("CVE-2022-34265", "CRITICAL", *DJANGO[2:])
    entries = (Entry("no risk", "2026-12-31", id=DJANGO[0], line=3),)
    report = judged(tmp_path, trivy(DJANGO, other), entries=entries)
    assert [one.rule.id for one in report.results if one.suppression is None] == [other[0]]


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param((DJANGO[0], "LOW", *DJANGO[2:]), id="the severity"),
        pytest.param((*DJANGO[:3], "2.2.9", *DJANGO[4:]), id="the version"),
        pytest.param((*DJANGO[:5], "another title"), id="the words"),
    ],
)
def test_a_finding_stays_itself(changed: tuple[str, ...], tmp_path: Path) -> None:
    """A new rating, version or title made another finding of it (DefectDojo's hash fields; Grype's SARIF fingerprint has the version)."""
    assert prints(judged(tmp_path, trivy(DJANGO))) == prints(judged(tmp_path, trivy(changed)))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("one", "two"),
    [
        pytest.param("shop:1.0", "shop:1.1", id="a tag"),
        pytest.param("localhost:5000/shop:1.0", "localhost:5000/shop@sha256:ab", id="a digest"),
    ],
)
def test_a_new_tag_of_an_image_is_the_same_image(one: str, two: str, tmp_path: Path) -> None:
    """With the tag in it nothing was ever fixed: alerts of the old tag stayed open (aquasecurity/trivy-action#227)."""
    assert prints(judged(tmp_path, of_image(one))) == prints(judged(tmp_path, of_image(two)))
    assert prints(judged(tmp_path, of_image(one))) != prints(judged(tmp_path, of_image("other:1")))


def of_image(name: str) -> str:
    """Trivy's report of an image with one old package."""
    found = {"VulnerabilityID": "CVE-2023-0286", "PkgName": "openssl", "InstalledVersion": "3.0.7", "Severity": "HIGH"}  # fmt: skip
    result = {"Target": f"{name} (debian 12.1)", "Class": "os-pkgs", "Type": "debian", "Vulnerabilities": [found]}  # fmt: skip
    report = {"SchemaVersion": 2, "ArtifactName": name, "ArtifactType": "container_image", "Results": [result]}  # fmt: skip
    return json.dumps(report)


def leak(line: int, commit: str) -> str:
    """Gitleaks' report of one token."""
    leaked = {
        "RuleID": "github-pat", "Description": "a token", "StartLine": line, "EndLine": line, "StartColumn": 1, "EndColumn": 9,
        "Match": "token = made-up-value-5f1e", "Secret": "made-up-value-5f1e", "File": "settings.txt", "SymlinkFile": "",
        "Commit": commit, "Entropy": 4.0, "Author": "Somebody", "Email": "somebody@example.com", "Date": "2026-01-01T00:00:00Z",
        "Message": "a message", "Tags": [], "Fingerprint": f"{commit}:settings.txt:github-pat:{line}",
    }  # fmt: skip
    return json.dumps([leaked])


def test_a_secret_stays_itself_when_it_moves(tmp_path: Path) -> None:
    """Commit and line in Gitleaks' own fingerprint make a new secret of it with each rebase (gitleaks-action's `.gitleaksignore`)."""
    first, moved = judged(tmp_path, leak(3, "a" * 40)), judged(tmp_path, leak(9, "b" * 40))
    assert prints(first) == prints(moved)
    shown = told(first)
    for private in ("Somebody", "somebody@example.com", "made-up-value-5f1e", "a message"):
        assert private not in shown + repr(first)


# --- nothing is lost --------------------------------------------------------------------------------


def sarif(
    results: Iterable[dict[str, Any]], *, name: str = "SnykCode", rules: Iterable[dict[str, Any]] = ()
) -> str:  # fmt: skip
    """A SARIF log of one run."""
    driver = {"name": name, "rules": list(rules)}
    run = {"tool": {"driver": driver}, "results": list(results)}
    return json.dumps({"version": "2.1.0", "runs": [run]})


def at(*places: tuple[str, int]) -> dict[str, Any]:
    """A result of one rule at these places."""
    return {
        "ruleId": "python/Sqli", "level": "error", "message": {"text": "SQL"},
        "locations": [
            {"physicalLocation": {"artifactLocation": {"uri": path}, "region": {"startLine": line}}}
            for path, line in places
        ],
    }  # fmt: skip


def test_each_hit_of_a_rule_counts(tmp_path: Path) -> None:
    """All hits of a rule in a file were one finding (DefectDojo's fields for Snyk Code: rule and path)."""
    report = judged(tmp_path, sarif([at(("a.py", 3)), at(("a.py", 9))]))
    assert [one.location.line for one in report.findings] == [3, 9]
    assert len(set(prints(report))) == 2


def test_a_result_with_several_places_is_one(tmp_path: Path) -> None:
    """Each place of a result became a finding of its own (DefectDojo's SARIF parser)."""
    assert len(judged(tmp_path, sarif([at(("a.py", 3), ("b.py", 9))])).findings) == 1


GRYPE = next((DATA / "grype" / "plain").iterdir())


def test_what_was_found_is_shown(tmp_path: Path) -> None:
    """Every match of Grype was missing in the comment, which said that none was detected (huntridge-labs/argus#362)."""
    report = judged(tmp_path, GRYPE.read_text(encoding="utf-8"))
    shown = told(report)
    assert report.findings
    for one in report.findings:
        assert one.rule.id in shown


# --- severity -----------------------------------------------------------------------------------------


def test_json_and_sarif_of_one_tool_agree(tmp_path: Path) -> None:
    """Two parsers of one tool gave two severities (DefectDojo/django-DefectDojo#6289, #6508)."""
    rule = {
        "id": DJANGO[0], "name": "LanguageSpecificPackageVulnerability",
        "properties": {"security-severity": "2.0", "tags": ["vulnerability", "security", "LOW"]},
    }  # fmt: skip
    said = f"Package: django\nInstalled Version: 2.2.0\nVulnerability {DJANGO[0]}\nSeverity: CRITICAL\nFixed Version: 2.2.28"
    result = {
        **at(("requirements.txt", 1)), "ruleId": DJANGO[0], "message": {"text": said},
    }  # fmt: skip
    log = sarif([result], name="Trivy", rules=[rule])
    [found] = judged(tmp_path, trivy(DJANGO), log).findings
    assert found.severity is Severity.CRITICAL
    assert found.tools == ("trivy",)


@pytest.mark.parametrize(
    ("word", "severity"), [("CRITICAL", Severity.CRITICAL), ("TRACE", Severity.INFO)]
)
def test_kics_says_critical(word: str, severity: Severity, tmp_path: Path) -> None:
    """A word that came with a newer version was read as medium without a sound (DefectDojo/django-DefectDojo#15345)."""
    report = json.loads((DATA / "kics" / "made" / "plain.json").read_text(encoding="utf-8"))
    for query in report["queries"]:
        query["severity"] = word
    found = judged(tmp_path, json.dumps(report)).findings
    assert found
    assert {one.severity for one in found} == {severity}


@pytest.mark.parametrize("word", ["UNIMPORTANT", "NEGLIGIBLE"])
def test_unimportant_does_not_fail(word: str, tmp_path: Path) -> None:
    """What Debian calls unimportant failed like everything else (google/osv-scanner#2201)."""
    report = judged(tmp_path, trivy((DJANGO[0], word, *DJANGO[2:])))
    assert [one.severity for one in report.results] == [Severity.INFO]
    assert report.conclusion.exit_code == 0


@pytest.mark.parametrize("score", ["undefined", None, "MEDIUM", 7.5, "7.5"])
def test_no_score_refuses_the_file(score: object, tmp_path: Path) -> None:
    """A score that is no number made the whole file unreadable (DefectDojo/django-DefectDojo#10191, github/codeql-action#2187)."""
    rule = {"id": "python/Sqli", "properties": {"security-severity": score}}
    report = judged(tmp_path, sarif([at(("a.py", 3))], rules=[rule]))
    assert report.problems == ()
    assert len(report.findings) == 1


# --- what proves nothing ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(bandit(errors=["./app/db.py"]), id="the scanner names an error"),
        pytest.param(sarif([]).replace('"results": []', '"results": null'), id="nothing was scanned"),
        pytest.param("", id="no byte"),
        pytest.param(trivy(DJANGO)[:200], id="half of a file"),
    ],
)  # fmt: skip
def test_a_failed_scan_is_never_passed(text: str, tmp_path: Path) -> None:
    """Errors, scans of nothing and scans that were not there were green (awslabs/automated-security-helper PR#168, #535, #564; huntridge-labs/argus#19)."""
    report = judged(tmp_path, text, bandit())
    assert report.conclusion.verdict == "failure"
    assert report.conclusion.exit_code in (1, 2)


def test_mild_findings_hide_no_blocking_one(tmp_path: Path) -> None:
    """A change with severe findings was not blocked (aquasecurity/trivy-action#171)."""
    report = judged(tmp_path, bandit(ASSERT, SHELL), trivy(JINJA))
    assert report.conclusion.exit_code == 1
    assert blocking(report) == [("app/run.py", 3)]


ELSEWHERE = {
    # findings and their parts
    "DefectDojo: npm 7, all of `via` but the first is lost": "security/readers/test_npm.py::test_npm_counts_advisories",
    "DefectDojo: govulncheck's definitions are findings": "security/readers/test_govulncheck.py::test_definition_is_no_finding",
    "DefectDojo/django-DefectDojo#15033: govulncheck's SARIF says another severity": "security/readers/test_sarif.py::test_a_level_that_says_something_else_is_no_opinion",
    "DefectDojo: a missing key is a crash": "security/readers/test_drift.py::test_no_field_loses_the_file",
    "DefectDojo, sarif-tools: SARIF rules of extensions are not found": "security/readers/test_sarif.py::test_rules_are_found",
    "DefectDojo: ZAP's confidence is looked up as its risk, its JSON refused": "security/readers/test_zap.py::test_an_alert_is_read",
    "DefectDojo: malware without a severity is low": "security/readers/test_osv_scanner.py::test_malware_is_critical",
    "DefectDojo: everything of pip-audit is medium": "security/readers/test_pip_audit.py::test_plain",
    "DefectDojo: an error of Hadolint is critical": "security/readers/test_linters.py::test_hadolint",
    "google/osv-scanner#2998: CVSS 4.0 gives 38 vectors another severity": "security/cvss/test_cvss.py::test_first_s_examples",
    "Trivy's SARIF: a rule's severity is that of the last package": "security/readers/test_sarif.py::test_trivy_says_the_severity_in_the_message",
    "Semgrep: `requires login` as fingerprint and code": "security/readers/test_semgrep.py::test_words_that_ask_for_a_login_are_no_code",
    "gitleaks-action: author and e-mail in the summary": "security/readers/test_secret_scanners.py::test_history_names_the_commit",
    "ZAP's XML: requests with cookies": "security/readers/test_zap.py::test_nothing_of_requests_and_responses_is_kept",
    # one problem once
    "DefectDojo/django-DefectDojo#1037: scanners repeat each other": "security/test_groups.py::test_what_is_one_problem",
    "github/codeql#15218: another prefix of the paths reopens everything": "security/readers/test_sarif.py::test_paths_are_of_the_repository",
    # what is accepted
    "actions/dependency-review-action#133: no last day": "security/test_analysis.py::test_an_expired_acceptance_blocks_again",
    "github/codeql-action#1230, security-alert/sarif-to-comment#12: suppressed results are shown as open": "security/readers/test_sarif.py::test_a_suppression_counts_where_all_are_accepted",
    "NVIDIA/cluster-readiness-engine#306: an acceptance that matches nothing is silent": "security/test_analysis.py::test_an_accepted_finding_does_not_block_and_is_shown",
    # what proves nothing
    "google/osv-scanner-action PR#139: a crashed scan is green": "security/tools/test_real.py::test_osv_scanner_without_a_database",
    "awslabs/automated-security-helper#564: a scanner is missing, and all is green": "security/test_order.py::test_a_scanner_that_is_not_there_is_missing",
    "zaproxy/zaproxy#8776, action-baseline: a ZAP that looked at nothing passes": "security/tools/test_replayed.py::test_zap",
    "aquasecurity/trivy-action#213, #228, #281, #330: exit code and file contradict each other": "security/test_exit_codes.py::test_a_code_and_a_file",
    # what GitHub gets
    "github/docs#38085: the results that are kept are not the worst": "render/test_sarif.py::test_more_findings_than_code_scanning_keeps",
    "github/codeql-action#3051: two runs of one category": "publish/test_sarif_upload.py::test_watches_stand_beside_each_other",
    "aquasecurity/trivy#1840: no fingerprints": "publish/test_security_publishing.py::test_an_advisory_in_code_scanning",
    "snyk/actions#53: upload, or fail": "act/test_security.py::test_a_pull_request",
    "action-baseline, gitleaks-action: only the first page of comments is read": "publish/test_conversation.py::test_one_comment_among_three_hundred",
    "reviewdog/reviewdog#568, security-alert/sarif-to-comment#331: outdated remarks stay": "publish/test_conversation.py::test_second_attempt_replaces_the_first",
    "gardener/cc-utils#786: a failed scan closes issues": "publish/test_security_publishing.py::test_only_proof_closes",
    "RasaHQ/rasa#8474: the same issue twice": "publish/test_incidents.py::test_two_writers_open_one_issue",
    "gitrivy: a renamed title loses the issue": "publish/test_incidents.py::test_it_is_found_behind_hundreds",
}  # fmt: skip
"""Failures, and the test of this repository in which each would show."""


@pytest.mark.parametrize("failure", ELSEWHERE)
def test_the_test_is_there(failure: str) -> None:
    """A failure that is said to be tested elsewhere has its test, by that name."""
    file, _, name = ELSEWHERE[failure].partition("::")
    assert f"def {name}(" in (TESTS / file).read_text(encoding="utf-8")
