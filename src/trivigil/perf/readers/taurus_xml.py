"""`dump-xml` of Taurus's `final-stats`: a group a label, times in seconds, with the length of the run in whole seconds.

A document type is refused: entities are no part of the format.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from trivigil import markup, sources
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

_SHAPE: Final = re.compile(rb"\s*(?:<\?xml[^>]*\?>\s*)?<FinalStatus[\s>]")
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
        self._parser = markup.parser("Taurus", self._start, self._end, self._data)

    def parse(self, text: str) -> None:
        """Raises SourceError with the line of damage."""
        markup.feed(self._parser, text)

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
