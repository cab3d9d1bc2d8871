"""What would be sent, as files: for `--dry-run`, for the preview, and for people without GitHub.

The texts are the exact ones of a first publish: the comment as it would be created, the check run's
requests, the summary, the workflow commands and the outputs. There is no token in any of them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from trivigil.publish import handover, outputs
from trivigil.publish.channels import CHANNELS
from trivigil.publish.plan import NOT_ASKED
from trivigil.publish.published import Published, as_json

if TYPE_CHECKING:
    from trivigil.publish.plan import Plan
    from trivigil.publish.publication import Publication

PLAN: Final = "publish-plan.json"
FILE: Final = "file"
"""The last rung of the ladder. Not a channel that can be named: the report is written before anything is sent."""
KEPT: Final = "the report is kept whatever becomes of the others"


def payloads(plan: Plan, publication: Publication, report_path: str = "") -> dict[str, str]:
    """File names and contents; every channel that was asked for, whether or not it would be used.

    `publish-plan.json` says which would be, and why.
    """
    files = {PLAN: described(plan)}
    for channel in CHANNELS:
        if plan.step(channel.NAME).reason != NOT_ASKED:
            files |= channel.payloads(publication)
    files |= _handover(plan, publication)
    files["outputs.txt"] = _outputs(publication, report_path)
    return files


def _handover(plan: Plan, publication: Publication) -> dict[str, str]:
    if publication.event is None or not plan.handed_over:
        return {}
    handed = handover.of(publication.report, publication.event, plan)
    return {handover.MEMBER: handover.dump(handed)}


def _outputs(publication: Publication, report_path: str) -> str:
    known = outputs.values(publication.report, publication.texts.headline, report_path)
    later = outputs.published_values(Published())
    return "".join(f"{name}={value}\n" for name, value in (known | later).items())


def described(plan: Plan) -> str:
    """`publish-plan.json`: what is to be done with each channel, and why; the report's file is always there."""
    steps: list[dict[str, str | None]] = [
        {
            "channel": step.channel,
            "act": step.act,
            "reason": step.reason,
            "permission": step.refusal.permission if step.refusal else None,
        }
        for step in plan.steps
    ]
    steps.append({"channel": FILE, "act": "do", "reason": KEPT, "permission": None})
    return as_json({"schema": "trivigil/publish-plan/1", "steps": steps})
