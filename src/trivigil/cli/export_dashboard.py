"""`trivigil export grafana-dashboard`: a dashboard with the same limits as the rules."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trivigil.cli import export_limits
from trivigil.cli.parser import Parser

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from trivigil.cli.console import Console


def run(argv: Sequence[str], _environ: Mapping[str, str], console: Console) -> int:
    """Write the JSON to a file or to standard output."""
    parser = Parser(
        "trivigil export grafana-dashboard",
        description="A dashboard for Grafana: import it, and choose the data source there.",
    )
    parser.add_argument("--out", metavar="FILE", help="else standard output")
    export_limits.add(parser)
    arguments = parser.parse_args(argv)
    from trivigil import files
    from trivigil.observability import dashboard

    text = dashboard.text(export_limits.read(arguments))
    if not arguments.out:
        console.answer(text)
        return 0
    files.write(arguments.out, text)
    console.say(f"Dashboard: {arguments.out}")
    return 0
