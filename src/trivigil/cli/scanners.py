"""`trivigil security run`: start scanners, then judge what they wrote."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from trivigil.core.errors import InputError

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Mapping, Sequence

    from trivigil.cli.console import Console
    from trivigil.cli.parser import Parser
    from trivigil.core.report import Report
    from trivigil.security import Order
    from trivigil.security.analysis import Context


def add_options(parser: Parser) -> None:
    """The options that only `run` has."""
    parser.add_argument(
        "--scanners", default="", metavar="S[@V],…", help="such as bandit,semgrep@1.182.0,gitleaks"
    )
    parser.add_argument("--target", default="", metavar="URL", help="of the running application")
    parser.add_argument("--image", default="", metavar="NAME", help="a container image")
    parser.add_argument("--timeout", metavar="T", help="for each scanner (default: 10m)")
    parser.add_argument(
        "--scanner-version", action="append", default=[], metavar="S=V", help="install and use it"
    )
    parser.add_argument(
        "--scanner-args", action="append", default=[], metavar="S=ARGS", help="added to its line"
    )
    parser.add_argument(
        "--command", default="", metavar="C", help="a scanner of yours, in one argument"
    )
    parser.add_argument(
        "--results",
        action="append",
        default=[],
        metavar="[T=]GLOB",
        help="what it writes; without it: files to judge, too",
    )
    parser.add_argument(
        "--allow-remote", action="store_true", help="the target may be another machine"
    )
    parser.add_argument(
        "--allow-private", action="store_true", help="web-tests: private addresses, too"
    )
    parser.add_argument(
        "--allow-writes", action="store_true", help="web-tests: send what writes, too"
    )
    parser.add_argument(
        "--start", default="", metavar="S", help="compose file, Procfile or command to start"
    )
    parser.add_argument(
        "--wait-for", action="append", default=[], metavar="URL", help="wait for it first"
    )


def judged(
    arguments: Namespace, context: Context, environ: Mapping[str, str], console: Console
) -> Report:
    """The report of the scanners, with the application running if there is one to start."""
    from trivigil import security
    from trivigil.cli.application import running

    output = os.path.abspath(arguments.out)
    with running(
        arguments.start,
        arguments.wait_for,
        directory=os.getcwd(),
        state=os.path.join(output, "stack"),
        environ=environ,
        say=console.say,
    ):
        return security.judge_order(
            order(arguments),
            context,
            directory=os.getcwd(),
            output=os.path.join(output, "raw"),
            environ=environ,
            say=console.say,
        )


def order(arguments: Namespace) -> Order:
    """What is ordered. Raises InputError for pairs that are none."""
    from trivigil.security import Order, ordered

    names, versions = ordered(arguments.scanners.replace(",", " ").split())
    return Order(
        scanners=with_command(names, arguments.command),
        target=arguments.target,
        image=arguments.image,
        timeout=arguments.timeout,
        versions={**versions, **pairs(arguments.scanner_version, "--scanner-version")},
        arguments=pairs(arguments.scanner_args, "--scanner-args"),
        command=arguments.command,
        results=tuple(arguments.results),
        allow_remote=arguments.allow_remote,
        allow_private=arguments.allow_private,
        allow_writes=arguments.allow_writes,
    )


def with_command(names: tuple[str, ...], line: str) -> tuple[str, ...]:
    """The scanners of an order: a line is one of them, named or not."""
    return (*names, "command") if line and "command" not in names else names


def pairs(given: Sequence[str], option: str) -> dict[str, str]:
    """What is said of scanners, each `SCANNER=VALUE`. Raises InputError for anything else."""
    split = [each.partition("=") for each in given]
    if any(not name or not value for name, _, value in split):
        raise InputError("SCANNER=VALUE was expected.", key=option)
    return {name.strip(): value.strip() for name, _, value in split}
