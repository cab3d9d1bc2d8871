from __future__ import annotations

from typing import Any

import pytest

from trivigil.core.incident import Closing, Incident, Known, Saying, accepted_until, decide

NOW = (20, 1)
TODAY = "2026-01-31"
MARK = "a" * 32


def said(says: Saying, *passed: str) -> Incident:
    return Incident("f" * 32, "Performance fails", says, "because", (), frozenset(passed))


def known(closing: Closing | None = None, **facts: Any) -> Known:
    return Known((19, 1), (MARK,), False, closing)._replace(**facts)


def closed(day: str = "2026-01-20", **facts: Any) -> Closing:
    return Closing(day, False, True)._replace(**facts)


@pytest.mark.parametrize(
    ("before", "report", "act", "reason"),
    [
        pytest.param(None, said("failing"), "open", "because", id="the first failure"),
        pytest.param(None, said("passing"), "leave", "nothing is known", id="never failed"),
        pytest.param(None, said("silent"), "leave", "nothing is known", id="silent, never failed"),
        pytest.param(known(), said("failing"), "update", "because", id="fails on"),
        pytest.param(known(), said("passing", MARK), "close", "because", id="proof"),
        pytest.param(
            known(), said("passing", "b" * 32), "leave", "1 of what failed was not judged again",
            id="a pass that did not judge what failed",
        ),
        pytest.param(
            known(), said("silent"), "leave", "silence is no recovery: because", id="silence",
        ),
        pytest.param(
            known(failing=()), said("passing"), "close", "because",
            id="the run as such failed: any proven pass is the proof",
        ),
        pytest.param(
            known(age=(21, 1)), said("passing", MARK), "leave", "a newer run", id="older run",
        ),
        pytest.param(
            known(age=(20, 2)), said("failing"), "leave", "a newer run", id="older attempt",
        ),
        pytest.param(known(age=NOW), said("failing"), "update", "because", id="the same run again"),
        pytest.param(
            known(closed(), recovered=True), said("failing"), "reopen", "after it had recovered",
            id="fails after a recovery",
        ),
        pytest.param(
            known(closed(by_person=False)), said("failing"), "reopen", "not by a person",
            id="closed by a bot without a recovery",
        ),
        pytest.param(
            known(closed()), said("failing"), "leave", "accepted until 2026-04-20",
            id="closed by a person without a recovery",
        ),
        pytest.param(
            known(closed(not_planned=True), recovered=True), said("failing"), "leave", "accepted",
            id="not planned holds whatever happened between",
        ),
        pytest.param(
            known(closed(not_planned=True, by_person=False)), said("failing"), "leave", "accepted",
            id="not planned, by whatever a team lets close its issues",
        ),
        pytest.param(
            known(closed("2025-11-02")), said("failing"), "leave", "2026-01-31", id="its last day",
        ),
        pytest.param(
            known(closed("2025-11-01")), said("failing"), "reopen", "ended on 2026-01-30",
            id="the day after",
        ),
        pytest.param(
            known(closed(until="2026-01-31")), said("failing"), "leave", "until 2026-01-31",
            id="a date that somebody named, its last day",
        ),
        pytest.param(
            known(closed(until="2026-01-30")), said("failing"), "reopen", "ended on 2026-01-30",
            id="a date that somebody named has passed",
        ),
        pytest.param(
            known(closed(until="2026-01-01")), said("failing"), "leave", "2026-04-20",
            id="a date before the closing is about an earlier one",
        ),
        pytest.param(
            known(closed()), said("passing", MARK), "update", "noted",
            id="a recovery while closed by a person is remembered",
        ),
        pytest.param(
            known(closed()), said("passing"), "leave", "closed already", id="but not without proof",
        ),
        pytest.param(
            known(closed(), recovered=True), said("passing", MARK), "leave", "closed already",
            id="and only once",
        ),
        pytest.param(known(closed()), said("silent"), "leave", "closed already", id="silence, closed"),
    ],
)  # fmt: skip
def test_what_follows(before: Any, report: Incident, act: str, reason: str) -> None:
    """From what is remembered and what a report says follows one act, with its reason."""
    decision = decide(before, report, NOW, TODAY)
    assert decision.act == act
    assert reason in decision.reason


@pytest.mark.parametrize(
    ("day", "until", "expected"),
    [
        ("2026-01-01", None, "2026-04-01"),
        ("2026-01-01", "2026-01-01", "2026-01-01"),
        ("2026-01-01", "9999-12-31", "9999-12-31"),
        ("9999-12-31", None, "9999-12-31"),
        ("nonsense", None, "nonsense"),
    ],
)
def test_the_end_of_an_acceptance(day: str, until: str | None, expected: str) -> None:
    """A named day, else ninety days from the closing; never an error."""
    assert accepted_until(Closing(day, True, True, until)) == expected
