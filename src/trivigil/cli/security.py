"""`trivigil security analyze`, `run`, `accept` and `test`."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

from trivigil.cli import merged, written
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

`trivigil security analyze --help` says more, and so on."""


_SAID: Final = {
    "analyze": "Read what scanners wrote, merge it, and judge it.",
    "run": "Start scanners, then merge and judge what they wrote.",
    "accept": "Print entries for a file of suppressions: what blocks today, the reasons to be filled in.",
}
"""The commands of this module, and what their help says of them."""


def _parser(command: str) -> Parser:
    parser = Parser(f"trivigil security {command}", description=_SAID[command])
    if command == "run":
        from trivigil.cli import scanners

        scanners.add_options(parser)
    else:
        _add_files(parser)
    if command == "accept":
        parser.add_argument("--expires", required=True, metavar="DATE", help="such as 2027-06-30")
    levels = tuple(LEVELS)
    parser.add_argument(
        "--fail-on",
        choices=levels,
        default="high",
        metavar="S",
        help=f"lowest severity that fails (high): {', '.join(levels)}",
    )
    parser.add_argument(
        "--unknown-severity",
        choices=("pass", "fail"),
        default="pass",
        metavar="W",
        help="what nobody rated: pass (the default) or fail",
    )
    parser.add_argument("--suppressions", metavar="FILE", help="what is accepted, and why")
    if command != "accept":
        _add_demands(parser)
        written.add_options(parser, "security", REPORT_FILE)
    return parser


def _add_demands(parser: Parser) -> None:
    """What is asked of the scans themselves."""
    parser.add_argument("--require", default="", metavar="T,…", help="tools that must be complete")
    parser.add_argument("--tolerate", default="", metavar="T,…", help="tools that need not be")
    parser.add_argument("--max-age", default="", metavar="T", help="how old a scan may be: 24h")


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
    if command not in _SAID:
        raise InputError("`trivigil security` needs `analyze`, `run`, `accept` or `test`.")
    arguments = _parser(command).parse_intermixed_args(rest)
    if command == "accept":
        return _accept(arguments, environ, console)
    with collector.paused():
        return _told(command, arguments, environ, console)


def _told(command: str, arguments: Namespace, environ: Mapping[str, str], console: Console) -> int:
    """From the context to the exit code: nothing of the report is left when cycles are looked for again."""
    context = _context(arguments, environ)
    if command == "run":
        from trivigil.cli import scanners

        written.ready(arguments, REPORT_FILE, merged.FILE)
        report = scanners.judged(arguments, context, environ, console)
    else:
        report = _judged(arguments, context)
    return written.hand_out(report, arguments, REPORT_FILE, environ, console)


def _judged(arguments: Namespace, context: Context) -> Report:
    from trivigil import security

    tools = (*_NAMED, "custom")
    named = [f"{tool}={path}" for tool in tools for path in getattr(arguments, tool)]
    specs = [*arguments.results, *named]
    if not specs:
        raise InputError("there is nothing to read.", tip="Name result files, or `--trivy FILE`.")
    return security.judge_files(specs, context, directory=os.getcwd())


def _context(arguments: Namespace, environ: Mapping[str, str]) -> Context:
    from trivigil.launching.duration import seconds

    return _line(arguments, environ)._replace(
        name=arguments.name,
        require=_words(arguments.require),
        tolerate=_words(arguments.tolerate),
        max_age=seconds(arguments.max_age, "--max-age") if arguments.max_age else None,
    )


def _line(arguments: Namespace, environ: Mapping[str, str], *, begun: bool = False) -> Context:
    """What all commands know: where the line is drawn, and what is accepted.

    With `begun` an empty file counts as none: the shell makes it before `accept … > FILE` starts.
    """
    from trivigil.cli import origin
    from trivigil.security import suppressions
    from trivigil.security.analysis import Context

    context = Context(
        name="security",
        now=origin.now(),
        origin=origin.origin(environ),
        fail_on=LEVELS[arguments.fail_on],
        unknown_fails=arguments.unknown_severity == "fail",
    )
    path = arguments.suppressions
    if context.origin.commit:
        from trivigil.cli import accepted

        found = accepted.by_base(path or suppressions.FILE, environ)
        if found is not None:
            return found.applied(context)
    there = os.path.isfile(suppressions.FILE)
    if path is None and there and not (begun and os.path.getsize(suppressions.FILE) == 0):
        path = suppressions.FILE
    return context._replace(entries=_entries(path), suppressions=path or suppressions.FILE)


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.replace(",", " ").split())


def _entries(path: str | None) -> tuple[Entry, ...]:
    from trivigil import files
    from trivigil.security import suppressions

    return suppressions.read(files.read(path, shown=path), path) if path else ()


def _accept(arguments: Namespace, environ: Mapping[str, str], console: Console) -> int:
    """Print entries for what blocks, for a person to fill in.

    Raises InputError where a file cannot be used: entries for half of what blocks would look whole.
    """
    from trivigil.security import suppressions

    context = _line(arguments, environ, begun=True)
    expires = suppressions.last_day(arguments.expires, context.now[:10], "--expires")
    report = _judged(arguments, context)
    if report.problems:
        raise InputError(report.problems[0])
    blocking = [result for result in report.findings if result.gates]
    blocking = [result for result in blocking if not result.rule.id.startswith("scan.")]
    console.answer(suppressions.write(blocking, expires))
    return 0
