"""`trivigil export …`: one module a command, imported when it is called."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Final

from trivigil.core.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from trivigil.cli.console import Console

COMMANDS: Final = {
    "prometheus-rules": ("export_rules", "recording and alert rules, and their unit tests"),
    "grafana-dashboard": ("export_dashboard", "a dashboard for Grafana"),
    "metrics": ("export_metrics", "result files as metrics: text, Pushgateway, OTLP"),
}

USAGE: Final = "\n".join(
    (
        "usage: trivigil export COMMAND …",
        "",
        *(f"  {name:<18} {what}" for name, (_, what) in COMMANDS.items()),
        "",
        "Rules and dashboard take their limits from options, else from budgets and .trivigil.yml.",
        "`trivigil export COMMAND --help` says more.",
    )
)


def run(argv: Sequence[str], environ: Mapping[str, str], console: Console) -> int:
    """Run the command that is named first."""
    if argv and argv[0] in ("-h", "--help"):
        console.answer(USAGE)
        return 0
    if not argv or argv[0] not in COMMANDS:
        known = ", ".join(f"`{name}`" for name in COMMANDS)
        raise InputError(f"`trivigil export` needs one of {known}.")
    command = import_module(f"trivigil.cli.{COMMANDS[argv[0]][0]}")
    code: int = command.run(argv[1:], environ, console)
    return code
