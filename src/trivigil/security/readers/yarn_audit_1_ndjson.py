"""`yarn audit --json` of yarn 1: JSON lines, one for each path to an advisory; one finding for each advisory of a package.

Format: src/cli/commands/audit.js of yarnpkg/yarn; advisories as `trivigil.security.npm` has them. The last line is the summary: without it the
output is cut. Errors and warnings are lines of their own.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from trivigil import foreign, sources
from trivigil.core.errors import SourceError
from trivigil.security import dependency, lenient, npm, scan

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from trivigil.core.reading import Reading
    from trivigil.foreign import Fields
    from trivigil.security.facts import Finding, Package, ScanFacts
    from trivigil.sources import Source

TOOL: Final = "yarn-audit"
FORMAT: Final = "ndjson-1"
UNIT: Final = "advisories"

_SHAPE: Final = re.compile(rb'^\{"type":"audit(?:Advisory|Summary|Action)",', re.MULTILINE)
_SAYS: Final = re.compile(rb'\s*\{"type":"(?:error|warning|info)","data":"')


_TYPES: Final = {
    "auditAdvisory", "auditSummary", "auditAction", "error", "warning", "info",
    "table", "step", "success", "progressStart", "progressTick", "progressFinish",
    "activityStart", "activityTick", "activityEnd", "log", "verbose",
}  # fmt: skip


def recognises(source: Source) -> bool:
    """Whether one of its lines is yarn's audit, or it begins with what yarn says."""
    return _SHAPE.search(source.head) is not None or _SAYS.match(source.head) is not None


def read(source: Source) -> Reading[ScanFacts]:
    """Every advisory once for each package that has it."""
    records, damaged = foreign.lines(source, TOOL)
    by_type: dict[str, list[Fields]] = {}
    for record in records:
        by_type.setdefault(lenient.text(record.fields, "type") or "", []).append(record.fields)
    if not records:
        raise SourceError("no line of it is whole.")
    lines = by_type.get("auditAdvisory", [])
    findings: dict[tuple[int | None, str, Package | None], Finding] = {}
    for line in lines:
        advisory = lenient.inner(line, "data", "advisory")
        found = npm.finding(TOOL, advisory)
        number = lenient.whole(advisory.value.get("id"))
        findings.setdefault((number, found.id, found.package), found)
    errors = [_said(each) for each in by_type.get("error", [])]
    crashed = None
    if not lines and "auditSummary" not in by_type:
        crashed = f"yarn audit wrote no result: {'; '.join(errors) or 'it does not say why'}."
    return scan.reading(
        source,
        (TOOL, FORMAT, UNIT),
        list(findings.values()),
        incomplete=()
        if crashed
        else (
            *dependency.few((*damaged, *_strange(source))),
            *_incomplete(by_type, errors, len(lines)),
        ),
        crashed=crashed,
        counts={"paths": len(lines)},
    )


def _strange(source: Source) -> Iterator[str]:
    """Lines that yarn does not write with `--json`."""
    for number, line in enumerate(sources.text(source).splitlines(), start=1):
        if line.strip() and not line.lstrip().startswith("{"):
            yield f"Line {number} is no JSON."


def _said(line: Fields) -> str:
    return dependency.said(lenient.text(line, "data"))


def _incomplete(
    by_type: dict[str, list[Fields]], errors: Sequence[str], paths: int
) -> tuple[str, ...]:
    """Errors, no summary, or a summary that counts other than there is."""
    missing = scan.listed("yarn said", errors)
    if odd := sorted(by_type.keys() - _TYPES):
        missing += scan.listed("yarn writes no lines of type", odd)
    summaries = by_type.get("auditSummary", [])
    if not summaries:
        return (*missing, "The summary at the end is missing: the output is cut.")
    counts = lenient.inner(summaries[-1], "data", "vulnerabilities").value.values()
    total = sum(number for each in counts if (number := lenient.whole(each)))
    if total > paths:
        return (*missing, f"The summary counts {total} paths, and {paths} are there.")
    return missing
