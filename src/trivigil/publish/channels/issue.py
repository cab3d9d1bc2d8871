"""The issue: one for each incident, on the default branch; never about a pull request."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from trivigil.github.refusal import Refused, issues_off
from trivigil.publish import incidents
from trivigil.publish.channel import Delivered
from trivigil.publish.issue import incidents_of, on_default_branch, opening, proving
from trivigil.publish.plan import Step
from trivigil.publish.published import as_json

if TYPE_CHECKING:
    from trivigil.github.event import Event
    from trivigil.publish.channel import Desk
    from trivigil.publish.plan import Situation
    from trivigil.publish.publication import Publication

NAME = "issue"
_UNDER_REVIEW: Final = frozenset({"merge_group", "workflow_run"})


def decide(at: Situation) -> Step:
    """By itself for schedules and the default branch; named also elsewhere, but not for changes under review."""
    action = at.report.action
    by_itself = at.event is None or _out_of_place(at.event, action, named=False) is None
    hindered = at.hindered(NAME, by_default=by_itself)
    if hindered is not None or at.event is None:
        return hindered or Step(NAME, "skip", "this is not a GitHub Actions run")
    if (reason := _out_of_place(at.event, action, named=at.wanted.explicit)) is not None:
        return Step(NAME, "skip", reason)
    found = incidents_of(at.report, at.event)
    telling = [one for one in found if one.says != "silent"]
    if not telling:
        reason = found[0].reason if found else "this watch has no incidents"
        return Step(NAME, "skip", f"there is nothing to say in an issue: {reason}")
    failing = [one for one in telling if one.says == "failing"]
    return Step(NAME, "do", (failing or telling)[0].reason)


def _out_of_place(event: Event, action: str, *, named: bool) -> str | None:
    """Why this event opens no issue, None where it does."""
    if event.pull_number is not None or event.name in _UNDER_REVIEW:
        return "a change under review is told on its pull request, not in an issue"
    if named or (event.name in proving(action) and on_default_branch(event)):
        return None
    if action == "monitor":
        return "issues are for the default branch, unless the channel is named"
    return "issues are for schedules and pushes to the default branch, unless the channel is named"


def deliver(desk: Desk) -> Delivered:
    """Open, update, reopen or close, as what is remembered and the report call for."""
    ready, named = desk.publication, desk.plan.wanted.explicit
    telling = [one for one in ready.issues if one.incident.says != "silent"]
    try:
        outcome = incidents.publish(desk.client(), telling, desk.run)
    except Refused as refused:
        if not named and issues_off(refused):
            return Delivered(skipped=refused.message)
        failing = any(one.incident.says == "failing" for one in telling)
        if named or failing or not refused.forbidden:
            raise
        return Delivered(skipped=f"whether one is to be closed is not known: {refused.message}")
    return Delivered(outcome.url, outcome.skipped, outcome.notes)


def payloads(publication: Publication) -> dict[str, str]:
    """The request that opens the issue, for each incident that fails."""
    failing = [one for one in publication.issues if one.incident.says == "failing"]
    names = ("issue.json", *(f"issue-{number}.json" for number in range(2, len(failing) + 1)))
    return {name: as_json(opening(one)) for name, one in zip(names, failing, strict=False)}
