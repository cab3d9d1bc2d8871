"""The upload to code scanning: where it is named, and by default for the security watch alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trivigil.publish import sarif_upload
from trivigil.publish.channel import Delivered
from trivigil.publish.plan import Step
from trivigil.publish.published import as_json

if TYPE_CHECKING:
    from trivigil.publish.channel import Desk
    from trivigil.publish.plan import Situation
    from trivigil.publish.publication import Publication

NAME = "sarif"


def decide(at: Situation) -> Step:
    """On every ref that code scanning knows, with whole results, and never for a fork."""
    hindered = at.hindered(NAME, by_default=at.report.action == "security")
    if hindered is not None or at.event is None:
        return hindered or Step(NAME, "skip", "this is not a GitHub Actions run")
    if at.event.is_fork:
        return Step(NAME, "skip", "a pull request from a fork is not uploaded to code scanning")
    if (reason := sarif_upload.unfit(at.report)) is not None:
        return Step(NAME, "skip", reason)
    to = sarif_upload.target(at.event)
    if isinstance(to, str):
        return Step(NAME, "skip", to)
    return Step(NAME, "do", f"for {to.ref}")


def deliver(desk: Desk) -> Delivered:
    """Upload, and wait a while until GitHub has processed it."""
    ready = desk.publication
    event = ready.event
    to = sarif_upload.target(event) if event is not None else "this is not a GitHub Actions run"
    if event is None or isinstance(to, str):
        return Delivered(skipped=str(to))
    draft = sarif_upload.draft(ready.report, event, ready.checkout, to)
    desk.workflow.log("Uploading to code scanning, which takes a while to process it.")
    outcome = sarif_upload.publish(desk.client(), draft, private=event.private)
    if outcome.skipped is not None:
        return Delivered(skipped=outcome.skipped)
    return Delivered(sarif_upload.address(event, to), notes=outcome.notes)


def payloads(publication: Publication) -> dict[str, str]:
    """The SARIF file, and the request with the file described instead of repeated."""
    event = publication.event
    to = sarif_upload.target(event) if event is not None else ""
    if isinstance(to, str):
        commit = publication.section.head_sha
        to = sarif_upload.NOWHERE._replace(commit=commit)
    draft = sarif_upload.draft(publication.report, event, publication.checkout, to)
    return {
        "report.sarif": draft.text,
        "sarif-upload.json": as_json(sarif_upload.described(draft)),
    }
