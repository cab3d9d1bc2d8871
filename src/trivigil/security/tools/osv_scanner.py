"""Starting OSV-Scanner 2: dependencies by their lock files (docs: OSV-Scanner, Usage and Output, section "Return Codes").

Exit codes: 0 nothing found; 1 something found; 127 it failed, and its file may look like a clean one; 128 no package was found.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

from trivigil.security.tool import CLEAN, FOUND, failed

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from trivigil.security.tool import Job, Meaning

NAME: Final = "osv-scanner"
TOOL: Final = "osv-scanner"
PROGRAM: Final = "osv-scanner"
PACKAGE: Final = ""
DEFAULT_VERSION: Final = ""
IMAGE: Final = ""
NEEDS: Final[frozenset[str]] = frozenset()
ENVIRON: Final[Mapping[str, str]] = {}
ASK: Final[Sequence[str]] = ("--version",)
FILE: Final = "osv-scanner.json"
STDOUT: Final = False
CODES: Final[Mapping[int, Meaning]] = {
    0: CLEAN,
    1: FOUND,
    127: failed("it failed"),
    128: failed("it found no package to look at"),
    **{code: failed("its call is wrong, or it failed") for code in (129, 130)},
}
DOUBTS: Final[Mapping[str, str]] = {
    "(?i)(failed|error during|unable) (to|extraction)|could not": "OSV-Scanner could not look at everything; its log says more."
}


def command(job: Job, program: str) -> list[str]:
    """`osv-scanner scan source -r .` into JSON."""
    line = [program, "scan", "source", "--recursive", "--format", "json"]
    return [*line, "--output", os.path.join(job.output, FILE), *job.arguments, "."]


def after(job: Job, program: str) -> Sequence[Sequence[str]]:  # noqa: ARG001 (it leaves nothing)
    """Nothing: it leaves nothing behind."""
    return ()
