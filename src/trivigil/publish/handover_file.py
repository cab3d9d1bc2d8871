"""The hand-over as a file, in a folder of its own, so that the artifact holds it alone."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from trivigil import files
from trivigil.core.errors import PublishError
from trivigil.publish import handover
from trivigil.publish.published import Handed

if TYPE_CHECKING:
    from trivigil.publish.plan import Plan
    from trivigil.publish.publication import Publication


def write(plan: Plan, publication: Publication, folder: str | None) -> Handed:
    """Write what a plan hands over below a folder. Raises TrivigilError where there is nothing that would be accepted."""
    event, report = publication.event, publication.report
    if event is None or folder is None:
        raise PublishError("there is no folder for it")
    text = handover.dump(handover.of(report, event, plan))
    handover.parse(text)  # what the second half would refuse is better said here
    name = handover.artifact_name(report.name)
    path = os.path.abspath(os.path.join(folder, name, handover.MEMBER))
    files.write(path, text)
    return Handed(name, path)
