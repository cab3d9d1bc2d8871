"""SonarQube's own issues: answers of `api/issues/search` and `api/hotspots/search`, and the report of sonar-report.

Format: SonarQube's web API, and the JSON of soprasteria/sonar-report. An answer is one page of several where it counts more than it lists. Who wrote the code, or is to
mend it, is not kept. What was reviewed as safe or as a false alarm is accepted; what is fixed is no finding.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from trivigil import foreign
from trivigil.security import lenient, place, scan
from trivigil.security.facts import Finding, Place, Rating
from trivigil.security.outline import outline
from trivigil.security.sonarqube import of_severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from trivigil.core.reading import Reading
    from trivigil.foreign import Fields
    from trivigil.security.facts import ScanFacts
    from trivigil.sources import Source

TOOL: Final = "sonarqube"
FORMAT: Final = "api-json"
UNIT: Final = "results"

_FIXED: Final = ("FIXED", "REMOVED")
_DECIDED: Final = (
    "FALSE-POSITIVE",
    "FALSE_POSITIVE",
    "WONTFIX",
    "ACCEPTED",
    "SAFE",
    "ACKNOWLEDGED",
)
_LINT: Final = ("CODE_SMELL", "BUG")


def recognises(source: Source) -> bool:
    """Whether its issues or hotspots have a rule and a component; without any, whether it has a page of them, or is sonar-report's."""
    seen = outline(source)
    if seen.opens != "{":
        return False
    found = seen.below("issues", "rule", "component") or seen.below("hotspots", "component", "key")
    page = seen.has("paging") and (seen.has("issues") or seen.has("hotspots"))
    return found or page or seen.has("sonarBaseURL", "issues")


def read(source: Source) -> Reading[ScanFacts]:
    """Every issue and hotspot that is not fixed."""
    report = foreign.root(foreign.load(source, TOOL), TOOL)
    issues, left = lenient.objects(report.value.get("issues"), "issues")
    hotspots, other = lenient.objects(report.value.get("hotspots"), "hotspots")
    records = (*issues, *hotspots)
    return scan.reading(
        source,
        (TOOL, FORMAT, UNIT),
        [_finding(each) for each in records if lenient.text(each, "resolution") not in _FIXED],
        incomplete=(*left, *other, *_incomplete(report, len(records))),
        scope=lenient.text(report, "projectName", "sonarComponent"),
    )


def _incomplete(report: Fields, listed: int) -> Iterator[str]:
    if report.value.get("issues") is None and report.value.get("hotspots") is None:
        yield "There are no `issues` and no `hotspots` in it."
    counts = (lenient.inner(report, "paging").value.get("total"), report.value.get("total"))
    due = max((lenient.whole(each) or 0 for each in counts), default=0)
    if due > listed:
        yield f"SonarQube counts {due} issues, and this page lists {listed}: fetch them all."


def _finding(issue: Fields) -> Finding:
    rule = lenient.text(issue, "rule", "ruleKey") or "unknown rule"
    lines = lenient.inner(issue, "textRange")
    return Finding(
        tool=TOOL,
        kind="lint" if lenient.text(issue, "type") in _LINT else "code",
        id=rule,
        title=lenient.text(issue, "message", "description") or rule,
        place=Place(
            path=_path(issue),
            line=lenient.line(issue.value.get("line", lines.value.get("startLine"))),
            end_line=lenient.line(lines.value.get("endLine")),
        ),
        description=lenient.text(issue, "description") or "",
        ratings=tuple(_ratings(issue)),
        accepted=_accepted(issue),
    )


def _path(issue: Fields) -> str | None:
    """The component without its project, which is not always in front of it."""
    component = lenient.text(issue, "component")
    project = lenient.text(issue, "project")
    if component is None:
        return None
    if project and component.startswith(f"{project}:"):
        return place.path(component.removeprefix(f"{project}:"))
    return place.path(component.rpartition(":")[2])


def _ratings(issue: Fields) -> Iterator[Rating]:
    for key in ("severity", "vulnerabilityProbability"):
        if (word := lenient.text(issue, key)) is not None:
            yield Rating(TOOL, "word", of_severity(word), word=word)
    impacts = issue.value.get("impacts")
    for each in lenient.within(impacts)[0]:
        if lenient.text(each, "softwareQuality") == "SECURITY":
            impact = lenient.text(each, "severity")
            yield Rating(TOOL, "word", of_severity(impact), word=impact)


def _accepted(issue: Fields) -> str | None:
    """What somebody decided about it in SonarQube."""
    for key in ("resolution", "issueStatus"):
        word = lenient.text(issue, key)
        if word in _DECIDED:
            return f"decided in SonarQube: {word}"
    return None
