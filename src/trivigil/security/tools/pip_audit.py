"""Starting pip-audit: Python dependencies against the advisories of the Python registry (docs: README of pypa/pip-audit).

It audits the requirements files of the folder, else the project in it. Exit codes: 0 nothing found, also where it skipped every package
(the file says so); 1 something found, or a crash, which writes no file; 2 wrong usage.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

from trivigil.core.errors import InputError
from trivigil.security import requirements
from trivigil.security.tool import CLEAN, FOUND, failed

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from trivigil.security.tool import Job, Meaning

NAME: Final = "pip-audit"
TOOL: Final = "pip-audit"
PROGRAM: Final = "pip-audit"
PACKAGE: Final = "pip-audit"
DEFAULT_VERSION: Final = "2.10.1"
IMAGE: Final = ""
NEEDS: Final[frozenset[str]] = frozenset()
ENVIRON: Final[Mapping[str, str]] = {}
ASK: Final[Sequence[str]] = ("--version",)
FILE: Final = "pip-audit.json"
STDOUT: Final = False
CODES: Final[Mapping[int, Meaning]] = {
    0: CLEAN,
    1: FOUND,
    2: failed("it was called wrongly"),
}
DOUBTS: Final[Mapping[str, str]] = {}


def command(job: Job, program: str) -> list[str]:
    """`pip-audit -r …` into JSON. Raises InputError where the folder has neither requirements nor a project."""
    line = [program, "--format", "json", "--output", os.path.join(job.output, FILE)]
    line += ["--progress-spinner", "off"]
    if job.has("-r", "--requirement", "--path", "-l", "--local"):
        return [*line, *job.arguments]
    found = requirements.files(job.directory)
    if not found and not os.path.isfile(os.path.join(job.directory, "pyproject.toml")):
        raise InputError("there are no requirements files and no pyproject.toml here.")
    named = [word for name in found for word in ("-r", name)]
    return [*line, *job.arguments, *(named or ["."])]


def after(job: Job, program: str) -> Sequence[Sequence[str]]:  # noqa: ARG001 (it leaves nothing)
    """Nothing: it leaves nothing behind."""
    return ()
