"""The document of a security report: the verdict, what blocks and what to do, then everything else by severity."""

from __future__ import annotations

from collections import Counter
from heapq import nsmallest
from itertools import chain
from operator import attrgetter
from typing import TYPE_CHECKING, Final

from trivigil.core.result import Severity
from trivigil.core.untrusted import printable
from trivigil.render.document import (
    MOST_FOLDED,
    Block,
    Bullets,
    Code,
    Column,
    Details,
    Document,
    Heading,
    Icon,
    IconName,
    Item,
    Link,
    Paragraph,
    Row,
    Section,
    Spans,
    Table,
    Text,
    counted,
    prose,
    text,
)
from trivigil.render.perf_results import finding_item
from trivigil.render.perf_run import sources
from trivigil.render.places import place
from trivigil.render.security_split import WORST_FIRST, split
from trivigil.render.verdict import icon, own_name, sentence, title

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from trivigil.core.report import Report
    from trivigil.core.result import Result

_OPENLY: Final = 10
_HIGH, _ADVICE, _NOTED, _FOLDED, _FOOTER = 90, 85, 60, 50, 70
_SIGNS: Final[dict[str, IconName]] = {"critical": "fail", "high": "fail", "medium": "warning"}
_LONGEST: Final = 80
_CELL, _POINT, _SENTENCE = 120, 240, 160
"""Characters of advice in a row, and in the list of what to do: some scanners write a page. The result file has all of it."""
_FIX: Final = attrgetter("fix")


def document(
    report: Report, *, artifact_url: str | None = None, folded: int = MOST_FOLDED
) -> Document:
    """Everything a reader wants to know, most urgent first; details are folded away."""
    blocking = [*chain.from_iterable(report.once(split).blocking.values())]
    blocks: list[Block] = [
        verdict(report),
        *problems(report),
        *scans(report),
        *counts(report),
        *unrated(report),
        *_blocking(blocking, report, folded),
        *advice(blocking, artifact_url),
        *_others(report, folded),
        *accepted(report, folded),
        *sources(report),
        *footer(report),
    ]
    return Document(tuple(blocks))


def verdict(report: Report) -> Heading:
    """The first line: sign, subject, name and verdict."""
    name = own_name(report)
    named: Spans = (Text(" · "), Code(name)) if name else ()
    return Heading(
        (Icon(icon(report)), Text(f" {title(report)}"), *named, Text(f": {sentence(report)}"))
    )


def problems(report: Report) -> Iterable[Block]:
    """Why the input could not be used."""
    if report.problems:
        items = (Item((Icon("invalid"), Text(" "), *prose(p)), _HIGH) for p in report.problems)
        yield Bullets(tuple(items), "problem")


def scans(report: Report) -> Iterable[Block]:
    """Scans that prove nothing come first: without them nothing else is certain."""
    items = [
        finding_item(result, report.origin, "open" if result.gates else "warning", _HIGH)
        for result in report.once(split).scans
    ]
    if items:
        yield Bullets(tuple(items), "scan")


def counts(report: Report) -> Iterable[Block]:
    """How many findings there are of each severity, where there are any."""
    parted = report.once(split)
    numbers = {of: len(parted.blocking[of]) + len(parted.others[of]) for of in WORST_FIRST}
    shown = {of.label: number for of, number in numbers.items() if number}
    if shown:
        cells = tuple(text(f"{number:,}") for number in shown.values())
        columns = tuple(Column(label.capitalize(), "right") for label in shown)
        yield Table(columns, (Row(cells, _HIGH),), "row of counts")


def unrated(report: Report) -> Iterable[Block]:
    """What nobody rated passes the line, and says so, because it may be as bad as what fails."""
    number = len(report.once(split).others[Severity.UNKNOWN])
    line = report.facts.get("fail_on")
    if number and line:
        verb, them = ("has", "it") if number == 1 else ("have", "them")
        said = (
            f"{counted(number, 'finding')} {verb} no known severity, and `fail-on: {line}` does not stop {them}: look at "
            f"{them} below. `unknown-severity: fail` lets {them} fail."
        )
        yield Bullets((Item((Icon("warning"), Text(" "), *prose(said)), _HIGH),), "hint")


def _blocking(results: Sequence[Result], report: Report, most: int) -> Iterable[Block]:
    if not results:
        return
    first = tuple(_row(result, report, _HIGH) for result in results[:_OPENLY])
    yield Section(text("Blocking"), (Table(_columns(), first, "finding"),))
    rest = results[_OPENLY:]
    if rest:
        yield Details(text(f"{len(rest):,} more that block"), (_cut(rest, report, _FOLDED, most),))


def _cut(results: Sequence[Result], report: Report, priority: int, most: int) -> Table:
    """Rows of as many as the channel could show; the rest is counted."""
    rows = tuple(_row(result, report, priority) for result in results[:most])
    return Table(_columns(), rows, "finding", len(results) - len(rows))


def table(results: Sequence[Result], report: Report) -> Iterable[Block]:
    """All of them in one table, worst first."""
    if results:
        rows = tuple(_row(result, report, _FOLDED) for result in results)
        yield Table(_columns(), rows, "finding")


def _columns() -> tuple[Column, ...]:
    return (
        Column("Severity"),
        Column("Finding"),
        Column("Where"),
        Column("What to do"),
        Column("Found by"),
    )


def _row(result: Result, report: Report, priority: int) -> Row:
    return Row(
        (
            _severity(result),
            _what(result),
            _where(result, report),
            prose(_at_most(_CELL, result.fix or "\N{EN DASH}")),
            text(", ".join(result.tools)),
        ),
        priority,
    )


def _severity(result: Result) -> Spans:
    label = result.severity.label
    sign = _SIGNS.get(label)
    apart = " *" if result.evidence.get("disagree") else ""
    return (*((Icon(sign), Text(" ")) if sign else ()), Text(f"{label}{apart}"))


def _what(result: Result) -> Spans:
    """The message, with its id as a link to where it is explained."""
    name = Code(result.rule.id, _LONGEST)
    linked = Link((name,), result.rule.help_uri) if result.rule.help_uri else name
    return (linked, Text(f" {result.message}"))


def _where(result: Result, report: Report) -> Spans:
    found = place(result.location, report.origin)
    return found or (Code(result.location.name, _LONGEST),)


def advice(blocking: Sequence[Result], artifact_url: str | None) -> Iterable[Section]:
    """The smallest changes that unblock: upgrades that mend several findings first."""
    fixes = Counter(filter(None, map(_FIX, blocking)))
    # A stable order: among fixes of as many, that of the worst finding first.
    first = nsmallest(_OPENLY, fixes, key=lambda fix: -fixes[fix])
    titles = {each.fix: each.rule.title for each in reversed(blocking)}
    items = [Item(prose(_point(fix, fixes[fix], titles[fix])), _ADVICE) for fix in first]
    if blocking:
        said = "Accept what is no risk here with a reason and a last day: `trivigil security accept` writes the entries."
        items.append(Item(prose(said), _NOTED))
    if artifact_url and blocking:
        spans = (
            Text("Every finding stands in "),
            Link((Text("the run's artifact"),), artifact_url),
            Text("."),
        )
        items.append(Item(spans, _NOTED))
    if items:
        yield Section(text("What to do"), (Bullets(tuple(items), "hint"),))


def _at_most(characters: int, advice: str) -> str:
    return advice if len(advice) <= characters else printable(advice, characters)


def _point(fix: str, number: int, title: str) -> str:
    """One advice; what is long is a tool's own essay, so that it says what it is for, and is cut."""
    if len(fix) <= _SENTENCE:
        return _mends(fix, number)
    more = f" (and {number - 1:,} more)" if number > 1 else ""
    return f"{_at_most(_SENTENCE, title)}{more}: {_at_most(_POINT, fix)}"


def _mends(fix: str, number: int) -> str:
    if number == 1:
        return fix
    if fix.startswith("Upgrade "):
        return f"{fix.rstrip('.')}: this mends {number:,} of them."
    return f"{fix} This is for {number:,} of them."


def _others(report: Report, most: int) -> Iterable[Block]:
    """What does not block, by severity, folded away."""
    for severity, own in report.once(split).others.items():
        if own:
            yield Details(
                text(f"{counted(len(own), 'finding')}: {severity.label}"),
                (_cut(own, report, _FOLDED - 10 + severity, most),),
            )


def accepted(report: Report, most: int = MOST_FOLDED) -> Iterable[Block]:
    """What failed and is accepted, by whom, until when and why."""
    found = report.once(split).accepted
    if found:
        items = tuple(_accepted_item(result) for result in found[:most])
        title_ = f"{counted(len(found), 'finding')} accepted"
        yield Details(text(title_), (Bullets(items, "finding", len(found) - len(items)),))


def _accepted_item(result: Result) -> Item:
    accepted = result.suppression
    until = f" until {accepted.expires}" if accepted and accepted.expires else ""
    who = f" by {accepted.owner}" if accepted and accepted.owner else ""
    why = accepted.reason if accepted else ""
    return Item((*_what(result), *text(f": accepted{who}{until}: {why}")), _NOTED)


def footer(report: Report) -> Iterable[Block]:
    """Which commit, which run, by which tools: one small line."""
    from trivigil.render.perf import footer as small

    yield from small(report)
    if any(result.evidence.get("disagree") for result in report.once(split).active):
        yield Paragraph(
            text("* Sources disagree on the severity; the result file has every rating."),
            _FOOTER,
            small=True,
        )
