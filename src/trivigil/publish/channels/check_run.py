"""The check run with its annotations, on the head commit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from trivigil.publish import check_run
from trivigil.publish.channel import Delivered
from trivigil.publish.plan import Step
from trivigil.publish.published import as_json

if TYPE_CHECKING:
    from trivigil.publish.channel import Desk
    from trivigil.publish.plan import Situation
    from trivigil.publish.publication import Publication

NAME = "check-run"
NO_COMMITS: Final = frozenset({"schedule", "workflow_dispatch", "repository_dispatch"})
"""Events that bring no commit: every half hour, a check run on the same one would tell of another moment."""


def decide(at: Situation) -> Step:
    """On every commit that the token may write about; how the monitor's target is, belongs to a commit only where one is new."""
    by_default = (
        at.report.action != "monitor" or at.event is None or at.event.name not in NO_COMMITS
    )
    sha = at.event.head_sha if at.event else at.report.origin.commit
    return at.hindered(NAME, by_default=by_default) or Step(
        NAME, "do", f"on commit {(sha or 'unknown')[:12]}"
    )


def deliver(desk: Desk) -> Delivered:
    """Create it completed, and append what does not fit into one request."""
    ready = desk.publication
    outcome = check_run.publish(desk.client(), ready.section, ready.check_run)
    return Delivered(outcome.run.url, notes=outcome.notes, run=outcome.run)


def payloads(publication: Publication) -> dict[str, str]:
    """The creating request, and one for each further batch of annotations."""
    ready = publication.check_run
    files = {"check-run.json": as_json(ready.body)}
    for number, batch in enumerate(ready.batches, 2):
        output = {**ready.output, "annotations": [one.to_json() for one in batch]}
        files[f"check-run-{number}.json"] = as_json({"output": output})
    return files
