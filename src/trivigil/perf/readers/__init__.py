"""Every perf reader, and the reading of one source, recognised by its content and not its name."""

from __future__ import annotations

import gc
from contextlib import contextmanager
from importlib import import_module
from typing import TYPE_CHECKING, Final, cast

from trivigil import sources
from trivigil.core.errors import SourceError
from trivigil.core.reading import Reading
from trivigil.core.untrusted import printable
from trivigil.perf import foreign

if TYPE_CHECKING:
    from collections.abc import Iterator

    from trivigil.perf.facts import RunFacts
    from trivigil.perf.reader import Reader
    from trivigil.sources import Source

TABLE: Final = (
    ("locust", "locust_stats"),
    ("locust", "locust_history"),
    ("locust", "locust_failures"),
    ("locust", "locust_exceptions"),
    ("locust", "locust_json"),
    ("locust", "locust_distribution"),
    ("k6", "k6_summary_export"),
    ("k6", "k6_handle_summary"),
    ("k6", "k6_machine"),
    ("k6", "k6_points"),
    ("k6", "k6_csv"),
    ("artillery", "artillery_json"),
    ("artillery", "artillery_json1"),
    ("artillery", "artillery_checks"),
    ("pytest-benchmark", "pytest_benchmark_json"),
    ("jmeter", "jmeter_csv"),
    ("hyperfine", "hyperfine_json"),
    ("github-action-benchmark", "github_action_benchmark_json"),
    ("bencher", "bencher_json"),
    ("vegeta", "vegeta_json"),
    ("autocannon", "autocannon_json"),
    ("oha", "oha_json"),
    ("hey", "hey_csv"),
    ("wrk", "wrk_text"),
    ("jmeter", "jmeter_xml"),
    ("jmeter", "jmeter_statistics"),
    ("gatling", "gatling_text"),
    ("gatling", "gatling_binary"),
    ("gatling", "gatling_stats"),
    ("gatling", "gatling_script"),
    ("gatling", "gatling_global"),
    ("gatling", "gatling_assertions"),
    ("gatling", "gatling_junit"),
    ("ab", "ab_text"),
    ("ab", "ab_tsv"),
    ("ab", "ab_csv"),
    ("siege", "siege_json"),
    ("siege", "siege_text"),
    ("siege", "siege_log"),
    ("taurus", "taurus_kpi"),
    ("taurus", "taurus_csv"),
    ("taurus", "taurus_xml"),
    ("hey", "hey_text"),
    ("oha", "oha_csv"),
    ("oha", "oha_text"),
    ("vegeta", "vegeta_ndjson"),
    ("vegeta", "vegeta_csv"),
    ("vegeta", "vegeta_text"),
    ("vegeta", "vegeta_hdr"),
    ("vegeta", "vegeta_hist"),
    ("autocannon", "autocannon_text"),
    ("generic", "generic_json"),
    ("google-benchmark", "google_benchmark_json"),
    ("go-bench", "go_bench_text"),
    ("go-bench", "go_bench_json"),
    ("cargo-bench", "cargo_bench_text"),
    ("cargo-bench", "cargo_bench_json"),
    ("criterion", "criterion_estimates"),
    ("criterion", "criterion_sample"),
    ("criterion", "criterion_messages"),
    ("criterion", "criterion_bencher"),
    ("criterion", "criterion_text"),
    ("criterion", "criterion_companion"),
    ("divan", "divan_text"),
    ("iai-callgrind", "iai_callgrind_text"),
    ("iai-callgrind", "iai_callgrind_json"),
    ("jmh", "jmh_json"),
    ("benchmarkdotnet", "benchmarkdotnet_json"),
    ("catch2", "catch2_xml"),
    ("benchmarkjs", "benchmarkjs_text"),
    ("tinybench", "tinybench_json"),
    ("mitata", "mitata_json"),
    ("vitest", "vitest_json"),
    ("vitest", "vitest_report"),
    ("pyperf", "pyperf_json"),
    ("asv", "asv_json"),
    ("codspeed", "codspeed_json"),
    ("lighthouse", "lighthouse_json"),
    ("lhci", "lhci_manifest"),
    ("lhci", "lhci_assertions"),
    ("hyperfine", "hyperfine_csv"),
    ("google-benchmark", "google_benchmark_csv"),
    ("jmh", "jmh_csv"),
)
"""Tool and module, in the order they are asked. A new format is one module and one line here.

By name, because importing them all would cost more than judging a small file: a module is imported
when it is asked.
"""

_BEGINNINGS: Final = (
    ((b"<!doctype html", b"<html"), "it is HTML: name the tool's CSV or JSON instead"),
    ((b"<",), "it looks like XML"),
    ((b"{", b"["), "it looks like JSON of another tool"),
)

TOOLS: Final = tuple(sorted({tool for tool, _ in TABLE}))


def readers(tool: str | None = None) -> Iterator[Reader]:
    """All readers, one import after the other; those of the tool come first."""
    own = [name for of, name in TABLE if of == tool]
    for name in (*own, *(name for of, name in TABLE if of != tool)):
        yield cast("Reader", import_module(f"{__name__}.{name}"))


def read(source: Source) -> Reading[RunFacts]:
    """What one source says. Whatever is wrong with it is the reading's `problem`, not an exception.

    A file that gives no facts at all is `missing`; a damaged one is `partial`, with what
    could be read of it, which may be nothing.
    """
    if source.problem is not None:
        return Reading(source.path, source.tool, None, "missing", None, problem=source.problem)
    reader = next((each for each in readers(source.tool) if each.recognises(source)), None)
    if reader is None or source.tool not in (None, reader.TOOL):
        problem = _refusal(source, reader)
        return Reading(source.path, source.tool, None, "missing", None, problem=problem)
    try:
        with _no_collector():
            return reader.read(source)
    except SourceError as error:
        problem = foreign.located(error, source.path)
        return Reading(source.path, reader.TOOL, reader.FORMAT, "partial", None, problem=problem)


@contextmanager
def _no_collector() -> Iterator[None]:
    """Without the search for cycles, of which reading makes none: it would take a third of the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


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
    from trivigil.perf.readers import locust_csv

    columns = locust_csv.header(head)
    if len(columns) > 1:
        return f"it looks like CSV with the columns `{printable(', '.join(columns), 160)}`"
    return "it looks like plain text"
