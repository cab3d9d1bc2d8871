"""Who was told of what a monitoring report found, and why nobody was."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from trivigil.render import monitor_figures as figures
from trivigil.render.document import (
    Block,
    Bullets,
    Code,
    Details,
    Icon,
    IconName,
    Item,
    Section,
    Spans,
    Text,
    counted,
    listed,
    text,
)
from trivigil.render.monitor_words import moment

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from trivigil.core.report import Report

_TOLD: Final = 75
_OPENLY: Final = 10
_SHORT: Final = 8
_STATES: Final[dict[str, IconName]] = {"open": "fail", "pending": "warning", "closed": "pass"}
_EVENTS: Final[Mapping[str, str]] = {
    "holds": "holds",
    "pending": "fails, not yet often enough for an incident",
    "opened": "is a new incident",
    "failing": "still fails",
    "recovering": "holds again, not yet for long enough",
    "recovered": "has recovered",
    "unseen": "could not be looked at",
}


def told(report: Report) -> Iterable[Block]:
    """What is open, who was told of it, and why nobody was."""
    found = items(report)
    if found:
        title = text("Who was told")
        yield Section(title, (Bullets(found[:_OPENLY], "incident"),))
        if more := found[_OPENLY:]:
            yield Details(
                text(f"{counted(len(more), 'more incident')}"), (Bullets(more, "incident"),)
            )


def items(report: Report) -> tuple[Item, ...]:
    """One for each incident."""
    return tuple(Item(incident(row), _TOLD) for row in figures.rows(report, "incidents"))


def incident(row: Mapping[str, Any]) -> Spans:
    """What came of one incident in this run: `login is a new incident; first seen … Told slack`."""
    state = figures.text(row, "state")
    events = [_EVENTS.get(one, one) for one in figures.texts(row, "events")]
    since = figures.text(row, "since")
    begun = f"; first seen {moment(since)}" if since else ""
    return (
        Icon(_STATES.get(state, "open")),
        Text(" "),
        Code(figures.text(row, "name") or figures.text(row, "fingerprint")[:_SHORT]),
        Text(f" {listed(events) or state or 'is not known'}{begun}. {_receivers(row)}."),
    )


def _receivers(row: Mapping[str, Any]) -> str:
    """Who was told, and what kept others from it."""
    sent = [figures.text(one, "receiver") for one in figures.objects(row, "notices_sent")]
    withheld = figures.text(row, "notices_withheld").rstrip(".")
    if sent:
        return f"Told {listed(sent)}{f'; not told: {withheld}' if withheld else ''}"
    return f"Nobody was told: {withheld}" if withheld else "Nobody was told in this run"
