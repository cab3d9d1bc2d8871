"""What would be sent, as files: for `--dry-run`, for the preview, and for people without GitHub.

The texts are the exact ones of a first publish: the comment as it would be created, the check run's
requests, the summary, the workflow commands and the outputs. There is no token in any of them.
"""

from __future__ import annotations

import json
from io import StringIO
from typing import TYPE_CHECKING, Final

from trivigil.github.workflow import Workflow
from trivigil.publish import outputs, summary
from trivigil.publish.annotations import issue
from trivigil.publish.comment import Place, compose
from trivigil.publish.published import Published

if TYPE_CHECKING:
    from trivigil.publish.plan import Plan
    from trivigil.publish.publication import Publication

NOWHERE: Final = Place("owner/repository", 1)
"""Where a comment would stand that has no pull request."""


def payloads(plan: Plan, publication: Publication, report_path: str = "") -> dict[str, str]:
    """File names and contents; every channel that was asked for, whether or not it would be used.

    `publish-plan.json` says which would be, and why.
    """
    files = {"publish-plan.json": _json(_plan(plan))}
    wanted = plan.wanted.channels
    if "comment" in wanted:
        files["comment.md"] = _comment(publication)
    if "check-run" in wanted:
        files |= _check_run(publication)
    if "summary" in wanted:
        files["summary.md"] = summary.text(publication.texts, summary.LARGEST, ()) + "\n"
    if "annotations" in wanted:
        files["annotations.txt"] = _commands(publication)
    files["outputs.txt"] = _outputs(publication, report_path)
    return files


def _comment(publication: Publication) -> str:
    place = publication.place or NOWHERE
    return compose(place, (publication.section,), publication.section.head_sha) + "\n"


def _check_run(publication: Publication) -> dict[str, str]:
    ready = publication.check_run
    files = {"check-run.json": _json(ready.body)}
    for number, batch in enumerate(ready.batches, 2):
        output = {**ready.output, "annotations": [one.to_json() for one in batch]}
        files[f"check-run-{number}.json"] = _json({"output": output})
    return files


def _commands(publication: Publication) -> str:
    caught = StringIO()
    issue(Workflow({"GITHUB_ACTIONS": "true"}, caught), publication.annotations)
    return caught.getvalue()


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


def _json(data: object) -> str:
    return json.dumps(data, ensure_ascii=False, indent=2, sort_keys=True) + "\n"
