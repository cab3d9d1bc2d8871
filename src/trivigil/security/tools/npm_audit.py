"""Starting `npm audit`: dependencies of Node.js by their lock file (docs: npm-audit, section "Audit Signatures" and "Exit code").

Exit codes: 0 nothing found that is as severe as `audit-level`; 1 something found, or the registry did not answer (then the file is an error's).
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

from trivigil.core.errors import InputError
from trivigil.security.tool import EITHER, FOUND

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from trivigil.security.tool import Job, Meaning

NAME: Final = "npm-audit"
TOOL: Final = "npm-audit"
PROGRAM: Final = "npm"
PACKAGE: Final = ""
DEFAULT_VERSION: Final = ""
IMAGE: Final = ""
NEEDS: Final[frozenset[str]] = frozenset()
ENVIRON: Final[Mapping[str, str]] = {}
ASK: Final[Sequence[str]] = ("--version",)
FILE: Final = "npm-audit.json"
STDOUT: Final = True
CODES: Final[Mapping[int, Meaning]] = {0: EITHER, 1: FOUND}
DOUBTS: Final[Mapping[str, str]] = {}

_LOCKS: Final = ("package-lock.json", "npm-shrinkwrap.json")


def command(job: Job, program: str) -> list[str]:
    """`npm audit --json`. Raises InputError where there is no lock file, without which it audits nothing."""
    if not any(os.path.isfile(os.path.join(job.directory, name)) for name in _LOCKS):
        raise InputError("there is no package-lock.json here.")
    return [program, "audit", "--json", *job.arguments]


def after(job: Job, program: str) -> Sequence[Sequence[str]]:  # noqa: ARG001 (it leaves nothing)
    """Nothing: it leaves nothing behind."""
    return ()
