"""From findings of many tools to one result for each problem."""

from __future__ import annotations

from itertools import repeat
from operator import attrgetter
from typing import TYPE_CHECKING

from trivigil.core.result import Location, Result, Rule, Severity
from trivigil.core.untrusted import printable
from trivigil.security import explained, groups, identity, masked, packages, said
from trivigil.security.alone import Alone
from trivigil.security.said import TITLE_CHARS, Line

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from trivigil.security.facts import Finding
    from trivigil.security.problems import Group


def merge(
    scans: Sequence[Sequence[Finding]], fail_on: Severity | None, *, unknown_fails: bool = False
) -> tuple[Result, ...]:
    """One failed result a problem, the worst first; it gates from `fail_on` on, and never where that is None.

    With `unknown_fails` those that nobody rated gate, too.
    """
    problems = groups.group(scans)
    line = Line(fail_on, unknown_fails)
    straight = Alone(problems.alone, line)
    names = identity.identities(problems, straight.identities())
    alone = len(problems.alone)
    results = straight.results(names[:alone])
    results += joined(problems.joined, names[alone:], line)
    return tuple(_ranked(results))


def _ranked(results: Sequence[Result]) -> Iterable[Result]:
    """The worst first, then by rule, place and identity: as one text, which is compared fastest."""
    columns = (
        map(_RANKS.__getitem__, map(attrgetter("severity"), results)),
        map(attrgetter("rule.id"), results),
        repeat("\0"),
        map(attrgetter("location.name"), results),
        repeat("\0"),
        map(attrgetter("identity"), results),
    )
    ranks = [*map("".join, zip(*columns, strict=False))]
    return map(results.__getitem__, sorted(range(len(ranks)), key=ranks.__getitem__))


_RANKS = {severity: str(Severity.CRITICAL - severity) for severity in Severity}


def joined(groups: Sequence[Group], names: Sequence[str], line: Line) -> Iterable[Result]:
    """The result of each group of findings that are one problem; `names` are their identities."""
    telling = [*map(_telling, groups)]
    titles = masked.texts([finding.title for finding in telling])
    descriptions = masked.texts([finding.description for finding in telling])
    return map(_result, groups, names, telling, titles, descriptions, repeat(line))


def _result(
    group: Group, name: str, first: Finding, title: str, description: str, line: Line
) -> Result:
    """In the words of the first one; the title and the description are without secrets."""
    findings = group.findings
    told = said.of(findings)
    chosen, title = told.chosen, printable(title, TITLE_CHARS)
    rule = group.advisory or first.id
    known = [f.package for f in findings if f.package is not None]
    of = packages.together(known, first.package, group.package)
    return Result(
        rule=Rule(rule, title, explained.page(first, group.advisory)),
        kind="fail",
        severity=chosen.severity,
        message=packages.message(of, title.rstrip(".")),
        location=Location(
            packages.place_name(group.package, group.manifest)
            if group.package is not None
            else said.place_name(first),
            group.manifest or first.place.path,
            _line(findings),
        ),
        gates=line.stops(chosen.severity),
        fix=of.fix or _fix(findings),
        tools=told.tools,
        aliases=said.others(said.ids(findings), rule),
        ratings=told.ratings,
        suppression=said.accepted(findings),
        evidence=said.evidence(findings, first, description, told, of.evidence),
        identity=name,
    )


def _telling(group: Group) -> Finding:
    """The finding that tells most: the one of the leading id, with a help page, with the longest title."""

    def tells(finding: Finding) -> tuple[bool, bool, int, str]:
        named = finding.id == group.advisory
        return named, finding.help_uri is not None, len(finding.title[:TITLE_CHARS]), finding.tool

    return group.findings[0] if len(group.findings) == 1 else max(group.findings, key=tells)


def _line(findings: Sequence[Finding]) -> int | None:
    return min([f.place.line for f in findings if f.place.line], default=None)


def _fix(findings: Sequence[Finding]) -> str | None:
    """What a tool advises."""
    told = findings[0].fix or next((f.fix for f in findings if f.fix), None)
    return said.advice(told, findings[0].kind)
