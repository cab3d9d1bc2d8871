"""The gate: what fails, what proves nothing, what is accepted."""

from __future__ import annotations

import pytest

from tests.security.made import advisory, flaw, scan
from trivigil.core.reading import State
from trivigil.core.result import Severity
from trivigil.render import json as report_json
from trivigil.render import text
from trivigil.security.analysis import Context, analyze
from trivigil.security.facts import Finding, Kind, Place
from trivigil.security.suppressions import Entry

NOW = "2026-06-15T12:00:00Z"
CONTEXT = Context("security", NOW)
HIGH, LOW = advisory("trivy", "CVE-2022-1111"), advisory("trivy", "CVE-2022-2222", severity="low")
UNRATED = advisory("safety", "CVE-2022-3333", severity="")


@pytest.mark.parametrize(
    ("findings", "fail_on", "verdict"),
    [
        pytest.param((HIGH,), Severity.HIGH, ("failure", 1), id="high fails by itself"),
        pytest.param((LOW,), Severity.HIGH, ("success", 0), id="low does not"),
        pytest.param((LOW,), Severity.LOW, ("failure", 1), id="low does where it is asked for"),
        pytest.param((HIGH,), Severity.CRITICAL, ("success", 0), id="only critical"),
        pytest.param((HIGH,), None, ("neutral", 0), id="nothing fails: facts only"),
        pytest.param((), Severity.HIGH, ("success", 0), id="nothing found"),
        pytest.param((UNRATED,), Severity.HIGH, ("success", 0), id="unknown is not high"),
        pytest.param((UNRATED,), Severity.UNKNOWN, ("failure", 1), id="unknown, asked for"),
    ],
)
def test_the_gate(
    findings: tuple[Finding, ...], fail_on: Severity | None, verdict: tuple[str, int]
) -> None:
    """Critical and high fail by themselves."""
    state: State = "complete" if findings else "empty"
    report = analyze([scan(findings, state=state)], CONTEXT._replace(fail_on=fail_on))
    assert tuple(report.conclusion) == verdict


@pytest.mark.parametrize(
    ("fail_on", "unknown_fails", "verdict"),
    [
        pytest.param(Severity.HIGH, False, ("success", 0), id="passes, and is said"),
        pytest.param(Severity.HIGH, True, ("failure", 1), id="fails where it is asked for"),
        pytest.param(None, True, ("neutral", 0), id="nothing fails at all"),
    ],
)
def test_what_nobody_rated(
    fail_on: Severity | None, unknown_fails: bool, verdict: tuple[str, int]
) -> None:
    """Unknown is folded into no other severity: whether it fails is said apart, and where it passes, the verdict counts it."""
    context = CONTEXT._replace(fail_on=fail_on, unknown_fails=unknown_fails)
    report = analyze([scan([UNRATED, LOW])], context)
    assert tuple(report.conclusion) == verdict
    assert [r.severity for r in report.results] == [Severity.LOW, Severity.UNKNOWN]
    shown = text.render(report, width=100, colour=False)
    assert ("(1 of unknown severity)" in shown) is not (unknown_fails and fail_on is not None)
    advised = "unknown-severity: fail lets it fail" in shown
    assert advised is (fail_on is not None and not unknown_fails)


@pytest.mark.parametrize("state", ["partial", "crashed", "missing", "stale"])
def test_no_unproven_scan_is_clean(state: State) -> None:
    """A scan that is not whole fails the gate, unless the configuration says that it may be so."""
    readings = [scan(state=state)]
    assert analyze(readings, CONTEXT).conclusion.exit_code == 1
    tolerant = analyze(readings, CONTEXT._replace(tolerate=("trivy",)))
    assert tolerant.conclusion.exit_code == 0
    assert [result.gates for result in tolerant.findings] == [False]
    assert tolerant.conclusion.verdict == "neutral"
    assert "1 tolerated scan proves nothing" in text.render(tolerant, width=100, colour=False)
    beside = analyze([*readings, scan(tool="bandit")], CONTEXT._replace(tolerate=("trivy",)))
    assert beside.conclusion.verdict == "success"


def test_unusable_input_goes_before_findings() -> None:
    """A damaged file is something to mend: exit 2, and the findings of the others are told all the same."""
    damaged = scan(tool="bandit", state="missing", problem="bandit.json is cut.")
    report = analyze([scan([HIGH]), damaged], CONTEXT)
    assert report.conclusion.exit_code == 2
    assert any(result.rule.id == "CVE-2022-1111" for result in report.findings)


def test_a_required_tool_must_have_scanned() -> None:
    """Not there, or not whole: the gate fails; there and whole: it passes."""
    context = CONTEXT._replace(require=("bandit",))
    assert analyze([scan(state="empty")], context).conclusion.exit_code == 1
    assert analyze([scan(tool="bandit", state="partial")], context).conclusion.exit_code == 1
    assert analyze([scan(tool="bandit", state="empty")], context).conclusion.exit_code == 0


def test_an_accepted_finding_does_not_block_and_is_shown() -> None:
    """With its reason, its owner and its last day; and the entry that accepts nothing is named."""
    entries = (
        Entry("not reachable", "2026-12-31", "web team", id="CVE-2022-1111", line=3),
        Entry("old", "2026-12-31", id="CVE-1999-0001", line=7),
    )
    report = analyze([scan([HIGH])], CONTEXT._replace(entries=entries))
    assert report.conclusion.exit_code == 0
    assert report.results[0].suppression is not None
    assert report.results[0].suppression.owner == "web team"
    assert report.notes == (
        ".trivigil-suppressions.yml:7: it accepts nothing that was found; remove it.",
    )


def test_an_expired_acceptance_blocks_again() -> None:
    """The last day is the last day; the note says why it blocks."""
    entries = (Entry("soon", "2026-06-14", id="CVE-2022-1111", line=3),)
    report = analyze([scan([HIGH])], CONTEXT._replace(entries=entries))
    assert report.conclusion.exit_code == 1
    assert "expired on 2026-06-14" in report.notes[0]


def test_one_tools_own_acceptance_does_not_silence_another() -> None:
    """Accepted in Trivy, counted by Grype: active. Accepted by all that see it: accepted."""
    accepted = HIGH._replace(accepted="not_affected: vulnerable_code_not_present")
    other = advisory("grype", "CVE-2022-1111")
    assert analyze([scan([accepted])], CONTEXT).conclusion.exit_code == 0
    assert analyze([scan([accepted]), scan([other], "grype")], CONTEXT).conclusion.exit_code == 1


def test_the_result_file_has_the_keys_that_scripts_read() -> None:
    """Counts after merging, raw counts before it, lists by severity."""
    import json

    readings = [scan([HIGH, LOW]), scan([advisory("grype", "CVE-2022-1111")], "grype")]
    written = json.loads(report_json.dump(analyze(readings, CONTEXT)))
    assert (written["high_count"], written["low_count"], written["total_count"]) == (1, 1, 2)
    assert written["critical_vulnerabilities"] == []
    assert [each["source"] for each in written["all_vulnerabilities"]["high"]] == ["grype, trivy"]
    assert written["raw_counts"] == {"grype": {"high": 1}, "trivy": {"high": 1, "low": 1}}


def test_a_report_comes_back_as_it_was() -> None:
    """Read again from its file it has the same results and the same fingerprints."""
    report = analyze([scan([HIGH, flaw("bandit", "B608", 3, cwe=89)])], CONTEXT)
    again = report_json.load(report_json.dump(report))
    assert again.results == report.results
    assert [r.fingerprint for r in again.results] == [r.fingerprint for r in report.results]


def test_what_a_public_repository_does_not_tell() -> None:
    """Secrets, web and own findings lose every detail and keep severity, tool and identity."""
    from trivigil.security.disclosure import conceal

    canary = "canary-7f3a"
    kinds: tuple[Kind, ...] = ("secret", "web", "custom")
    hidden = [
        Finding(
            "zap", kind, canary, canary, Place(path=canary, url=f"https://{canary}/"), canary, (canary,),
            ratings=HIGH.ratings, fix=canary, help_uri=f"https://{canary}/",
        )
        for kind in kinds
    ]  # fmt: skip
    report = analyze([scan([*hidden, HIGH])], CONTEXT)
    shown = conceal(report)
    assert canary in report_json.dump(report)
    assert canary not in report_json.dump(shown)
    assert len(shown.results) == len(report.results)
    assert [r.severity for r in shown.results] == [r.severity for r in report.results]
    assert len({r.fingerprint for r in shown.results}) == len(shown.results)
    assert "CVE-2022-1111" in report_json.dump(shown)
