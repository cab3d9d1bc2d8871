"""`js/assertions.xml` of Gatling's reports (3 to 3.13.4): how the simulation's assertions came out, after JUnit's model.

A document type is refused: entities are no part of the format.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from trivigil import markup, sources
from trivigil.core.errors import SourceError
from trivigil.core.untrusted import printable
from trivigil.perf.readers import gatling_verdicts

if TYPE_CHECKING:
    from trivigil.core.reading import Reading
    from trivigil.core.result import Result
    from trivigil.perf.facts import RunFacts
    from trivigil.sources import Source

TOOL = "gatling"
FORMAT = "assertions-xml"
RANK: int | None = None
LAG = ""
WINDOWED = False

_SHAPE: Final = re.compile(
    rb'\s*<testsuite name="[^"]*" tests="\d+" errors="0" failures="\d+" time="0">\s*(?:<testcase name="[^"]*" status="(?:true|false)"|</testsuite>)'
)


def recognises(source: Source) -> bool:
    """Whether it begins with Gatling's test suite, whose cases have true or false for a status."""
    return _SHAPE.match(source.head) is not None


def read(source: Source) -> Reading[RunFacts]:
    """A result for each assertion."""
    cases = _Cases()
    cases.parse(sources.text(source))
    return gatling_verdicts.reading(source, FORMAT, cases.verdicts)


class _Cases:
    """The assertions, as they are parsed."""

    def __init__(self) -> None:
        self.verdicts: list[Result] = []
        self._name, self._status = "", ""
        self._said: list[str] = []
        self._parser = markup.parser("Gatling", self._start, self._end, self._said.append)

    def parse(self, text: str) -> None:
        """Raises SourceError with the line of damage."""
        markup.feed(self._parser, text)

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "testcase":
            self._name, self._status = attributes.get("name", ""), attributes.get("status", "")
            self._said.clear()

    def _end(self, name: str) -> None:
        if name != "testcase":
            return
        if self._status not in ("true", "false"):
            message = f"`status` is `{printable(self._status, 60)}` where true or false is due."
            raise SourceError(message, line=self._parser.CurrentLineNumber)
        held = self._status == "true"
        found = "" if held else "".join(self._said).strip().removeprefix("Actual value: ")
        said = f"it is {found}" if found else ""
        self.verdicts.append(gatling_verdicts.verdict(self._name, said, held=held))
