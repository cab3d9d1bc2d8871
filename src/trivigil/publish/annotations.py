"""Annotations: a remark on the line where a result can be mended, worst first; of a known diff those on its lines before all others.

Their text is plain, not Markdown, on GitHub; control characters are spelled out. Limits: OpenAPI,
`checks/create` (title 255 characters, message 64 KB).
"""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING, Final, NamedTuple

from trivigil.core.result import Severity
from trivigil.core.untrusted import visible
from trivigil.github.records import Annotation
from trivigil.publish.changed_lines import nearness

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from trivigil.core.report import Report
    from trivigil.core.result import Result
    from trivigil.github.records import AnnotationLevel
    from trivigil.github.workflow import Level, Workflow
    from trivigil.publish.changed_lines import Lines
    from trivigil.render.sarif import Anchors

TITLE_CHARS: Final = 255
MESSAGE_CHARS: Final = 16_000
"""At most 4 bytes each, which stays below 64 KB."""
_COMMANDS: Final[dict[AnnotationLevel, Level]] = {
    "failure": "error",
    "warning": "warning",
    "notice": "notice",
}


class Checkout(NamedTuple):
    """Where the repository lies and where paths are relative to; absolute, with forward slashes."""

    workspace: str
    directory: str
    anchors: Anchors | None = None
    """Where code scanning shows what has no place in the repository."""


def collect(
    report: Report, checkout: Checkout, diff: Mapping[str, Lines] | None = None
) -> tuple[Annotation, ...]:
    """One annotation for each finding that has a place in the repository: nearest to the diff first, then worst first."""
    paths = dict.fromkeys(result.location.path for result in report.findings)
    known = {path: in_repository(path, checkout) for path in paths}
    placed = [
        (result, path)
        for result in sorted(report.findings, key=rank)
        if (path := known[result.location.path]) is not None
    ]
    if diff is not None:
        placed.sort(key=lambda at: nearness(diff, at[1], at[0].location.line))
    return tuple(_annotation(result, path) for result, path in placed)


def in_repository(path: str | None, checkout: Checkout) -> str | None:
    """A path relative to the repository; None where it lies outside, is an address, or no path to show."""
    if not path or visible(path) != path or "\\" in path or "://" in path:
        return None
    whole = posixpath.normpath(posixpath.join(checkout.directory, path))
    relative = posixpath.relpath(whole, posixpath.normpath(checkout.workspace))
    return None if relative in {".", ".."} or relative.startswith("../") else relative


def rank(result: Result) -> tuple[int, int, float, str, str]:
    """Where a finding stands among others, worst first."""
    excess = result.evidence.get("excess")
    beyond = float(excess) if isinstance(excess, int | float) else 0.0
    gates = 0 if result.gates else 1
    return (gates, -result.severity, -beyond, result.location.name, result.rule.id)


def _annotation(result: Result, path: str) -> Annotation:
    line = max(result.location.line or 1, 1)
    return Annotation(
        path=path,
        start_line=line,
        end_line=line,
        level=_level(result),
        title=_bounded(f"{result.rule.title}: {result.location.name}", TITLE_CHARS),
        message=_bounded(result.told, MESSAGE_CHARS) or result.rule.id,
    )


def _level(result: Result) -> AnnotationLevel:
    if result.gates:
        return "failure"
    return "warning" if result.severity > Severity.INFO else "notice"


def _bounded(text: str, chars: int) -> str:
    line = visible(text)
    return line if len(line) <= chars else line[: chars - 1] + "…"


def room(workflow: Workflow, sharers: int) -> dict[AnnotationLevel, int]:
    """How many of each level the runner keeps of one of so many reports."""
    return {level: -(-workflow.room(own) // sharers) for level, own in _COMMANDS.items()}


def issue(workflow: Workflow, annotations: Sequence[Annotation], *, sharers: int = 1) -> int:
    """Issue them as workflow commands as far as the runner keeps them; how many were left out.

    `sharers`: how many reports of the step, with this one, still want their part of what the runner keeps.
    """
    left_out = 0
    left = room(workflow, sharers)
    for one in annotations:
        if left[one.level] > 0:
            left[one.level] -= 1
            workflow.annotate(
                _COMMANDS[one.level],
                one.message,
                title=one.title,
                file=one.path,
                line=one.start_line,
            )
        else:
            left_out += 1
    return left_out
