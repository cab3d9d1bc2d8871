"""Starting zizmor: workflows and actions of GitHub (docs: Usage, section "Exit codes").

Exit codes: 0 nothing found; 11 to 14 something found, informational to high; 1 it failed; 2 wrong usage; 3 there was nothing to audit.
Without a token it works offline, which is what it has here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from trivigil.security.tool import CLEAN, FOUND, failed

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from trivigil.security.tool import Job, Meaning

NAME: Final = "zizmor"
TOOL: Final = "zizmor"
PROGRAM: Final = "zizmor"
PACKAGE: Final = "zizmor"
DEFAULT_VERSION: Final = "1.32.0"
IMAGE: Final = ""
NEEDS: Final[frozenset[str]] = frozenset()
ENVIRON: Final[Mapping[str, str]] = {}
ASK: Final[Sequence[str]] = ("--version",)
FILE: Final = "zizmor.json"
STDOUT: Final = True
CODES: Final[Mapping[int, Meaning]] = {
    0: CLEAN,
    1: failed("it failed"),
    2: failed("it was called wrongly"),
    3: failed("there was no workflow and no action to audit"),
    **dict.fromkeys((11, 12, 13, 14), FOUND),
}
DOUBTS: Final[Mapping[str, str]] = {
    "(?i)failed to (load|parse|collect)|skipping .*: ": "zizmor could not look at everything; its log says more."
}


def command(job: Job, program: str) -> list[str]:
    """`zizmor .` into JSON, offline."""
    return [program, "--offline", "--no-progress", "--format", "json", *job.arguments, "."]


def after(job: Job, program: str) -> Sequence[Sequence[str]]:  # noqa: ARG001 (it leaves nothing)
    """Nothing: it leaves nothing behind."""
    return ()
