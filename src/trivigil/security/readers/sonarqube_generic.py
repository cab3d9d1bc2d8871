"""SonarQube's format for issues of other tools, in both shapes: with a severity each until 10.2, with impacts of rules from 10.3 on.

Format: SonarQube's documentation, "Generic issue data". A finding is the engine's that the issue names. Only vulnerabilities, or impacts on security, are
of security, all else is lint.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from trivigil import foreign
from trivigil.security import lenient, place, scan
from trivigil.security.facts import Finding, Place, Rating
from trivigil.security.outline import outline
from trivigil.security.sonarqube import of_severity

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from trivigil.core.reading import Reading
    from trivigil.foreign import Fields
    from trivigil.security.facts import Kind, ScanFacts
    from trivigil.sources import Source

TOOL: Final = "sonarqube"
FORMAT: Final = "generic-issues"
UNIT: Final = "results"

_SECURITY: Final = ("VULNERABILITY", "SECURITY_HOTSPOT")


def recognises(source: Source) -> bool:
    """Whether its issues have a rule and a primary location; without issues it must have nothing besides issues and rules."""
    seen = outline(source)
    if seen.opens != "{":
        return False
    named = source.tool == TOOL and seen.keys == {"issues"} and not seen.inner.get("issues")
    return (
        named
        or seen.below("issues", "ruleId", "primaryLocation")
        or (seen.keys == {"issues", "rules"} and not seen.inner.get("issues"))
    )


def read(source: Source) -> Reading[ScanFacts]:
    """Every issue, with what its rule says."""
    report = foreign.root(foreign.load(source, TOOL), TOOL)
    issues, left = lenient.due(report, "issues")
    listed, other = lenient.objects(report.value.get("rules"), "rules")
    rules = {lenient.text(rule, "id"): rule for rule in listed}
    return scan.reading(
        source,
        (TOOL, FORMAT, UNIT),
        [_finding(issue, rules) for issue in issues],
        incomplete=(*left, *other),
    )


def _finding(issue: Fields, rules: Mapping[str | None, Fields]) -> Finding:
    name = lenient.text(issue, "ruleId")
    rule = rules.get(name) or lenient.inner(issue, "")
    engine = (lenient.text(issue, "engineId") or lenient.text(rule, "engineId") or TOOL).lower()
    where = lenient.inner(issue, "primaryLocation")
    lines = lenient.inner(where, "textRange")
    path = lenient.text(where, "filePath")
    return Finding(
        tool=engine,
        kind=_kind(issue, rule),
        id=name or "unknown rule",
        title=lenient.text(where, "message") or lenient.text(rule, "name") or name or "an issue",
        place=Place(
            path=place.path(path) if path else None,
            line=lenient.line(lines.value.get("startLine")),
            end_line=lenient.line(lines.value.get("endLine")),
        ),
        description=lenient.text(rule, "description") or "",
        ratings=tuple(_ratings(issue, rule, engine)),
    )


def _impacts(issue: Fields, rule: Fields) -> tuple[Fields, ...]:
    found = issue.value.get("impacts") or rule.value.get("impacts")
    return lenient.within(found)[0]


def _kind(issue: Fields, rule: Fields) -> Kind:
    if lenient.text(issue, "type") in _SECURITY:
        return "code"
    qualities = [lenient.text(each, "softwareQuality") for each in _impacts(issue, rule)]
    return "code" if "SECURITY" in qualities else "lint"


def _ratings(issue: Fields, rule: Fields, engine: str) -> Iterator[Rating]:
    """The issue's own severity, else the impact on security, else all impacts."""
    word = lenient.text(issue, "severity") or lenient.text(rule, "severity")
    if word is not None:
        yield Rating(engine, "word", of_severity(word), word=word)
    impacts = _impacts(issue, rule)
    security = [each for each in impacts if lenient.text(each, "softwareQuality") == "SECURITY"]
    for each in security or impacts:
        impact = lenient.text(each, "severity")
        yield Rating(engine, "word", of_severity(impact), word=impact)
