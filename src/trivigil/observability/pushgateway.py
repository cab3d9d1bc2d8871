"""Where a Pushgateway keeps what a watch pushes: one group for each watch, replaced as a whole.

A Pushgateway forgets nothing. What a group no longer has is gone with the next PUT: a check that was removed does not go on being
healthy. That the run itself was long ago, only `synthetic_last_run_timestamp_seconds` can tell.
"""

from __future__ import annotations

from base64 import urlsafe_b64encode
from typing import TYPE_CHECKING, Final

from trivigil.observability.exposition import clean

if TYPE_CHECKING:
    from trivigil.core.report import Report

JOB: Final = "trivigil"


def group(report: Report) -> str:
    """The path of a watch's group below the gateway's address.

    In base64, because a name may hold a slash; `=` alone stands for the empty text.
    """
    labels = {"watch": report.name, "action": report.action}
    parts = (f"{key}@base64/{_encoded(clean(value))}" for key, value in labels.items())
    return f"/metrics/job/{JOB}/" + "/".join(parts)


def _encoded(value: str) -> str:
    return urlsafe_b64encode(value.encode()).decode() or "="
