"""A security report on GitHub: its issue, what changed since the last commit, and what is uploaded to code scanning."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from tests.github_double.contract import sarif as code_scanning
from tests.security.made import advisory, flaw, scan
from trivigil.core.report import Report
from trivigil.core.result import Severity
from trivigil.publish import delta, parse_wanted, sarif_upload
from trivigil.publish.annotations import in_repository
from trivigil.publish.issue import Wishes, state_in
from trivigil.render import sarif
from trivigil.security.analysis import Context, analyze
from trivigil.security.facts import Finding, Place, Rating
from trivigil.security.incidents import of

from .scene import CHECKOUT, Scene

if TYPE_CHECKING:
    from tests.github_double.subjects.issues import Issue
    from trivigil.core.reading import Reading
    from trivigil.security.facts import ScanFacts

SQL = flaw("bandit", "B608", 12, cwe=89, code="x")
DJANGO = advisory("trivy", "CVE-2022-28346", severity="critical", fixed=("2.2.28",))
MINOR = flaw("bandit", "B101", 4, severity="low")


def told(*readings: Reading[ScanFacts], **facts: Any) -> Report:
    return analyze(readings, Context("security", "2026-01-31T12:00:00Z", **facts))


def both(bandit: Any = (), trivy: Any = ()) -> Report:
    """Two whole scans."""
    return told(scan(bandit, "bandit"), scan(trivy, "trivy"))


def run(scene: Scene, report: Report, event: str = "schedule", **values: Any) -> Any:
    return scene.run(report, scene.token(), scene.environ(event), **values)


def the_issue(scene: Scene) -> Issue:
    [issue] = scene.shop.issues().values()
    return issue


@pytest.fixture(autouse=True)
def at_noon(scene: Scene) -> None:
    scene.github.clock.freeze(datetime(2026, 1, 31, 12, tzinfo=UTC))


def test_an_issue_has_labels(scene: Scene) -> None:
    """What blocks on the default branch opens one issue, labelled `security` and with the worst severity."""
    run(scene, both([SQL, MINOR], [DJANGO]))
    issue = the_issue(scene)
    assert issue.title == "Security fails"
    assert issue.labels == ("trivigil", "security", "critical")
    assert "CVE-2022-28346" in (issue.body or "")
    assert len(state_in(issue.body or "").failing) == 2


def test_no_label_is_no_label(scene: Scene) -> None:
    """Who wishes for none gets none."""
    wanted = parse_wanted("issue")._replace(issue=Wishes(()))
    run(scene, both([SQL]), wanted=wanted)
    assert the_issue(scene).labels == ()


@pytest.mark.parametrize(
    ("later", "state"),
    [
        pytest.param(both([MINOR]), "closed", id="whole scans of the same tools"),
        pytest.param(told(scan((), "bandit")), "open", id="the tool that found it did not run"),
        pytest.param(
            told(scan((), "bandit"), scan((), "trivy", "partial"), tolerate=("trivy",)), "open",
            id="its scan is not whole, and tolerated",
        ),
        pytest.param(told(scan((), "bandit"), scan((), "trivy", "crashed")), "open", id="it crashed"),
        pytest.param(both([], [DJANGO._replace(title="Other words")]), "open", id="it is still there"),
        pytest.param(
            told(scan((), "bandit"), scan((), "trivy")._replace(path="image.json")), "open",
            id="it looked at something else",
        ),
        pytest.param(
            told(scan((), "bandit"), scan((), "trivy"), fail_on=None), "open", id="nothing is judged"
        ),
    ],
)  # fmt: skip
def test_only_proof_closes(scene: Scene, later: Report, state: str) -> None:
    """It is over when a whole scan by the same tool of the same files does not find it any more."""
    run(scene, both([MINOR], [DJANGO]))
    run(scene, later)
    assert the_issue(scene).state == state


def test_a_file_named_by_its_time(scene: Scene) -> None:
    """Numbers in a file's name do not make it another scan."""
    named = scan([SQL], "bandit")._replace(path="report_20260131.json")
    run(scene, told(named))
    run(scene, told(scan((), "bandit")._replace(path="report_20260201.json")))
    assert the_issue(scene).state == "closed"


def test_marks_are_bounded() -> None:
    """What an issue remembers of a finding is as short as its state allows."""
    [incident] = of(both([SQL], [DJANGO]))
    assert all(len(mark) <= 64 for mark in incident.failing)
    assert not set(incident.failing) & set(incident.passed)
    assert set(incident.failing) - incident.passed == set(incident.failing)


@pytest.mark.parametrize(
    ("now", "sentence"),
    [
        pytest.param(both([SQL], [DJANGO]), None, id="nothing"),
        pytest.param(both([SQL]), "1 no longer found", id="gone from whole scans"),
        pytest.param(
            told(scan([SQL], "bandit"), scan((), "trivy", "partial")),
            "1 new failure, 1 no longer judged", id="gone from a scan that is not whole",
        ),
        pytest.param(
            both([SQL, flaw("bandit", "B602", 3)], [DJANGO]), "1 new failure", id="a new one"
        ),
    ],
)  # fmt: skip
def test_what_changed(now: Report, sentence: str | None) -> None:
    """A finding that whole scans no longer find is told so; nobody calls it mended."""
    failed = delta.failures(both([SQL], [DJANGO]))
    assert failed is not None
    found = delta.compare(now, delta.Before("a" * 40, failed))
    assert (found.sentence if found else None) == sentence


@pytest.mark.parametrize(
    ("report", "reason"),
    [
        pytest.param(both([SQL]), None, id="whole"),
        pytest.param(told(scan((), "bandit", "partial")), "not complete", id="partial"),
        pytest.param(told(scan((), "bandit"), require=("trivy",)), "required", id="missing"),
    ],
)
def test_what_is_uploaded(report: Report, reason: str | None) -> None:
    """Alerts are closed by silence, so that an upload needs every scan."""
    found = sarif_upload.unfit(report)
    assert (found is None) if reason is None else (reason in (found or ""))


def test_a_pull_request(scene: Scene) -> None:
    """Comment, check run and annotations, worst first, and code scanning by default."""
    everything = {
        "contents": "read",
        "checks": "write",
        "pull-requests": "write",
        "security-events": "write",
    }
    report = both([SQL, MINOR], [DJANGO])
    done = scene.run(report, scene.token(everything), scene.environ("pull_request")).published
    assert {"comment", "check-run", "sarif"} <= set(done.done)
    [check] = scene.shop.check_runs()
    assert [one.path for one in check.annotations] == ["requirements.txt", "app/db.py", "app/db.py"]
    assert Severity.CRITICAL.label in scene.mine()[0]


# --- code scanning -------------------------------------------------------------------------------


def log_of(report: Report) -> sarif.Log:
    checkout = partial(in_repository, checkout=CHECKOUT)
    log = sarif.render(report, checkout, None)
    assert list(code_scanning.faults(json.loads(json.dumps(log.document)))) == []
    return log


def test_an_advisory_in_code_scanning() -> None:
    """It stands on the first line of its manifest, with the score of who rates it so, and known again by its identity."""
    rated = DJANGO._replace(
        cwes=(89,),
        help_uri="https://nvd.nist.gov/vuln/detail/CVE-2022-28346",
        ratings=(*DJANGO.ratings, Rating("nvd", "cvss:3.1", Severity.CRITICAL, 9.8)),
    )
    run: Any = log_of(both([], [rated])).document["runs"]
    [rule], [result] = run[0]["tool"]["driver"]["rules"], run[0]["results"]
    assert rule["properties"] == {
        "tags": ["security", "external/cwe/cwe-089"], "security-severity": "9.8",
    }  # fmt: skip
    assert rule["helpUri"] == "https://nvd.nist.gov/vuln/detail/CVE-2022-28346"
    place = result["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "requirements.txt"
    assert place["region"]["startLine"] == 1
    other = DJANGO._replace(package=DJANGO.package and DJANGO.package._replace(version="2.2.1"))
    again: Any = log_of(both([], [other._replace(title="Other words")])).document["runs"]
    assert again[0]["results"][0]["partialFingerprints"] == result["partialFingerprints"]


@pytest.mark.parametrize(
    ("severity", "score"),
    [("critical", "9.5"), ("high", "8.0"), ("medium", "5.5"), ("low", "2.0"), ("info", None), ("", None)],
)  # fmt: skip
def test_a_word_in_code_scanning(severity: str, score: str | None) -> None:
    """Where nobody gives a score it is the middle of the band, and of what nobody rated there is none."""
    run: Any = log_of(both([flaw("bandit", "B1", 2, severity=severity)])).document["runs"]
    [rule] = run[0]["tool"]["driver"]["rules"]
    assert rule["properties"].get("security-severity") == score


def test_what_has_no_place_is_counted() -> None:
    """A finding of the running application is nowhere in the repository: left out, and said."""
    web = Finding("zap", "web", "10038", "No policy", Place(url="https://shop.test/", method="GET"))
    address = flaw("semgrep", "r1", 3, path="https://shop.test/app.js")
    log = log_of(told(scan([web], "zap"), scan([address], "semgrep"), scan([SQL], "bandit")))
    assert log.shown == 1
    assert "2 findings are not in code scanning, for want of a place in the repository" in log.notes
