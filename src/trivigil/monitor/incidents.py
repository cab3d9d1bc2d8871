"""The incidents of a monitoring report: one for each check, as the thresholds have it.

`seen` is what a run says before anybody has counted; `of` is what stands in the report after that, for the issues.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from trivigil.core.gate import EXIT_FAULT
from trivigil.core.incident import Incident
from trivigil.core.result import Severity
from trivigil.monitor.analysis import CLAIM, RULES
from trivigil.monitor.vigilance import Seen

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from trivigil.core.incident import Saying
    from trivigil.core.report import Report
    from trivigil.core.result import Result

LABEL: Final = "monitor"
_JUDGED: Final = frozenset(rule.id for rule in RULES.values())
_SAYS: Final[dict[str, Saying]] = {"pass": "passing", "fail": "failing", "open": "silent"}


def seen(report: Report) -> tuple[Seen, ...]:
    """What this run says of each check: one that fails or is degraded fails, and one that nobody could see is silent.

    The last one is the watch itself, which fails where it could not look at all.
    """
    return (*(_seen(result, report) for result in judged(report)), _watch(report))


def _watch(report: Report) -> Seen:
    says: Saying = "failing" if _blind(report) else "passing" if _looked(report) else "silent"
    return Seen(
        fingerprint=_mark(report),
        name="monitor",
        says=says,
        severity=Severity.HIGH,
        status="unknown" if says == "failing" else "up",
        cause=None,
        title=f"{report.name}: the monitor cannot look",
        message=_blind(report) or "the monitor looks again",
    )


def _blind(report: Report) -> str | None:
    """Why the watch could not look: its input, or an error of our own; None where it could."""
    if report.problems:
        return report.problems[0]
    own = report.conclusion.exit_code == EXIT_FAULT
    return "an error of Trivigil itself hides how the target is" if own else None


def _looked(report: Report) -> bool:
    return any(result.kind != "open" for result in judged(report))


def judged(report: Report) -> tuple[Result, ...]:
    """The results that are checks, not what is said beside them."""
    return tuple(result for result in report.results if result.rule.id in _JUDGED)


def _seen(result: Result, report: Report) -> Seen:
    name, status = result.location.name, str(result.evidence.get("status") or "unknown")
    cause = result.evidence.get("cause")
    says: Saying = "passing" if result.suppression is not None else _SAYS[result.kind]
    return Seen(
        fingerprint=fingerprint(result),
        name=name,
        says=says,
        severity=result.severity,
        status=status,
        cause=cause if isinstance(cause, str) else None,
        title=f"{_place(report)}: {name} is {status}",
        message=result.message,
        runbook=(result.fix or "").removeprefix("Runbook: ") or None,
    )


def _place(report: Report) -> str:
    """The target as a title names it: without its scheme, which would make an address of it; else the watch."""
    return str(report.facts.get("target") or report.name).removeprefix("https://")


def fingerprint(result: Result) -> str:
    """Identity of the incident across runs; severity and cause do not matter, so that degraded and down are one."""
    return result.fingerprint


def of(report: Report) -> tuple[Incident, ...]:
    """What the report says about the issue of each check, once the thresholds were applied; silent where they were not.

    A pass that nobody has counted may be the first of several that an end takes, and closes nothing.
    """
    told = {one.get("fingerprint"): one for one in _incidents(report)}
    found = [_of_check(result, report, told) for result in judged(report)]
    return (*found, *_of_watch(report))


def part(report: Report, about: Collection[str]) -> Report:
    """The report of these results alone, with the check that each is about; for an issue of its own."""
    own = {one.location.name for one in report.results if one.fingerprint in about}
    results = tuple(
        one
        for one in report.results
        if one.location.name in own and (one.fingerprint in about or one.rule == CLAIM)
    )
    checks = report.facts.get("checks")
    mine = [one for one in checks if _named(one) in own] if isinstance(checks, list) else []
    counted = [one for one in _incidents(report) if one.get("fingerprint") in about]
    narrow = {"checks": mine, "incidents": counted, "headers": None, "baseline": None}
    return report._replace(results=results, facts={**report.facts, **narrow})


def _named(row: object) -> object:
    return row.get("name") if isinstance(row, dict) else None


def _incidents(report: Report) -> Iterator[Mapping[str, object]]:
    listed = report.facts.get("incidents")
    yield from (
        one for one in (listed if isinstance(listed, list) else []) if isinstance(one, dict)
    )


def _of_check(
    result: Result, report: Report, told: Mapping[object, Mapping[str, object]]
) -> Incident:
    mark = fingerprint(result)
    counted = report.facts.get("counted") is True
    says, reason = _says(result, told.get(mark), counted=counted)
    one = _seen(result, report)
    return Incident(
        fingerprint=mark,
        title=one.title if result.kind != "pass" else f"{one.name} holds",
        says=says,
        reason=reason,
        failing=(mark,) if says == "failing" else (),
        passed=frozenset({mark}) if says == "passing" else frozenset(),
        labels=(LABEL,),
        about=(mark,),
    )


def _says(
    result: Result, told: Mapping[str, object] | None, *, counted: bool
) -> tuple[Saying, str]:
    """Who was not counted yet, or fails too seldom, has no issue; one that holds is over once it held often enough."""
    if told is not None and told.get("state") == "open":
        if result.kind == "pass":
            return "silent", str(told.get("notices_withheld") or "it has not held for long enough")
        if result.kind == "open":
            return "silent", "this run could not see whether it holds"
        return "failing", result.message
    if result.kind == "pass" and counted:
        return "passing", "it holds"
    return "silent", str((told or {}).get("notices_withheld") or "it was not counted")


def _of_watch(report: Report) -> Iterator[Incident]:
    """A watch that could not look at all is an incident of its own, over with the next run that could."""
    mark = _mark(report)
    if why := _blind(report):
        title = f"{report.name}: the monitor cannot look"
        reason = "the input could not be used" if report.problems else why
        yield Incident(mark, title, "failing", reason, (mark,), labels=(LABEL,))
    elif _looked(report):
        yield Incident(mark, "", "passing", "the monitor looks again", passed=frozenset({mark}))


def _mark(report: Report) -> str:
    from hashlib import sha256

    return sha256(f"monitor\0{report.name}".encode("utf-8", "surrogatepass")).hexdigest()[:32]
