"""`snyk iac test --json`: one finding for each issue of a configuration file.

Format: src/lib/formatters/iac-output and src/lib/iac/test/v2/json.ts of snyk/cli. One file is an object, several are a list, in which an object with
`error` is a file that could not be tested. Its `vulnerabilities` are always empty. Lines below 1 are not known.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from trivigil import foreign
from trivigil.security import dependency, lenient, outline, place, scan
from trivigil.security.facts import Finding, Place

if TYPE_CHECKING:
    from collections.abc import Iterator

    from trivigil.core.reading import Reading
    from trivigil.foreign import Fields
    from trivigil.security.facts import ScanFacts
    from trivigil.sources import Source

TOOL: Final = "snyk"
FORMAT: Final = "iac-json"
UNIT: Final = "issues"

ISSUES: Final = "infrastructureAsCodeIssues"


def recognises(source: Source) -> bool:
    """Whether it has Snyk's issues of configuration files."""
    return outline.outline(source).has(ISSUES, "ok")


def read(source: Source) -> Reading[ScanFacts]:
    """Every issue of every file; a file that could not be tested makes the reading partial."""
    decoded = foreign.load(source, TOOL)
    files, missing = lenient.objects(decoded if isinstance(decoded, list) else [decoded])
    findings: list[Finding] = []
    left = list(missing)
    for file in files:
        records, bad = dependency.inside(file, ISSUES)
        findings += [_finding(file, record) for record in records]
        left += (*bad, *_odd(file, len(records)))
    return scan.reading(
        source,
        (TOOL, FORMAT, UNIT),
        findings,
        incomplete=dependency.few(left),
        counts={"files": sum(ISSUES in file.value for file in files)},
    )


def _odd(file: Fields, found: int) -> Iterator[str]:
    """What a file says other than its issues: that it could not be tested, or is not as it should be."""
    named = place.path(lenient.text(file, "targetFile", "path") or "a file")
    if ISSUES not in file.value:
        why = dependency.said(lenient.text(file, "error", "message"), "it lists no issues")
        yield f"Snyk could not test {named}: {why}."
    elif file.value.get("ok") is False and not found:
        yield f"Snyk says that {named} is not in order, and lists no issue of it."
    if lenient.listed(file, "vulnerabilities"):
        yield f"{named} has vulnerabilities of packages beside its issues, which are not read."


def _finding(file: Fields, record: Fields) -> Finding:
    rule = lenient.text(record, "publicId", "id") or "unknown rule"
    named = lenient.text(file, "targetFile", "targetFilePath")
    return Finding(
        tool=TOOL,
        kind="iac",
        id=rule,
        title=lenient.text(record, "title", "issue") or rule,
        place=Place(
            path=place.path(named) if named else None,
            line=lenient.line(record.value.get("lineNumber")),
            resource=_resource(record),
        ),
        description=dependency.paragraph(lenient.text(record, "impact", "issue", "description")),
        ratings=tuple(dependency.worded(TOOL, record.value.get("severity"))),
        fix=lenient.text(record, "resolve"),
        help_uri=lenient.text(record, "documentation"),
        accepted="ignored in Snyk" if record.value.get("isIgnored") is True else None,
    )


def _resource(record: Fields) -> str | None:
    """Where in the file: `resource.aws_s3_bucket[logs].acl`."""
    return lenient.text(record, "msg") or ".".join(lenient.texts(record.value.get("path"))) or None
