"""From what scanners said to what is concluded: pure, and in one straight line."""

from __future__ import annotations

import re
from collections import Counter
from operator import attrgetter
from typing import TYPE_CHECKING, Final

from trivigil.core import collector
from trivigil.core import report as core_report
from trivigil.core.gate import conclude
from trivigil.core.record import NamedTuple
from trivigil.core.report import Origin, Report
from trivigil.core.result import Location, Result, Rule, Severity
from trivigil.core.untrusted import printable
from trivigil.security import digest, merge, severity, suppressions

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from trivigil.core.reading import Reading
    from trivigil.security.facts import Finding, ScanFacts
    from trivigil.security.suppressions import Entry

CLEAN: Final = ("complete", "empty")
"""States that prove something: a whole scan, or a whole scan that found nothing."""

PROVES_NOTHING: Final = "so it proves nothing."
"""How our own words end about a scan that is not whole; the scanner's may follow."""
SCAN: Final = "scan."
"""How rules begin that are about the scans themselves."""


_TARGET_CHARS: Final = 16
_CHANGES: Final = re.compile(r":\d+(?=/)|(?::[^/:@\\]*)?(?:@[^/\\]*)?$")


class Context(NamedTuple):
    """What the analysis cannot know by itself."""

    name: str
    now: str
    """UTC, ISO 8601 with Z."""
    origin: Origin = Origin()
    fail_on: Severity | None = Severity.HIGH
    """The lowest severity that fails; None: nothing does."""
    unknown_fails: bool = False
    """Whether a finding that nobody rated fails, too; not where nothing does."""
    require: tuple[str, ...] = ()
    """Tools of which a complete scan must be there."""
    tolerate: tuple[str, ...] = ()
    """Tools whose incomplete scans only warn."""
    max_age: float | None = None
    """Seconds that a scan may be old, where it says when it was made; None: any age."""
    entries: tuple[Entry, ...] = ()
    suppressions: str = suppressions.FILE
    """The file of the entries, as it is shown."""
    suppressions_commit: str | None = None
    """Whose file it is, where that is not the checkout."""
    proposed: tuple[Entry, ...] = ()
    """What a change would like to accept, which counts when it is merged."""
    notes: tuple[str, ...] = ()


def analyze(readings: Sequence[Reading[ScanFacts]], context: Context) -> Report:
    """Merge and judge the findings of all readings."""
    with collector.paused():
        return _analyzed(readings, context)


def _analyzed(readings: Sequence[Reading[ScanFacts]], context: Context) -> Report:
    if context.max_age is not None:
        from trivigil.security import age

        readings = age.aged(readings, context.now, context.max_age)
    scans = [r.facts.findings for r in readings if r.facts is not None]
    merged = merge.merge(scans, context.fail_on, unknown_fails=context.unknown_fails)
    applied = suppressions.apply(merged, context.entries, context.now[:10], context.suppressions)
    problems = tuple(r.problem for r in readings if r.problem and not _tolerated(r, context))
    results = (*_unproven(readings, context), *_absent(readings, context), *applied.results)
    proving = [r for r in readings if r.state in CLEAN or not _tolerated(r, context)]
    criteria = 0 if context.fail_on is None else len(proving)
    return Report(
        action="security",
        name=context.name,
        conclusion=conclude(results, problems, criteria),
        generated_at=context.now,
        sources=tuple(core_report.record(reading) for reading in readings),
        results=results,
        measurements=(),
        origin=context.origin,
        problems=problems,
        notes=(*context.notes, *_proposed(applied.results, context), *applied.notes),
        facts=_facts(readings, context),
    )


def refused(problem: str, context: Context) -> Report:
    """The report of scans that could not be judged at all, because of what a user can mend."""
    facts: dict[str, object] = {}
    return core_report.refused(
        "security", context.name, problem, context.now, context.origin, facts
    )


def _proposed(results: Iterable[Result], context: Context) -> Iterable[str]:
    """How much more the change's own entries would accept: in numbers, because names may be withheld."""
    if not context.proposed:
        return
    wanted = suppressions.apply(
        [result for result in results if result.finding],
        context.proposed,
        context.now[:10],
        context.suppressions,
    )
    more = Counter(r.severity.label for r in wanted.results if r.suppression is not None)
    if total := sum(more.values()):
        told = ", ".join(f"{more[label]:,} {label}" for label in severity.LEVELS if more[label])
        noun = "finding" if total == 1 else "findings"
        yield (
            f"This change's own {context.suppressions} would accept {total:,} {noun} more ({told}). It counts when it is "
            "merged: a change does not silence itself."
        )


def _tolerated(reading: Reading[ScanFacts], context: Context) -> bool:
    return reading.tool is not None and reading.tool in context.tolerate


def _unproven(readings: Iterable[Reading[ScanFacts]], context: Context) -> Iterable[Result]:
    """A scan that is not whole proves nothing about what it did not see."""
    for reading in readings:
        if reading.state in CLEAN:
            continue
        tool = reading.tool or "a scanner"
        why = reading.problem or next(iter(reading.notes), "")
        tolerated = _tolerated(reading, context)
        yield Result(
            rule=Rule(f"scan.{reading.state}", f"the scan is {reading.state}"),
            kind="open",
            severity=Severity.LOW if tolerated else Severity.HIGH,
            message=f"{printable(reading.path)}: the scan of {tool} is {reading.state}, {PROVES_NOTHING} {why}".strip(),
            location=Location(f"{tool} {reading.path}"),
            gates=not tolerated,
            fix=f"Mend the scan and run it again, or name {tool} under `tolerate` if it may be so.",
            tools=(tool,),
        )


def _absent(readings: Sequence[Reading[ScanFacts]], context: Context) -> Iterable[Result]:
    """A tool that must have scanned, and has not."""
    whole = {tool for reading in readings if reading.state in CLEAN for tool in _tools(reading)}
    for tool in context.require:
        if tool not in whole:
            yield Result(
                rule=Rule("scan.required", "a required scan is not there"),
                kind="fail",
                severity=Severity.HIGH,
                message=f"A complete scan of {printable(tool, 60)} is required, and there is none.",
                location=Location(tool),
                fix=f"See why {printable(tool, 60)} did not run or finish, or take it out of `require`.",
                tools=(tool,),
            )


def tools_of(report: Report, path: str, tool: str | None) -> tuple[str, ...]:
    """Who scanned what a source of a report says: all of them, where it may be of several tools."""
    several = report.facts.get("tools_by_source")
    named = several.get(path) if isinstance(several, dict) else None
    found = [one for one in named if isinstance(one, str)] if isinstance(named, list) else []
    return tuple(found) or (tool or "",)


def target_of(report: Report, path: str) -> tuple[str, ...]:
    """The digest of what a source says it is of (an image, a site, a folder); nothing where it does not say."""
    known = report.facts.get("targets_by_source")
    found = known.get(path) if isinstance(known, dict) else None
    return (found,) if isinstance(found, str) else ()


def _target(scope: str, repository: str | None) -> str:
    """A keyed digest, because an address may be nobody's business; of ports, an image's tag and its digest nothing: they change."""
    names = sorted({_CHANGES.sub("", name.strip()) for name in scope.split(",")})
    return digest.secret("\0".join(names), repository or "trivigil")[:_TARGET_CHARS]


def is_scan(result: Result) -> bool:
    """Whether it is about a scan that is missing or not whole, and nothing that a scanner found."""
    return result.rule.id.startswith(SCAN)


def _tools(reading: Reading[ScanFacts]) -> tuple[str | None, ...]:
    """Who scanned: the file's tool, or all of them where it is of several."""
    return (reading.tool, *(reading.facts.tools if reading.facts else ()))


def _facts(readings: Sequence[Reading[ScanFacts]], context: Context) -> dict[str, object]:
    return {
        "fail_on": None if context.fail_on is None else context.fail_on.label,
        "raw_counts": raw_counts(readings),
        "tools_by_source": {
            each.path: list(each.facts.tools)
            for each in readings
            if each.facts is not None and each.facts.tools
        },
        "targets_by_source": {
            each.path: _target(each.facts.scope, context.origin.repository)
            for each in readings
            if each.facts is not None and each.facts.scope
        },
        "suppressions": {
            "path": context.suppressions,
            "count": len(context.entries),
            "commit": context.suppressions_commit,
        },
    }


def raw_counts(readings: Iterable[Reading[ScanFacts]]) -> Mapping[str, Mapping[str, int]]:
    """Active findings before merging, by tool and severity."""
    by_tool: dict[str, list[Finding]] = {}
    for reading in readings:
        active = reading.facts.active if reading.facts else ()
        for tool in {*map(_TOOL, active)}:
            by_tool.setdefault(tool, []).extend([f for f in active if f.tool == tool])
    return {
        tool: dict(sorted(severity.counted(found).items()))
        for tool, found in sorted(by_tool.items())
    }


_TOOL: Final = attrgetter("tool")
