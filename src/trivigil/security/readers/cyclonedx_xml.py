"""CycloneDX XML: 1.4 and later with `vulnerabilities`, and 1.0 to 1.3 with the vulnerability extension, in components or beside them.

Format: see `trivigil.security.bom`; the extension is ext/vulnerability/1.0 of CycloneDX/specification. Grype before 0.33 writes it without its inner elements:
each `vulnerabilities` is one of them, and `ratings` is the rating.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from trivigil import foreign, markup
from trivigil.core.errors import SourceError
from trivigil.markup import all_of, below, text
from trivigil.security import bom

if TYPE_CHECKING:
    from collections.abc import Iterator
    from xml.etree.ElementTree import Element

    from trivigil.core.reading import Reading
    from trivigil.security.facts import ScanFacts
    from trivigil.sources import Source

    Json = dict[str, object]

TOOL: Final = "cyclonedx"
FORMAT: Final = "xml"
UNIT: Final = bom.UNIT

_SHAPE: Final = re.compile(rb"<(?:\w+:)?bom\b[^<>]*cyclonedx\.org/schema/bom")


def recognises(source: Source) -> bool:
    """Whether its root is CycloneDX's."""
    return _SHAPE.search(source.head) is not None


def read(source: Source) -> Reading[ScanFacts]:
    """Every vulnerability for every component that it affects."""
    root = markup.load(source, TOOL)
    if markup.name(root) != "bom":
        raise SourceError("the root of the XML is not `bom`.")
    found = _json(root)
    version = re.search(r"/bom/([\d.]+)", root.tag)
    return bom.read(
        source, FORMAT, foreign.Fields({**found, "specVersion": version and version[1]})
    )


def _json(root: Element) -> Json:
    """The document as its JSON has it."""
    about = below(root, "metadata", "component")
    document: Json = {
        "metadata": {
            "timestamp": text(root, "metadata", "timestamp"),
            "component": _component(about) if about is not None else None,
        },
        "components": _components(root),
    }
    listed = [each for each in root.iter() if _is_one(each)]
    # A list that holds nothing known is no empty list.
    if listed or any(markup.name(e) == "vulnerabilities" and not len(e) for e in root.iter()):
        owners = {id(v): str(ref) for ref, v in _owned(root)}
        document["vulnerabilities"] = [_vulnerability(v, owners.get(id(v))) for v in listed]
    return document


def _is_one(element: Element) -> bool:
    """Whether it is a vulnerability, by its name or by its id."""
    named = markup.name(element)
    return named == "vulnerability" or (
        named == "vulnerabilities" and below(element, "id") is not None
    )


def _components(parent: Element) -> list[Json]:
    return [
        _component(each)
        for listed in all_of(parent, "components")
        for each in all_of(listed, "component")
    ]


def _component(element: Element) -> Json:
    known: Json = {key: text(element, key) for key in ("group", "name", "version", "purl")}
    return {**known, "bom-ref": element.get("bom-ref"), "components": _components(element)}


def _owned(root: Element) -> Iterator[tuple[str | None, Element]]:
    """The vulnerabilities that stand inside a component, with its reference."""
    for component in root.iter():
        if markup.name(component) != "component":
            continue
        ref = component.get("bom-ref") or text(component, "purl") or text(component, "name")
        for listed in all_of(component, "vulnerabilities"):
            for each in (listed, *listed):
                if _is_one(each):
                    yield ref, each


def _vulnerability(element: Element, owner: str | None) -> Json:
    targets: list[Json] = [
        {"ref": ref, "versions": [_version(each) for each in _each(target, "versions", "version")]}
        for target in _each(element, "affects", "target")
        if (ref := text(target, "ref") or (target.text or "").strip())
    ]
    own = owner or element.get("ref")
    return {
        "id": text(element, "id"),
        "bom-ref": element.get("bom-ref"),
        "source": _source(element),
        "references": [
            {"id": text(each, "id")} for each in _each(element, "references", "reference")
        ],
        "ratings": [_rating(each) for each in _ratings(element)],
        "cwes": [text(each) for each in _each(element, "cwes", "cwe")],
        "description": text(element, "description"),
        "detail": text(element, "detail"),
        "recommendation": text(element, "recommendation")
        or text(element, "recommendations", "recommendation"),
        "advisories": [
            {"url": text(each, "url") or text(each)}
            for each in _each(element, "advisories", "advisory")
        ],
        "analysis": {
            key: text(element, "analysis", key) for key in ("state", "justification", "detail")
        },
        "rejected": text(element, "rejected"),
        "affects": targets or [{"ref": ref} for ref in filter(None, [own])],
    }


def _version(element: Element) -> Json:
    return {key: text(element, key) for key in ("version", "range", "status")}


def _each(element: Element, listed: str, name: str) -> Iterator[Element]:
    found = below(element, listed)
    return all_of(found, name) if found is not None else iter(())


def _source(element: Element) -> Json:
    found = below(element, "source")
    name = text(found, "name") or (found.get("name") if found is not None else None)
    return {"name": name, "url": text(found, "url")}


def _ratings(element: Element) -> list[Element]:
    """The ratings; what holds none, but a severity or a method, is one itself."""
    listed = list(_each(element, "ratings", "rating"))
    found = below(element, "ratings")
    alone = found is not None and (text(found, "severity") or text(found, "method"))
    return listed or ([found] if found is not None and alone else [])


def _rating(element: Element) -> Json:
    found: Json = {key: text(element, key) for key in ("severity", "method", "vector")}
    return {
        **found,
        "score": text(element, "score") or text(element, "score", "base"),
        "source": _source(element),
    }
