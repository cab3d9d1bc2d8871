"""What GitHub's runner does to our action.yml files: an executable model, for the limits that act does not have.

Each rule names its source, a file of github.com/actions/runner or a page of docs.github.com. What the model does not
know is an error, never a guess: an expression with a context or function that composite actions do not have, a key of
action.yml that is not modelled, an action that nobody stands in for.

Where versions of the runner differ, the stricter reading counts: commands are found in every way in which any
version finds them, and secrets are hidden only as far as every version hides them.
"""

from __future__ import annotations

from .actions import Action, ModelError, read_action
from .annotations import Annotation
from .commands import Command, parse
from .files import FileCommandError, pairs
from .job import Finished, Hook, Job, Stage, StepResult, UsesFailed
from .layout import LAYOUTS, LINUX, MACOS, WINDOWS, Layout
from .log import Log

__all__ = [
    "LAYOUTS",
    "LINUX",
    "MACOS",
    "WINDOWS",
    "Action",
    "Annotation",
    "Command",
    "FileCommandError",
    "Finished",
    "Hook",
    "Job",
    "Layout",
    "Log",
    "ModelError",
    "Stage",
    "StepResult",
    "UsesFailed",
    "pairs",
    "parse",
    "read_action",
]
