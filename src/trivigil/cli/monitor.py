"""`trivigil monitor …`: one module a command, imported when it is called."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Final

from trivigil.core.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from trivigil.cli.console import Console

COMMANDS: Final = {
    "run": "run synthetic checks, look at certificate and headers, judge what is seen",
    "baseline": "measure how fast a site is, and compare with how fast it was",
    "headers": "grade the security headers of a site or of recorded exchanges",
}

USAGE: Final = "\n".join(
    (
        "usage: trivigil monitor COMMAND …",
        "",
        *(f"  {name:<10} {what}" for name, what in COMMANDS.items()),
        "",
        "`trivigil monitor COMMAND --help` says more.",
    )
)


def run(argv: Sequence[str], environ: Mapping[str, str], console: Console) -> int:
    """Run the command that is named first."""
    if argv and argv[0] in ("-h", "--help"):
        console.answer(USAGE)
        return 0
    if not argv or argv[0] not in COMMANDS:
        known = " or ".join(f"`{name}`" for name in COMMANDS)
        raise InputError(f"`trivigil monitor` needs {known}.")
    command = import_module(f"trivigil.cli.monitor_{argv[0]}")
    code: int = command.run(argv[1:], environ, console)
    return code
