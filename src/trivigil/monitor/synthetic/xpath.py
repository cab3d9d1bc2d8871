"""XPath 1.0 over XML and HTML by libxml2, which Hurl has too, through lxml: an extra, because it is compiled and large.

An own reader of HTML would be a second opinion on broken pages, and so another outcome. Where lxml is absent, a check that
needs it is an error at the query's place before anything is asked.
"""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from .problem import CheckFileError, Trouble
from .values import Nodes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .model import Assert, Capture, Check, Filter, Place, Query


def document(text: str, *, html: bool) -> Any:
    """The tree of a text; raises Trouble for none. Nothing is loaded, no entity is expanded."""
    from lxml import etree

    parser: Any
    if html:
        parser = etree.HTMLParser(encoding="utf-8", recover=True, no_network=True)
    else:
        parser = etree.XMLParser(
            encoding="utf-8", recover=True, no_network=True, resolve_entities=False, load_dtd=False
        )
    try:
        root = None if "\0" in text else etree.fromstring(text.encode(), parser)
    except (etree.XMLSyntaxError, ValueError):
        root = None
    if root is None:
        raise Trouble("Invalid XML", "the HTTP response is not a valid XML")
    return root.getroottree()


def _namespaces(tree: Any) -> dict[str, str]:
    """All prefixes of the document; `_` is the first default namespace."""
    found: dict[str, str] = {}
    for element in tree.iter("*"):
        for prefix, uri in element.nsmap.items():
            if prefix:
                found[prefix] = uri
            else:
                found.setdefault("_", uri)
    return found


def selected(tree: Any, expression: str, *, html: bool) -> object:
    """What the expression gives: a number, truth, text, or how many nodes. Raises Trouble for no XPath."""
    from lxml import etree

    try:
        value = tree.xpath(expression, namespaces={} if html else _namespaces(tree))
    except (etree.XPathError, ValueError, TypeError):
        raise Trouble("Invalid XPath expression", "the XPath expression is not valid") from None
    if isinstance(value, bool | float):
        return value
    return str(value) if isinstance(value, str) else Nodes(len(value))


def _places(check: Check) -> Iterator[Place]:
    for step in check.steps:
        if step.expected is None:
            continue
        lines: list[Capture | Assert] = [*step.expected.captures, *step.expected.asserts]
        for line in lines:
            words: list[Query | Filter] = [line.query, *line.filters]
            yield from (each.place for each in words if each.name == "xpath")


def require(check: Check) -> None:
    """Raises CheckFileError where the check asks for XPath and lxml is not installed."""
    place = next(_places(check), None)
    if place is not None and find_spec("lxml") is None:
        wanted = "expected no xpath without lxml: install trivigil[xpath]"
        raise CheckFileError(wanted, path=check.path, place=place)
