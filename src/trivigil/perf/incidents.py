"""The incidents of a performance report: one for each load profile, as long as its gate fails.

A smoke run that passes is no proof for what failed under load, so the profile belongs to the identity. What fails
before a profile is known (an input that cannot be used) is an incident of the whole watch, over with any proven pass.
"""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, Final

from trivigil.core.incident import Incident

if TYPE_CHECKING:
    from collections.abc import Sequence

    from trivigil.core.incident import Saying
    from trivigil.core.report import Report
    from trivigil.core.result import Result

DISPROVED_BY_ANY_PASS: Final = ("run.", "budget.vanished")
"""Rules without a passing result of their own; a complete run that passes has none of what they tell."""

_FAILS: Final[tuple[Saying, str]] = ("failing", "the gate fails")


def of(report: Report) -> tuple[Incident, ...]:
    """What a performance report says of each of its profiles, and of the watch as a whole."""
    names = _profiles(report)
    by_profile = [_of_profile(report, name, alone=len(names) == 1) for name in names]
    return (*by_profile, _of_watch(report, by_profile))


def _profiles(report: Report) -> tuple[str, ...]:
    planned = report.facts.get("profiles")
    entries = planned if isinstance(planned, list) else []
    named = [entry.get("name") for entry in entries if isinstance(entry, dict)]
    judged = [result.profile for result in report.results]
    found = (report.facts.get("profile"), *named, *judged)
    return tuple(dict.fromkeys(one for one in found if isinstance(one, str) and one))


def _of_profile(report: Report, name: str, *, alone: bool) -> Incident:
    """With several profiles a problem begins with the name of its own (`perf/several.py`)."""
    results = [result for result in report.results if alone or result.profile == name]
    problems = any(alone or problem.startswith(f"{name}: ") for problem in report.problems)
    broken = problems or any(result.finding and result.gates for result in results)
    failed = broken or (alone and report.conclusion.verdict == "failure")
    return _incident(report, name, results, failed=failed)


def _of_watch(report: Report, by_profile: Sequence[Incident]) -> Incident:
    """Where a profile fails, its own incident tells it."""
    failed = report.conclusion.verdict == "failure"
    whole = _incident(report, "", report.results, failed=failed)
    if failed and any(one.says == "failing" for one in by_profile):
        return whole._replace(says="silent", reason="it is told by its profile", failing=())
    return whole


def _incident(report: Report, profile: str, results: Sequence[Result], *, failed: bool) -> Incident:
    says, reason = _FAILS if failed else _proof(report, results)
    named = f" ({report.name})" if report.name not in {"", report.action} else ""
    within = f" in the {profile} profile" if profile else ""
    return Incident(
        fingerprint=_mark("gate", profile),
        title=f"Performance{named} fails{within}",
        says=says,
        reason=reason,
        failing=_failing(results),
        passed=frozenset(result.fingerprint for result in results if result.kind == "pass"),
    )


def _proof(report: Report, results: Sequence[Result]) -> tuple[Saying, str]:
    """Passing as a proof, or silent; nothing but complete sources prove anything."""
    judged = sum(result.kind == "pass" for result in results)
    if report.conclusion.verdict == "neutral" or not judged:
        return "silent", "the run was judged by no criterion"
    states = {source.state for source in report.sources}
    if states != {"complete"}:
        told = ", ".join(sorted(states - {"complete"})) or "not there"
        return "silent", f"the results are not complete ({told})"
    return "passing", f"a complete run passes, judged by {judged:,} criteria"


def _failing(results: Sequence[Result]) -> tuple[str, ...]:
    return tuple(
        dict.fromkeys(
            result.fingerprint
            for result in results
            if result.finding
            and result.gates
            and not result.rule.id.startswith(DISPROVED_BY_ANY_PASS)
        )
    )


def _mark(*parts: str) -> str:
    return sha256("\0".join(("perf", *parts)).encode("utf-8", "surrogatepass")).hexdigest()[:32]
