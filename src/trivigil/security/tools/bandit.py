"""Starting Bandit: Python code (docs: man/bandit; bandit/cli/main.py of PyCQA/bandit).

Exit codes: 0 nothing found, also where every file failed to parse, or is not there (the file's `errors` say so); 1 something found,
or an error before the scan; 2 wrong usage, a broken profile or configuration.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

from trivigil.core.errors import InputError
from trivigil.security.tool import CLEAN, FOUND, failed

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from trivigil.security.tool import Job, Meaning

NAME: Final = "bandit"
TOOL: Final = "bandit"
PROGRAM: Final = "bandit"
PACKAGE: Final = "bandit"
DEFAULT_VERSION: Final = "1.9.4"
IMAGE: Final = ""
NEEDS: Final[frozenset[str]] = frozenset()
ENVIRON: Final[Mapping[str, str]] = {}
ASK: Final[Sequence[str]] = ("--version",)
FILE: Final = "bandit.json"
STDOUT: Final = False
CODES: Final[Mapping[int, Meaning]] = {
    0: CLEAN,
    1: FOUND,
    2: failed("it was called wrongly, or its configuration is broken"),
}
DOUBTS: Final[Mapping[str, str]] = {}

_CONFIG: Final = "pyproject.toml"


def command(job: Job, program: str) -> list[str]:
    """`bandit -r .` into JSON; the project's own settings in pyproject.toml count, where it has some.

    Raises InputError where there is no Python file: Bandit would say that all is well.
    """
    if not any(
        n.endswith((".py", ".pyw")) for _, _, names in os.walk(job.directory) for n in names
    ):
        raise InputError("there is no Python file here.")
    line = [program, "-q", "-r", ".", "-f", "json", "-o", os.path.join(job.output, FILE)]
    if not job.has("-c", "--configfile") and _configured(job.directory):
        line += ["-c", _CONFIG]
    return [*line, *job.arguments]


def _configured(directory: str) -> bool:
    try:
        with open(os.path.join(directory, _CONFIG), encoding="utf-8", errors="replace") as file:
            return "[tool.bandit" in file.read()
    except OSError:
        return False


def after(job: Job, program: str) -> Sequence[Sequence[str]]:  # noqa: ARG001 (it leaves nothing)
    """Nothing: it leaves nothing behind."""
    return ()
