"""Starting actionlint: workflows of GitHub (docs: docs/usage.md of rhysd/actionlint, section "Exit status").

Exit codes: 0 nothing found; 1 something found; 2 wrong usage; 3 it failed, or there is no project.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from trivigil.security.tool import CLEAN, FOUND, failed

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from trivigil.security.tool import Job, Meaning

NAME: Final = "actionlint"
TOOL: Final = "actionlint"
PROGRAM: Final = "actionlint"
PACKAGE: Final = ""
DEFAULT_VERSION: Final = ""
IMAGE: Final = ""
NEEDS: Final[frozenset[str]] = frozenset()
ENVIRON: Final[Mapping[str, str]] = {}
ASK: Final[Sequence[str]] = ("-version",)
FILE: Final = "actionlint.json"
STDOUT: Final = True
CODES: Final[Mapping[int, Meaning]] = {
    0: CLEAN,
    1: FOUND,
    2: failed("it was called wrongly"),
    3: failed("it failed, or there is no `.github/workflows` here"),
}
DOUBTS: Final[Mapping[str, str]] = {}


def command(job: Job, program: str) -> list[str]:
    """`actionlint` into JSON."""
    return [program, "-no-color", "-format", "{{json .}}", *job.arguments]


def after(job: Job, program: str) -> Sequence[Sequence[str]]:  # noqa: ARG001 (it leaves nothing)
    """Nothing: it leaves nothing behind."""
    return ()
