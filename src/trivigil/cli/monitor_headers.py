"""`trivigil monitor headers`: grade the security headers of a live site or of recorded exchanges."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from trivigil.cli.parser import Parser
from trivigil.core.errors import InputError

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from trivigil.cli.console import Console
    from trivigil.monitor.observatory.answer import Answer
    from trivigil.monitor.observatory.scan import Scan
    from trivigil.monitor.observatory.score import Grade
    from trivigil.monitor.strict.finding import Finding

    Graded = tuple[Grade, tuple[Finding, ...] | None]
    """A grade, and what the strict one was lost for."""

STRICT = "strict"


def run(argv: Sequence[str], _environ: Mapping[str, str], console: Console) -> int:
    """Exit 0 once everything is graded, whatever the grades; 2 where a file or a site cannot be read."""
    arguments = _parser().parse_args(argv)
    algorithm = arguments.algorithm
    if arguments.url is None:
        graded = list(_recorded(arguments.exchanges, algorithm))
    else:
        graded = [_live(arguments, algorithm)]
    if arguments.json:
        import json

        console.answer(json.dumps([describe(name, one) for name, one in graded], indent=2))
        return 0
    for name, one in graded:
        _tell(name, one, algorithm, console)
    return 0


def _parser() -> Parser:
    from trivigil.monitor.observatory.algorithm import ALGORITHMS, NEWEST

    parser = Parser(
        "trivigil monitor headers",
        description="Grade security headers as the MDN HTTP Observatory does, or stricter.",
    )
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--url", metavar="URL", help="a live site; it is asked with GET and OPTIONS")
    what.add_argument("--exchanges", metavar="FILE", help="recorded exchanges (JSON)")
    parser.add_argument(
        "--algorithm", choices=(*ALGORITHMS, STRICT), default=NEWEST, help=f"default: {NEWEST}"
    )
    parser.add_argument(
        "--allow-private", action="store_true", help="ask private and loopback addresses, too"
    )
    parser.add_argument(
        "--timeout", default="10s", metavar="T", help="of one request, such as 10s (the default)"
    )
    parser.add_argument("--json", action="store_true", help="a list, one object a case")
    return parser


def _recorded(path: str, algorithm: str) -> Iterator[tuple[str, Graded | str]]:
    from trivigil import files
    from trivigil.monitor.observatory import exchanges, scan

    recording = exchanges.read(files.read(path), path)
    for case in recording.cases:
        try:
            seen = scan.walk(case.target, case.fetch, recording.preload, time.time())
        except scan.Unreachable:
            yield case.id, "The site seems to be down."
        else:
            yield case.id, _grade(seen, algorithm, case.others)


def _live(arguments: Namespace, algorithm: str) -> tuple[str, Graded | str]:
    from trivigil.launching.duration import seconds
    from trivigil.monitor.observatory import live, scan, urls
    from trivigil.web import target
    from trivigil.web.probe import Rules

    at = target.read(arguments.url, "--url")
    timeout = seconds(arguments.timeout, "--timeout")
    site = live.Site(Rules(timeout=timeout, allow_private=arguments.allow_private))
    url = urls.normal(at.url) or at.url
    try:
        seen = scan.walk(url, site.fetch, {}, time.time())
    except scan.Unreachable:
        tip = "It has a private address: see --allow-private." if site.blocked else None
        raise InputError(f"{at.shown} answers neither by http nor by https.", tip=tip) from None
    return at.shown, _grade(seen, algorithm, site.others)


def _grade(
    seen: Scan, algorithm: str, others: Callable[[Scan], Mapping[str, Answer]]
) -> Graded | str:
    """The grade, or the sentence that says why there is none."""
    from trivigil.monitor import observatory, strict
    from trivigil.monitor.observatory.algorithm import ALGORITHMS, NEWEST

    try:
        compatible = observatory.grade(seen, ALGORITHMS.get(algorithm, ALGORITHMS[NEWEST]))
    except observatory.Ungraded as error:
        return str(error)
    if algorithm != STRICT:
        return compatible, None
    judged = strict.grade(seen, others(seen))
    return judged.grade, judged.findings


def describe(name: str, graded: Graded | str) -> dict[str, object]:
    """One case as the contract's object; the strict grade says its findings, too."""
    if isinstance(graded, str):
        return {"id": name, "error": graded}
    grade, findings = graded
    told: dict[str, object] = {
        "id": name,
        "score": grade.score,
        "grade": grade.grade,
        "tests_passed": grade.tests_passed,
        "tests_failed": grade.tests_failed,
        "tests": {
            test: {"result": one.result, "modifier": one.modifier, "pass": one.passed}
            for test, one in grade.tests.items()
        },
    }
    if findings is not None:
        told["findings"] = [{**one._asdict(), "severity": one.severity.label} for one in findings]
    return told


def _tell(name: str, graded: Graded | str, algorithm: str, console: Console) -> None:
    """One case in a few lines: what costs or earns points, and what to send."""
    if isinstance(graded, str):
        console.say(f"{name}: no grade. {graded}")
        return
    grade, findings = graded
    which = "by the strict grade" if algorithm == STRICT else f"by algorithm {algorithm}"
    console.say(
        f"{name}: {grade.grade}, {grade.score} points {which}; "
        f"{grade.tests_passed} tests passed, {grade.tests_failed} failed"
    )
    for finding in findings or ():
        console.say(f"  {finding.severity.label}  {finding.rule}: {finding.message}")
        console.say(f"        send: {finding.send}")
    for which, test in grade.tests.items() if findings is None else ():
        if test.modifier or not test.passed:
            console.say(f"  {test.modifier:+4d}  {which}: {test.result}")
