"""Starting Semgrep: code of many languages (docs: CLI reference, section "Exit codes").

Its rules are those of the folder (`.semgrep.yml`, `.semgrep/`), else the registry's default set. Exit codes: 0 it ended, whatever it found; 1 something found, with
`--error`; all others are failures.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

from trivigil.security.tool import EITHER, FOUND, failed

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from trivigil.security.tool import Job, Meaning

NAME: Final = "semgrep"
TOOL: Final = "semgrep"
PROGRAM: Final = "semgrep"
PACKAGE: Final = "semgrep"
DEFAULT_VERSION: Final = "1.182.0"
IMAGE: Final = ""
NEEDS: Final[frozenset[str]] = frozenset()
ENVIRON: Final[Mapping[str, str]] = {
    "SEMGREP_ENABLE_VERSION_CHECK": "0",  # else `--version` asks its makers, and waits
    "SEMGREP_SEND_METRICS": "off",
}
ASK: Final[Sequence[str]] = ("--version",)
FILE: Final = "semgrep.json"
STDOUT: Final = False
CODES: Final[Mapping[int, Meaning]] = {
    0: EITHER,
    1: FOUND,
    2: failed("it failed"),
    3: failed("code could not be parsed"),
    4: failed("a rule has a pattern that is none"),
    5: failed("its configuration is not YAML"),
    7: failed("a rule is wrong, or its configuration is not there"),
    8: failed("it does not know a language of its rules"),
    13: failed("its token is refused"),
    14: failed("its scan failed"),
}
DOUBTS: Final[Mapping[str, str]] = {
    r"on 0 files\b": "Semgrep found no file that its rules are for.",
}

_RULES: Final = (".semgrep.yml", ".semgrep.yaml", ".semgrep")


def command(job: Job, program: str) -> list[str]:
    """`semgrep scan` into JSON, without sending anything of what it saw."""
    line = [program, "scan", "--json", "--output", os.path.join(job.output, FILE)]
    line += ["--metrics", "off", "--disable-version-check"]
    if not job.has("-c", "-f", "--config"):
        line += ["--config", _rules(job.directory)]
    return [*line, *job.arguments, "."]


def _rules(directory: str) -> str:
    own = (name for name in _RULES if os.path.exists(os.path.join(directory, name)))
    return next(own, "p/default")


def after(job: Job, program: str) -> Sequence[Sequence[str]]:  # noqa: ARG001 (it leaves nothing)
    """Nothing: it leaves nothing behind."""
    return ()
