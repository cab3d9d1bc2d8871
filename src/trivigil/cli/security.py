"""`trivigil security analyze`, `run`, `accept` and `test`."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

from trivigil.cli.parser import Parser
from trivigil.core import collector
from trivigil.core.errors import InputError
from trivigil.security.severity import LEVELS

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Mapping, Sequence

    from trivigil.cli.console import Console
    from trivigil.core.report import Report
    from trivigil.security.analysis import Context
    from trivigil.security.suppressions import Entry

REPORT_FILE: Final = "security-analysis.json"
_NAMED: Final = ("trivy", "bandit", "safety", "zap")
"""Tools that have an option of their own: `--trivy FILE` is `trivy=FILE`."""

USAGE: Final = """usage: trivigil security analyze [[TOOL=]PATH…] [--trivy F] [--bandit F] [--safety F] [--zap F] [--custom GLOB] …
       trivigil security run --scanners S,… [--target URL] [--image NAME] …
       trivigil security accept [[TOOL=]PATH…] …
       trivigil security test --target URL …

  analyze  read what scanners wrote, merge it, judge it, write security-analysis.json
  run      start scanners, then do the same with what they wrote
  accept   write suppressions (reason to fill in) for what blocks today
  test     ask a running web application for weaknesses, write security_report_<time>.json

`trivigil security analyze --help` says more."""


def _parser(command: str) -> Parser:
    parser = Parser(
        f"trivigil security {command}", description="Read what scanners wrote, and judge it."
    )
    if command == "run":
        from trivigil.cli import scanners

        scanners.add_options(parser)
    else:
        _add_files(parser)
    parser.add_argument(
        "--fail-on", choices=tuple(LEVELS), default="high", help="lowest severity that fails"
    )
    parser.add_argument(
        "--unknown-severity", choices=("pass", "fail"), default="pass", help="what nobody rated"
    )
    parser.add_argument("--require", default="", metavar="T,…", help="tools that must be complete")
    parser.add_argument("--tolerate", default="", metavar="T,…", help="tools that need not be")
    parser.add_argument("--max-age", default="", metavar="T", help="how old a scan may be: 24h")
    parser.add_argument("--suppressions", metavar="FILE", help="what is accepted, and why")
    parser.add_argument("--name", default="security", help="name of this watch")
    parser.add_argument("--out", default=".", metavar="DIR", help=f"folder for {REPORT_FILE}")
    parser.add_argument("--html", metavar="FILE", help="write a page, too")
    parser.add_argument("--junit", metavar="FILE", help="write JUnit XML, too")
    parser.add_argument("--json", action="store_true", help="print the report on standard output")
    if command == "accept":
        parser.add_argument("--expires", required=True, metavar="DATE", help="such as 2027-06-30")
    return parser


def _add_files(parser: Parser) -> None:
    parser.add_argument("results", nargs="*", metavar="[TOOL=]PATH", help="result files, or globs")
    for tool in _NAMED:
        parser.add_argument(
            f"--{tool}", action="append", default=[], metavar="F", help=f"the same as {tool}=F"
        )
    parser.add_argument(
        "--custom",
        action="extend",
        nargs="+",
        default=[],
        metavar="F",
        help="security_report_*.json",
    )


def run(argv: Sequence[str], environ: Mapping[str, str], console: Console) -> int:
    """Run the command; the verdict decides the exit code of `analyze` and `run`."""
    command, rest = (argv[0], argv[1:]) if argv else ("", ())
    if command in ("-h", "--help"):
        console.answer(USAGE)
        return 0
    if command == "test":
        from trivigil.cli import security_test

        return security_test.run(rest, environ, console)
    if command not in ("analyze", "run", "accept"):
        raise InputError("`trivigil security` needs `analyze`, `run`, `accept` or `test`.")
    arguments = _parser(command).parse_intermixed_args(rest)
    if command == "run":
        from trivigil.cli import scanners

        report = scanners.judged(arguments, _context(arguments, environ), environ, console)
        _hand_out(report, arguments, console)
        return report.conclusion.exit_code
    with collector.paused():
        report = _judged(arguments, environ)
        if command == "accept":
            return _accept(report, arguments, console)
        _hand_out(report, arguments, console)
        return report.conclusion.exit_code


def _judged(arguments: Namespace, environ: Mapping[str, str]) -> Report:
    from trivigil import security

    tools = (*_NAMED, "custom")
    named = [f"{tool}={path}" for tool in tools for path in getattr(arguments, tool)]
    specs = [*arguments.results, *named]
    if not specs:
        raise InputError("there is nothing to read.", tip="Name result files, or `--trivy FILE`.")
    return security.judge_files(specs, _context(arguments, environ), directory=os.getcwd())


def _context(arguments: Namespace, environ: Mapping[str, str]) -> Context:
    from trivigil.cli import origin
    from trivigil.launching.duration import seconds
    from trivigil.security import suppressions
    from trivigil.security.analysis import Context

    path = arguments.suppressions
    if path is None and os.path.isfile(suppressions.FILE):
        path = suppressions.FILE
    return Context(
        name=arguments.name,
        now=origin.now(),
        origin=origin.origin(environ),
        fail_on=LEVELS[arguments.fail_on],
        unknown_fails=arguments.unknown_severity == "fail",
        require=_words(arguments.require),
        tolerate=_words(arguments.tolerate),
        max_age=seconds(arguments.max_age, "max-age") if arguments.max_age else None,
        entries=_entries(path),
        suppressions=path or suppressions.FILE,
    )


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.replace(",", " ").split())


def _entries(path: str | None) -> tuple[Entry, ...]:
    from trivigil import files
    from trivigil.security import suppressions

    return suppressions.read(files.read(path, shown=path), path) if path else ()


def _accept(report: Report, arguments: Namespace, console: Console) -> int:
    """Print entries for what blocks, for a person to fill in."""
    from trivigil.security import suppressions

    blocking = [result for result in report.findings if result.gates]
    blocking = [result for result in blocking if not result.rule.id.startswith("scan.")]
    console.answer(suppressions.write(blocking, arguments.expires))
    return 0


def _hand_out(report: Report, arguments: Namespace, console: Console) -> None:
    """Write the report, then say the verdict; programs get JSON alone on standard output."""
    from trivigil import files
    from trivigil.render import json, text

    path = os.path.join(arguments.out, REPORT_FILE)
    files.write(path, json.pieces(report))
    if arguments.html or arguments.junit:
        from trivigil.cli import written

        written.write(report, html=arguments.html, junit=arguments.junit)
    if arguments.json:
        console.answer(json.dump(report))
    console.show(text.render(report, width=console.width, colour=console.colour))
    console.say(f"Report: {path}")
    if report.problems and report.conclusion.exit_code == 2:  # noqa: PLR2004 (the contract's exit code)
        raise InputError(report.problems[0])
