"""The counts and lists of a security report, under the names that scripts of this field read."""

from __future__ import annotations

from collections import Counter
from itertools import chain, groupby
from operator import attrgetter
from typing import TYPE_CHECKING, Final

from trivigil.core.result import Severity
from trivigil.render.long_lists import Made

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from trivigil.core.report import Report
    from trivigil.core.result import Result

LABELS: Final = tuple(severity.label for severity in sorted(Severity, reverse=True))
"""critical, high, medium, low, info, unknown."""


def active(report: Report) -> tuple[Result, ...]:
    """What scanners found and nobody accepted, without what is said of the scans themselves."""
    # By runs of a rule, in which results stand: one by one takes twice as long for a hundred thousand.
    return tuple(
        chain.from_iterable(
            run
            for (accepted, kind, rule), run in groupby(report.results, _FATE)
            if accepted is None and kind != "pass" and not rule.startswith("scan.")
        )
    )


_FATE: Final = attrgetter("suppression", "kind", "rule.id")


def of_scans(report: Report) -> tuple[Result, ...]:
    """What is said of scans that are missing or not whole, and nobody accepted."""
    return tuple([r for r in report.results if r.rule.id.startswith("scan.") and r.finding])


def unrated_that_pass(report: Report) -> tuple[Result, ...]:
    """Findings of unknown severity that do not fail the gate."""
    unknown = Severity.UNKNOWN
    return tuple([r for r in active(report) if r.severity is unknown and not r.gates])


def by_severity(results: Iterable[Result]) -> dict[str, int]:
    """How many there are of each severity, none left out."""
    counts = Counter(map(attrgetter("severity"), results))
    return {severity.label: counts[severity] for severity in sorted(Severity, reverse=True)}


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
