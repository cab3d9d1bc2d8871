"""SonarQube's own issues: answers of `api/issues/search` and `api/hotspots/search`, and the report of sonar-report.

Format: SonarQube's web API, and the JSON of soprasteria/sonar-report. An answer is one page of several where it counts more than it lists. Who wrote the code, or is to
mend it, is not kept. Pages may stand in a list, or one after another, and issues without their page. What was reviewed as safe or as a false alarm is accepted; what is fixed is no finding.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from trivigil.security import lenient, place, scan
from trivigil.security.facts import Finding, Place, Rating
from trivigil.security.outline import outline
from trivigil.security.sonarqube import of_severity

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

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
_LISTS: Final = ("issues", "hotspots")


def recognises(source: Source) -> bool:
    """Whether its issues or hotspots have a rule and a component; without any, whether it has a page of them, or is sonar-report's."""
    seen = outline(source)
    found = seen.below("issues", "rule", "component") or seen.below("hotspots", "component", "key")
    page = seen.has("paging") and (seen.has("issues") or seen.has("hotspots"))
    taken = seen.has("rule", "component", "project") or seen.has(
        "component", "vulnerabilityProbability"
    )
    return found or page or taken or (seen.opens == "{" and seen.has("sonarBaseURL", "issues"))


def read(source: Source) -> Reading[ScanFacts]:
    """Every issue and hotspot that is not fixed, of all pages that are in it."""
    documents, left = lenient.documents(source, TOOL, null=False)
    records = [each for each in documents if "component" in each.value]
    pages = [each for each in documents if "component" not in each.value]
    missing = list(left)
    for keys in dict.fromkeys(map(_lists, pages)):
        found, said = _listed([each for each in pages if _lists(each) == keys], keys)
        records += found
        missing += said
    scopes = (lenient.text(each, "projectName", "sonarComponent") for each in pages)
    return scan.reading(
        source,
        (TOOL, FORMAT, UNIT),
        [_finding(each) for each in records if lenient.text(each, "resolution") not in _FIXED],
        incomplete=missing,
        scope=next(filter(None, scopes), None),
    )


def _lists(page: Fields) -> tuple[str, ...]:
    """What a page lists; nothing where it has neither."""
    return tuple(key for key in _LISTS if page.value.get(key) is not None)


def _listed(pages: Sequence[Fields], keys: Sequence[str]) -> tuple[list[Fields], list[str]]:
    """The records of pages that list the same, and what is missing of them."""
    if not keys:
        return [], ["There are no `issues` and no `hotspots` in it."]
    records: list[Fields] = []
    missing: list[str] = []
    for page in pages:
        for key in keys:
            found, bad = lenient.objects(page.value[key], key)
            records += found
            missing += bad
    counts = [
        count
        for page in pages
        for count in (lenient.inner(page, "paging").value.get("total"), page.value.get("total"))
    ]
    if len(pages) > 1 and not records:
        missing.append("There are several reports in it, and none of them lists anything.")
    due = max((lenient.whole(each) or 0 for each in counts), default=0)
    if due > len(records):
        missing.append(
            f"SonarQube counts {due} issues, and this page lists {len(records)}: fetch them all."
        )
    return records, missing


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
