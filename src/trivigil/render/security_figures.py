"""The counts and lists of a security report, under the names that scripts of this field read."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from trivigil.core.result import Severity
from trivigil.render.long_lists import Made

if TYPE_CHECKING:
    from collections.abc import Iterable

    from trivigil.core.report import Report
    from trivigil.core.result import Result

LABELS: Final = tuple(severity.label for severity in sorted(Severity, reverse=True))
"""critical, high, medium, low, info, unknown."""


def active(report: Report) -> tuple[Result, ...]:
    """What scanners found and nobody accepted, without what is said of the scans themselves."""
    return tuple(result for result in report.findings if is_finding(result))


def is_finding(result: Result) -> bool:
    """Whether it is of a scanner, and not of a scan that is missing or not whole."""
    return not result.rule.id.startswith("scan.")


def unrated_that_pass(report: Report) -> tuple[Result, ...]:
    """Findings of unknown severity that do not fail the gate."""
    return tuple(r for r in active(report) if r.severity is Severity.UNKNOWN and not r.gates)


def by_severity(results: Iterable[Result]) -> dict[str, int]:
    """How many there are of each severity, none left out."""
    counts = Counter(result.severity.label for result in results)
    return {label: counts[label] for label in LABELS}


def figures(report: Report, *, lazily: bool = False) -> dict[str, object]:
    """The keys of `security-analysis.json` that stand beside the report itself; `lazily` with lists that are made when written."""
    found = active(report)
    counts = by_severity(found)
    sorted_: dict[str, list[Result]] = {label: [] for label in LABELS}
    for result in found:
        sorted_[result.severity.label].append(result)
    listed: dict[str, object] = {
        label: Made(own, _listed) if lazily else [_listed(result) for result in own]
        for label, own in sorted_.items()
    }
    return {
        **{f"{label}_count": counts[label] for label in LABELS},
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
