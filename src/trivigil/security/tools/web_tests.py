"""Starting our own tests of the running application, `trivigil security test`, as a scanner beside the others.

The program is this very package, imported from where it lies by the interpreter that runs it, isolated: the action has no installed package, and nothing of the
folder that is scanned can stand in for a module. Tests read only, unless writing is allowed. A target that is this machine by its name may be
asked; any other private address only where that is allowed. Exit codes (docs/security-tests.md): 0 it was tested, whatever was found; 2 it does not answer, or
the call is wrong; 3 we failed ourselves.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Final

from trivigil.security.tool import EITHER, failed

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from trivigil.security.tool import Job, Meaning

NAME: Final = "web-tests"
TOOL: Final = "custom"
PROGRAM: Final = ""
PACKAGE: Final = ""
DEFAULT_VERSION: Final = ""
IMAGE: Final = ""
NEEDS: Final = frozenset({"target"})
ENVIRON: Final[Mapping[str, str]] = {}
ASK: Final[Sequence[str]] = ()
FILE: Final = "security_report.json"
STDOUT: Final = False
CODES: Final[Mapping[int, Meaning]] = {
    0: EITHER,
    2: failed("the application does not answer, or the call is wrong"),
    3: failed("it failed itself"),
}
DOUBTS: Final[Mapping[str, str]] = {}

ACCOUNT: Final = ("TRIVIGIL_TEST_USER", "TRIVIGIL_TEST_PASSWORD")
"""The test account, which no other scanner sees."""
_START: Final = (
    "import sys; root = sys.argv.pop(1); root in sys.path or sys.path.insert(0, root); "
    "from trivigil.__main__ import run; sys.exit(run())"
)
_PLACE: Final = os.path.abspath(os.path.join(os.path.dirname(__file__), *[os.pardir] * 3))
"""The folder of the package, three above this one: `src` of the action's version, or that of installed packages."""


def program() -> str:
    """The interpreter that runs us: it has what we need."""
    return sys.executable


def account(environ: Mapping[str, str]) -> dict[str, str]:
    """The test account of this environment, as far as there is one."""
    return {name: environ[name] for name in ACCOUNT if environ.get(name)}


def command(job: Job, program: str) -> list[str]:
    """`trivigil security test --target URL` into its file."""
    from trivigil.launching.hosts import is_local

    line = [program, "-I", "-c", _START, _PLACE, "security", "test", "--target", job.target]
    line += ["--report", os.path.join(job.output, FILE)]
    if job.allow_private or is_local(job.target):
        line.append("--allow-private")
    if job.allow_writes:
        line.append("--allow-writes")
    return [*line, *job.arguments]


def after(job: Job, program: str) -> Sequence[Sequence[str]]:  # noqa: ARG001 (it leaves nothing)
    """Nothing: it leaves nothing behind."""
    return ()
