"""The counts and lists of a security report, under the names that scripts of this field read."""

from __future__ import annotations

from itertools import groupby
from operator import attrgetter
from typing import TYPE_CHECKING, Final

from trivigil.core.result import Severity
from trivigil.render.long_lists import Made
from trivigil.render.security_split import split

if TYPE_CHECKING:
    from collections.abc import Sequence

    from trivigil.core.report import Report
    from trivigil.core.result import Result

LABELS: Final = tuple(severity.label for severity in sorted(Severity, reverse=True))
"""critical, high, medium, low, info, unknown."""


def active(report: Report) -> tuple[Result, ...]:
    """What scanners found and nobody accepted, without what is said of the scans themselves."""
    return report.once(split).active


def figures(report: Report) -> dict[str, object]:
    """The keys of `security-analysis.json` that stand beside the report itself, with lists that are made when they are written."""
    found = active(report)
    of: dict[Severity, list[Result]] = {severity: [] for severity in sorted(Severity, reverse=True)}
    for severity, run in groupby(found, attrgetter("severity")):
        of[severity].extend(run)
    listed: dict[str, object] = {
        severity.label: Made(own, _listed, _lines) for severity, own in of.items()
    }
    return {
        **{f"{severity.label}_count": len(own) for severity, own in of.items()},
        "total_count": len(found),
        "critical_vulnerabilities": listed["critical"],
        "all_vulnerabilities": listed,
        "raw_counts": report.facts.get("raw_counts", {}),
    }


def _listed(result: Result) -> dict[str, str]:
    description = result.evidence.get("description")
    return {
        "source": ", ".join(result.tools),
        "title": f"{result.rule.id}: {result.message}",
        "description": description if isinstance(description, str) else "",
    }


def _lines(batch: Sequence[Result], between: str) -> str:
    from trivigil.render import entries

    return entries.findings(batch, between)
