"""`trivigil perf analyze` and `trivigil perf run`."""

from __future__ import annotations

import argparse
import os
from typing import TYPE_CHECKING

from trivigil.core.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from trivigil.cli.console import Console
    from trivigil.core.report import Report

REPORT_FILE = "performance-analysis.json"


def parser() -> argparse.ArgumentParser:
    """The arguments of `trivigil perf`."""
    top = argparse.ArgumentParser(
        "trivigil perf", description="Judge a load test against its budgets."
    )
    commands = top.add_subparsers(dest="command", required=True, metavar="analyze|run")
    analyze = commands.add_parser("analyze", help="read results and judge them")
    analyze.add_argument("results", nargs="+", metavar="[TOOL=]PATH", help="result files, or globs")
    _common(analyze)
    run = commands.add_parser("run", help="start a load tool, then judge what it wrote")
    run.add_argument("--tool", required=True, metavar="T", help="locust")
    run.add_argument("--script", required=True, help="the load script (a locustfile)")
    run.add_argument("--host", required=True, metavar="URL", help="what to load")
    run.add_argument("--profile", default="smoke", metavar="P", help="smoke (default), load")
    run.add_argument("--users", type=_count, help="instead of the profile's")
    run.add_argument("--spawn-rate", type=float, help="users started per second")
    run.add_argument("--run-time", metavar="T", help="such as 30s or 5m")
    run.add_argument("--timeout", metavar="T", help="stop the tool after this long")
    run.add_argument("--tool-version", default="", metavar="V", help="install and use this version")
    run.add_argument("--allow-remote", action="store_true", help="the host may be another machine")
    run.add_argument(
        "--start", default="", metavar="S", help="compose file, Procfile or command of the service"
    )
    run.add_argument(
        "--wait-for", action="append", default=[], metavar="URL", help="wait for it first"
    )
    _common(run)
    return top


def _common(command: argparse.ArgumentParser) -> None:
    command.add_argument("--thresholds", metavar="FILE", help="budgets; without them: facts only")
    command.add_argument(
        "--out", default=".", metavar="DIR", help=f"folder for {REPORT_FILE} (default: here)"
    )
    command.add_argument("--name", default="perf", help="name of this watch")
    command.add_argument("--json", action="store_true", help="print the report on standard output")


def _count(text: str) -> int:
    number = int(text)
    if number < 1:
        raise ValueError(text)
    return number


def run(argv: Sequence[str], environ: Mapping[str, str], console: Console) -> int:
    """Run the command; the verdict decides the exit code."""
    arguments = parser().parse_args(argv)
    report = (
        _run(arguments, environ, console)
        if arguments.command == "run"
        else _analyze(arguments, environ)
    )
    _hand_out(report, arguments, console)
    return report.conclusion.exit_code


def _analyze(arguments: argparse.Namespace, environ: Mapping[str, str]) -> Report:
    from trivigil import perf
    from trivigil.cli.origin import context

    where = context(arguments.name, environ, root=os.getcwd(), budgets=arguments.thresholds)
    return perf.judge_files(arguments.results, where, directory=os.getcwd())


def _run(arguments: argparse.Namespace, environ: Mapping[str, str], console: Console) -> Report:
    from trivigil import perf
    from trivigil.cli.application import running
    from trivigil.cli.origin import context

    where = context(arguments.name, environ, root=os.getcwd(), budgets=arguments.thresholds)
    order = perf.Order(
        tool=arguments.tool,
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


def _hand_out(report: Report, arguments: argparse.Namespace, console: Console) -> None:
    """Write the report, then say the verdict; programs get JSON alone on standard output."""
    from trivigil import files
    from trivigil.render import json, text

    path = os.path.join(arguments.out, REPORT_FILE)
    dumped = json.dump(report)
    files.write(path, dumped)
    if arguments.json:
        console.answer(dumped)
    console.show(text.render(report, width=console.width, colour=console.colour))
    console.say(f"Report: {path}")
    if report.problems and report.conclusion.exit_code == 2:  # noqa: PLR2004 (the contract's exit code)
        raise InputError(report.problems[0])
