"""GitLab's code quality report, which linters write as `gitlab`: a list of issues, each with a path and a line.

Format: GitLab's documentation, "Code Quality report format", a subset of Code Climate's. It names no tool, and a clean report is `[]`, which is GitLab's only where
it is named.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from trivigil import foreign
from trivigil.security import lenient, place, scan
from trivigil.security.facts import Finding, Place, Rating
from trivigil.security.outline import nothing, outline
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
    where = lenient.inner(issue, "location")
    path, word = lenient.text(where, "path"), lenient.text(issue, "severity")
    first = lenient.line(lenient.inner(where, "lines").value.get("begin"))
    begin = lenient.inner(where, "positions", "begin")
    categories = lenient.texts(issue.value.get("categories"))
    return Finding(
        tool=TOOL,
        kind="code" if "Security" in categories else "lint",
        id=rule,
        title=said or rule,
        place=Place(
            path=place.path(path) if path else None,
            line=first or lenient.line(begin.value.get("line")),
        ),
        ratings=(Rating(TOOL, "word", of_severity(word), word=word),),
    )
