"""Starting Gitleaks 8: secrets in the history of the folder's repository, else in its files (docs: README of gitleaks/gitleaks).

Exit codes: 0 nothing found, also where it could not read the history, which only its log tells; 1 something found, or it failed, which writes
no file; 126 an unknown option. Values of secrets are left out of its report.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

from trivigil.security.tool import CLEAN, FOUND, failed

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from trivigil.security.tool import Job, Meaning

NAME: Final = "gitleaks"
TOOL: Final = "gitleaks"
PROGRAM: Final = "gitleaks"
PACKAGE: Final = "github:gitleaks/gitleaks"
DEFAULT_VERSION: Final = "8.30.0"
IMAGE: Final = ""
NEEDS: Final[frozenset[str]] = frozenset()
ENVIRON: Final[Mapping[str, str]] = {}
ASK: Final[Sequence[str]] = ("version",)
FILE: Final = "gitleaks.json"
STDOUT: Final = False
CODES: Final[Mapping[int, Meaning]] = {
    0: CLEAN,
    1: FOUND,
    126: failed("it was called wrongly"),
}
DOUBTS: Final[Mapping[str, str]] = {
    r"\b(ERR|FTL)\b": "Gitleaks says that it failed at something; its log says more.",
    r"\b0 commits scanned": "Gitleaks found no commit to look at.",
}

_HAS_GIT_AND_DIR: Final = (8, 19, 0)
"""The first release with `gitleaks git` and `gitleaks dir` in place of `gitleaks detect`."""


def command(job: Job, program: str) -> list[str]:
    """`gitleaks git .`, or `gitleaks dir .` where there is no repository, into JSON."""
    line = [
        program,
        *_mode(job),
        "--no-banner",
        "--no-color",
        "--redact",
        "--report-format",
        "json",
    ]
    return [*line, "--report-path", os.path.join(job.output, FILE), *job.arguments]


def _mode(job: Job) -> list[str]:
    repository = _in_repository(job.directory)
    if job.version and job.version < _HAS_GIT_AND_DIR:
        return ["detect", "--source", ".", *([] if repository else ["--no-git"])]
    return ["git" if repository else "dir", "."]


def _in_repository(directory: str) -> bool:
    """Whether Git would find a repository here; for a folder without one Gitleaks says that it is clean."""
    place = os.path.abspath(directory)
    while not os.path.exists(os.path.join(place, ".git")):
        above = os.path.dirname(place)
        if above == place:
            return False
        place = above
    return True


def after(job: Job, program: str) -> Sequence[Sequence[str]]:  # noqa: ARG001 (it leaves nothing)
    """Nothing: it leaves nothing behind."""
    return ()
