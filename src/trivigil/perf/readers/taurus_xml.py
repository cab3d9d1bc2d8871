"""`dump-xml` of Taurus's `final-stats`: a group a label, times in seconds, with the length of the run in whole seconds.

A document type is refused: entities are no part of the format.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final
from xml.parsers import expat

from trivigil import sources
from trivigil.core.errors import SourceError
from trivigil.perf.readers import taurus_stats
from trivigil.perf.readers.taurus_stats import Row

if TYPE_CHECKING:
    from trivigil.core.reading import Reading
    from trivigil.perf.facts import RunFacts
    from trivigil.sources import Source

TOOL = "taurus"
FORMAT = "stats-xml"
RANK: int | None = 1
LAG = ""
WINDOWED = False

_SHAPE: Final = re.compile(rb"(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]*\?>\s*)?<FinalStatus[\s>]")
_SHORTEST: Final = 10.0
"""Seconds below which whole seconds say too little of a rate."""


def recognises(source: Source) -> bool:
    """Whether its root is Taurus's."""
    return _SHAPE.match(source.head) is not None


def read(source: Source) -> Reading[RunFacts]:
    """Measurements of every label and of the whole run."""
    groups = _Groups()
    groups.parse(sources.text(source))
    long = groups.seconds is not None and groups.seconds >= _SHORTEST
    return taurus_stats.reading(source, FORMAT, groups.rows, groups.seconds if long else None)


class _Groups:
    """The groups, as they are parsed."""

    def __init__(self) -> None:
        self.rows: list[Row] = []
        self.seconds: float | None = None
        self._values: dict[str, str] = {}
        self._depth = 0
        self._text: list[str] | None = None
        self._parser = expat.ParserCreate()
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._data
        self._parser.StartDoctypeDeclHandler = self._doctype

    def parse(self, text: str) -> None:
        """Raises SourceError with the line of damage."""
        try:
            self._parser.Parse(text, True)
        except expat.ExpatError as error:
            message = f"the XML is damaged or cut ({expat.ErrorString(error.code)})."
            raise SourceError(message, line=error.lineno) from None

    def _doctype(self, *_: object) -> None:
        message = "the XML has a document type, which Taurus does not write."
        raise SourceError(message, line=self._parser.CurrentLineNumber)

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        if name == "TestDuration":
            self._text = []
        elif name == "Group":
            self._values = {"label": attributes.get("label", "")}
            self.rows.append(Row(self._values, self._parser.CurrentLineNumber))
        elif self._depth == 3 and self.rows and "value" in attributes:  # noqa: PLR2004 (root, group, value)
            param = attributes.get("param")
            self._values[f"{name}_{param}" if param is not None else name] = attributes["value"]

    def _data(self, text: str) -> None:
        if self._text is not None:
            self._text.append(text)

    def _end(self, name: str) -> None:
        self._depth -= 1
        if name == "TestDuration" and self._text is not None:
            written = {"TestDuration": "".join(self._text).strip()}
            self.seconds = Row(written, self._parser.CurrentLineNumber).number("TestDuration")
            self._text = None
