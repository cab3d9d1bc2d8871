"""The verdict in words: how many budgets hold, fail or stay undecided, in one line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trivigil.core.gate import EXIT_INPUT
from trivigil.core.record import NamedTuple
from trivigil.core.result import Severity
from trivigil.render.document import IconName, counted

if TYPE_CHECKING:
    from trivigil.core.report import Report
    from trivigil.core.result import Result

TITLES = {"perf": "Performance", "security": "Security", "monitor": "Monitoring"}
BUDGET = "budget."
"""How the ids of rules about a budget begin."""


class Tally(NamedTuple):
    """The results of a report, sorted by what they mean for the verdict."""

    budgets: int
    """How many results speak of a budget, whatever came out."""
    failed: tuple[Result, ...]
    undecided: tuple[Result, ...]
    warnings: tuple[Result, ...]
    """Failed or undecided, but not meant to fail the gate."""
    accepted: tuple[Result, ...]
    held: tuple[Result, ...]


def tally(report: Report) -> Tally:
    """Sort the results of a report; each kind keeps the order of the report."""
    results = report.results
    findings = report.findings
    return Tally(
        budgets=sum(is_budget(result) for result in results),
        failed=tuple(r for r in findings if r.gates and r.kind == "fail"),
        undecided=tuple(r for r in findings if r.gates and r.kind == "open"),
        warnings=tuple(r for r in findings if not r.gates),
        accepted=tuple(r for r in results if r.kind != "pass" and r.suppression is not None),
        held=tuple(r for r in results if r.kind == "pass" and is_budget(r)),
    )


def is_budget(result: Result) -> bool:
    """Whether the result speaks of a budget and not of the run as such."""
    return result.rule.id.startswith(BUDGET)


def title(report: Report) -> str:
    """What was watched: `Performance`."""
    return TITLES.get(report.action, report.action)


def own_name(report: Report) -> str | None:
    """The name of this watch, where it says more than the action does."""
    return None if report.name in ("", report.action) else report.name


def icon(report: Report) -> IconName:
    """The sign of the verdict."""
    if report.problems or report.conclusion.exit_code == EXIT_INPUT:
        return "invalid"
    if report.conclusion.verdict == "failure":
        return "fail"
    if report.conclusion.verdict != "success":
        return "neutral"
    return "warning" if report.action == "monitor" and _is_degraded(report) else "pass"


def _is_degraded(report: Report) -> bool:
    """Whether a watch that passes saw something that is not as it should be."""
    from trivigil.render.monitor_figures import by_status

    counts = by_status(report)
    return counts["up"] < sum(counts.values())


def sentence(report: Report) -> str:
    """The verdict without its subject: `2 of 12 budgets fail, 1 warning`."""
    if report.problems or report.conclusion.exit_code == EXIT_INPUT:
        return "the input could not be used"
    if report.action == "security":
        return _security(report)
    if report.action == "monitor":
        return _monitor(report)
    sums = tally(report)
    parts = [*_run_rules(sums), *_budgets(report, sums)]
    if sums.warnings:
        parts.append(counted(len(sums.warnings), "warning"))
    if sums.accepted:
        parts.append(f"{counted(len(sums.accepted), 'failure')} accepted")
    return ", ".join(parts)


def _security(report: Report) -> str:
    """`2 critical, 5 high; 12 findings in all, 3 accepted`."""
    from trivigil.render.security_split import split

    parted = report.once(split)
    unproven = [result.rule.title for result in parted.scans if result.gates]
    blocking = [f"{len(own):,} {of.label}" for of, own in parted.blocking.items() if own]
    parts = [*dict.fromkeys(unproven), *blocking]
    if number := sum(map(len, parted.others.values())):
        unrated = len(parted.others[Severity.UNKNOWN])
        of = f" ({unrated:,} of unknown severity)" if unrated else ""
        verb = "does" if number == 1 else "do"
        parts.append(f"{counted(number, 'finding')} that {verb} not block{of}")
    if not parts:
        parts.append("nothing found" if report.sources else "nothing was scanned")
    if tolerated := sum(not result.gates for result in parted.scans):
        verb = "proves" if tolerated == 1 else "prove"
        parts.append(f"{counted(tolerated, 'tolerated scan')} {verb} nothing")
    if parted.accepted:
        parts.append(f"{len(parted.accepted):,} accepted")
    return ", ".join(parts)


def _monitor(report: Report) -> str:
    """`1 of 9 checks is down, 2 are degraded`."""
    from trivigil.render.monitor_figures import by_status, checks

    counts = by_status(report)
    total = sum(counts.values())
    if not total:
        return "nothing was looked at"
    if all(one.cause == "runner-network" for one in checks(report)):
        return "our runner had no network, nothing is known of the target"
    bad = [status for status in ("down", "degraded", "unknown") if counts[status]]
    if not bad:
        return f"all {total:,} checks are up" if total > 1 else "its one check is up"
    first = f"{counts[bad[0]]:,} of {counted(total, 'check')} {_is(counts[bad[0]])} {bad[0]}"
    rest = [f"{counts[status]:,} {_is(counts[status])} {status}" for status in bad[1:]]
    return ", ".join((first, *rest))


def _is(count: int) -> str:
    return "is" if count == 1 else "are"


def _run_rules(sums: Tally) -> list[str]:
    """Why the run as such proves nothing: `the run made no requests`."""
    titles = (r.rule.title for r in (*sums.failed, *sums.undecided) if not is_budget(r))
    return list(dict.fromkeys(titles))


def _budgets(report: Report, sums: Tally) -> list[str]:
    total = sums.budgets
    failed = sum(is_budget(result) for result in sums.failed)
    undecided = sum(is_budget(result) for result in sums.undecided)
    if failed or undecided:
        return _broken(failed, undecided, total)
    if report.conclusion.verdict == "failure":
        return [] if sums.failed or sums.undecided else ["failed"]
    if report.conclusion.verdict == "neutral" or not total:
        return ["facts only, no budgets given"]
    if len(sums.held) < total:
        return [f"{len(sums.held):,} of {counted(total, 'budget')} hold{_s(len(sums.held))}"]
    return [f"all {total:,} budgets hold" if total > 1 else "its one budget holds"]


def _broken(failed: int, undecided: int, total: int) -> list[str]:
    of = f" of {counted(total, 'budget')}"
    parts = []
    if failed:
        parts.append(f"{failed:,}{of} fail{_s(failed)}")
    if undecided:
        verb = "is" if undecided == 1 else "are"
        parts.append(f"{undecided:,}{'' if failed else of} {verb} undecided")
    return parts


def _s(count: int) -> str:
    """The ending of a verb in the third person singular."""
    return "s" if count == 1 else ""
