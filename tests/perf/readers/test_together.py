"""The files that one run of a tool leaves: together they are that run, and the most exact one is believed."""

from __future__ import annotations

import pytest

from tests.perf.readers.reading import PERF, read
from trivigil.core.measurement import OVERALL
from trivigil.perf import runs


@pytest.mark.parametrize(
    ("folder", "names", "requests"),
    [
        (
            "gatling/v3.12",
            ("global_stats.json", "stats.json", "stats.js.txt", "plain.log", "assertions.xml"),
            5,
        ),
        ("ab/v2.3", ("plain.csv", "plain.tsv", "plain.txt"), 60),
        ("vegeta/v12", ("run.csv", "run.json", "run.ndjson", "run.txt", "hdrplot.txt", "hist.txt"), 40),
        ("taurus/v1.17", ("plain.csv", "plain.xml"), 22),
    ],
)  # fmt: skip
def test_files_of_one_run(folder: str, names: tuple[str, ...], requests: int) -> None:
    """They agree, none is refused, and nothing is counted twice."""
    run = runs.reconcile([read(PERF / folder / name) for name in names])
    counted = [
        m.value
        for m in run.facts.measurements
        if (m.subject, m.metric.name) == (OVERALL, "requests")
    ]
    assert (run.state, counted) == ("complete", [requests])


def test_a_lesser_file_adds_percentiles_only() -> None:
    """What ab printed is believed, and has the percentiles of `-e` beside it where it lacks them."""
    run = runs.reconcile([read(PERF / "ab/v2.3" / name) for name in ("plain.csv", "one.txt")])
    found = {m.metric.name: m.value for m in run.facts.measurements}
    assert (found["requests"], found["latency.max"]) == (1, 33)
    assert "latency.p95" in found


def test_what_autocannon_prints_counts_more() -> None:
    """Beside its JSON the text is not taken for another run."""
    folder = PERF / "autocannon"
    run = runs.reconcile([read(folder / "v9/plain.json"), read(folder / "v7/flaky.txt")])
    assert [note for r in run.readings for note in r.notes if "94 requests where" in note]
