"""Starting govulncheck: vulnerable functions that Go code calls (docs: govulncheck, section "Exit codes").

Exit codes with JSON: 0 it ended, whatever it found; 1 it failed, and its file stops early; 2 wrong usage.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

from trivigil.core.errors import InputError
from trivigil.security.tool import EITHER, failed

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from trivigil.security.tool import Job, Meaning

NAME: Final = "govulncheck"
TOOL: Final = "govulncheck"
PROGRAM: Final = "govulncheck"
PACKAGE: Final = ""
DEFAULT_VERSION: Final = ""
IMAGE: Final = ""
NEEDS: Final[frozenset[str]] = frozenset()
ENVIRON: Final[Mapping[str, str]] = {}
ASK: Final[Sequence[str]] = ()
FILE: Final = "govulncheck.json"
STDOUT: Final = True
CODES: Final[Mapping[int, Meaning]] = {
    0: EITHER,
    1: failed("it failed"),
    2: failed("it was called wrongly"),
}
DOUBTS: Final[Mapping[str, str]] = {}


def command(job: Job, program: str) -> list[str]:
    """`govulncheck ./...` into JSON. Raises InputError where there is no Go module."""
    if not os.path.isfile(os.path.join(job.directory, "go.mod")):
        raise InputError("there is no go.mod here.")
    return [program, "-format", "json", *job.arguments, "./..."]


def after(job: Job, program: str) -> Sequence[Sequence[str]]:  # noqa: ARG001 (it leaves nothing)
    """Nothing: it leaves nothing behind."""
    return ()
