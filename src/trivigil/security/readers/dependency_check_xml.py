"""`dependency-check --format XML`, every schema since 1.1: one finding for each vulnerability of a dependency.

Format: see `trivigil.security.dependency_check`. The namespace changes with the schema; until 5 a vulnerability had one score, and identifiers a type.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from trivigil import foreign, markup
from trivigil.core.errors import SourceError
from trivigil.markup import all_of, below, text
from trivigil.security import dependency_check

if TYPE_CHECKING:
    from collections.abc import Iterator
    from xml.etree.ElementTree import Element

    from trivigil.core.reading import Reading
    from trivigil.security.facts import ScanFacts
    from trivigil.sources import Source

    Json = dict[str, object]

TOOL: Final = "dependency-check"
FORMAT: Final = "xml"
UNIT: Final = dependency_check.UNIT

_SHAPE: Final = re.compile(rb"<analysis\b[^<>]*[Dd]ependency-?[Cc]heck")


def recognises(source: Source) -> bool:
    """Whether its root is Dependency-Check's analysis."""
    return _SHAPE.search(source.head) is not None


def read(source: Source) -> Reading[ScanFacts]:
    """Every vulnerability of every dependency, and the suppressed ones."""
    root = markup.load(source, TOOL)
    if markup.name(root) != "analysis":
        raise SourceError("the root of the XML is not `analysis`.")
    listed = below(root, "dependencies")
    report: Json = {
        "scanInfo": {
            "engineVersion": text(root, "scanInfo", "engineVersion"),
            "analysisExceptions": [
                {"message": text(each, "message") or text(each)}
                for each in _each(root, "scanInfo", "analysisExceptions")
            ],
        },
        "projectInfo": {key: text(root, "projectInfo", key) for key in ("name", "reportDate")},
    }
    if listed is not None:
        report["dependencies"] = [_dependency(each) for each in all_of(listed, "dependency")]
    return dependency_check.read(source, FORMAT, foreign.Fields(report))


def _each(root: Element, *path: str) -> list[Element]:
    found = below(root, *path)
    return list(found) if found is not None else []


def _dependency(element: Element) -> Json:
    listed = below(element, "vulnerabilities")
    children = list(listed) if listed is not None else []
    return {
        "fileName": text(element, "fileName"),
        "filePath": text(element, "filePath"),
        "packages": list(_packages(element)),
        "vulnerabilityIds": [
            {"confidence": each.get("confidence")}
            for each in element.iter()
            if markup.name(each) == "vulnerabilityIds"
        ],
        "vulnerabilities": [
            _vulnerability(each) for each in children if markup.name(each) == "vulnerability"
        ],
        "suppressedVulnerabilities": [
            _vulnerability(each)
            for each in children
            if markup.name(each) == "suppressedVulnerability"
        ],
    }


def _packages(element: Element) -> Iterator[Json]:
    """Package URLs; of older schemas the coordinates."""
    inside = below(element, "identifiers")
    for each in inside.iter() if inside is not None else ():
        if markup.name(each) == "package":
            yield {"id": text(each, "id"), "confidence": each.get("confidence")}
        elif markup.name(each) == "identifier":
            url = dependency_check.coordinates(each.get("type"), text(each, "name"))
            if url is not None:
                yield {"id": url, "confidence": each.get("confidence")}


def _vulnerability(element: Element) -> Json:
    return {
        "source": element.get("source"),
        "name": text(element, "name"),
        "severity": text(element, "severity"),
        "notes": text(element, "notes"),
        "description": text(element, "description"),
        "cwe": text(element, "cwe"),
        "cwes": [text(each) for each in _each(element, "cwes")],
        "references": [{"url": text(each, "url")} for each in _each(element, "references")],
        "cvssv4": _score(below(element, "cvssV4")),
        "cvssv3": _score(below(element, "cvssV3")),
        "cvssv2": _score(below(element, "cvssV2")) or {"score": text(element, "cvssScore")},
    }


def _score(element: Element | None) -> Json:
    keys = ("baseScore", "score", "vectorString", "version")
    found = {key: text(element, key) for key in keys}
    return {key: value for key, value in found.items() if value is not None}
