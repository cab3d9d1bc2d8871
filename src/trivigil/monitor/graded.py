"""The security headers of the target as the monitor reports them: two grades, their tests, and what to send."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from trivigil.core.record import NamedTuple
from trivigil.monitor.facts import Attempt, Checked, Status, concluded
from trivigil.monitor.observatory.score import GRADES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from trivigil.monitor.strict.finding import Finding

CHECK: Final = "headers"
"""The name of the check."""


class Graded(NamedTuple):
    """Both grades, or why there are none."""

    algorithm: str
    """Of the compatible grade: 4, 5 or 6."""
    grade: str | None = None
    score: int | None = None
    strict_grade: str | None = None
    strict_score: int | None = None
    tests: Mapping[str, Mapping[str, Any]] = {}
    """Of the compatible grade: result, modifier and pass by name."""
    findings: tuple[Finding, ...] = ()
    """What the strict grade was lost for."""
    problem: str | None = None

    def as_json(self) -> dict[str, Any]:
        """`headers` of the result file."""
        findings = [{**one._asdict(), "severity": one.severity.label} for one in self.findings]
        return {**self._asdict(), "tests": dict(self.tests), "findings": findings}


def check(graded: Graded, least: str, started_at: str) -> Checked:
    """The check that a least grade makes of it: worse is down, and a target that has no grade is unknown."""
    status, message = _judged(graded, least)
    attempt = Attempt(started_at, status, "assertion" if status == "down" else None, message)
    return concluded(Checked(CHECK, "headers", (attempt,)))


def _judged(graded: Graded, least: str) -> tuple[Status, str]:
    if graded.grade is None:
        return "unknown", graded.problem or "the headers have no grade"
    if GRADES.index(graded.grade) <= GRADES.index(least):
        return "up", ""
    return (
        "down",
        f"the grade of the security headers is {graded.grade}, at least {least} is asked for",
    )
