"""Several runs in one report: each profile's facts kept apart, one verdict, the worst."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trivigil.core.gate import Conclusion
from trivigil.core.report import Report

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from trivigil.core.result import Result
    from trivigil.perf.analysis import Context

_LISTED = ("errors", "exceptions", "timeline")
"""Facts that are lists of entries: with several profiles each entry says of which it is."""


def together(reports: Sequence[Report], left: Sequence[str], context: Context) -> Report:
    """The reports of one order's profiles as one; `left` are profiles that were not started any more.

    Raises ValueError for no report at all.
    """
    problems = [
        f"{report.facts['profile']}: {problem}" for report in reports for problem in report.problems
    ]
    notes = [f"{report.facts['profile']}: {note}" for report in reports for note in report.notes]
    if left:
        notes.append(f"Not started after that: {', '.join(left)}.")
    return Report(
        action=reports[0].action,
        name=context.name,
        conclusion=_worst(reports),
        generated_at=context.now,
        sources=tuple(source for report in reports for source in report.sources),
        results=tuple(_said(result) for report in reports for result in report.results),
        measurements=tuple(m for report in reports for m in report.measurements),
        origin=context.origin,
        problems=tuple(problems),
        notes=tuple(notes),
        facts=_facts(reports),
    )


def _worst(reports: Sequence[Report]) -> Conclusion:
    """What the user must mend goes before a failed gate; one profile with criteria is enough for a success."""
    worst = max(report.conclusion.exit_code for report in reports)
    if worst:
        return Conclusion("failure", worst)
    judged = any(report.conclusion.verdict == "success" for report in reports)
    return Conclusion("success" if judged else "neutral", 0)


def _said(result: Result) -> Result:
    """The result with its profile in the message, which is read on its own in many places."""
    return result._replace(message=f"{result.profile}: {result.message}")


def _facts(reports: Sequence[Report]) -> dict[str, object]:
    """The facts of all: lists with the profile in each entry, what was planned profile by profile."""
    counts = [_thresholds(report.facts) for report in reports]
    whole: dict[str, object] = {
        "thresholds": {"path": counts[0].get("path"), "count": sum(_count(c) for c in counts)},
        "profile": None,
        "profiles": [each for report in reports for each in _entries(report.facts, "profiles")],
    }
    for key in _LISTED:
        whole[key] = [
            {**entry, "profile": report.facts["profile"]}
            for report in reports
            for entry in _entries(report.facts, key)
        ]
    hosts = [report.facts["host"] for report in reports if report.facts.get("host")]
    return whole | ({"host": hosts[0]} if hosts else {})


def _thresholds(facts: Mapping[str, object]) -> Mapping[str, object]:
    found = facts.get("thresholds")
    return found if isinstance(found, dict) else {}


def _count(thresholds: Mapping[str, object]) -> int:
    count = thresholds.get("count")
    return count if isinstance(count, int) else 0


def _entries(facts: Mapping[str, object], key: str) -> list[dict[str, object]]:
    found = facts.get(key)
    return [entry for entry in found if isinstance(entry, dict)] if isinstance(found, list) else []
