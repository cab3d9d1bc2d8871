"""cargo-audit, bundler-audit, Composer, Clair, Dependency-Track, GitHub's alerts, and VEX documents."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.security.readers.reading import DATA, facts, findings, read
from trivigil.core.result import Severity
from trivigil.security.severity import choose


def test_cargo_audit() -> None:
    """Vulnerabilities count, warnings and ignored ones are said; a vector is scored, and none stays unknown."""
    reading = read(DATA / "cargo-audit/plain/out.json")
    first, second = facts(reading).findings
    assert (choose(first).severity, choose(second).severity) == (Severity.HIGH, Severity.UNKNOWN)
    assert (first.aliases, facts(reading).counts) == (("CVE-2099-1001",), {"unmaintained": 1})
    assert reading.notes == (
        "cargo-audit warns of 1 unmaintained, which it does not count as vulnerabilities.",
        "cargo-audit was told to ignore RUSTSEC-2099-0009.",
    )


def test_cargo_audit_that_contradicts_itself() -> None:
    """A list that is shorter than its count is partial."""
    assert read(DATA / "cargo-audit/malformed/contradicts.json").state == "partial"


def test_cargo_audit_before_its_warnings_had_kinds(tmp_path: Path) -> None:
    """One list of warnings is counted by what each says it is."""
    report = json.loads((DATA / "cargo-audit/plain/out.json").read_text(encoding="utf-8"))
    report["warnings"] = [{"kind": "yanked"}, {"kind": "unmaintained"}, {"kind": "yanked"}]
    path = tmp_path / "report.json"
    path.write_text(json.dumps(report), encoding="utf-8")
    assert facts(read(path)).counts == {"yanked": 2, "unmaintained": 1}


def test_bundler_audit() -> None:
    """An advisory has its aliases; an insecure source is a finding, without who and what is in its address."""
    insecure, found = findings(DATA / "bundler-audit/plain/out.json")
    assert (found.id, found.aliases) == ("CVE-2099-1001", ("GHSA-2345-6789-cfgh",))
    assert found.package is not None
    assert found.package.fixed == ("~> 2.0.9", "~> 2.1.4")
    assert insecure.title == "Gems are fetched from the insecure source http://gems.example/?key"


def test_composer_audit() -> None:
    """Advisories of every package; ignored ones with their reason; abandoned packages are counted."""
    reading = read(DATA / "composer-audit/plain/out.json")
    found, ignored = facts(reading).findings
    assert (found.id, found.aliases) == (
        "PKSA-demo-0001-aaaa",
        ("CVE-2099-1001", "GHSA-2345-6789-cfgh"),
    )
    assert (ignored.accepted, facts(reading).counts) == ("only used in tests", {"abandoned": 1})


def test_composer_audit_without_a_repository_is_partial() -> None:
    """A repository that did not answer was not asked for advisories."""
    assert read(DATA / "composer-audit/malformed/unreachable.json").state == "partial"


def test_composer_audit_s_filter_lists() -> None:
    """What is on a list of packages not to be installed counts; on the list of malware it is critical."""
    malware, other = findings(DATA / "composer-audit/filter/out.json")
    assert (malware.id, malware.title) == (
        "filter:malware",
        "demo/backdoor is on the list malware",
    )
    assert (other.id, other.malicious) == ("LIST-1", False)
    assert (choose(malware).severity, choose(other).severity) == (
        Severity.CRITICAL,
        Severity.UNKNOWN,
    )


def test_composer_audit_that_drifted() -> None:
    """What is no advisory costs only itself, and is said."""
    reading = read(DATA / "composer-audit/drifted/out.json")
    assert [each.id for each in facts(reading).findings] == ["PKSA-demo-0009-zzzz"]
    assert (reading.state, len(reading.notes)) == ("partial", 2)


@pytest.mark.parametrize("case", ["plain", "klar", "clair-4", "clair-2", "quay"])
def test_clair(case: str) -> None:
    """The reports name the same vulnerability of the same package."""
    found = findings(DATA / "clair" / case / "out.json")[0]
    assert (found.id, found.help_uri) == ("CVE-2099-2001", "https://tracker.example/1")
    assert found.package is not None
    assert found.package[:3] == ("libdemo1", "1.0-1", "deb")
    assert found.package.fixed == ("1.0-2",)
    assert choose(found).severity >= Severity.HIGH


def test_clair_scanner_approves() -> None:
    """What is not in the list of unapproved ones is accepted."""
    first, second = findings(DATA / "clair/plain/out.json")
    assert (first.accepted, second.accepted) == (None, "approved in clair-scanner's list")


def test_clair_scanner_in_any_case(tmp_path: Path) -> None:
    """Its keys count whatever their case, so that no severity is lost."""
    path = tmp_path / "out.json"
    listed = (
        '[{"featurename": "a", "Severity": "Low"}, {"FeatureName": "b", "severity": "Defcon1"}]'
    )
    path.write_text(f'{{"vulnerabilities": {listed}}}', encoding="utf-8")
    first, second = findings(path)
    assert (choose(first).severity, choose(second).severity) == (Severity.LOW, Severity.CRITICAL)
    assert second.package is not None
    assert second.package.name == "b"


def test_clair_s_lists_that_are_none() -> None:
    """What is no list of vulnerabilities, or no vulnerability, is said: such a report is not clean."""
    reading = read(DATA / "clair/drifted/out.json")
    assert (reading.state, reading.count, len(reading.notes)) == ("partial", 0, 2)


def test_quay_that_has_not_scanned(tmp_path: Path) -> None:
    """An image that waits for its scan is not clean; such an answer is Clair's only where it is named."""
    path = tmp_path / "report.json"
    path.write_text('{"status": "queued", "data": null}', encoding="utf-8")
    assert read(path, "clair").state == "crashed"
    assert read(path).tool is None


def test_dependency_track(tmp_path: Path) -> None:
    """A suppressed finding is accepted with its analysis; UNASSIGNED stays unknown; findings need nothing beside them."""
    found, suppressed = findings(DATA / "dependency-track/plain/out.json")
    assert (found.aliases, found.cwes) == (("GHSA-2345-6789-cfgh",), (601,))
    assert suppressed.accepted == "NOT_AFFECTED: not reachable"
    assert choose(suppressed).severity is Severity.UNKNOWN
    alone = json.loads((DATA / "dependency-track/plain/out.json").read_text(encoding="utf-8"))
    path = tmp_path / "findings.json"
    path.write_text(json.dumps({"findings": alone["findings"]}), encoding="utf-8")
    assert findings(path) == (found, suppressed)
    assert findings(DATA / "dependency-track/api/out.json")[0].ratings[-1].score == 9.3


def test_dependabot() -> None:
    """Open alerts count; dismissed and fixed ones are accepted; who dismissed one is not kept."""
    opened, dismissed, fixed = findings(DATA / "dependabot/plain/out.json")
    assert (opened.accepted, opened.place.path) == (None, "web/package-lock.json")
    assert dismissed.accepted == "dismissed: tolerable_risk: until the next release"
    assert fixed.accepted == "fixed"
    assert "someone" not in str(dismissed)


def test_dependabot_graphql() -> None:
    """An answer of GraphQL has the same; MODERATE is medium, and the version is known."""
    (found,) = findings(DATA / "dependabot/graphql/out.json")
    assert (found.id, found.aliases, found.cwes) == (
        "GHSA-2345-6789-jmpq",
        ("CVE-2099-1002",),
        (125,),
    )
    assert found.package is not None
    assert found.package[:3] == ("org.demo:demo-log", "1.0", "maven")
    assert choose(found).severity is Severity.MEDIUM


def test_dependabot_graphql_with_the_advisory_beside(tmp_path: Path) -> None:
    """A query may ask for the advisory of the alert and not of the vulnerability; an alert with a date of its end is settled."""
    told = {"package": {"ecosystem": "NPM", "name": "demo"}}
    link = "https://github.com/advisories/GHSA-2345-6789-cfgh"
    nodes = [
        {"securityVulnerability": told, "securityAdvisory": each}
        for each in (
            {"ghsaId": "GHSA-2345-6789-jmpq", "severity": "CRITICAL"},
            {"permalink": link, "severity": "LOW"},
        )
    ]
    nodes.append({**nodes[0], "fixedAt": "2024-01-01T00:00:00Z"})
    alerts = {"edges": [{"node": each} for each in nodes]}
    path = tmp_path / "out.json"
    answer = {"data": {"repository": {"vulnerabilityAlerts": alerts}}}
    path.write_text(json.dumps(answer), encoding="utf-8")
    first, second, fixed = findings(path)
    assert (first.id, choose(first).severity) == ("GHSA-2345-6789-jmpq", Severity.CRITICAL)
    assert (second.id, choose(second).severity) == ("GHSA-2345-6789-cfgh", Severity.LOW)
    assert (first.accepted, fixed.accepted) == (None, "fixed")


def test_dependabot_webhook_is_one_alert(tmp_path: Path) -> None:
    """The event of a webhook is read, and is not the list of alerts."""
    package = {"ecosystem": "npm", "name": "demo"}
    alert = {
        "number": 1,
        "state": "open",
        "dependency": {"package": package, "manifest_path": "package-lock.json"},
        "security_advisory": {"ghsa_id": "GHSA-2345-6789-cfgh", "severity": "high"},
        "security_vulnerability": {"package": package, "severity": "high"},
    }
    path = tmp_path / "event.json"
    path.write_text(json.dumps({"action": "created", "alert": alert}), encoding="utf-8")
    assert (read(path).tool, read(path).state, read(path).count) == ("dependabot", "partial", 1)


def test_dependabot_page_is_partial() -> None:
    """One page of several is not everything."""
    assert read(DATA / "dependabot/graphql/page.json").state == "partial"
    assert read(DATA / "dependabot/failed/out.json").state == "crashed"


def test_code_scanning() -> None:
    """An alert has its security severity, else its rule's level; dismissed ones are accepted."""
    first, second, dismissed = findings(DATA / "code-scanning/plain/out.json")
    assert (first.place.path, first.place.line, first.cwes) == ("src/app.py", 4, (78,))
    assert [rating.system for rating in second.ratings] == ["level"]
    assert choose(second).severity is Severity.HIGH
    assert dismissed.accepted == "dismissed: false positive"


@pytest.mark.parametrize(("case", "kind"), [("openvex", "OpenVEX"), ("csaf", "CSAF")])
def test_vex_is_no_scan(case: str, kind: str) -> None:
    """A VEX document is a problem that says what it is, and never clean."""
    reading = read(DATA / "vex" / case / "out.json")
    assert reading.facts is None
    assert f"is a VEX document ({kind})" in (reading.problem or "")


@pytest.mark.parametrize(
    "text",
    [
        pytest.param('{"advisories": "none", "abandoned": []}', id="Composer"),
        pytest.param('{"manifest_hash": "sha256:0", "packages": {}}', id="Clair 4"),
        pytest.param('{"LayerCount": 2, "Vulnerabilities": null}', id="Klar"),
        pytest.param(
            '{"image": "a", "unapproved": [], "vulnerabilities": null}', id="clair-scanner"
        ),
        pytest.param('{"data": {"repository": {"vulnerabilityAlerts": null}}}', id="no alerts"),
        pytest.param(
            '{"data": {"repository": {"vulnerabilityAlerts": {}}}}', id="alerts not asked"
        ),
        pytest.param('{"bomFormat": "CycloneDX", "vulnerabilities": null}', id="CycloneDX"),
        pytest.param('{"reportSchema": "1.1", "scanInfo": {}, "dependencies": null}', id="OWASP"),
        pytest.param('{"version": "1", "created_at": "", "results": null}', id="bundler-audit"),
        pytest.param('{"database": {}, "lockfile": {"dependency-count": 1}}', id="cargo-audit"),
        pytest.param('{"descriptor": {"name": "grype"}, "matches": "none"}', id="Grype"),
        pytest.param('{"auditReportVersion": 2, "vulnerabilities": null}', id="npm"),
        pytest.param('{"advisories": null, "metadata": {}}', id="pnpm"),
    ],
)
def test_report_without_its_list_is_never_clean(text: str, tmp_path: Path) -> None:
    """A report in which the list of findings is no list says nothing, and not that there is none."""
    path = tmp_path / "report.json"
    path.write_text(text, encoding="utf-8")
    reading = read(path)
    assert reading.tool is not None
    assert reading.state == "partial"
