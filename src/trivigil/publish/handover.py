"""The hand-over: what the run of a fork's pull request leaves for the workflow that may publish. Pure.

A fork's token may only read. So its run writes one bounded, typed JSON file and uploads it as an artifact of its own; a second
workflow, started by `workflow_run` on the default branch, reads it as hostile data and publishes (docs/forks.md). Whoever wrote
the fork wrote this file: it says nothing that the second half may believe without the event and the API saying the same.
schemas/handover.schema.json describes it.
"""

from __future__ import annotations

import re
from itertools import chain
from typing import TYPE_CHECKING, Final, NamedTuple

from trivigil.core.errors import InputError, PublishError
from trivigil.core.report import Origin
from trivigil.files import slug
from trivigil.publish.plan import COMMENT_MODES, HANDED_OVER, HANDED_OVER_EVENT
from trivigil.publish.shrinking import lighter
from trivigil.render import json, keyed

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from trivigil.core.report import Report
    from trivigil.github.event import Event
    from trivigil.publish.plan import CommentMode, Plan
    from trivigil.render.keyed import Keyed

SCHEMA: Final = "trivigil/handover/1"
LIMIT: Final = 2 * 1024 * 1024
"""Bytes of UTF-8."""
PREFIX: Final = "trivigil-handover-"
MEMBER: Final = "trivigil-handover.json"
"""The only file in the artifact."""
WATCHES: Final = ("perf", "security", "monitor")
MAX_DEPTH: Final = 50
LARGEST: Final = 1e300
MAX_NAME: Final = 100
MAX_WORKFLOW: Final = 1000
MAX_PULL: Final = 2**31
MAX_RUN: Final = 10**18

_KEYS: Final = frozenset(
    {
        "schema", "watch", "name", "repository", "head_sha", "pull", "run_id", "run_attempt",
        "workflow", "event", "channels", "comment", "report",
    }
)  # fmt: skip
_REPOSITORY = re.compile(r"[A-Za-z0-9_.-]{1,100}/[A-Za-z0-9_.-]{1,100}")
_SHA = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
_SERVER = re.compile(r"https?://[A-Za-z0-9.:\[\]-]+")


class Handover(NamedTuple):
    """A report, and what it is said to be about. Nothing in it is proven."""

    watch: str
    """perf, security or monitor."""
    name: str
    repository: str
    """`owner/name` of the base, where the run and the pull request are."""
    head_sha: str
    """The pull request's head, never the merge commit."""
    pull: int
    run_id: int
    run_attempt: int
    workflow: str
    """The name of the workflow that ran."""
    event: str
    channels: tuple[str, ...]
    """What to publish on, of `HANDED_OVER`."""
    comment: CommentMode
    report: Report


def artifact_name(name: str) -> str:
    """The artifact of a watch: only characters that artifact names may have, other for every name."""
    return f"{PREFIX}{slug(name)}"


def of(report: Report, event: Event, plan: Plan) -> Handover:
    """What a plan hands over. Raises PublishError where the event has no pull request."""
    if event.pull_number is None:
        raise PublishError("there is no pull request to hand anything over for")
    return Handover(
        watch=report.action,
        name=report.name,
        repository=event.repository,
        head_sha=event.head_sha,
        pull=event.pull_number,
        run_id=event.run_id,
        run_attempt=event.run_attempt,
        workflow=event.workflow,
        event=event.name,
        channels=tuple(step.channel for step in plan.handed_over),
        comment=plan.wanted.comment,
        report=report._replace(origin=Origin(event.head_sha, event.run_url, event.repository)),
    )


def dump(handover: Handover) -> str:
    """The file's text, at most LIMIT bytes: what is too much is left out in the order of `shrinking`, and noted.

    Raises PublishError where even the least is too much.
    """
    for report in chain((handover.report,), lighter(handover.report)):
        text = json.written(_document(handover._replace(report=report)))
        if len(text.encode("utf-8")) <= LIMIT:
            return text
    raise PublishError(f"the report is larger than the {LIMIT // 1048576} MiB of a hand-over")


def parse(text: str) -> Handover:
    """The hand-over that `dump` wrote. Raises InputError, with the key, for anything that is not exactly one."""
    root = _root(text)
    handover = Handover(
        watch=root.one_of("watch", WATCHES),
        name=_bounded(root, "name", 1, MAX_NAME),
        repository=_matching(root, "repository", _REPOSITORY, "owner/name"),
        head_sha=_matching(root, "head_sha", _SHA, "a full commit id"),
        pull=_count(root, "pull", MAX_PULL),
        run_id=_count(root, "run_id", MAX_RUN),
        run_attempt=_count(root, "run_attempt", MAX_RUN),
        workflow=_bounded(root, "workflow", 0, MAX_WORKFLOW),
        event=root.one_of("event", (HANDED_OVER_EVENT,)),
        channels=_channels(root),
        comment=root.one_of("comment", COMMENT_MODES),
        report=json.read(root.nested("report")),
    )
    _agree(root.nested("report"), handover)
    return handover


def _document(handover: Handover) -> dict[str, object]:
    return {
        "schema": SCHEMA,
        **handover._asdict(),
        "channels": list(handover.channels),
        "report": json.document(handover.report),
    }


def _root(text: str) -> Keyed:
    # Every character is at least one byte, so that a text of any size is not encoded first.
    if len(text) > LIMIT or len(text.encode("utf-8", "surrogatepass")) > LIMIT:
        raise InputError(f"it is larger than the {LIMIT // 1048576} MiB of a hand-over.")
    root = keyed.parse(text)
    _refuse_extremes(root.value)
    if root.text("schema") != SCHEMA:
        message = f"it must be {SCHEMA!r}: this is no hand-over that this version knows"
        raise root.error("schema", message)
    for key in sorted(root.value.keys() - _KEYS):
        raise root.error(key, "a hand-over has no such key")
    return root


def _refuse_extremes(value: object) -> None:
    """Values that are JSON and that a program falls over: nested without end, or larger than any float."""
    level = [value]
    for _ in range(MAX_DEPTH):
        level = [inner for one in level for inner in _members(one)]
        if any(isinstance(one, int) and abs(one) > LARGEST for one in level):
            raise InputError("a number in it is too large.")
        if not level:
            return
    raise InputError("it is nested too deeply to be a hand-over.")


def _members(value: object) -> Iterable[object]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()


def _bounded(root: Keyed, key: str, least: int, most: int) -> str:
    text = root.text(key)
    if not least <= len(text.strip()) <= len(text) <= most:
        raise root.error(key, f"it must have {least} to {most} characters")
    return text


def _matching(root: Keyed, key: str, pattern: re.Pattern[str], what: str) -> str:
    text = root.text(key)
    if not pattern.fullmatch(text):
        raise root.error(key, f"it must be {what}")
    return text


def _count(root: Keyed, key: str, most: int) -> int:
    number = root.whole(key)
    if not 1 <= number < most:
        raise root.error(key, f"it must be a whole number above zero and below {most}")
    return number


def _channels(root: Keyed) -> tuple[str, ...]:
    named: Sequence[str] = root.texts("channels")
    if not named or len(set(named)) != len(named) or not set(named) <= set(HANDED_OVER):
        message = f"it must name some of {', '.join(HANDED_OVER)}, each once"
        raise root.error("channels", message)
    return tuple(named)


def _agree(report: Keyed, handover: Handover) -> None:
    """The report speaks of what the hand-over is about, and of nothing else."""
    told = handover.report
    run = f"/{handover.repository}/actions/runs/{handover.run_id}"
    server = (told.origin.run_url or "").removesuffix(run)
    for key, agrees in {
        "action": told.action == handover.watch,
        "name": told.name == handover.name,
        "commit": told.origin.commit == handover.head_sha,
        "repository": told.origin.repository == handover.repository,
        "run_url": f"{server}{run}" == told.origin.run_url and _SERVER.fullmatch(server),
    }.items():
        if not agrees:
            raise report.error(key, "it contradicts the rest of the hand-over")
