"""A report as JUnit XML, the dialect that CI systems read.

One `testsuite` a report, one `testcase` a result. A failed result is a `failure`, an undecided one and unusable input are
an `error`, an accepted one is `skipped`; a warning passes, with its words in `system-out`. Of a monitoring report each check is a
`testcase` with its time, its claims in its text, and the advice on headers is left to the page. There is no standard; this keeps to what
the schema of the JUnit Ant task (windyroad/JUnit-Schema, JUnit.xsd) and the readers of Jenkins and GitLab have in common.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from trivigil.core.untrusted import visible
from trivigil.render.verdict import title

if TYPE_CHECKING:
    from collections.abc import Iterable

    from trivigil.core.report import Report
    from trivigil.core.result import Result

MONITOR = "monitor."
"""How the ids of rules begin that judge a check: one that nobody could see passes nowhere, also where another check gates for it."""


def render(report: Report) -> str:
    """The whole file, with its declaration."""
    suite = ET.Element("testsuite", name=visible(f"{title(report)} {report.name}".strip()))
    for problem in report.problems:
        case = ET.SubElement(suite, "testcase", classname="input", name="the input can be used")
        _told(case, "error", problem)
    if report.action == "monitor":
        _checks(suite, report)
    else:
        for result in report.results:
            _case(suite, result)
    counts = {
        "tests": len(suite),
        "failures": len(suite.findall("testcase/failure")),
        "errors": len(suite.findall("testcase/error")),
        "skipped": len(suite.findall("testcase/skipped")),
    }
    for key, count in counts.items():
        suite.set(key, str(count))
    suite.set("timestamp", report.generated_at.removesuffix("Z"))
    root = ET.Element("testsuites")
    root.append(suite)
    ET.indent(root)
    return ET.tostring(root, encoding="unicode", xml_declaration=True) + "\n"


def _checks(suite: ET.Element, report: Report) -> None:
    """A case for each check of a monitoring report, and how long all of them took."""
    from trivigil.render.monitor_junit import cases

    total = 0.0
    for result, seconds, told in cases(report):
        case = ET.SubElement(
            suite,
            "testcase",
            classname=visible(result.location.path or "trivigil"),
            name=visible(result.location.name),
            time=f"{seconds:.3f}",
        )
        total += seconds
        _place(case, result)
        _judged(case, result, told)
    suite.set("time", f"{total:.3f}")


def _case(suite: ET.Element, result: Result) -> None:
    where = [result.profile, result.location.name]
    case = ET.SubElement(
        suite,
        "testcase",
        classname=visible(" ".join(part for part in where if part)),
        name=visible(result.rule.title),
    )
    _place(case, result)
    _judged(case, result, (result.fix,) if result.fix else ())


def _place(case: ET.Element, result: Result) -> None:
    if result.location.path is not None:
        case.set("file", visible(result.location.path))
    if result.location.line is not None:
        case.set("line", str(result.location.line))


def _judged(case: ET.Element, result: Result, told: Iterable[str]) -> None:
    """What came out, with lines of words beside it."""
    if result.kind == "pass":
        return
    is_check = result.rule.id.startswith(MONITOR)
    if result.suppression is not None:
        ET.SubElement(case, "skipped", message=visible(result.suppression.reason))
    elif not result.gates and not (is_check and result.kind == "open"):
        lines = (f"Warning: {result.message}", *(told if is_check else ()))
        ET.SubElement(case, "system-out").text = "\n".join(map(visible, lines))
    else:
        _told(case, "failure" if result.kind == "fail" else "error", result.message, result, told)


def _told(
    case: ET.Element,
    kind: str,
    message: str,
    result: Result | None = None,
    lines: Iterable[str] = (),
) -> None:
    told = ET.SubElement(case, kind, message=visible(message))
    if result is not None:
        told.set("type", visible(result.rule.id))
        told.text = "\n".join(map(visible, lines))
