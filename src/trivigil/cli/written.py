"""The files that a report becomes: its own, and those for people and for other programs beside it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

from trivigil import files
from trivigil.cli import merged
from trivigil.core.errors import InputError

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Mapping

    from trivigil.cli.console import Console
    from trivigil.cli.parser import Parser
    from trivigil.core.report import Report

PAGE: Final = "report.html"
JUNIT: Final = "junit.xml"
METRICS: Final = "metrics.txt"
"""OpenMetrics: what the monitor saw, for whoever collects it."""


def add_options(parser: Parser, watch: str, file: str) -> None:
    """The options of every command that makes a report: its name, and what is written where."""
    parser.add_argument(
        "--out", default=".", metavar="DIR", help=f"folder for {file} (default: here)"
    )
    parser.add_argument("--html", metavar="FILE", help="write a page, too")
    parser.add_argument("--junit", metavar="FILE", help="write JUnit XML, too")
    parser.add_argument("--name", default=watch, help="name of this watch")
    parser.add_argument("--json", action="store_true", help="print the report on standard output")


def ready(arguments: Namespace, *names: str) -> None:
    """Find out before a run that all of it can be written. Raises InputError where it cannot."""
    own = [os.path.join(arguments.out, name) for name in names]
    for path in (*own, arguments.html, arguments.junit):
        if path:
            files.ready(path)


def hand_out(
    report: Report,
    arguments: Namespace,
    file: str,
    environ: Mapping[str, str],
    console: Console,
) -> int:
    """Write the report, then say the verdict; programs get JSON alone on standard output.

    Returns the exit code. Raises InputError for input that could not be used, after all is written.
    """
    from trivigil.render import json, text

    path = os.path.join(arguments.out, file)
    files.write(path, json.pieces(report))
    own = merged.write(report, arguments.out, environ) if report.action == "security" else None
    if arguments.html or arguments.junit:
        write(report, html=arguments.html, junit=arguments.junit)
    if arguments.json:
        console.answer(json.dump(report))
    console.show(text.render(report, width=console.width, colour=console.colour))
    console.say(f"Report: {path}")
    if own is not None:
        console.say(f"SARIF: {own}")
    if report.problems and report.conclusion.exit_code == 2:  # noqa: PLR2004 (the contract's exit code)
        raise InputError(report.problems[0])
    return report.conclusion.exit_code


def load(path: str) -> Report:
    """The report that a file holds, which is as large as its findings are many. Raises InputError that names the file."""
    from trivigil.render import json
    from trivigil.sources import MAX_BYTES

    try:
        return json.load(files.read(path, limit=MAX_BYTES))
    except InputError as error:
        if error.path is not None:
            raise
        raise InputError(
            error.message, path=path, line=error.line, key=error.key, tip=error.tip
        ) from None


def write(report: Report, *, html: str | None = None, junit: str | None = None) -> None:
    """The page and the JUnit file, each where a path is given. Raises InputError where it cannot be written."""
    from trivigil.render import documents
    from trivigil.render import junit as junit_xml

    if html:
        files.write(html, documents.page(report))
    if junit:
        files.write(junit, junit_xml.render(report))


def beside(report: Report, folder: str, environ: Mapping[str, str]) -> None:
    """All of them, in the folder of an action's results; metrics of the monitor alone, which looks again and again."""
    write(report, html=os.path.join(folder, PAGE), junit=os.path.join(folder, JUNIT))
    if report.action == "monitor":
        from trivigil.observability import metrics

        files.write(os.path.join(folder, METRICS), metrics.text(report))
    elif report.action == "security":
        merged.write(report, folder, environ)


def names(watch: str) -> tuple[str, ...]:
    """What `beside` writes for a watch."""
    return (PAGE, JUNIT, *_OWN.get(watch, ()))


_OWN: Final = {"monitor": (METRICS,), "security": (merged.FILE,)}
