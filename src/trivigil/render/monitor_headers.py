"""The security headers in the document of a monitoring report: both grades, the tests, and the exact lines to send."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from trivigil.core.result import Severity
from trivigil.render import monitor_figures as figures
from trivigil.render.document import (
    Block,
    Code,
    Column,
    Details,
    Icon,
    IconName,
    Paragraph,
    Row,
    Spans,
    Table,
    Text,
    counted,
    prose,
    text,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from trivigil.core.report import Report

_NOTED, _FINDING, _TEST = 60, 41, 30
_MOST: Final = 100
_LINE: Final = 4000
"""A policy can be long; a line that is cut is not the line to send."""
_SEVERITIES: Final = {severity.label: severity for severity in Severity}
_SIGNS: Final[dict[str, IconName]] = {"critical": "fail", "high": "fail", "medium": "warning"}
DASH: Final = "\N{EN DASH}"


def grades(graded: Mapping[str, Any]) -> str:
    """`headers B (strict D)`; empty where there is no grade."""
    grade, strict = figures.text(graded, "grade"), figures.text(graded, "strict_grade")
    if not grade:
        return ""
    return f"headers {grade}{f' (strict {strict})' if strict else ''}"


def headers(report: Report) -> Iterable[Block]:
    """Why there is no grade; or, folded away, what the grades were lost for."""
    graded = figures.mapping(report, "headers")
    yield from without(graded)
    found = findings(graded)
    blocks = (*advice(found), *tests(graded))
    if blocks:
        title = grades(graded).replace("headers", "Security headers:", 1) or "Security headers"
        told = counted(len(found), "finding") if found else "nothing to mend"
        yield Details(text(f"{title} \N{MIDDLE DOT} {told}"), blocks)


def without(graded: Mapping[str, Any]) -> Iterable[Paragraph]:
    """Why there is no grade."""
    if problem := figures.text(graded, "problem"):
        yield Paragraph((Icon("open"), Text(" "), *prose(sentence(problem))), _NOTED)


def sentence(words: str) -> str:
    """A clause as a sentence."""
    return f"{words[:1].upper()}{words[1:]}{'' if words.endswith('.') else '.'}"


def findings(graded: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """What the strict grade was lost for, worst first."""
    return sorted(figures.objects(graded, "findings"), key=lambda one: -_severity(one))


def _severity(finding: Mapping[str, Any]) -> Severity:
    return _SEVERITIES.get(figures.text(finding, "severity"), Severity.UNKNOWN)


def advice(found: list[Mapping[str, Any]]) -> Iterable[Table]:
    """Each finding, with the line to send."""
    if found:
        columns = (Column("Severity"), Column("Finding"), Column("What to send"))
        rows = tuple(_advice(one) for one in found[:_MOST])
        yield Table(columns, rows, "finding", max(len(found) - _MOST, 0))


def _advice(finding: Mapping[str, Any]) -> Row:
    severity = _severity(finding)
    sign = _SIGNS.get(severity.label)
    label: Spans = (*((Icon(sign), Text(" ")) if sign else ()), Text(severity.label))
    test, words = figures.text(finding, "test"), figures.text(finding, "message") or DASH
    named: Spans = (Code(test, 80), Text(": ")) if test else ()
    return Row(
        (label, (*named, *prose(words)), line_to_send(figures.text(finding, "send"))),
        _FINDING + max(int(severity), 0),
    )


def line_to_send(send: str) -> Spans:
    """A header line exactly; other advice as words."""
    if not send:
        return text(DASH)
    name, colon, value = send.partition(": ")
    is_line = bool(colon and value) and name.replace("-", "").isalnum() and name.isascii()
    return (Code(send, _LINE),) if is_line else prose(send)


def tests(graded: Mapping[str, Any]) -> Iterable[Table]:
    """The tests of the compatible grade: those that cost points first."""
    found = [
        (name, figures.inner(graded.get("tests") or {}, name))
        for name in figures.inner(graded, "tests")
    ]
    if found:
        found.sort(key=lambda one: (one[1].get("pass") is not False, _modifier(one[1])))
        columns = (Column("Test"), Column("Result"), Column("Points", "right"))
        algorithm = figures.text(graded, "algorithm")
        columns = (Column(f"Test (algorithm {algorithm})" if algorithm else "Test"), *columns[1:])
        yield Table(columns, tuple(_test(*one) for one in found), "test")


def _test(name: str, test: Mapping[str, Any]) -> Row:
    passed = test.get("pass")
    sign = Icon("neutral" if passed is None else "pass" if passed is True else "fail")
    result = figures.text(test, "result")
    points = figures.number(test, "modifier")
    cells: tuple[Spans, ...] = (
        (sign, Text(" "), Code(name)),
        text(result.replace("-", " ") or DASH),
        text(DASH if points is None else _points(points)),
    )
    return Row(cells, _TEST)


def _points(points: float) -> str:
    return f"{points:+g}".replace("-", "\N{MINUS SIGN}") if points else "0"


def _modifier(test: Mapping[str, Any]) -> float:
    return figures.number(test, "modifier") or 0.0
