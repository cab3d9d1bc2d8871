"""Starting any command that writes a format which Trivigil reads: `trufflehog filesystem . --json`.

The command's line is split into words as a shell would split it, and no shell sees it. In its words `{target}`, `{image}` and `{output}` (a folder of its own)
stand for the order's. Its results are what it writes into `{output}`, else what it prints on standard output; or the files that `results` names. What its exit
code means is known where its file is one of a scanner of the table; elsewhere 0 says that it ended, and 1 that it found something.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

from trivigil.security.tool import EITHER, FOUND

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from trivigil.security.tool import Job, Meaning

NAME: Final = "command"
TOOL: Final = ""
PROGRAM: Final = ""
PACKAGE: Final = ""
DEFAULT_VERSION: Final = ""
IMAGE: Final = ""
NEEDS: Final[frozenset[str]] = frozenset()
ENVIRON: Final[Mapping[str, str]] = {}
ASK: Final[Sequence[str]] = ()
FILE: Final = "command.out"
STDOUT: Final = True
CODES: Final[Mapping[int, Meaning]] = {0: EITHER, 1: FOUND}
DOUBTS: Final[Mapping[str, str]] = {}


def command(job: Job, program: str) -> list[str]:
    """The user's own words, with the order's values."""
    return [program, *(filled(job, word, job.output) for word in job.arguments[1:])]


def filled(job: Job, word: str, output: str) -> str:
    """A word with the order's values in place of the names in braces."""
    values = {"target": job.target, "image": job.image, "output": output}
    for name, value in values.items():
        word = word.replace(f"{{{name}}}", value)
    return word


def outputs(job: Job, kept: str, results: Sequence[str]) -> list[str]:
    """Specs of the files that `results` names, else of those in its folder, else of its standard output."""
    if results:
        return [filled(job, spec, kept) for spec in results]
    names = sorted(os.listdir(kept)) if os.path.isdir(kept) else []
    written = [name for name in names if name not in (FILE, f"{NAME}.log")]
    return [os.path.join(kept, name) for name in written or [FILE]]


def after(job: Job, program: str) -> Sequence[Sequence[str]]:  # noqa: ARG001 (it leaves nothing)
    """Nothing: it leaves nothing behind."""
    return ()
