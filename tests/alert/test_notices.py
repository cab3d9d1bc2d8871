"""What a result file has to tell."""

from __future__ import annotations

from typing import Any

import pytest

from tests.render.reports import failing, passing
from trivigil.alert import notices_of
from trivigil.core.gate import Conclusion
from trivigil.core.report import Origin, Report
from trivigil.core.result import Severity, Suppression
from trivigil.monitor import incidents
from trivigil.monitor.analysis import Context, analyze, refused
from trivigil.monitor.facts import Attempt, Checked, Failed, Status, as_json, concluded
from trivigil.web.observation import Cause

RUN = "https://github.com/octo/shop/actions/runs/4242"
BEGAN = "2026-01-31T12:00:00Z"


def checked(
    name: str, status: Status, cause: Cause | None = None, message: str = "", **said: Any
) -> Checked:
    """A check with one attempt."""
    attempt = Attempt(
        "2026-01-31T12:00:03.250Z", status, cause, message, failed=said.pop("failed", ())
    )
    return concluded(Checked(name, "synthetic", (attempt,), **said))


def monitored(*checks: Checked, passed: bool = False, **facts: Any) -> Report:
    """A monitor's report."""
    return Report(
        action="monitor", name="shop", generated_at="2026-01-31T12:01:00Z", sources=(), results=(),
        conclusion=Conclusion("success" if passed else "failure", 0 if passed else 1),
        measurements=(), origin=Origin(None, RUN, "octo/shop"),
        facts={"checks": as_json(checks), "target": "https://shop.example/", "started_at": BEGAN, **facts},
    )  # fmt: skip


UP = checked("home", "up")
DOWN = checked("login", "down", "http-5xx", "The answer was 503.", runbook="https://wiki.example/")
SLOW = checked("search", "degraded", "slow", "It took 2 s.")
BLIND = checked("pay", "unknown", "waf-block", "A firewall answered.")


def test_a_check_that_is_down_is_a_notice() -> None:
    """With everything that the file knows of it."""
    (notice,) = notices_of(monitored(UP, DOWN))
    assert notice._replace(fingerprint="") == notice._replace(
        turn="failing", fingerprint="", name="login", watch="shop", target="https://shop.example/",
        title="shop / login is down", message="The answer was 503.", severity=Severity.HIGH,
        status="down", cause="http-5xx", since="2026-01-31T12:00:03.250Z", at=BEGAN, run_url=RUN,
        runbook="https://wiki.example/",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("checks", "told"),
    [
        pytest.param((UP,), [], id="up"),
        pytest.param((UP, DOWN, SLOW), ["login", "search"], id="each-that-fails"),
        pytest.param((DOWN, BLIND), ["login"], id="unknown-tells-nothing"),
        pytest.param((UP, BLIND), [], id="unknown-beside-up"),
        pytest.param((BLIND, BLIND._replace(name="b")), ["monitor"], id="all-unknown"),
    ],
)
def test_what_is_told(checks: tuple[Checked, ...], told: list[str]) -> None:
    """Down and degraded are told, unknown only where nobody saw anything."""
    assert [one.name for one in notices_of(monitored(*checks, passed=True))] == told


def test_an_unknown_check_tells_nothing_though_the_gate_fails() -> None:
    """The monitor's gate fails of a check that nobody could see; people are not woken for it."""
    report = analyze((UP, BLIND), Context("shop", BEGAN, "https://shop.example/"))
    assert report.conclusion.verdict == "failure"
    assert notices_of(report) == ()


def test_blindness_says_why() -> None:
    """It is no outage, and it is told."""
    (notice,) = notices_of(monitored(BLIND))
    assert notice.title == "shop: nobody could see whether it works"
    assert notice.message == "1 check, all unknown: A firewall answered."
    assert (notice.status, notice.severity) == ("unknown", Severity.MEDIUM)


def test_a_message_says_what_does_not_hold() -> None:
    """The first three claims, and how many more."""
    claims = tuple(Failed(f"claim {number}", actual="canary") for number in range(5))
    (notice,) = notices_of(monitored(checked("x", "down", "assertion", "5 claims fail", failed=claims)))  # fmt: skip
    assert notice.message == "5 claims fail; claim 0; claim 1; claim 2; and 2 more"


def test_fingerprints_are_those_of_the_issues() -> None:
    """A check is known by the same mark here, in the report and in the run's memory, which says since when it fails."""
    context = Context("shop", BEGAN, "https://shop.example/")
    report = analyze((UP, DOWN, SLOW), context)
    marks = {one.name: one.fingerprint for one in incidents.seen(report)}
    assert {one.name: one.fingerprint for one in notices_of(report)} == {
        "login": marks["login"],
        "search": marks["search"],
    }
    row = {"fingerprint": marks["login"], "since": "2026-01-30T08:00:00Z", "failures": 5}
    known = report._replace(facts={**report.facts, "incidents": [row, "x", {}]})
    notice = notices_of(known)[0]
    assert (notice.since, notice.runs) == ("2026-01-30T08:00:00Z", 5)


def test_what_is_accepted_is_not_told() -> None:
    """A check whose result somebody has accepted fails in silence."""
    report = analyze((DOWN, SLOW), Context("shop", BEGAN, "https://shop.example/"))
    reason = Suppression("known", None, None)
    results = tuple(
        one._replace(suppression=reason) if one.location.name == "login" else one
        for one in report.results
    )
    assert [one.name for one in notices_of(report._replace(results=results))] == ["search"]


def test_a_monitor_that_could_not_look_is_told() -> None:
    """By the mark of the incident that the report has for it."""
    report = refused("tests/x.hurl:1: no method.", Context("shop", BEGAN, "https://shop.example/"))
    (notice,) = notices_of(report)
    assert [notice.fingerprint] == [one.fingerprint for one in incidents.of(report)]


@pytest.mark.parametrize(
    "facts",
    [{"checks": "x"}, {"checks": [1, {}, {"name": 3}]}, {"incidents": {}, "target": 3}, {"checks": None}],
)  # fmt: skip
def test_a_file_that_lies_is_no_fault(facts: dict[str, Any]) -> None:
    """A gate that failed is told, whatever stands in the checks."""
    (notice,) = notices_of(monitored(DOWN, **facts))
    assert notice.name == ("gate" if "checks" in facts else "login")


def test_a_gate_that_failed_is_one_notice() -> None:
    """Performance and security tell the verdict, and nothing where it holds."""
    (notice,) = notices_of(failing())
    assert (notice.name, notice.status, notice.severity >= Severity.HIGH) == ("gate", "degraded", True)  # fmt: skip
    assert "performance gate failed" in notice.title
    assert notice.message.startswith("Performance")
    assert notices_of(passing()) == ()
