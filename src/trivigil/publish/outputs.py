"""The step's outputs (contract, section 4): one line each, so that every shell can read them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from trivigil.core.untrusted import printable

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from trivigil.core.report import Report
    from trivigil.publish.published import Published

_WORST: Final = ("success", "neutral", "failure")


def values(report: Report, headline: str, report_path: str) -> dict[str, str]:
    """What is known without publishing: the verdict, the report's path, a line, and counts."""
    return {
        "conclusion": report.conclusion.verdict,
        "passed": "true" if report.conclusion.passed else "false",
        "report": report_path,
        "summary": printable(headline, 1000),
        "counts": _line(counts(report)),
    }


def published_values(published: Published) -> dict[str, str]:
    """What publishing adds: addresses, what was done, which permission line mends the rest, and what to upload."""
    handover = published.handover
    return {
        "comment-url": published.comment_url or "",
        "check-run-url": published.check_run_url or "",
        "issue-url": published.issue_url or "",
        "published": _line(published.to_json()),
        "handover-name": handover.artifact if handover else "",
        "handover-path": handover.path if handover else "",
    }


def together(each: Sequence[Mapping[str, str]]) -> dict[str, str]:
    """What several watches of one run say as one: the worst verdict, and the comment that they share."""
    verdicts = [values["conclusion"] for values in each]
    found = {
        "conclusion": max(verdicts, key=_WORST.index, default="failure"),
        "passed": "true" if all(values["passed"] == "true" for values in each) else "false",
        "summary": printable("; ".join(values["summary"] for values in each), 1000),
    }
    urls = [values["comment-url"] for values in each if values.get("comment-url")]
    return {**found, "comment-url": urls[0]} if urls else found


def counts(report: Report) -> dict[str, int]:
    """How many results passed, failed, failed without gating, or could not be decided; and a monitor's checks by status."""
    found = report.findings
    return {
        "results": len(report.results),
        "passed": sum(result.kind == "pass" for result in report.results),
        "failed": sum(result.kind == "fail" and result.gates for result in found),
        "open": sum(result.kind == "open" and result.gates for result in found),
        "warnings": sum(not result.gates for result in found),
        **_statuses(report),
    }


def _statuses(report: Report) -> Mapping[str, int]:
    if report.action != "monitor":
        return {}
    from trivigil.render.monitor_figures import by_status

    return by_status(report)


def _line(data: object) -> str:
    return json.dumps(data, ensure_ascii=True, sort_keys=True)
