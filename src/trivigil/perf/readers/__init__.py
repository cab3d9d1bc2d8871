"""Every perf reader, and the reading of one source, recognised by its content and not its name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from trivigil.shelf import Shelf

if TYPE_CHECKING:
    from collections.abc import Iterator

    from trivigil.core.reading import Reading
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

SHELF: Final = Shelf["Reader"](__name__, TABLE)
TOOLS: Final = SHELF.tools


def readers(tool: str | None = None) -> Iterator[Reader]:
    """All readers, one import after the other; those of the tool come first."""
    return SHELF.readers(tool)


def read(source: Source) -> Reading[RunFacts]:
    """What one source says. Whatever is wrong with it is the reading's `problem`, not an exception."""
    return SHELF.read(source)
