"""What a public repository does not tell everybody: the words of a site. What failed, where and why stays, in words of ours. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from trivigil.core.report import Report

NOTE: Final = "What the target answered is not shown in a public repository: run the checks on your machine to see it, or set `disclose: true`."


def conceal(report: Report) -> Report:
    """The report without what the site sent: the actual values of claims."""
    checks = report.facts.get("checks")
    if not isinstance(checks, list):
        return report
    hidden = [_check(row) for row in checks]
    if hidden == checks:
        return report
    notes = report.notes if NOTE in report.notes else (*report.notes, NOTE)
    return report._replace(facts={**report.facts, "checks": hidden}, notes=notes)


def _check(row: Any) -> Any:
    if not isinstance(row, dict) or not isinstance(row.get("attempts"), list):
        return row
    return {**row, "attempts": [_attempt(one) for one in row["attempts"]]}


def _attempt(row: Any) -> Any:
    if not isinstance(row, dict) or not isinstance(row.get("failed"), list):
        return row
    failed = [{**one, "actual": ""} if isinstance(one, dict) else one for one in row["failed"]]
    return {**row, "failed": failed}
