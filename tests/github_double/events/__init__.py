"""Event payloads out of the double's state, as a runner hands them to a workflow.

Shapes: GitHub's webhook events; schedule has no webhook, its payload is what runners write.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path

from .merge_group import merge_group
from .payloads import pull_request, push, repository_dispatch, schedule, workflow_dispatch
from .runner import runner_environment
from .scene import Payload
from .workflow_run import workflow_run

__all__ = ["EVENTS", "runner_environment", "write_event"]

EVENTS: Mapping[str, Callable[..., Payload]] = {
    "merge_group": merge_group,
    "pull_request": pull_request,
    "pull_request_target": pull_request,
    "push": push,
    "repository_dispatch": repository_dispatch,
    "schedule": schedule,
    "workflow_dispatch": workflow_dispatch,
    "workflow_run": workflow_run,
}


def write_event(path: Path, payload: Payload) -> Path:
    """Write a payload where the runner would."""
    path.write_text(json.dumps(payload, indent=2), encoding="utf-8")
    return path
