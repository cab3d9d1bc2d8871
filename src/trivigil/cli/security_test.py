"""`trivigil security test --target URL`: the built-in security tests of a running web application."""

from __future__ import annotations

import os
from collections import Counter
from typing import TYPE_CHECKING

from trivigil.cli.parser import Parser
from trivigil.core.errors import InputError

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Mapping, Sequence

    from trivigil.cli.console import Console
    from trivigil.security.suite.site import Site
    from trivigil.security.suite.weakness import Outcome


def _parser() -> Parser:
    parser = Parser(
        "trivigil security test",
        description="Ask a running web application for weaknesses; `security analyze --custom` judges the report.",
    )
    parser.add_argument("--target", required=True, metavar="URL", help="where it runs")
    parser.add_argument(
        "--allow-private", action="store_true", help="private and loopback addresses, too"
    )
    parser.add_argument(
        "--allow-writes", action="store_true", help="send what writes: the tests of the login"
    )
    parser.add_argument(
        "--login", default="/login", metavar="PATH", help="where the login form is sent (/login)"
    )
    parser.add_argument(
        "--login-fields",
        default="user,password",
        metavar="U,P",
        help="its fields; the values are in TRIVIGIL_TEST_USER and TRIVIGIL_TEST_PASSWORD",
    )
    parser.add_argument(
        "--timeout", default="10s", metavar="T", help="of one request, such as 10s (the default)"
    )
    parser.add_argument("--out", default=".", metavar="DIR", help="folder of the report")
    parser.add_argument("--report", default="", metavar="FILE", help="its file, in place of that")
    return parser


def run(argv: Sequence[str], environ: Mapping[str, str], console: Console) -> int:
    """Exit 0 when the target was tested, whatever was found; 2 when it does not answer."""
    from trivigil import files
    from trivigil.cli import origin
    from trivigil.security import suite
    from trivigil.security.suite import report

    arguments = _parser().parse_args(argv)
    site = _site(arguments, environ)
    now = origin.now()
    path = arguments.report or os.path.join(arguments.out, report.file_name(now))
    files.ready(path)
    try:
        outcomes = suite.run(site, console.say)
    except InputError as error:
        # The file says so too: an old one beside it must not be taken for the outcome of this run.
        files.write(path, report.dump(site.target.shown, now, (), [str(error)]))
        raise
    files.write(path, report.dump(site.target.shown, now, outcomes))
    console.say(_summary(site, outcomes))
    console.say(f"Report: {path}")
    return 0


def _site(arguments: Namespace, environ: Mapping[str, str]) -> Site:
    from trivigil.launching.duration import seconds
    from trivigil.security.suite.site import Login, Site
    from trivigil.web import target
    from trivigil.web.probe import Rules

    user, comma, password = arguments.login_fields.partition(",")
    if not (user and comma and password) or not arguments.login.startswith("/"):
        raise InputError(
            "a path such as /login and two names such as user,password were expected.",
            key="--login, --login-fields",
        )
    login = Login(
        arguments.login,
        environ.get("TRIVIGIL_TEST_USER"),
        environ.get("TRIVIGIL_TEST_PASSWORD"),
        user,
        password,
    )
    timeout = seconds(arguments.timeout, "--timeout")
    rules = Rules(timeout=timeout, allow_private=arguments.allow_private)
    site = Site(arguments.target, rules, allow_writes=arguments.allow_writes, login=login)
    target.read(f"{site.target.origin}{login.path}")  # refused here, not in the middle of the tests
    return site


def _summary(site: Site, outcomes: Sequence[Outcome]) -> str:
    """Such as `7 weaknesses of http://…: 1 high, 6 low. 20 of 22 tests, 90 requests.`."""
    found = [each.severity for outcome in outcomes for each in outcome.weaknesses]
    counted = Counter(found)
    by_severity = ", ".join(
        f"{counted[each]} {each.label}" for each in sorted(counted, reverse=True)
    )
    asked = [outcome for outcome in outcomes if outcome.state != "skipped"]
    failed = ", ".join(outcome.id for outcome in outcomes if outcome.state == "failed")
    noun = "weakness" if len(found) == 1 else "weaknesses"
    said = f"{len(found)} {noun} of {site.target.shown}{f': {by_severity}' if found else ''}. "
    said += f"{len(asked)} of {len(outcomes)} tests, {site.requests} requests."
    return f"{said} Could not be decided: {failed}." if failed else said
