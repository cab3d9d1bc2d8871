"""`trivigil monitor run`: look at a running application from outside, once, and judge what is seen."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

from trivigil.cli import written
from trivigil.cli.parser import Parser, whole
from trivigil.core.errors import InputError

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Mapping, Sequence

    from trivigil.cli.console import Console
    from trivigil.monitor import Order

REPORT_FILE: Final = "monitoring-results.json"
_ALGORITHMS: Final = ("4", "5", "6")


def _parser() -> Parser:
    parser = Parser(
        "trivigil monitor run", description="Look at a running application from outside."
    )
    add = parser.add_argument
    add("--target", required=True, metavar="URL", help="what is watched")
    add("--target-name", default="", metavar="NAME", help="what is shown in place of its URL")
    add("--tests", default="", metavar="DIR", help="folder with check files")
    add("--allow-private", action="store_true", help="private and loopback addresses, too")
    add("--allow-writes", action="store_true", help="more than GET, HEAD and OPTIONS")
    add("--timeout", default="10", metavar="T", help="for one request (10s)")
    add("--run-time", default="5m", metavar="T", help="for all checks (5m)")
    add("--retries", type=whole(0), default=2, metavar="N", help="after a failed attempt (2)")
    add("--slow", type=whole(1), metavar="MS", help="the page is degraded beyond this")
    add("--control", action="append", default=[], metavar="URL", help="proves a network")
    add("--no-headers", action="store_true", help="no grade of the security headers")
    add("--least-grade", default="", metavar="G", help="worst grade that passes, such as B")
    add("--algorithm", choices=_ALGORITHMS, default="6", help="of the compatible grade (6)")
    add("--certificate-days", type=whole(0), default=14, metavar="N", help="fewer left warn (14)")
    add("--baseline", default="", metavar="FILE", help="the times that are usual")
    written.add_options(parser, "monitor", REPORT_FILE)
    return parser


def run(argv: Sequence[str], environ: Mapping[str, str], console: Console) -> int:
    """Run the checks; the verdict decides the exit code."""
    from trivigil import monitor
    from trivigil.cli import outlook

    arguments = _parser().parse_args(argv)
    order = _order(arguments, environ)
    context = outlook.context(
        arguments.name, arguments.target, environ, shown=arguments.target_name
    )
    written.ready(arguments, REPORT_FILE)
    report = monitor.watch(order, context, directory=os.getcwd(), environ=environ, say=console.say)
    return written.hand_out(report, arguments, REPORT_FILE, environ, console)


def _order(arguments: Namespace, environ: Mapping[str, str]) -> Order:
    from trivigil.cli import outlook
    from trivigil.launching.duration import seconds
    from trivigil.monitor import Order
    from trivigil.monitor.observatory.score import GRADES

    least = "" if arguments.least_grade == "none" else arguments.least_grade
    if least and least not in GRADES:
        raise InputError(f"none or one of {', '.join(GRADES)} was expected.", key="--least-grade")
    return Order(
        outlook.bounds(
            arguments.target,
            environ,
            timeout=seconds(arguments.timeout, "--timeout"),
            allow_private=arguments.allow_private,
            allow_writes=arguments.allow_writes,
        ),
        tests=arguments.tests,
        headers=not arguments.no_headers,
        least_grade=least,
        algorithm=arguments.algorithm,
        certificate_days=arguments.certificate_days,
        slow=arguments.slow,
        retries=arguments.retries,
        run_time=seconds(arguments.run_time, "--run-time"),
        control=tuple(arguments.control),
        name=arguments.target_name,
        baseline=arguments.baseline,
    )
