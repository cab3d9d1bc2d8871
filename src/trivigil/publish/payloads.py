"""What would be sent, as files: for `--dry-run`, for the preview, and for people without GitHub.

The texts are the exact ones of a first publish: the comment as it would be created, the check run's
requests, the summary, the workflow commands and the outputs. There is no token in any of them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from trivigil.publish import handover, outputs
from trivigil.publish.channels import CHANNELS
from trivigil.publish.plan import NOT_ASKED
from trivigil.publish.published import Published, as_json

if TYPE_CHECKING:
    from trivigil.publish.plan import Plan
    from trivigil.publish.publication import Publication

PLAN = "publish-plan.json"


def payloads(plan: Plan, publication: Publication, report_path: str = "") -> dict[str, str]:
    """File names and contents; every channel that was asked for, whether or not it would be used.

    `publish-plan.json` says which would be, and why.
    """
    files = {PLAN: as_json(_plan(plan))}
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


def _plan(plan: Plan) -> dict[str, object]:
    steps = [
        {
            "channel": step.channel,
            "act": step.act,
            "reason": step.reason,
            "permission": step.refusal.permission if step.refusal else None,
        }
        for step in plan.steps
    ]
    return {"schema": "trivigil/publish-plan/1", "steps": steps}
