"""`trivigil export prometheus-rules`: alert rules from limits, and the unit tests that prove them."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from trivigil.cli import export_limits
from trivigil.cli.parser import Parser
from trivigil.core.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from trivigil.cli.console import Console


def run(argv: Sequence[str], _environ: Mapping[str, str], console: Console) -> int:
    """Write the rules to a file or to standard output, and the tests where they are asked for."""
    arguments = _parser().parse_args(argv)
    if arguments.tests and not arguments.out:
        raise InputError("the tests name the file of the rules.", key="--tests", tip="Give --out.")
    from trivigil import files
    from trivigil.observability import rule_tests, rules, yaml_text

    limits = export_limits.read(arguments)
    made = "Made by `trivigil export prometheus-rules`; change the limits, not this file."
    text = yaml_text.written(
        rules.document(limits), made, "Prometheus 2.42 or later (keep_firing_for)."
    )
    if not arguments.out:
        console.answer(text)
        return 0
    files.write(arguments.out, text)
    console.say(f"Rules: {arguments.out}")
    if arguments.tests:
        folder = os.path.dirname(os.path.abspath(arguments.tests))
        place = os.path.relpath(os.path.abspath(arguments.out), folder).replace(os.sep, "/")
        tests = yaml_text.written(rule_tests.document(limits, place), made)
        files.write(arguments.tests, tests)
        console.say(f"Tests: {arguments.tests} (promtool test rules {arguments.tests})")
    return 0


def _parser() -> Parser:
    parser = Parser(
        "trivigil export prometheus-rules",
        description="Recording and alert rules for Prometheus, for the application and for the monitor.",
    )
    parser.add_argument("--out", metavar="FILE", help="else standard output")
    parser.add_argument(
        "--tests", metavar="FILE", help="unit tests for promtool, from the same limits"
    )
    export_limits.add(parser)
    return parser
