"""The second half of a fork's publishing: what of a hand-over is believed, and what is made of it. Pure.

The file was written by a run of the fork's own code. Which repository, run, commit and pull request it is about is taken
from the event and the API alone, and the file must say the same, else it is refused as a whole. What is left of it is a
report, whose words are rendered here, escaped like any other foreign text, and whose links are made here.
"""

from __future__ import annotations

import re
from datetime import datetime
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Final, NamedTuple

from trivigil.core.errors import InputError, PublishError
from trivigil.core.report import Origin
from trivigil.core.untrusted import printable
from trivigil.publish import archive, handover
from trivigil.publish.plan import Wanted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from trivigil.core.report import Report
    from trivigil.core.result import Result
    from trivigil.github.event import Event
    from trivigil.github.finished_run import FinishedRun
    from trivigil.github.records import Artifact, Pull
    from trivigil.publish.handover import Handover
    from trivigil.publish.plan import CommentMode

LARGEST: Final = handover.LIMIT + archive.ROOM
"""Bytes of an artifact's zip."""
MOST_LEGS: Final = 30
MOST_DEPTH: Final = 32
"""How deep JSON may be nested; a report's is below ten."""
CHANNELS: Final = frozenset({"comment", "check-run", "status", "summary"})
"""What a fork's report may be published on."""

_NESTING = re.compile(r'"(?:[^"\\]++|\\.)*+"?|[\[{]|[\]}]', re.DOTALL)


class PassedOver(PublishError):
    """Nothing is wrong, and there is nothing to publish any more."""


class Choice(NamedTuple):
    """Which artifacts of a run are looked at, and what is said of the others."""

    legs: tuple[Artifact, ...]
    passed_over: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()


def choose(listed: Sequence[Artifact], total: int, run: FinishedRun) -> Choice:
    """The hand-overs of this attempt of the run, by name, at most `MOST_LEGS`."""
    mine: dict[str, Artifact] = {}
    passed_over, refused = [], []
    for one in sorted(listed, key=lambda one: one.id):
        if not one.name.startswith(handover.PREFIX):
            continue
        if (reason := _earlier(one, run)) is not None:
            passed_over.append(f"{_shown(one)}: {reason}")
        elif (reason := _unfit(one, run)) is not None:
            refused.append(f"{_shown(one)}: {reason}")
        else:
            mine[one.name] = one
    legs = [mine[name] for name in sorted(mine)]
    if len(legs) > MOST_LEGS:
        refused.append(f"of {len(legs)} hand-overs the first {MOST_LEGS} are published")
    if total > len(listed):
        passed_over.append(f"of {total:,} artifacts of the run {len(listed)} are looked at")
    return Choice(tuple(legs[:MOST_LEGS]), tuple(passed_over), tuple(refused))


def _earlier(one: Artifact, run: FinishedRun) -> str | None:
    """Artifacts of all attempts stand in one list; a new attempt's are younger than its beginning."""
    try:
        made, began = (datetime.fromisoformat(text) for text in (one.created_at, run.started_at))
        earlier = made < began
    except (ValueError, TypeError):
        return "GitHub does not say when it was made"
    return f"it is of an earlier attempt than {run.attempt}" if earlier else None


def _unfit(one: Artifact, run: FinishedRun) -> str | None:
    if one.run_id != run.id or one.head_sha != run.head_sha:
        return f"GitHub says that it is not of run {run.id} on {run.head_sha[:12]}"
    if one.expired:
        return "it has expired; run the workflow again"
    if one.size > LARGEST:
        return f"it is larger than the {LARGEST:,} bytes that a hand-over may have"
    return None


def opened(artifact: Artifact, data: bytes) -> Handover:
    """The hand-over in an artifact's zip. Raises InputError for anything else."""
    content = archive.member(data, handover.MEMBER, handover.LIMIT)
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        raise InputError("the hand-over is no UTF-8.") from None
    if too_deep(text):
        raise InputError(f"the hand-over is nested deeper than {MOST_DEPTH} levels.")
    found = handover.parse(text)
    if handover.artifact_name(found.name) != artifact.name:
        raise InputError("the hand-over is of another name than its artifact.", key="name")
    return found


def too_deep(text: str) -> bool:
    """Whether JSON is nested too deeply, found out before anything recurses into it, in one walk."""
    depth = 0
    for match in _NESTING.finditer(text):
        first = text[match.start()]
        if first != '"':
            depth += 1 if first in "[{" else -1
            if depth > MOST_DEPTH:
                return True
    return False


def agree(told: Handover, run: FinishedRun, repository: str) -> None:
    """Require that the hand-over is about what the event is about. Raises InputError, or PassedOver."""
    facts = {
        "repository": (told.repository.casefold(), repository.casefold()),
        "run_id": (told.run_id, run.id),
        "head_sha": (told.head_sha, run.head_sha),
        "event": (told.event, run.event),
    }
    for key, (said, known) in facts.items():
        if said != known:
            raise InputError(f"the hand-over says something else than GitHub ({known}).", key=key)
    if told.run_attempt != run.attempt:
        raise PassedOver(
            f"it is of attempt {told.run_attempt} of the run, and this is about attempt {run.attempt}"
        )


def pull_of(told: Handover, pulls: Sequence[Pull], run: FinishedRun) -> Pull:
    """The pull request, as the API has it. Raises InputError for a forged number, PassedOver for one that is done.

    `pulls` are those from the run's branch.
    """
    found = next((pull for pull in pulls if pull.number == told.pull), None)
    if found is None:
        known = ", ".join(str(pull.number) for pull in pulls[:5]) or "none"
        raise InputError(
            f"the hand-over names pull request {told.pull}, which is not from this run's branch (from it: {known}).",
            key="pull",
        )
    if found.state != "open":
        raise PassedOver(f"pull request {found.number} is closed")
    if found.head_sha != run.head_sha:
        raise PassedOver(
            f"the run is about commit {run.head_sha[:12]}, "
            f"and pull request {found.number} has moved on to {found.head_sha[:12]}"
        )
    return found


def event_of(event: Event, run: FinishedRun, pull: Pull) -> Event:
    """The event as the first half would have it, from facts of GitHub alone."""
    return event._replace(
        pull_number=pull.number,
        head_sha=run.head_sha,
        is_fork=run.head_repository.casefold() != event.repository.casefold(),
        run_id=run.id,
        run_number=run.number,
        run_attempt=run.attempt,
    )


def report_of(told: Handover, event: Event) -> Report:
    """The report with the origin that is known, and without any address of its own."""
    title = "from a fork's run" if event.is_fork else "from the pull request's run"
    return told.report._replace(
        origin=Origin(event.head_sha, event.run_url, event.repository, title),
        results=tuple(_without_address(result) for result in told.report.results),
    )


def wanted_of(told: Handover, asked: Wanted, mode: CommentMode | None) -> Wanted:
    """What to publish on: what the input names, else what was handed over; never more than `CHANNELS`."""
    mode = mode or told.comment
    if asked.explicit:
        return asked._replace(comment=mode, within=CHANNELS)
    named = frozenset(told.channels) | {"summary"}
    # A status is the second best of `auto`; by itself it is named.
    channels = named if "status" in named else None
    return Wanted(channels, mode, asked.recreate, (named | {"status"}) & CHANNELS)


def ask_for(told: Handover, pattern: str) -> None:
    """Require that the watch, or its artifact, is one that is asked for. Raises PassedOver."""
    names = (told.name, handover.artifact_name(told.name))
    if not any(name == pattern or fnmatchcase(name, pattern) for name in names):
        raise PassedOver("its name is not asked for")


def _without_address(result: Result) -> Result:
    return result._replace(rule=result.rule._replace(help_uri=None))


def _shown(artifact: Artifact) -> str:
    return printable(artifact.name, 100)
