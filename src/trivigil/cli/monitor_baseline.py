"""`trivigil monitor baseline`: measure how fast a site is; make the baseline file, compare with it, or renew it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from trivigil.cli.parser import Parser
from trivigil.core.errors import InputError

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Mapping, Sequence

    from trivigil.cli.console import Console


def run(argv: Sequence[str], environ: Mapping[str, str], console: Console) -> int:
    """Exit 0 where the site is as fast as usual or the file was written, 1 where it is slower or fails, 2 for bad input."""
    from trivigil.cli import outlook
    from trivigil.launching.duration import seconds

    arguments = _parser().parse_args(argv)
    _refuse(arguments)
    bounds = outlook.bounds(
        arguments.url,
        environ,
        timeout=seconds(arguments.timeout, "--timeout"),
        allow_private=arguments.allow_private,
    )
    there = os.path.exists(arguments.baseline)
    if there and not arguments.accept:
        from trivigil.cli import baseline_comparison

        return baseline_comparison.compare(arguments, bounds, environ, console)
    from trivigil.cli import baseline_file

    return baseline_file.write(arguments, bounds, environ, console, renewed=there)


def _parser() -> Parser:
    parser = Parser(
        "trivigil monitor baseline",
        description="Measure how fast a site is: the file is made where it is absent, and compared with where it is there.",
    )
    add = parser.add_argument
    add("--url", required=True, metavar="URL", help="what is measured, with GET")
    add("--baseline", required=True, metavar="FILE", help="the baseline file")
    add("--accept", action="store_true", help="measure again and write the file anew")
    add("--samples", type=int, metavar="N", help="exchanges: 20 to write, 5 to compare")
    add("--least-ms", type=float, metavar="MS", help="a phase that is slower by less is not (50)")
    add("--least-percent", type=float, metavar="P", help="likewise in percent (25)")
    add("--valid-days", type=int, metavar="N", help="then the file is not read any more (365)")
    add("--pause", type=float, default=0.5, metavar="S", help="seconds between exchanges (0.5)")
    add("--timeout", default="10s", metavar="T", help="for one exchange (10s)")
    add("--target-name", default="", metavar="NAME", help="what is shown in place of the URL")
    add("--allow-private", action="store_true", help="private and loopback addresses, too")
    add("--name", default="monitor", help="name of this watch")
    add("--out", metavar="DIR", help="folder for monitoring-results.json of a comparison")
    add("--json", action="store_true", help="print what was found on standard output")
    return parser


def _refuse(arguments: Namespace) -> None:
    """Raises InputError for numbers that are none of a baseline."""
    from trivigil.monitor.baseline.comparison import FEWEST
    from trivigil.monitor.baseline.kept import MOST

    ranges: dict[str, tuple[float, float]] = {
        "samples": (FEWEST, MOST),
        "valid_days": (1, 3650),
        "least_ms": (0, 600_000),
        "least_percent": (0, 10_000),
        "pause": (0.05, 60),
    }
    for key, (least, most) in ranges.items():
        value = getattr(arguments, key)
        if value is not None and not least <= value <= most:
            message = f"a number from {least:g} to {most:g} was expected."
            raise InputError(message, key=f"--{key.replace('_', '-')}")
