"""`yarn npm audit --json` of yarn 4: JSON lines, one for each issue of a package, vulnerabilities and deprecations.

Format: packages/plugin-npm-cli/sources/npmAuditUtils.ts of yarnpkg/berry. A clean audit writes nothing at all, which proves nothing. Yarn 2 and 3 write the
document of npm 6, which is theirs where the user names yarn.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from trivigil import foreign
from trivigil.security import advisory, dependency, lenient, npm, outline, scan
from trivigil.security.facts import Finding, Package

if TYPE_CHECKING:
    from trivigil.core.reading import Reading
    from trivigil.foreign import Fields
    from trivigil.security.facts import ScanFacts
    from trivigil.sources import Source

TOOL: Final = "yarn-audit"
FORMAT: Final = "ndjson"
UNIT: Final = "issues"


def recognises(source: Source) -> bool:
    """Whether its lines have a value with its issue below, or it is named so and has npm's advisories."""
    lines = outline.outline(source).below("children", "ID", "Issue", "Severity")
    return lines or npm.tool_of(source) == TOOL


def read(source: Source) -> Reading[ScanFacts]:
    """Every issue."""
    if npm.tool_of(source) == TOOL:
        return npm.read(source, (TOOL, "json", "advisories"))
    records, damaged = foreign.lines(source, TOOL)
    found, drifted = dependency.every((each.fields for each in records), _finding)
    return scan.reading(
        source, (TOOL, FORMAT, UNIT), found, incomplete=dependency.few((*damaged, *drifted))
    )


def _finding(line: Fields) -> Finding:
    issue = lenient.inner(line, "children")
    url = lenient.text(issue, "URL") or ""
    ids = advisory.found(url)
    number = lenient.whole(issue.value.get("ID"))
    name = lenient.text(line, "value") or "unknown package"
    own = ids[0] if ids else lenient.text(issue, "ID") or f"npm:{number}"
    seen = lenient.texts(issue.value.get("Tree Versions"))
    return Finding(
        tool=TOOL,
        kind="dependency",
        id=own,
        title=lenient.text(issue, "Issue") or f"{name} has {own}",
        aliases=dependency.aliases(own, ids),
        ratings=tuple(dependency.worded("ghsa" if ids else TOOL, issue.value.get("Severity"))),
        package=Package(name=name, version=seen[0] if seen else None, ecosystem="npm"),
        help_uri=url or None,
        malicious=advisory.is_malware(ids),
    )
