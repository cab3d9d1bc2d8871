"""`trivigil perf analyze` and `trivigil perf run`."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

from trivigil.cli import written
from trivigil.cli.parser import Parser, number, whole
from trivigil.core.errors import InputError
from trivigil.perf.parts import MODES, Merging

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Mapping, Sequence

    from trivigil.cli.console import Console
    from trivigil.core.report import Report

REPORT_FILE: Final = "performance-analysis.json"


def _analyze_parser() -> Parser:
    parser = Parser(
        "trivigil perf analyze", description="Read results of a load test and judge them."
    )
    parser.add_argument("results", nargs="+", metavar="[TOOL=]PATH", help="result files, or globs")
    parser.add_argument(
        "--profile", metavar="P", help="load profile that they are of, for budgets of one"
    )
    parser.add_argument(
        "--merge", choices=MODES, default="auto", help="what several runs in the files are"
    )
    parser.add_argument("--parts", type=whole(1), metavar="N", help="how many runs there must be")
    _common(parser)
    return parser


def _run_parser() -> Parser:
    run = Parser("trivigil perf run", description="Start a load tool, then judge what it wrote.")
    run.add_argument(
        "--tool", default="", metavar="T", help="locust, k6, artillery, pytest-benchmark"
    )
    run.add_argument("--script", default="", metavar="FILE", help="the load script, or the tests")
    run.add_argument(
        "--command", default="", metavar="C", help="in their place: a command, in one argument"
    )
    run.add_argument("--host", default="", metavar="URL", help="what a load tool loads")
    run.add_argument(
        "--profile",
        default="smoke",
        metavar="P",
        help="smoke, load, stress, endurance, full: a list",
    )
    run.add_argument("--users", type=whole(1), metavar="N", help="instead of the profile's")
    run.add_argument("--spawn-rate", type=number, metavar="N", help="users started per second")
    run.add_argument("--run-time", metavar="T", help="such as 30s or 5m")
    run.add_argument("--timeout", metavar="T", help="for all profiles; stop the tool after it")
    run.add_argument("--processes", type=whole(1), metavar="N", help="Locust workers here")
    run.add_argument("--workers", type=whole(1), metavar="N", help="Locust workers elsewhere")
    run.add_argument("--shard", default="", metavar="I/N", help="one part of the load (k6)")
    run.add_argument("--tool-version", default="", metavar="V", help="install and use this version")
    run.add_argument("--allow-remote", action="store_true", help="the host may be another machine")
    run.add_argument(
        "--start", default="", metavar="S", help="compose file, Procfile or command to start"
    )
    run.add_argument(
        "--wait-for", action="append", default=[], metavar="URL", help="wait for it first"
    )
    _common(run)
    return run


def _common(command: Parser) -> None:
    command.add_argument("--thresholds", metavar="FILE", help="budgets; without them: facts only")
    written.add_options(command, "perf", REPORT_FILE)


USAGE: Final = """usage: trivigil perf analyze [TOOL=]PATH… [--thresholds FILE] [--out DIR]
       trivigil perf run --tool T --script S --host URL [--profile P] [--thresholds FILE] …

  analyze  read results of a load test, judge them, write performance-analysis.json
  run      start a load tool, then judge what it wrote

`trivigil perf analyze --help` and `trivigil perf run --help` say more."""


def run(argv: Sequence[str], environ: Mapping[str, str], console: Console) -> int:
    """Run the command; the verdict decides the exit code."""
    command, rest = (argv[0], argv[1:]) if argv else ("", ())
    if command in ("-h", "--help"):
        console.answer(USAGE)
        return 0
    if command == "analyze":
        arguments = _analyze_parser().parse_intermixed_args(rest)
        report = _analyze(arguments, environ)
    elif command == "run":
        arguments = _run_parser().parse_args(rest)
        report = _run(arguments, environ, console)
    else:
        raise InputError("`trivigil perf` needs `analyze` or `run`.")
    return written.hand_out(report, arguments, REPORT_FILE, environ, console)


def _analyze(arguments: Namespace, environ: Mapping[str, str]) -> Report:
    from trivigil import perf
    from trivigil.cli.origin import context
    from trivigil.perf.profiles import single

    where = context(
        arguments.name,
        environ,
        root=os.getcwd(),
        budgets=arguments.thresholds,
        profile=single(arguments.profile or ""),
    )
    merging = Merging(arguments.merge, arguments.parts)
    return perf.judge_files(arguments.results, where, directory=os.getcwd(), merging=merging)


def _run(arguments: Namespace, environ: Mapping[str, str], console: Console) -> Report:
    from trivigil import perf
    from trivigil.cli.application import running
    from trivigil.cli.origin import context

    where = context(arguments.name, environ, root=os.getcwd(), budgets=arguments.thresholds)
    if not arguments.command and not (arguments.tool and arguments.script):
        raise InputError("`perf run` needs `--tool` and `--script`, or `--command`.")
    written.ready(arguments, REPORT_FILE)
    order = perf.Order(
        tool=arguments.tool or "command",
        command=arguments.command,
        processes=arguments.processes or 0,
        workers=arguments.workers or 0,
        shard=arguments.shard,
        tool_version=arguments.tool_version,
        script=arguments.script,
        host=arguments.host,
        profile=arguments.profile,
        users=arguments.users,
        spawn_rate=arguments.spawn_rate,
        run_time=arguments.run_time,
        timeout=arguments.timeout,
        allow_remote=arguments.allow_remote,
    )
    raw = os.path.join(os.path.abspath(arguments.out), "raw")
    stack = os.path.join(os.path.abspath(arguments.out), "stack")
    with running(
        arguments.start,
        arguments.wait_for,
        directory=os.getcwd(),
        state=stack,
        environ=environ,
        say=console.say,
    ):
        return perf.judge_order(
            order, where, directory=os.getcwd(), output=raw, environ=environ, say=console.say
        )
