"""From what the monitor saw to a report, and to what issues are told of it."""

from __future__ import annotations

import pytest

from trivigil.core.report import Report
from trivigil.core.result import Severity
from trivigil.monitor import analysis, graded, incidents, vigilance
from trivigil.monitor.facts import Checked, Failed, Status, concluded
from trivigil.monitor.graded import Graded
from trivigil.monitor.strict.finding import Finding
from trivigil.monitor.vigilance import Frame, Policy
from trivigil.render import json

from .scene import NOW, checked, context, report


@pytest.mark.parametrize(
    ("status", "kind", "verdict", "exit_code"),
    [
        pytest.param("up", "pass", "success", 0, id="what is up passes"),
        pytest.param("degraded", "fail", "success", 0, id="what is degraded warns"),
        pytest.param("down", "fail", "failure", 1, id="what is down fails"),
        pytest.param("unknown", "open", "failure", 1, id="what nobody could see is no pass"),
    ],
)
def test_a_check_is_judged_by_its_status(
    status: Status, kind: str, verdict: str, exit_code: int
) -> None:
    """One result a check, and the verdict of them all."""
    made = report(checked(status=status), checked("cart"))

    assert [result.kind for result in made.results] == [kind, "pass"]
    assert (made.conclusion.verdict, made.conclusion.exit_code) == (verdict, exit_code)


def test_an_error_of_our_own_is_our_own() -> None:
    """Exit 3, the checks are named, and the watch itself is what fails; others' failures stay what they are."""
    own = checked("cart", "unknown", "unknown")
    own = concluded(own._replace(attempts=(own.attempts[0]._replace(ours=True),)))
    made = report(checked(), own, checked("search", "down", "reset"))

    assert (made.conclusion.verdict, made.conclusion.exit_code) == ("failure", 3)
    assert "cart" in made.notes[-1]
    assert [one.says for one in incidents.seen(made)] == ["passing", "silent", "failing", "failing"]


def test_no_checks_are_no_success() -> None:
    """A run that judged nothing says facts only."""
    assert report().conclusion.verdict == "neutral"


def test_a_skipped_check_does_not_fail_a_second_time() -> None:
    """What depends on something that is down is undecided, and the gate fails because of that other thing alone."""
    skipped = concluded(Checked("cart", "synthetic", (), skipped="login is down"))
    made = report(checked(), skipped)

    assert (made.results[1].kind, made.conclusion.exit_code) == ("open", 0)


def test_each_claim_has_its_line() -> None:
    """The first failed claim is the check's own place, every other one a result beside it that gates nothing."""
    failed = (Failed("status is 500", 4, 6), Failed("body differs", 9, 1, "warn"))
    made = report(checked("login", "down", "assertion", *failed))
    places = [(r.rule.id, r.location.path, r.location.line, r.gates) for r in made.results]

    assert places == [
        ("monitor.check", "checks/login.hurl", 4, True),
        ("monitor.claim", "checks/login.hurl", 9, False),
    ]


def test_a_fingerprint_outlives_cause_line_and_status() -> None:
    """Degraded, then down at another line: one incident."""
    one = report(checked("login", "degraded", "slow")).results[0]
    other = report(checked("login", "down", "assertion", Failed("x", 9))).results[0]

    assert one.fingerprint == other.fingerprint


def test_attempts_are_told() -> None:
    """That it held only in the third attempt is said, and that it failed in each."""
    made = report(checked(tries=3), checked("cart", "down", "reset", tries=3))

    assert [result.message for result in made.results] == [
        "login is up in attempt 3",
        "cart is down (reset), in each of 3 attempts",
    ]


GRADED = Graded(
    "6",
    "B",
    75,
    "C",
    55,
    {"cookies": {"result": "cookies-not-found", "modifier": 0, "pass": True}},
    (Finding("hsts-short", Severity.MEDIUM, "too short.", "Strict-Transport-Security: max-age=63072000", "strict-transport-security"),),
)  # fmt: skip


@pytest.mark.parametrize(
    ("least", "status"), [("B", "up"), ("F", "up"), ("B+", "down"), ("A+", "down")]
)
def test_a_least_grade_is_a_check(least: str, status: Status) -> None:
    """As good as asked for is up, worse is down."""
    assert graded.check(GRADED, least, NOW).status == status


def test_a_site_without_a_grade_is_unknown() -> None:
    """Nobody knows how good the headers are of a site that does not answer."""
    seen = graded.check(Graded("6", problem="it does not answer"), "F", NOW)

    assert (seen.status, seen.message) == ("unknown", "it does not answer")


def test_headers_are_advice() -> None:
    """Each finding says the exact line, and none gates."""
    made = analysis.analyze([checked()], context(), headers=GRADED)
    advice = made.results[1]

    assert (advice.rule.id, advice.gates) == ("header.hsts-short", False)
    assert advice.fix == "Send `Strict-Transport-Security: max-age=63072000`"


def test_the_report_survives_its_file() -> None:
    """What is written is read back, checks and grades too."""
    made = analysis.analyze([checked("login", "down", "reset")], context(), headers=GRADED)

    again = json.load(json.dump(made))
    assert again.facts == made.facts
    assert [r.fingerprint for r in again.results] == [r.fingerprint for r in made.results]


# --- issues ------------------------------------------------------------------------------------


def counted(*reports: Report, policy: Policy = Policy()) -> Report:  # noqa: B008 -- immutable
    """The last of these reports of runs half an hour apart, with its incidents counted."""
    memory, last = None, reports[-1]
    for run, made in enumerate(reports):
        frame = Frame("shop", "shop", (run, 1), f"2026-01-31T{run // 2:02d}:{run % 2 * 30:02d}:00Z")
        memory, turned = vigilance.turn(memory, incidents.seen(made), policy, frame)
        told = vigilance.as_json(turned, [], policy)
        last = made._replace(facts={**made.facts, "incidents": told, "counted": True})
    return last


DOWN, UP = checked("login", "down", "reset"), checked()
BLOCKED = checked("login", "unknown", "waf-block")


@pytest.mark.parametrize(
    ("runs", "says"),
    [
        pytest.param([DOWN], "silent", id="one failure of two opens no issue"),
        pytest.param([DOWN, DOWN], "failing", id="two do"),
        pytest.param([DOWN, DOWN, UP], "silent", id="one pass of two closes none"),
        pytest.param([DOWN, DOWN, UP, UP], "passing", id="two do"),
        pytest.param([DOWN, DOWN, BLOCKED], "silent", id="who is blocked knows nothing"),
        pytest.param([BLOCKED, BLOCKED, BLOCKED], "silent", id="and opens nothing"),
        pytest.param([UP], "passing", id="what holds is proof"),
    ],
)
def test_an_issue_follows_the_thresholds(runs: list[Checked], says: str) -> None:
    """An issue is opened and closed when people are told, not at every change of the weather."""
    made = counted(*(report(run) for run in runs))

    assert incidents.of(made)[0].says == says


@pytest.mark.parametrize("seen", [DOWN, UP], ids=["down", "up"])
def test_without_counting_an_issue_is_left_as_it_is(seen: Checked) -> None:
    """A report that was never counted opens no issue, and closes none: its pass may be the first of two."""
    assert incidents.of(report(seen))[0].says == "silent"


def test_a_watch_that_cannot_look_is_an_incident() -> None:
    """Bad settings are told once, and are over with the next run that could look."""
    broken = analysis.refused("checks/login.hurl:3:1: a method was expected.", context())
    [failing] = incidents.of(broken)
    passing = incidents.of(report(UP))[-1]

    assert (failing.says, passing.says) == ("failing", "passing")
    assert failing.fingerprint == passing.fingerprint
    assert set(failing.failing) <= passing.passed
