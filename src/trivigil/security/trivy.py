"""What Trivy's kinds of scan share (docs: CLI reference)."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

from trivigil.security.tool import EITHER, failed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from trivigil.security.tool import Job, Meaning

CODES: Final[Mapping[int, Meaning]] = {0: EITHER, 1: failed("it failed")}

_SCANNERS: Final = {"fs": "vuln,secret,misconfig", "image": "vuln,secret"}
"""What a kind of scan looks for, where it can be chosen."""


def command(job: Job, program: str, kind: str, file: str) -> list[str]:
    """`trivy KIND` into JSON; its exit code says nothing of what it found, because the file does."""
    line = [program, kind, "--format", "json", "--output", os.path.join(job.output, file)]
    line += ["--exit-code", "0", "--quiet"]
    if kind in _SCANNERS and not job.has("--scanners"):
        line += ["--scanners", _SCANNERS[kind]]
    return [*line, *job.arguments, job.image if kind == "image" else "."]
