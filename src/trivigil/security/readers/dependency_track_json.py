"""Dependency-Track's findings: its File Packaging Format (FPF), and the list that its API gives; one finding for each vulnerability of a component.

Format: docs/_docs/integrations/file-formats.md of DependencyTrack/dependency-track. Clean projects have no `findings`, or null. Suppressed ones
stay in the file.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from trivigil import foreign
from trivigil.security import advisory, dependency, lenient, outline, scan
from trivigil.security.facts import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from trivigil.core.reading import Reading
    from trivigil.foreign import Fields
    from trivigil.security.facts import Rating, ScanFacts
    from trivigil.sources import Source

TOOL: Final = "dependency-track"
FORMAT: Final = "json"
UNIT: Final = "findings"

_SCORES: Final = (
    ("cvssV4Vector", "cvssV4Score", "4.0"),
    ("cvssV3Vector", "cvssV3BaseScore", "3.1"),
    ("cvssV2Vector", "cvssV2BaseScore", "2.0"),
)


def recognises(source: Source) -> bool:
    """Whether it says that it is Dependency-Track's, or lists findings as its API does; none only where it is named so."""
    seen = outline.outline(source)
    if seen.opens == "[":
        listed = seen.has("component", "vulnerability", "matrix")
        return listed or outline.nothing(source, TOOL)
    named = seen.below("meta", "application") and b'"Dependency-Track"' in source.head
    return named or seen.below("findings", "component", "vulnerability", "matrix")


def read(source: Source) -> Reading[ScanFacts]:
    """Every finding; the suppressed ones are accepted."""
    decoded = foreign.load(source, TOOL)
    report = foreign.root({"findings": decoded} if isinstance(decoded, list) else decoded, TOOL)
    records, left = lenient.objects(report.value.get("findings"), "findings")
    found, drifted = dependency.every(records, _finding)
    meta = lenient.inner(report, "meta")
    return scan.reading(
        source,
        (TOOL, FORMAT, UNIT),
        found,
        incomplete=dependency.few((*left, *drifted)),
        version=lenient.text(meta, "version"),
        scope=lenient.text(lenient.inner(report, "project"), "name"),
        scanned_at=lenient.moment(meta.value.get("timestamp")),
    )


def _finding(record: Fields) -> Finding:
    told, part = lenient.inner(record, "vulnerability"), lenient.inner(record, "component")
    own = lenient.text(told, "vulnId") or "unknown advisory"
    package = dependency.package(
        lenient.text(part, "purl"), _name(part), lenient.text(part, "version")
    )
    others = [
        each
        for alias in lenient.listed(told, "aliases")
        for each in alias.value.values()
        if isinstance(each, str) and advisory.is_known(each)
    ]
    return Finding(
        tool=TOOL,
        kind="dependency",
        id=own,
        title=lenient.text(told, "title") or f"{package.name} has {own}",
        description=dependency.paragraph(lenient.text(told, "description")),
        aliases=dependency.aliases(own, others),
        cwes=lenient.cwes(
            told.value.get("cweId"),
            [each.value.get("cweId") for each in lenient.listed(told, "cwes")],
        ),
        ratings=tuple(_ratings(told)),
        package=package,
        fix=lenient.text(told, "recommendation"),
        malicious=advisory.is_malware((own, *others)),
        accepted=_accepted(lenient.inner(record, "analysis")),
    )


def _name(part: Fields) -> str | None:
    """The package URL names it best; else the group and the name."""
    if lenient.text(part, "purl"):
        return None
    parts = (lenient.text(part, "group"), lenient.text(part, "name"))
    return "/".join(each for each in parts if each) or None


def _ratings(told: Fields) -> Iterator[Rating]:
    of = (lenient.text(told, "source") or TOOL).lower()
    word = lenient.text(told, "severity")
    yield from dependency.worded(of, None if word == "UNASSIGNED" else word)
    for vector, score, version in _SCORES:
        yield from dependency.scored(of, told.value.get(vector), told.value.get(score), version)


def _accepted(analysis: Fields) -> str | None:
    """Why it is suppressed. An analysis alone does not suppress: Dependency-Track goes on counting the finding."""
    state = lenient.text(analysis, "state")
    if analysis.value.get("isSuppressed") is not True:
        return None
    said = (state, lenient.text(analysis, "justification"), lenient.text(analysis, "detail"))
    return ": ".join(each for each in said if each) or "suppressed in Dependency-Track"
