"""A shelf of readers: which of them recognises a file by its content, and what is said where none does."""

from __future__ import annotations

import re
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final, Generic, Protocol, TypeVar, cast

from trivigil import foreign, sources
from trivigil.core import collector
from trivigil.core.errors import SourceError
from trivigil.core.reading import Reading
from trivigil.core.untrusted import printable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from trivigil.sources import Source

R = TypeVar("R", bound="AnyReader")


class AnyReader(Protocol):
    """What readers of all flats have in common."""

    TOOL: str
    FORMAT: str

    def recognises(self, source: Source) -> bool:
        """Whether the first bytes are this format's."""
        ...

    def read(self, source: Source) -> Reading[Any]:
        """The facts of the whole file."""
        ...


_NOTHING: Final = (
    b"[]",
    b"{}",
    b"null",
    b'{"results":[]}',
    b'{"results":null}',
    b'{"vulnerabilities":[]}',
    b'{"advisories":[]}',
)
_OURS: Final = re.compile(rb'\s*\{\s*"schema"\s*:\s*"trivigil/report/')
_BEGINNINGS: Final = (
    (
        (b"<!doctype html", b"<html", b"<p>", b"<table"),
        "it is HTML: name the tool's CSV or JSON instead",
    ),
    ((b"<",), "it looks like XML"),
    ((b"{", b"["), "it looks like JSON of another tool"),
)


class Shelf(Generic[R]):
    """Readers by tool and module name, in the order they are asked.

    By name, because importing them all would cost more than judging a small file: a module is imported
    when it is asked.
    """

    def __init__(
        self,
        package: str,
        table: Sequence[tuple[str, str]],
        shared: Sequence[str] = (),
        guess: Callable[[Source], str | None] = lambda _: None,
        abridged: Callable[[Source], bytes | None] = lambda _: None,
    ) -> None:
        """`shared` are the formats that many tools write: whose such a file is, its reading says.

        `guess` knows what some of the files are that no reader recognises; `abridged` gives of a large one what readers may know it by.
        """
        self._abridged = abridged
        self._guess = guess
        self._package = package
        self._table = table
        self._shared = frozenset(shared)
        self.tools: Final = tuple(sorted({tool for tool, _ in table}))

    def readers(self, tool: str | None = None) -> Iterator[R]:
        """All readers, one import after the other; those of the tool come first."""
        own = [name for of, name in self._table if of == tool]
        for name in (*own, *(name for of, name in self._table if of != tool)):
            yield cast("R", import_module(f"{self._package}.{name}"))

    def reader(self, source: Source) -> R | None:
        """The first one that recognises the source, by its first bytes or else by what is left of it without what is long."""
        found = self._first(source)
        if found is None and (head := self._abridged(source)) is not None:
            return self._first(source._replace(head=head))
        return found

    def _first(self, source: Source) -> R | None:
        return next((each for each in self.readers(source.tool) if each.recognises(source)), None)

    def read(self, source: Source, *, brief: bool = False) -> Reading[Any]:
        """What one source says. Whatever is wrong with it is the reading's `problem`, not an exception.

        A file that gives no facts at all is `missing`; a damaged one is `partial`, with what
        could be read of it, which may be nothing. A `brief` reading is for who only counts: readers of
        formats that can be large may have one, `brief`, beside `read`.
        """
        if source.problem is not None:
            return Reading(source.path, source.tool, None, "missing", None, problem=source.problem)
        reader = self.reader(source)
        shared = reader is not None and reader.TOOL in self._shared
        if reader is None or not (shared or source.tool in (None, reader.TOOL)):
            known = reader is not None and source.tool in self.tools
            return self._refused(source, reader.TOOL if known and reader else None)
        try:
            with collector.paused():
                reading = (getattr(reader, "brief", reader.read) if brief else reader.read)(source)
        except SourceError as error:
            problem, form = foreign.located(error, source.path), reader.FORMAT
            tool = (source.tool if shared else None) or reader.TOOL
            return Reading(source.path, tool, form, "partial", None, problem=problem)
        if source.tool in (None, reader.TOOL, reading.tool):
            return reading
        return self._refused(source, reading.tool)

    def _refused(self, source: Source, tool: str | None) -> Reading[Any]:
        problem = self._refusal(source, tool)
        return Reading(source.path, source.tool, None, "missing", None, problem=problem)

    def _refusal(self, source: Source, tool: str | None) -> str:
        """Why a file is not read; `tool` is the one whose it is, where that is known."""
        path, known = printable(source.path), ", ".join(self.tools)
        if tool is not None:
            return (
                f"{path} is named as a file of {source.tool}, but it is one of {printable(tool)}."
            )
        if source.tool is not None and source.tool not in self.tools:
            return f"{path} is named as a file of {source.tool}, which is not known here. Known: {known}."
        if source.tool is not None:
            return f"{path} is not a result file of {source.tool}; {self._looks(source)}."
        looks_like = self._looks(source)
        return f"{path} is not a result file of any tool that Trivigil reads; {looks_like}. Known: {known}."

    def _looks(self, source: Source) -> str:
        return self._guess(source) or looks(source)


def looks(source: Source) -> str:
    """A guess at what an unknown file is, from its first bytes."""
    head = source.head
    if (encoding := sources.wide(head)) is not None:
        return f"it is {encoding} text: save it as UTF-8"
    if b"\0" in head:
        return "it is binary"
    if _OURS.match(head):
        return "it is a report of Trivigil's own, with the verdict in it: see `trivigil validate` and `trivigil publish`"
    start = head.strip()[:200].lower()
    if b"".join(start.split()) in _NOTHING:
        return (
            "it says nothing, as several tools do when they find nothing: name the tool (TOOL=PATH)"
        )
    if start.startswith(b"<") and b"<testsuite" in start:
        return "it is a JUnit report, which has verdicts and no measurements: name the tool's own results instead"
    for beginnings, guess in _BEGINNINGS:
        if start.startswith(beginnings):
            return guess
    columns = _columns(head)
    if len(columns) > 1 and not start.startswith(b"#"):  # a comment has commas, too
        return f"it looks like CSV with the columns `{printable(', '.join(columns), 160)}`"
    return "it looks like plain text"


def _columns(head: bytes) -> tuple[str, ...]:
    """The column names of a file's first line, in lower case; empty where it is no CSV."""
    import csv

    line = head.partition(b"\n")[0]
    try:
        cells = next(csv.reader([line.decode("utf-8").rstrip("\r")], strict=True), [])
    except (csv.Error, UnicodeDecodeError):
        return ()
    return tuple(cell.strip().lower() for cell in cells)
