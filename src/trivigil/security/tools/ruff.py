"""Starting Ruff with flake8-bandit's rules (S): Python code (docs: The Ruff Linter, section "Exit codes").

Exit codes: 0 nothing found, also where there was nothing to look at; 1 something found; 2 wrong usage, a broken configuration, or an
error of its own.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

from trivigil.security.tool import CLEAN, FOUND, failed

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from trivigil.security.tool import Job, Meaning

NAME: Final = "ruff"
TOOL: Final = "ruff"
PROGRAM: Final = "ruff"
PACKAGE: Final = "ruff"
DEFAULT_VERSION: Final = "0.17.6"
IMAGE: Final = ""
NEEDS: Final[frozenset[str]] = frozenset()
ENVIRON: Final[Mapping[str, str]] = {}
ASK: Final[Sequence[str]] = ("--version",)
FILE: Final = "ruff.json"
STDOUT: Final = False
CODES: Final[Mapping[int, Meaning]] = {
    0: CLEAN,
    1: FOUND,
    2: failed("it was called wrongly, its configuration is broken, or it failed itself"),
}
DOUBTS: Final[Mapping[str, str]] = {
    "No Python files found": "Ruff found no Python file to look at.",
    "(?m)^(warning|error): (Failed|Encountered error|Could not)": "Ruff could not look at everything; its log says more.",
}


def command(job: Job, program: str) -> list[str]:
    """`ruff check --select S .` into JSON; rules of the user's take the place of ours."""
    line = [program, "check", "--no-cache", "--output-format", "json"]
    line += ["--output-file", os.path.join(job.output, FILE)]
    if not job.has("--select"):
        line += ["--select", "S"]
    return [*line, *job.arguments, "."]


def after(job: Job, program: str) -> Sequence[Sequence[str]]:  # noqa: ARG001 (it leaves nothing)
    """Nothing: it leaves nothing behind."""
    return ()
