"""GitLab's code quality report, which linters write as `gitlab`: a list of issues, each with a path and a line.

Format: GitLab's documentation, "Code Quality report format", a subset of Code Climate's, whose `engine_name` some tools add; else it names none. A clean report is `[]`,
which is GitLab's only where it is named.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from trivigil import foreign
from trivigil.security import leak, lenient, place, scan
from trivigil.security.facts import Finding, Place, Rating
from trivigil.security.outline import nothing, outline
from trivigil.security.readers import sarif_tools
from trivigil.security.sonarqube import of_severity

if TYPE_CHECKING:
    from trivigil.core.reading import Reading
    from trivigil.foreign import Fields
    from trivigil.security.facts import ScanFacts
    from trivigil.sources import Source

TOOL: Final = "gitlab"
FORMAT: Final = "code-quality"
UNIT: Final = "results"

_RULE: Final = re.compile(r"\(([A-Z]+\d+)\) ")
"""The rule at the beginning of a description, from when issues had no name of their check."""


def recognises(source: Source) -> bool:
    """Whether it is a list of issues with a fingerprint and lines; an empty list only where the tool is named."""
    seen = outline(source)
    known = seen.has("description", "fingerprint", "location") and seen.below("location", "path")
    return (seen.opens == "[" and known) or nothing(source, TOOL)


def read(source: Source) -> Reading[ScanFacts]:
    """Every issue."""
    issues, left = lenient.objects(foreign.load(source, TOOL))
    return scan.reading(
        source, (TOOL, FORMAT, UNIT), [_finding(issue) for issue in issues], incomplete=left
    )


def _finding(issue: Fields) -> Finding:
    said = lenient.text(issue, "description") or ""
    named = _RULE.match(said)
    rule = lenient.text(issue, "check_name") or (named[1] if named else "unknown rule")
    engine = lenient.text(issue, "engine_name") or ""
    tool, word = sarif_tools.normal(engine) or TOOL, lenient.text(issue, "severity")
    if sarif_tools.kind(engine, rule, None, ()) == "secret":
        return leak.finding(tool, rule, _place(issue), None)
    categories = lenient.texts(issue.value.get("categories"))
    return Finding(
        tool=tool,
        kind="code" if "Security" in categories else "lint",
        id=rule,
        title=said or rule,
        place=_place(issue),
        ratings=(Rating(tool, "word", of_severity(word), word=word),),
    )


def _place(issue: Fields) -> Place:
    where = lenient.inner(issue, "location")
    path = lenient.text(where, "path")
    first = lenient.line(lenient.inner(where, "lines").value.get("begin"))
    begin = lenient.inner(where, "positions", "begin")
    return Place(
        path=place.path(path) if path else None,
        line=first or lenient.line(begin.value.get("line")),
    )
