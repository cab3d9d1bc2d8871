"""Every perf reader, and the reading of one source, recognised by its content and not its name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from trivigil import sources
from trivigil.core.errors import SourceError
from trivigil.core.reading import Reading
from trivigil.core.untrusted import printable
from trivigil.perf import foreign
from trivigil.perf.readers import (
    artillery_checks,
    artillery_json,
    artillery_json1,
    autocannon_json,
    bencher_json,
    github_action_benchmark_json,
    google_benchmark_json,
    hey_csv,
    hyperfine_json,
    jmeter_csv,
    k6_csv,
    k6_handle_summary,
    k6_machine,
    k6_points,
    k6_summary_export,
    locust_csv,
    locust_distribution,
    locust_exceptions,
    locust_failures,
    locust_history,
    locust_json,
    locust_stats,
    oha_json,
    pytest_benchmark_json,
    vegeta_json,
    wrk_text,
)

if TYPE_CHECKING:
    from trivigil.perf.facts import RunFacts
    from trivigil.perf.reader import Reader
    from trivigil.sources import Source

READERS: Final[tuple[Reader, ...]] = (
    locust_stats,
    locust_history,
    locust_failures,
    locust_exceptions,
    locust_json,
    locust_distribution,
    k6_summary_export,
    k6_handle_summary,
    k6_machine,
    k6_points,
    k6_csv,
    artillery_json,
    artillery_json1,
    artillery_checks,
    pytest_benchmark_json,
    jmeter_csv,
    hyperfine_json,
    github_action_benchmark_json,
    bencher_json,
    vegeta_json,
    autocannon_json,
    oha_json,
    hey_csv,
    wrk_text,
    google_benchmark_json,
)
"""In the order they are asked. A new format is one module and one line here."""

_BEGINNINGS: Final = (
    ((b"<!doctype html", b"<html"), "it is HTML: name the tool's CSV or JSON instead"),
    ((b"<",), "it looks like XML"),
    ((b"{", b"["), "it looks like JSON of another tool"),
)

TOOLS: Final = tuple(sorted({reader.TOOL for reader in READERS}))


def read(source: Source) -> Reading[RunFacts]:
    """What one source says. Whatever is wrong with it is the reading's `problem`, not an exception.

    A file that gives no facts at all is `missing`; a damaged one is `partial`, with what
    could be read of it, which may be nothing.
    """
    if source.problem is not None:
        return Reading(source.path, source.tool, None, "missing", None, problem=source.problem)
    own = [reader for reader in READERS if source.tool == reader.TOOL]
    others = (reader for reader in READERS if reader not in own)
    reader = next((reader for reader in (*own, *others) if reader.recognises(source)), None)
    if reader is None or source.tool not in (None, reader.TOOL):
        problem = _refusal(source, reader)
        return Reading(source.path, source.tool, None, "missing", None, problem=problem)
    try:
        return reader.read(source)
    except SourceError as error:
        problem = foreign.located(error, source.path)
        return Reading(source.path, reader.TOOL, reader.FORMAT, "partial", None, problem=problem)


def _refusal(source: Source, reader: Reader | None) -> str:
    path, known = printable(source.path), ", ".join(TOOLS)
    if source.tool is not None and source.tool not in TOOLS:
        return (
            f"{path} is named as a file of {source.tool}, which is not known here (known: {known})."
        )
    if reader is not None:
        return f"{path} is named as a file of {source.tool}, but it is one of {reader.TOOL}."
    if source.tool is not None:
        return f"{path} is not a result file of {source.tool}; {_looks(source)}."
    any_tool = f"any tool that Trivigil reads (known: {known})"
    return f"{path} is not a result file of {any_tool}; {_looks(source)}."


def _looks(source: Source) -> str:
    """A guess at what an unknown file is, from its first bytes."""
    head = source.head
    if (encoding := sources.wide(head)) is not None:
        return f"it is {encoding} text: save it as UTF-8"
    if b"\0" in head:
        return "it is binary"
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()[:200].lower()
    for beginnings, guess in _BEGINNINGS:
        if start.startswith(beginnings):
            return guess
    columns = locust_csv.header(head)
    if len(columns) > 1:
        return f"it looks like CSV with the columns {printable(', '.join(columns), 160)}"
    return "it looks like plain text"
