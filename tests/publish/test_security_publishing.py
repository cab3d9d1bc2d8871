"""A security report on GitHub: its issue, what changed since the last commit, and what is uploaded to code scanning."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from tests.github_double.contract import sarif as code_scanning
from tests.github_double.subjects.issues import change
from tests.github_double.subjects.labels import make
from tests.security.made import advisory, flaw, scan
from trivigil.core.report import Report
from trivigil.core.result import Severity
from trivigil.publish import delta, parse_wanted, sarif_upload
from trivigil.publish.annotations import in_repository
from trivigil.publish.issue import Wishes, state_in
from trivigil.render import sarif
from trivigil.security.analysis import Context, analyze
from trivigil.security.facts import Finding, Place, Rating
from trivigil.security.incidents import MOST
from trivigil.security.incidents import of as incidents_of

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


def issues(scene: Scene) -> dict[str, Issue]:
    """All issues by their titles."""
    return {one.title: one for one in scene.shop.issues().values()}


OF_SQL = "Security: B608 B608 at app/db.py"
OF_DJANGO = "Security: django has known vulnerabilities"


@pytest.fixture(autouse=True)
def at_noon(scene: Scene) -> None:
    scene.github.clock.freeze(datetime(2026, 1, 31, 12, tzinfo=UTC))


def test_an_issue_for_each_group(scene: Scene) -> None:
    """What is mended together has one issue, with `security` and its severity as labels, and tells of nothing else."""
    second = advisory("trivy", "CVE-2022-28347", severity="high", fixed=("2.2.28",))
    run(scene, both([SQL, MINOR], [DJANGO, second]))
    found = issues(scene)
    assert set(found) == {OF_SQL, OF_DJANGO}
    assert found[OF_SQL].labels == ("trivigil", "security", "high")
    assert found[OF_DJANGO].labels == ("trivigil", "security", "critical")
    body = found[OF_DJANGO].body or ""
    assert "CVE-2022-28346" in body
    assert "CVE-2022-28347" in body
    assert "B608" not in body
    assert len(state_in(body).failing) == 2


def test_no_label_is_no_label(scene: Scene) -> None:
    """Who wishes for none gets none."""
    wanted = parse_wanted("issue")._replace(issue=Wishes(()))
    run(scene, both([SQL]), wanted=wanted)
    assert issues(scene)[OF_SQL].labels == ()


def rated(severity: str) -> Report:
    return both([flaw("bandit", "B608", 12, cwe=89, severity=severity, code="x")])


def test_another_severity_is_another_label(scene: Scene) -> None:
    """The label follows the severity, beside those that people gave."""
    run(scene, rated("high"))
    [issue] = scene.shop.issues().values()
    change(scene.shop, issue.number, labels=(*issue.labels, make(scene.shop, "team-a").name))
    run(scene, rated("critical"))
    [issue] = scene.shop.issues().values()
    assert set(issue.labels) == {"trivigil", "security", "team-a", "critical"}
    run(scene, rated("critical"))
    assert scene.github.calls("PATCH", "*/issues/*")[-1].request_body.keys() == {"body"}


def test_a_severity_label_that_a_person_took_away(scene: Scene) -> None:
    """Who triages by other labels is left alone."""
    run(scene, rated("high"))
    [issue] = scene.shop.issues().values()
    change(scene.shop, issue.number, labels=("trivigil", "security"))
    run(scene, rated("critical"))
    assert scene.shop.issues()[issue.number].labels == ("trivigil", "security")


def test_a_relapse_with_another_severity(scene: Scene) -> None:
    """It is opened again with the label of today's severity."""
    for report in (rated("high"), both(), rated("critical")):
        run(scene, report)
    [issue] = scene.shop.issues().values()
    assert (issue.state, issue.labels) == ("open", ("trivigil", "security", "critical"))


def of(target: str | None, *found: Finding) -> Report:
    """One whole scan by Trivy that says what it is of."""
    read = scan(found, "trivy")
    assert read.facts is not None
    return told(read._replace(facts=read.facts._replace(scope=target)))


@pytest.mark.parametrize(
    ("then", "now", "state"),
    [
        pytest.param("shop/web:1.0", "shop/web:1.1", "closed", id="another tag"),
        pytest.param("shop/web:1.0@sha256:" + "a" * 64, "shop/web", "closed", id="a digest"),
        pytest.param("http://127.0.0.1:4001/", "http://127.0.0.1:4002/", "closed", id="another port"),
        pytest.param("shop/web:1.0", "shop/jobs:1.0", "open", id="another image"),
        pytest.param("https://shop.test/", "https://admin.test/", "open", id="another site"),
        pytest.param("https://shop.test", "https://shop.test, https://a.test", "open", id="a site more"),
        pytest.param("shop/web", None, "closed", id="not said now"),
        pytest.param(None, "shop/web", "closed", id="not said then"),
    ],
)  # fmt: skip
def test_only_a_scan_of_the_same_closes(
    scene: Scene, then: str | None, now: str | None, state: str
) -> None:
    """A file of the same name that says it is of another image, site or folder proves nothing."""
    run(scene, of(then, DJANGO))
    run(scene, of(now))
    assert issues(scene)[OF_DJANGO].state == state


@pytest.mark.parametrize(
    ("later", "state"),
    [
        pytest.param(both([SQL]), "closed", id="whole scans of the same tools, beside another"),
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
    assert issues(scene)[OF_DJANGO].state == state


def test_a_pull_request_closes_nothing(scene: Scene) -> None:
    """What is gone in a change is not gone on the default branch."""
    run(scene, both([SQL]))
    run(scene, both(), "pull_request", wanted=parse_wanted("issue"))
    run(scene, both(), "workflow_dispatch", wanted=parse_wanted("issue"))
    assert issues(scene)[OF_SQL].state == "open"


def test_another_watch_is_left_alone(scene: Scene) -> None:
    """A watch closes its own issues alone."""
    run(scene, both([SQL])._replace(name="other"))
    run(scene, both())
    [issue] = scene.shop.issues().values()
    assert (issue.title, issue.state) == ("Security (other): B608 B608 at app/db.py", "open")


def test_a_relapse(scene: Scene) -> None:
    """What comes back opens its own issue again."""
    for report in (both([SQL]), both(), both([SQL])):
        run(scene, report)
    found = issues(scene)
    assert [(one.state, len(scene.shop.comments(one.number))) for one in found.values()] == [
        ("open", 2)
    ]


def test_a_file_named_by_its_time(scene: Scene) -> None:
    """Numbers in a file's name do not make it another scan."""
    named = scan([SQL], "bandit")._replace(path="report_20260131.json")
    run(scene, told(named))
    run(scene, told(scan((), "bandit")._replace(path="report_20260201.json")))
    assert issues(scene)[OF_SQL].state == "closed"


def test_scans_that_prove_nothing(scene: Scene) -> None:
    """They are the watch's own issue, closed when the gate holds again, and close no other."""
    run(scene, told(scan([SQL], "bandit"), require=("trivy",)))
    assert {title: one.state for title, one in issues(scene).items()} == {
        OF_SQL: "open", "Security fails": "open",
    }  # fmt: skip
    run(scene, told(scan([SQL], "bandit"), scan((), "trivy"), require=("trivy",)))
    assert {title: one.state for title, one in issues(scene).items()} == {
        OF_SQL: "open", "Security fails": "closed",
    }  # fmt: skip
    run(scene, told(scan((), "bandit"), scan((), "trivy"), require=("trivy",)))
    assert {title: one.state for title, one in issues(scene).items()} == {
        OF_SQL: "closed", "Security fails": "closed",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("tools", "state"),
    [
        pytest.param(("codeql",), "closed", id="the same tool"),
        pytest.param(("other",), "open", id="another tool's file in its place"),
    ],
)
def test_a_file_of_any_tool(scene: Scene, tools: tuple[str, ...], state: str) -> None:
    """In a format of several tools it is the tool that counts, not the format."""

    def log(found: Any, by: tuple[str, ...]) -> Report:
        read = scan(found, "sarif")
        assert read.facts is not None
        return told(read._replace(facts=read.facts._replace(tools=by)))

    run(scene, log([SQL._replace(tool="codeql")], ("codeql",)))
    run(scene, log([], tools))
    assert issues(scene)[OF_SQL].state == state


def test_so_many_groups(scene: Scene) -> None:
    """The worst have issues of their own; what is left is told in the watch's."""
    many = [flaw("bandit", f"B{number}", number + 1) for number in range(MOST + 2)]
    run(scene, both(many))
    found = issues(scene)
    assert len(found) == MOST + 1
    assert len(state_in(found["Security fails"].body or "").failing) == 2
    run(scene, both())
    assert {one.state for one in issues(scene).values()} == {"closed"}


def test_a_group_that_is_among_the_worst_now(scene: Scene) -> None:
    """What was told in the watch's issue, and has one of its own now, is not over."""
    many = [flaw("bandit", f"B{number}", number + 1) for number in range(MOST + 1)]
    run(scene, both(many))
    run(scene, both(many[1:]))
    assert {one.state for one in issues(scene).values() if one.title == "Security fails"} == {
        "open"
    }
    run(scene, both())
    assert {one.state for one in issues(scene).values()} == {"closed"}


def test_marks_are_bounded() -> None:
    """What an issue remembers of a finding is as short as its state allows; what is found is not gone."""
    incidents = incidents_of(both([SQL], [DJANGO]))
    marks = [mark for one in incidents for mark in one.failing]
    assert len(marks) == 2
    assert all(len(mark) <= 64 for mark in marks)
    assert all(set(marks) - one.passed == set(marks) for one in incidents)


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


@pytest.mark.parametrize(
    ("severity", "score", "shown"),
    [
        pytest.param("high", 9.8, "8.0", id="a word below its score"),
        pytest.param("critical", 5.0, "9.5", id="a word above its score"),
        pytest.param("low", 0.04, "2.0", id="next to nothing"),
        pytest.param("high", 8.96, "8.0", id="rounded into the next band"),
        pytest.param("critical", 9.0, "9.0", id="the band's end"),
    ],
)
def test_a_score_of_another_band(severity: str, score: float, shown: str) -> None:
    """Code scanning makes its own word of a score, and it is the word of everywhere else."""
    one = flaw("bandit", "B1", 2, severity=severity)
    given = Rating("vendor", "cvss:3.1", one.ratings[0].severity, score)
    run: Any = log_of(both([one._replace(ratings=(given,))])).document["runs"]
    [rule] = run[0]["tool"]["driver"]["rules"]
    assert rule["properties"]["security-severity"] == shown


def test_what_has_no_place_is_counted() -> None:
    """A finding of the running application is nowhere in the repository: left out, and said."""
    web = Finding("zap", "web", "10038", "No policy", Place(url="https://shop.test/", method="GET"))
    address = flaw("semgrep", "r1", 3, path="https://shop.test/app.js")
    log = log_of(told(scan([web], "zap"), scan([address], "semgrep"), scan([SQL], "bandit")))
    assert log.shown == 1
    assert "2 findings are not in code scanning, for want of a place in the repository" in log.notes
