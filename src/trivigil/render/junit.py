"""A report as JUnit XML, the dialect that CI systems read.

One `testsuite` a report, one `testcase` a result. A failed result is a `failure`, an undecided one and unusable input are
an `error`, an accepted one is `skipped`; a warning passes, with its words in `system-out`. There is no standard; this keeps to what
the schema of the JUnit Ant task (windyroad/JUnit-Schema, JUnit.xsd) and the readers of Jenkins and GitLab have in common.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from trivigil.core.untrusted import visible
from trivigil.render.verdict import title

if TYPE_CHECKING:
    from trivigil.core.report import Report
    from trivigil.core.result import Result


def render(report: Report) -> str:
    """The whole file, with its declaration."""
    suite = ET.Element("testsuite", name=visible(f"{title(report)} {report.name}".strip()))
    for problem in report.problems:
        case = ET.SubElement(suite, "testcase", classname="input", name="the input can be used")
        _told(case, "error", problem)
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


def _case(suite: ET.Element, result: Result) -> None:
    where = [result.profile, result.location.name]
    case = ET.SubElement(
        suite,
        "testcase",
        classname=visible(" ".join(part for part in where if part)),
        name=visible(result.rule.title),
    )
    if result.location.path is not None:
        case.set("file", visible(result.location.path))
    if result.location.line is not None:
        case.set("line", str(result.location.line))
    if result.kind == "pass":
        return
    if result.suppression is not None:
        ET.SubElement(case, "skipped", message=visible(result.suppression.reason))
    elif not result.gates:
        ET.SubElement(case, "system-out").text = visible(f"Warning: {result.message}")
    else:
        _told(case, "failure" if result.kind == "fail" else "error", result.message, result)


def _told(case: ET.Element, kind: str, message: str, result: Result | None = None) -> None:
    told = ET.SubElement(case, kind, message=visible(message))
    if result is not None:
        told.set("type", visible(result.rule.id))
        told.text = visible(result.fix or "")
