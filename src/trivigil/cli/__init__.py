"""The command line: `main(argv, environ) -> int`, the one place where errors become exit codes.

A command is a module in COMMANDS, imported only when it is called, so that `--help` stays instant.
"""

from __future__ import annotations

import sys
from importlib import import_module
from typing import TYPE_CHECKING, Final

from trivigil import __version__

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

COMMANDS: Final = {
    "perf": "judge a load test, or run one and judge it",
    "security": "merge and judge what scanners found",
    "monitor": "look at a running application from outside",
    "alert": "tell people what fails, by a result file",
    "export": "Prometheus rules, a Grafana dashboard, metrics",
    "publish": "carry a report to GitHub, or write what would be sent",
    "preview": "one HTML page that shows what GitHub would show",
    "inspect": "say what is in result files; judges nothing",
    "validate": "check a file against its schema: budgets, suppressions, configuration",
    "schema": "print a published JSON Schema",
    "wait": "wait until services are healthy",
    "step": "what the actions' steps call; reads TRIVIGIL_* inputs",
}

USAGE: Final = "\n".join(
    (
        "usage: trivigil COMMAND …      (trivigil COMMAND --help says more)",
        "",
        "Watches over a team's pipeline: performance, security and what runs, explained where the team looks.",
        "",
        *(f"  {name:<10} {what}" for name, what in COMMANDS.items()),
        "",
        "  --version  print the version",
        "",
        "Exit codes: 0 passed, 1 the gate failed, 2 something you can mend, 3 our own fault.",
    )
)


def main(argv: Sequence[str], environ: Mapping[str, str]) -> int:
    """Run one command. Returns the exit code; raises nothing but SystemExit of argparse's own help."""
    from trivigil.cli.console import Console

    console = Console(environ)
    if not argv or argv[0] in ("-h", "--help", "help"):
        console.answer(USAGE)
        return 0 if argv else 2
    if argv[0] in ("-V", "--version"):
        console.answer(f"trivigil {__version__}")
        return 0
    if argv[0] not in COMMANDS:
        console.error(f"`{argv[0]}` is not a command. Known: {', '.join(COMMANDS)}.")
        return 2
    return _guarded(argv[0], argv[1:], environ, console)


def _guarded(name: str, rest: Sequence[str], environ: Mapping[str, str], console: object) -> int:
    from trivigil.cli.console import Console
    from trivigil.core.errors import TrivigilError

    assert isinstance(console, Console)  # noqa: S101 (for the type checker)
    try:
        command = import_module(f"trivigil.cli.{name}")
        code: int = command.run(rest, environ, console)
    except TrivigilError as error:
        console.refuse(error)
        return 2
    except BrokenPipeError:
        sys.stdout = None  # the reader has gone: nothing to flush
        return 0
    except KeyboardInterrupt:
        console.error("interrupted.")
        return 130
    except Exception as error:  # noqa: BLE001 (the last door: everything unforeseen is our fault)
        console.fault(error)
        return 3
    return code
