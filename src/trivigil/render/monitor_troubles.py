"""What is not up, for the document of a monitoring report: cause in plain words, what was seen, where, and what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from trivigil.core.result import Location
from trivigil.render import monitor_figures as figures
from trivigil.render.document import (
    Block,
    Bullets,
    Code,
    Details,
    Icon,
    IconName,
    Item,
    Link,
    Section,
    Span,
    Spans,
    Strong,
    Text,
    counted,
    prose,
    text,
)
from trivigil.render.escape import address
from trivigil.render.monitor_words import meaning
from trivigil.render.places import place

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from trivigil.core.report import Report
    from trivigil.monitor.facts import Checked, Failed

SIGNS: Final[dict[str, IconName]] = {
    "up": "pass",
    "degraded": "warning",
    "down": "fail",
    "unknown": "open",
}
_PRIORITY: Final = {"down": 96, "degraded": 94, "unknown": 92}
_CLAIM, _MORE_CLAIMS = 80, 45
_OPENLY: Final = 10
_NAMED: Final = 8
_LONG: Final = 300


def troubles(checks: Iterable[Checked], report: Report) -> Iterable[Block]:
    """Everything that is not up, worst first; the first ones openly."""
    groups = grouped(figures.worst_first(one for one in checks if one.status != "up"))
    items = tuple(_item(group, report) for group in groups)
    if items:
        yield Section(text("Not up"), (Bullets(items[:_OPENLY], "check"),))
    if more := items[_OPENLY:]:
        yield Details(text(f"{len(more):,} more that are not up"), (Bullets(more, "check"),))


def claims(checks: Iterable[Checked], report: Report) -> Iterable[Block]:
    """Every claim that does not hold, of the checks that have more than one."""
    found = [
        (check, failed)
        for check in figures.worst_first(checks)
        if len(check.failed) > 1
        for failed in check.failed
    ]
    first, rest = found[:_OPENLY], found[_OPENLY:]
    if first:
        items = tuple(Item(_claim(*one, report), _CLAIM) for one in first)
        yield Section(text("Claims that do not hold"), (Bullets(items, "claim"),))
    if rest:
        items = tuple(Item(_claim(*one, report), _MORE_CLAIMS) for one in rest)
        yield Details(text(f"{len(rest):,} more claims"), (Bullets(items, "claim"),))


def grouped(checks: Iterable[Checked]) -> list[list[Checked]]:
    """Checks that nobody could see, for one and the same reason, together: a runner without network says it once."""
    groups: dict[object, list[Checked]] = {}
    for number, one in enumerate(checks):
        same = one.status == "unknown" and not one.failed and not one.runbook
        groups.setdefault((one.cause, one.message) if same else number, []).append(one)
    return list(groups.values())


def _item(group: Sequence[Checked], report: Report) -> Item:
    first = group[0]
    spans = [Icon(SIGNS[first.status]), Text(" "), *_names(group), *_how(group)]
    if said := explained(first):
        spans.append(Text(f": {said}"))
    spans += _seen(first)
    if len(group) == 1:
        spans += [*_apart(where(first, report)), *_apart(runbook(first.runbook))]
    return Item(tuple(spans), _PRIORITY[first.status])


def explained(check: Checked) -> str:
    """The cause in plain words; of claims how many do not hold."""
    if check.cause == "assertion" and len(check.failed) > 1:
        return f"{counted(len(check.failed), 'claim')} do not hold"
    return meaning(check.cause)


def _names(group: Sequence[Checked]) -> list[Span]:
    if len(group) == 1:
        return [Code(group[0].name), Text(" is ")]
    spans: list[Span] = []
    for one in group[:_NAMED]:
        spans += [Text(", "), Code(one.name, 80)]
    more = len(group) - _NAMED
    return [*spans[1:], Text(f"{f' and {more:,} more' if more > 0 else ''} are ")]


def _how(group: Sequence[Checked]) -> list[Span]:
    """The status, and in parentheses its cause and how often it was tried."""
    first, tries = group[0], len(group[0].attempts)
    status = "not looked at" if first.skipped is not None else first.status
    spans: list[Span] = [Strong((Text(status),))]
    notes: list[Span] = [Code(first.cause)] if first.cause else []
    if tries > 1:
        notes += [Text(f"{', ' if notes else ''}in each of {tries} attempts")]
    return [*spans, Text(" ("), *notes, Text(")")] if notes else spans


def _seen(check: Checked) -> list[Span]:
    """What was seen, with what was expected where one claim says it all."""
    claim = check.failed[0] if len(check.failed) == 1 else None
    message = check.message or (claim.message if claim else "")
    spans: list[Span] = [Text(".")] if check.cause else []
    if message and message != meaning(check.cause):
        lead = ": " if not check.cause else " First: " if len(check.failed) > 1 else " Seen: "
        spans += [Text(lead), *prose(message.removesuffix("."))]
        if claim is not None and not _says(message, claim):
            spans += compared(claim)
        spans.append(Text("."))
    elif claim is not None and (found := compared(claim)):
        spans += [Text(" Seen"), *found, Text(".")]
    return spans or [Text(".")]


def _says(message: str, claim: Failed) -> bool:
    """Whether the message has both sides of the comparison already."""
    return claim.expected in message and claim.actual in message


def compared(failed: Failed) -> list[Span]:
    """`: expected X, found Y`, as far as it is known: the site's own text, exactly."""
    parts: list[Span] = []
    if failed.expected:
        parts += [Text(": expected "), Code(failed.expected, _LONG)]
    if failed.actual:
        parts += [Text(", found " if parts else ": found "), Code(failed.actual, _LONG)]
    return parts


def _claim(check: Checked, failed: Failed, report: Report) -> Spans:
    sign = Icon("fail" if failed.severity == "fail" else "warning")
    at = place(Location(check.name, check.file, failed.line or check.line), report.origin)
    words = prose(failed.message or "a claim does not hold")
    return (sign, Text(" "), *(at or (Code(check.name),)), Text(" "), *words, *compared(failed))


def where(check: Checked, report: Report) -> Spans:
    """The line of the check file: of the first claim that does not hold, else of the check."""
    line = next((one.line for one in check.failed if one.line is not None), check.line)
    return place(Location(check.name, check.file, line), report.origin)


def runbook(url: str | None) -> Spans:
    """A link to what to do; an address that nobody should click is shown as it is."""
    if not url:
        return ()
    if address(url) is None:
        return (Text("Runbook "), Code(url))
    return (Link((Text("Runbook"),), url),)


def _apart(spans: Spans) -> Spans:
    return (Text(" \N{MIDDLE DOT} "), *spans) if spans else ()
