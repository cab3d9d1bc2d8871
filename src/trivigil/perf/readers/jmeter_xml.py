"""JMeter's XML (JTL): an element a sample, its parts inside it; times in ms. Read as a stream.

Attributes are those of the user manual, "Listeners", XML log format. A part (redirect hop, embedded resource) lies inside its sample and is
not counted; a transaction that generates a parent sample holds its requests, one that does not stands beside them. An aborted run leaves the file
without its end. A document type is refused: entities are no part of the format.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final
from xml.parsers import expat

from trivigil import sources
from trivigil.core.errors import SourceError
from trivigil.core.untrusted import printable
from trivigil.perf import samples
from trivigil.perf.samples import Samples

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from trivigil.core.reading import Reading
    from trivigil.perf.facts import RunFacts
    from trivigil.sources import Source

TOOL = "jmeter"
FORMAT = "xml"
RANK: int | None = 0
LAG = ""
WINDOWED = False

_SHAPE: Final = re.compile(rb"\s*(?:<\?xml[^>]*\?>\s*)?(?:<!--.*?-->\s*)?<testResults[\s>]")
_TRANSACTION: Final = "Number of samples in transaction"
_MAX_TEXT: Final = 2_000
_MAX_USERS: Final = 10**8


def recognises(source: Source) -> bool:
    """Whether its root is JMeter's."""
    return _SHAPE.match(source.head) is not None


def read(source: Source) -> Reading[RunFacts]:
    """Measurements of every label and of the whole run, which transactions and parts are no part of."""
    log, damage = _Log(), None
    try:
        for _, text in sources.texts(source):
            log.feed(text)
        log.end()
    except SourceError as error:
        damage = error
    return samples.reading(source, (TOOL, FORMAT), log.samples, damage=damage, notes=log.notes())


class _Open:
    """A sample whose end has not come yet."""

    def __init__(self, attributes: Mapping[str, str], line: int) -> None:
        self.attributes, self.line = attributes, line
        self.holds = 0
        self.message: str | None = None

    @property
    def transaction(self) -> bool:
        return self.attributes.get("rm", "").startswith(_TRANSACTION)


class _Log:
    """Counts the file as it is parsed."""

    def __init__(self) -> None:
        self.samples = Samples()
        self.parts = self.transactions = self.all = 0
        self._open: list[_Open] = []
        self._failure: list[str] | None = None
        self._parser = expat.ParserCreate()
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._data
        self._parser.StartDoctypeDeclHandler = self._doctype

    def feed(self, text: str) -> None:
        """Parse a piece. Raises SourceError with the line of damage."""
        try:
            self._parser.Parse(text, False)
        except expat.ExpatError as error:
            raise self._damaged(error) from None

    def end(self) -> None:
        """Raises SourceError where the root is still open."""
        try:
            self._parser.Parse("", True)
        except expat.ExpatError as error:
            raise self._damaged(error) from None

    def _damaged(self, error: expat.ExpatError) -> SourceError:
        message = f"the XML is damaged or cut ({expat.ErrorString(error.code)})."
        return SourceError(message, line=error.lineno)

    def _doctype(self, *_: object) -> None:
        message = "the XML has a document type, which JMeter does not write."
        raise SourceError(message, line=self._parser.CurrentLineNumber)

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if name in ("sample", "httpSample"):
            self._open.append(_Open(attributes, self._parser.CurrentLineNumber))
        elif name == "failureMessage" and self._open:
            self._failure = []

    def _data(self, text: str) -> None:
        if self._failure is not None and len(self._failure) < _MAX_TEXT:
            self._failure.append(text)

    def _end(self, name: str) -> None:
        if name == "failureMessage" and self._open and self._failure is not None:
            self._open[-1].message = "".join(self._failure)[:_MAX_TEXT]
            self._failure = None
        elif name in ("sample", "httpSample") and self._open:
            done = self._open.pop()
            try:
                self._close(done)
            except SourceError as error:
                raise SourceError(error.message, line=done.line, tip=error.tip) from None

    def _close(self, done: _Open) -> None:
        """Count a sample: parts of others nowhere, transactions under their own name only."""
        self.all += 1
        parent = self._open[-1] if self._open else None
        if parent is not None and not parent.transaction:
            self.parts += 1
            return
        line, given = done.line, done.attributes
        if given.get("sc", "1") not in ("0", "1") and not done.transaction:
            shown = printable(given["sc"], 20)
            message = f"the sample stands for `{shown}` samples, and their single times are lost."
            raise SourceError(
                message, line=line, tip="Do not let JMeter send statistics (mode=Standard)."
            )
        time, begin = (_whole(given, key, line) for key in ("t", "ts"))
        failed = _failed(given, line)
        label = given.get("lb", "")
        if done.transaction:
            self.transactions += 1
            self.samples.group(label, float(time), failed=failed)
            return
        said = f"{given.get('rc', '')} {given.get('rm', '')}".strip()
        users = _whole(given, "na", line) if "na" in given else None
        self.samples.add(
            label, begin / 1000, float(time), failed=failed, error=done.message or said,
            users=users if users is not None and users < _MAX_USERS else None,
        )  # fmt: skip

    def notes(self) -> Iterator[str]:
        """What was not counted as requests."""
        if self.parts:
            yield (
                f"{self.parts} of {self.all} samples are parts of others (redirect hops, embedded "
                "resources) and not counted."
            )
        if self.transactions:
            yield (
                f"{self.transactions} samples are transactions: they have their own times and are no requests "
                "of the whole run."
            )


def _whole(given: Mapping[str, str], key: str, line: int) -> int:
    cell = given.get(key)
    if cell is None or not cell.isascii() or not cell.isdigit() or len(cell) > 15:  # noqa: PLR2004 (30,000 years of ms)
        shown = "missing" if cell is None else f"`{printable(cell, 60)}`"
        message = f"`{key}` is {shown} where a whole number that is not negative is due."
        raise SourceError(message, line=line)
    return int(cell)


def _failed(given: Mapping[str, str], line: int) -> bool:
    said = given.get("s", "")
    if said not in ("true", "false"):
        message = f"`s` is `{printable(said, 60)}` where true or false is due."
        raise SourceError(message, line=line)
    return said == "false"
