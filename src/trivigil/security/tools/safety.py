"""Starting Safety 2: Python dependencies against its own database (docs: safety check; safety/constants.py of pyupio/safety).

It audits the requirements files of the folder. Version 3 wants an account for what version 2 does without one. Exit codes: 0 nothing found; 64 something
found (255 in version 1); all others are failures, and a crash is 1.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from trivigil.core.errors import InputError
from trivigil.security import requirements
from trivigil.security.tool import CLEAN, FOUND, failed

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from trivigil.security.tool import Job, Meaning

NAME: Final = "safety"
TOOL: Final = "safety"
PROGRAM: Final = "safety"
PACKAGE: Final = "safety"
DEFAULT_VERSION: Final = "2.3.5"
IMAGE: Final = ""
NEEDS: Final[frozenset[str]] = frozenset()
ENVIRON: Final[Mapping[str, str]] = {}
ASK: Final[Sequence[str]] = ("--version",)
FILE: Final = "safety.json"
STDOUT: Final = True
CODES: Final[Mapping[int, Meaning]] = {
    0: CLEAN,
    64: FOUND,
    255: FOUND,
    1: failed("it failed"),
    2: failed("it was called wrongly"),
    65: failed("its API key is refused"),
    66: failed("its service answers that there were too many requests"),
    67: failed("its local database could not be loaded"),
    68: failed("its database could not be fetched"),
    69: failed("its database is malformed"),
}
DOUBTS: Final[Mapping[str, str]] = {}


def command(job: Job, program: str) -> list[str]:
    """`safety check -r …` into JSON. Raises InputError where the folder has no requirements."""
    line = [program, "check", "--output", "json"]
    if job.has("-r", "--file", "--stdin"):
        return [*line, *job.arguments]
    found = requirements.files(job.directory)
    if not found:
        raise InputError("there are no requirements files here.")
    return [*line, *job.arguments, *(word for name in found for word in ("-r", name))]


def after(job: Job, program: str) -> Sequence[Sequence[str]]:  # noqa: ARG001 (it leaves nothing)
    """Nothing: it leaves nothing behind."""
    return ()
