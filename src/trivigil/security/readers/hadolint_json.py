"""`hadolint -f json`: a list of rules broken in Dockerfiles, ShellCheck's among them.

Format: src/Hadolint/Formatter/Json.hs of hadolint/hadolint. It is a linter: an error is medium, a warning low. DL1000 says that a Dockerfile does not parse, and then
nothing else is known of it. A clean report is `[]`, which is Hadolint's only where it is named.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from trivigil import foreign
from trivigil.core.result import Severity
from trivigil.security import lenient, place, scan
from trivigil.security.facts import Finding, Place, Rating
from trivigil.security.outline import nothing, outline

if TYPE_CHECKING:
    from trivigil.core.reading import Reading
    from trivigil.foreign import Fields
    from trivigil.security.facts import ScanFacts
    from trivigil.sources import Source

TOOL: Final = "hadolint"
FORMAT: Final = "json"
UNIT: Final = "results"

_LEVELS: Final = {
    "error": Severity.MEDIUM,
    "warning": Severity.LOW,
    "info": Severity.INFO,
    "style": Severity.INFO,
    "ignore": Severity.INFO,
}
_UNPARSED: Final = "DL1000"


def recognises(source: Source) -> bool:
    """Whether it is a list of results with levels and no end of a line, which ShellCheck has; an empty list only where the tool is named."""
    seen = outline(source)
    known = seen.has("code", "level", "file", "line", "message") and "endLine" not in seen.keys
    return (seen.opens == "[" and known) or nothing(source, TOOL)


def read(source: Source) -> Reading[ScanFacts]:
    """Every result. A Dockerfile that does not parse makes the reading partial."""
    results, left = lenient.objects(foreign.load(source, TOOL))
    bare = [each.place for each in results if lenient.text(each, "code") is None]
    found = [_finding(each) for each in results]
    unparsed = [str(each.place.path) for each in found if each.id == _UNPARSED]
    return scan.reading(
        source,
        (TOOL, FORMAT, UNIT),
        found,
        incomplete=(
            *left,
            *scan.listed("Hadolint could not parse", unparsed),
            *scan.listed("There is no rule in", bare),
        ),
    )


def _finding(result: Fields) -> Finding:
    rule = lenient.text(result, "code") or "unknown rule"
    path, word = lenient.text(result, "file"), lenient.text(result, "level")
    level = _LEVELS.get((word or "").lower(), Severity.UNKNOWN)
    return Finding(
        tool=TOOL,
        kind="lint",
        id=rule,
        title=lenient.text(result, "message") or rule,
        place=Place(
            path=place.path(path) if path else None, line=lenient.line(result.value.get("line"))
        ),
        ratings=(Rating(TOOL, "level", level, word=word),),
        help_uri=_help(rule),
    )


def _help(rule: str) -> str | None:
    if rule.startswith("SC"):
        return f"https://www.shellcheck.net/wiki/{rule}"
    return f"https://github.com/hadolint/hadolint/wiki/{rule}" if rule.startswith("DL") else None
