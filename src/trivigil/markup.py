"""XML that a tool wrote, taken apart safely: no document type, so no entities, and nothing outside the file is ever read.

`load` makes a tree of a whole file; `parser` and `feed` hand its elements over one by one, so that what comes before a damage is kept.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from trivigil import sources
from trivigil.core.errors import SourceError
from trivigil.core.untrusted import printable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from xml.etree.ElementTree import Element
    from xml.parsers.expat import XMLParserType

    from trivigil.sources import Source

_BEFORE: Final = re.compile(r"(?:\s+|<\?.*?\?>|<!--.*?-->)*", re.DOTALL)
"""What may stand before the root: the declaration, also after a comment, as some tools write it."""


def load(source: Source, tool: str) -> Element:
    """The root of a whole file. Raises SourceError where it is damaged or has a document type."""
    from xml.etree import ElementTree as ET

    text = sources.text(source)
    before = _BEFORE.match(text)
    start = before.end() if before else 0
    if text.startswith("<!", start):
        line = text.count("\n", 0, start) + 1
        raise SourceError(f"the XML has a document type, which {tool} never writes.", line=line)
    try:
        return ET.fromstring(text[start:])  # noqa: S314 (without a document type there are no entities)
    except ET.ParseError as error:
        line = text.count("\n", 0, start) + error.position[0]
        said = printable(error.msg, 120)
        raise SourceError(f"the XML is damaged or cut ({said}).", line=line) from None


def parser(
    tool: str,
    start: Callable[[str, dict[str, str]], object],
    end: Callable[[str], object],
    data: Callable[[str], object],
) -> XMLParserType:
    """A parser that calls back with each beginning (name, attributes), each end (name) and each text; `CurrentLineNumber` is where it is."""
    from xml.parsers import expat

    made = expat.ParserCreate()

    def refuse(*_: object) -> None:
        message = f"the XML has a document type, which {tool} never writes."
        raise SourceError(message, line=made.CurrentLineNumber)

    made.StartElementHandler, made.EndElementHandler = start, end
    made.CharacterDataHandler, made.StartDoctypeDeclHandler = data, refuse
    return made


def feed(made: XMLParserType, text: str, *, last: bool = True) -> None:
    """The next part of a document. Raises SourceError with the line of the damage, where it is none."""
    from xml.parsers import expat

    try:
        made.Parse(text, last)
    except expat.ExpatError as error:
        said = printable(expat.ErrorString(error.code) or "", 120)
        raise SourceError(f"the XML is damaged or cut ({said}).", line=error.lineno) from None


def name(element: Element) -> str:
    """Its name without the namespace."""
    return element.tag.rpartition("}")[2]


def all_of(element: Element, *names: str) -> Iterator[Element]:
    """Its children of these names, whatever their namespace."""
    return (child for child in element if name(child) in names)


def below(element: Element | None, *path: str) -> Element | None:
    """The first one on a path of names."""
    for step in path:
        if element is None:
            return None
        element = next(all_of(element, step), None)
    return element


def text(element: Element | None, *path: str) -> str | None:
    """The text of the first one on a path of names; None where there is none or nothing in it."""
    found = below(element, *path)
    bare = (found.text or "").strip() if found is not None else ""
    return bare or None
