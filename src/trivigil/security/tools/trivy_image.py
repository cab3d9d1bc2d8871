"""Starting `trivy image`: a container image: vulnerable packages and secrets (docs: trivy image).

With `--exit-code 0`, which goes before a setting of the project's: 0 it ended, whatever it found; 1 it failed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from trivigil.security import trivy

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from trivigil.security.tool import Job, Meaning

NAME: Final = "trivy-image"
TOOL: Final = "trivy"
PROGRAM: Final = "trivy"
PACKAGE: Final = "github:aquasecurity/trivy"
DEFAULT_VERSION: Final = "0.69.3"
IMAGE: Final = ""
NEEDS: Final = frozenset({"image"})
ENVIRON: Final[Mapping[str, str]] = {}
ASK: Final[Sequence[str]] = ("--version",)
FILE: Final = "trivy-image.json"
STDOUT: Final = False
CODES: Final[Mapping[int, Meaning]] = trivy.CODES
DOUBTS: Final[Mapping[str, str]] = {}


def command(job: Job, program: str) -> list[str]:
    """`trivy image` into JSON."""
    return trivy.command(job, program, "image", FILE)


def after(job: Job, program: str) -> Sequence[Sequence[str]]:  # noqa: ARG001 (it leaves nothing)
    """Nothing: it leaves nothing behind."""
    return ()
