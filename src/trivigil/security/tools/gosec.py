"""Starting gosec: Go code (docs: README of securego/gosec, section "Usage").

Exit codes: 0 nothing found; 1 something found, code that does not compile, or wrong usage.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

from trivigil.core.errors import InputError
from trivigil.security.tool import CLEAN, FOUND

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from trivigil.security.tool import Job, Meaning

NAME: Final = "gosec"
TOOL: Final = "gosec"
PROGRAM: Final = "gosec"
PACKAGE: Final = ""
DEFAULT_VERSION: Final = ""
IMAGE: Final = ""
NEEDS: Final[frozenset[str]] = frozenset()
ENVIRON: Final[Mapping[str, str]] = {}
ASK: Final[Sequence[str]] = ()
FILE: Final = "gosec.json"
STDOUT: Final = False
CODES: Final[Mapping[int, Meaning]] = {0: CLEAN, 1: FOUND}
DOUBTS: Final[Mapping[str, str]] = {}


def command(job: Job, program: str) -> list[str]:
    """`gosec ./...` into JSON. Raises InputError where there is no Go module."""
    if not os.path.isfile(os.path.join(job.directory, "go.mod")):
        raise InputError("there is no go.mod here.")
    return [
        program,
        "-fmt",
        "json",
        "-out",
        os.path.join(job.output, FILE),
        *job.arguments,
        "./...",
    ]


def after(job: Job, program: str) -> Sequence[Sequence[str]]:  # noqa: ARG001 (it leaves nothing)
    """Nothing: it leaves nothing behind."""
    return ()
