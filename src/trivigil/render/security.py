"""The document of a security report: the verdict, what blocks and what to do, then everything else by severity."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from trivigil.core.result import Severity
from trivigil.render.document import (
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
from trivigil.render.security_figures import (
    LABELS,
    active,
    by_severity,
    of_scans,
    unrated_that_pass,
)
from trivigil.render.verdict import icon, own_name, sentence, title

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from trivigil.core.report import Report
    from trivigil.core.result import Result

_OPENLY: Final = 10
_MOST: Final = 1_000
"""Of a section: the shortest rows of so many fill twice what a comment or a check run may hold."""
_HIGH, _ADVICE, _NOTED, _FOLDED, _FOOTER = 90, 85, 60, 50, 70
_SIGNS: Final[dict[str, IconName]] = {"critical": "fail", "high": "fail", "medium": "warning"}
_LONGEST: Final = 80


def document(report: Report, *, artifact_url: str | None = None) -> Document:
    """Everything a reader wants to know, most urgent first; details are folded away."""
    found = active(report)
    blocking = [result for result in found if result.gates]
    rest = [result for result in found if not result.gates]
    blocks: list[Block] = [
        verdict(report),
        *problems(report),
        *scans(report),
        *counts(report),
        *unrated(report),
        *_blocking(blocking, report),
        *advice(blocking, artifact_url),
        *_others(rest, report),
        *accepted(report),
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
        for result in of_scans(report)
    ]
    if items:
        yield Bullets(tuple(items), "scan")


def counts(report: Report) -> Iterable[Block]:
    """How many findings there are of each severity, where there are any."""
    found = active(report)
    if found:
        numbers = by_severity(found)
        shown = [label for label in LABELS if numbers[label]]
        cells = tuple(text(f"{numbers[label]:,}") for label in shown)
        columns = tuple(Column(label.capitalize(), "right") for label in shown)
        yield Table(columns, (Row(cells, _HIGH),), "row of counts")


def unrated(report: Report) -> Iterable[Block]:
    """What nobody rated passes the line, and says so, because it may be as bad as what fails."""
    number, line = len(unrated_that_pass(report)), report.facts.get("fail_on")
    if number and line:
        verb, them = ("has", "it") if number == 1 else ("have", "them")
        said = (
            f"{counted(number, 'finding')} {verb} no known severity, and `fail-on: {line}` does not stop {them}: look at "
            f"{them} below. `unknown-severity: fail` lets {them} fail."
        )
        yield Bullets((Item((Icon("warning"), Text(" "), *prose(said)), _HIGH),), "hint")


def _blocking(results: Sequence[Result], report: Report) -> Iterable[Block]:
    if not results:
        return
    first = tuple(_row(result, report, _HIGH) for result in results[:_OPENLY])
    yield Section(text("Blocking"), (Table(_columns(), first, "finding"),))
    rest = results[_OPENLY:]
    if rest:
        yield Details(text(f"{len(rest):,} more that block"), (_cut(rest, report, _FOLDED),))


def _cut(results: Sequence[Result], report: Report, priority: int) -> Table:
    """Rows of as many as any channel could show; the rest is counted."""
    rows = tuple(_row(result, report, priority) for result in results[:_MOST])
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
            prose(result.fix or "\N{EN DASH}"),
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
    fixes: dict[str, int] = {}
    for result in blocking:
        if result.fix:
            fixes[result.fix] = fixes.get(result.fix, 0) + 1
    ordered = sorted(fixes, key=lambda fix: (-fixes[fix], fix))
    items = [Item(prose(_mends(fix, fixes[fix])), _ADVICE) for fix in ordered[:_OPENLY]]
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


def _mends(fix: str, number: int) -> str:
    if number == 1 or not fix.startswith("Upgrade "):
        return fix
    return f"{fix.rstrip('.')}: this mends {number:,} of them."


def _others(results: Sequence[Result], report: Report) -> Iterable[Block]:
    """What does not block, by severity, folded away."""
    of: dict[Severity, list[Result]] = {severity: [] for severity in sorted(Severity, reverse=True)}
    for result in results:
        of[result.severity].append(result)
    for severity, own in of.items():
        if own:
            yield Details(
                text(f"{counted(len(own), 'finding')}: {severity.label}"),
                (_cut(own, report, _FOLDED - 10 + severity),),
            )


def accepted(report: Report) -> Iterable[Block]:
    """What failed and is accepted, by whom, until when and why."""
    found = [r for r in report.results if r.suppression is not None and r.kind != "pass"]
    if found:
        items = tuple(_accepted_item(result) for result in found[:_MOST])
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
    if any(result.evidence.get("disagree") for result in active(report)):
        yield Paragraph(
            text("* Sources disagree on the severity; the result file has every rating."),
            _FOOTER,
            small=True,
        )
