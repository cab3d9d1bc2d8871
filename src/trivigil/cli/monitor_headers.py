"""`trivigil monitor headers --exchanges FILE`: grade the security headers of recorded exchanges."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from trivigil.cli.parser import Parser

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from trivigil.cli.console import Console
    from trivigil.monitor.observatory.algorithm import Algorithm
    from trivigil.monitor.observatory.exchanges import Case, Recording
    from trivigil.monitor.observatory.score import Grade


def run(argv: Sequence[str], _environ: Mapping[str, str], console: Console) -> int:
    """Exit 0 once everything is graded, whatever the grades; 2 where the file cannot be read."""
    from trivigil import files
    from trivigil.monitor.observatory import exchanges
    from trivigil.monitor.observatory.algorithm import ALGORITHMS, NEWEST

    parser = Parser(
        "trivigil monitor headers",
        description="Grade security headers as the MDN HTTP Observatory does.",
    )
    parser.add_argument(
        "--exchanges", required=True, metavar="FILE", help="recorded exchanges (JSON)"
    )
    parser.add_argument(
        "--algorithm", choices=tuple(ALGORITHMS), default=NEWEST, help=f"default: {NEWEST}"
    )
    parser.add_argument("--json", action="store_true", help="a list, one object a case")
    arguments = parser.parse_args(argv)
    recording = exchanges.read(files.read(arguments.exchanges), arguments.exchanges)
    algorithm = ALGORITHMS[arguments.algorithm]
    graded = [(case, _grade(case, recording, algorithm)) for case in recording.cases]
    if arguments.json:
        import json

        console.answer(json.dumps([describe(case.id, one) for case, one in graded], indent=2))
        return 0
    for case, one in graded:
        _tell(case, one, algorithm, console)
    return 0


def _grade(case: Case, recording: Recording, algorithm: Algorithm) -> Grade | str:
    """The grade, or the sentence that says why there is none."""
    from trivigil.monitor import observatory
    from trivigil.monitor.observatory import scan

    try:
        seen = scan.walk(case.target, case.fetch, recording.preload, time.time())
        return observatory.grade(seen, algorithm)
    except scan.Unreachable:
        return "The site seems to be down."
    except observatory.Ungraded as error:
        return str(error)


def describe(name: str, graded: Grade | str) -> dict[str, object]:
    """One case as the contract's object."""
    if isinstance(graded, str):
        return {"id": name, "error": graded}
    return {
        "id": name,
        "score": graded.score,
        "grade": graded.grade,
        "tests_passed": graded.tests_passed,
        "tests_failed": graded.tests_failed,
        "tests": {
            test: {"result": one.result, "modifier": one.modifier, "pass": one.passed}
            for test, one in graded.tests.items()
        },
    }


def _tell(case: Case, graded: Grade | str, algorithm: Algorithm, console: Console) -> None:
    """One case in a few lines: what costs or earns points."""
    if isinstance(graded, str):
        console.say(f"{case.id}: no grade. {graded}")
        return
    console.say(
        f"{case.id}: {graded.grade}, {graded.score} points by algorithm {algorithm.number}; "
        f"{graded.tests_passed} tests passed, {graded.tests_failed} failed"
    )
    for name, test in graded.tests.items():
        if test.modifier or not test.passed:
            console.say(f"  {test.modifier:+4d}  {name}: {test.result}")
