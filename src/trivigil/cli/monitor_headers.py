"""`trivigil monitor headers --exchanges FILE`: grade the security headers of recorded exchanges."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from trivigil.cli.parser import Parser

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from trivigil.cli.console import Console
    from trivigil.monitor.observatory.exchanges import Case, Recording
    from trivigil.monitor.observatory.score import Grade
    from trivigil.monitor.strict.finding import Finding

    Graded = tuple[Grade, tuple[Finding, ...] | None]
    """A grade, and what the strict one was lost for."""

STRICT = "strict"


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
        "--algorithm", choices=(*ALGORITHMS, STRICT), default=NEWEST, help=f"default: {NEWEST}"
    )
    parser.add_argument("--json", action="store_true", help="a list, one object a case")
    arguments = parser.parse_args(argv)
    recording = exchanges.read(files.read(arguments.exchanges), arguments.exchanges)
    graded = [(case, _grade(case, recording, arguments.algorithm)) for case in recording.cases]
    if arguments.json:
        import json

        console.answer(json.dumps([describe(case.id, one) for case, one in graded], indent=2))
        return 0
    for case, one in graded:
        _tell(case, one, arguments.algorithm, console)
    return 0


def _grade(case: Case, recording: Recording, algorithm: str) -> Graded | str:
    """The grade, or the sentence that says why there is none."""
    from trivigil.monitor import observatory, strict
    from trivigil.monitor.observatory import scan
    from trivigil.monitor.observatory.algorithm import ALGORITHMS, NEWEST

    try:
        seen = scan.walk(case.target, case.fetch, recording.preload, time.time())
        compatible = observatory.grade(seen, ALGORITHMS.get(algorithm, ALGORITHMS[NEWEST]))
    except scan.Unreachable:
        return "The site seems to be down."
    except observatory.Ungraded as error:
        return str(error)
    if algorithm != STRICT:
        return compatible, None
    judged = strict.grade(seen, case.others(seen))
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


def _tell(case: Case, graded: Graded | str, algorithm: str, console: Console) -> None:
    """One case in a few lines: what costs or earns points, and what to send."""
    if isinstance(graded, str):
        console.say(f"{case.id}: no grade. {graded}")
        return
    grade, findings = graded
    which = "by the strict grade" if algorithm == STRICT else f"by algorithm {algorithm}"
    console.say(
        f"{case.id}: {grade.grade}, {grade.score} points {which}; "
        f"{grade.tests_passed} tests passed, {grade.tests_failed} failed"
    )
    for finding in findings or ():
        console.say(f"  {finding.severity.label}  {finding.rule}: {finding.message}")
        console.say(f"        send: {finding.send}")
    for name, test in grade.tests.items() if findings is None else ():
        if test.modifier or not test.passed:
            console.say(f"  {test.modifier:+4d}  {name}: {test.result}")
