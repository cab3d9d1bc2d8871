"""The incident of a performance report: one for each watch and profile, as long as its gate fails.

A smoke run that passes is no proof for what failed under load, so the profile belongs to the identity.
"""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, Final

from trivigil.core.incident import Incident

if TYPE_CHECKING:
    from trivigil.core.incident import Saying
    from trivigil.core.report import Report

DISPROVED_BY_ANY_PASS: Final = ("run.", "budget.vanished")
"""Rules without a passing result of their own; a complete run that passes has none of what they tell."""


def of(report: Report) -> tuple[Incident, ...]:
    """The one incident of a performance report."""
    profile = report.facts.get("profile")
    shown = profile if isinstance(profile, str) else ""
    named = f" ({report.name})" if report.name not in {"", report.action} else ""
    within = f" in the {shown} profile" if shown else ""
    says, reason = _says(report)
    return (
        Incident(
            fingerprint=_mark("gate", shown),
            title=f"Performance{named} fails{within}",
            says=says,
            reason=reason,
            failing=_failing(report),
            passed=_passed(report),
        ),
    )


def _says(report: Report) -> tuple[Saying, str]:
    """Failing, passing as a proof, or silent; nothing but complete sources prove anything."""
    if report.conclusion.verdict == "failure":
        return "failing", "the gate fails"
    judged = sum(result.kind == "pass" for result in report.results)
    if report.conclusion.verdict == "neutral" or not judged:
        return "silent", "the run was judged by no criterion"
    states = {source.state for source in report.sources}
    if states != {"complete"}:
        told = ", ".join(sorted(states - {"complete"})) or "not there"
        return "silent", f"the results are not complete ({told})"
    return "passing", f"a complete run passes, judged by {judged:,} criteria"


def _failing(report: Report) -> tuple[str, ...]:
    return tuple(
        dict.fromkeys(
            result.fingerprint
            for result in report.findings
            if result.gates and not result.rule.id.startswith(DISPROVED_BY_ANY_PASS)
        )
    )


def _passed(report: Report) -> frozenset[str]:
    return frozenset(result.fingerprint for result in report.results if result.kind == "pass")


def _mark(*parts: str) -> str:
    return sha256("\0".join(("perf", *parts)).encode("utf-8", "surrogatepass")).hexdigest()[:32]
