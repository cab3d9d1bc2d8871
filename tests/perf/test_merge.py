"""Merging: shards and repetitions become one run without loss, or it is said what is lost."""

from __future__ import annotations

import math
import random
from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trivigil.core.errors import InputError
from trivigil.core.histogram import ACCURACY
from trivigil.core.measurement import OVERALL, Measurement, metric
from trivigil.core.reading import Reading, State
from trivigil.perf import entry
from trivigil.perf.benchmark import Benchmark, measurements, of_rounds
from trivigil.perf.facts import ErrorCount, RunFacts, Window
from trivigil.perf.merge import merge
from trivigil.perf.parts import Merging
from trivigil.perf.runs import Run, reconcile
from trivigil.perf.tally import Tally

SHARDS, REPETITIONS = Merging("shards"), Merging("repetitions")


def counted(times: list[float], *, seconds: float = 10.0, failed: int = 0) -> RunFacts:
    """Facts of a tool that writes every request, of the endpoint `GET /` and of the whole run."""
    tally = Tally()
    for position, time in enumerate(times):
        tally.add(time, failed=position < failed)
    return RunFacts(
        tuple(
            m
            for subject in ("GET /", OVERALL)
            for m in entry.measurements(tally.entry(subject, seconds))
        )
    )


def shard(
    path: str, facts: RunFacts, begin: float | None = None, end: float = 0
) -> Reading[RunFacts]:
    timed = facts if begin is None else facts._replace(started=begin, ended=end)
    state: State = "complete" if facts.measurements else "empty"
    return Reading(path, "k6", "points-json", state, timed, unit="requests")


def suite(path: str, *benchmarks: Benchmark) -> Reading[RunFacts]:
    facts = RunFacts(tuple(m for each in benchmarks for m in measurements(each)))
    return Reading(path, "hyperfine", "json", "complete", facts, unit="benchmarks")


def value(run: Run, name: str, subject: str = OVERALL) -> float:
    (found,) = (
        m.value for m in run.facts.measurements if (m.subject, m.metric.name) == (subject, name)
    )
    return found


def without(facts: RunFacts, *names: str) -> RunFacts:
    """As a tool writes it that knows only percentiles: no histogram, and not these metrics."""
    kept = (m._replace(histogram=None) for m in facts.measurements if m.metric.name not in names)
    return facts._replace(measurements=tuple(kept))


TIMES = [float(each) for each in range(10, 510)]
SLOW = [float(each) for each in range(500, 1000)]


def test_shards_are_as_if_one_generator_had_sent_everything() -> None:
    """Counts and rates add up, and percentiles are those of all requests within the histogram's accuracy."""
    run = reconcile(
        (shard("a.json", counted(TIMES, failed=5)), shard("b.json", counted(SLOW, failed=10))),
        SHARDS,
    )
    whole = sorted([*TIMES, *SLOW])
    assert value(run, "requests") == 1000
    assert value(run, "failures") == 15
    assert value(run, "error_rate") == pytest.approx(1.5)
    assert value(run, "throughput") == pytest.approx(100)
    assert value(run, "latency.mean") == pytest.approx(sum(whole) / 1000)
    assert (value(run, "latency.min"), value(run, "latency.max")) == (10, 999)
    for percent in (50, 75, 90, 95, 99):
        truth = whole[math.ceil(percent / 100 * 1000) - 1]
        assert value(run, f"latency.p{percent}") == pytest.approx(truth, rel=ACCURACY)
    assert run.notes == ("The results are of 2 parts, which ran at the same time.",)


def test_repetitions_share_the_time() -> None:
    """Two runs of ten seconds one after another have the rate of twenty seconds, not twice the rate."""
    run = reconcile((shard("a.json", counted(TIMES)), shard("b.json", counted(SLOW))), REPETITIONS)
    assert value(run, "throughput") == pytest.approx(50)


def test_no_percentile_is_made_of_percentiles() -> None:
    """A part without a histogram: the percentiles are left out, with the way out, and the rest is merged."""
    run = reconcile(
        (shard("a.json", counted(TIMES)), shard("b.json", without(counted(SLOW)))), SHARDS
    )
    names = {m.metric.name for m in run.facts.measurements}
    assert not any(name.startswith("latency.p") for name in names)
    assert {"requests", "latency.mean", "latency.max"} <= names
    assert run.notes[1].startswith("Not merged: OVERALL latency.p50, OVERALL latency.p75")
    assert "percentiles cannot be merged from percentiles" in run.notes[1]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(st.floats(0.01, 60_000), min_size=1, max_size=40), min_size=2, max_size=4))
def test_any_cut_of_the_requests_gives_the_same_run(cuts: list[list[float]]) -> None:
    """However the requests lie over the shards, and in any order of them, the merged run is the uncut one."""
    whole = {
        (m.subject, m.metric.name): m
        for m in counted([t for cut in cuts for t in cut]).measurements
    }
    for order in list(permutations(cuts))[:3]:
        merged = merge([counted(cut).measurements for cut in order], at_once=False)
        assert not merged.refused
        for m in merged.measurements:
            truth = whole[m.subject, m.metric.name]
            if m.metric.name != "throughput":
                assert m.value == pytest.approx(truth.value, rel=2 * ACCURACY)
                assert m.n == truth.n


def test_the_error_of_averaging_is_not_made() -> None:
    """Three fast shards and a slow one: the true p95, where the mean of the shards' p95 is far away."""
    chance = random.Random(5)
    fast = [[chance.lognormvariate(4, 0.5) for _ in range(2000)] for _ in range(3)]
    slow = [chance.lognormvariate(6, 0.4) for _ in range(500)]
    parts = [counted(cut) for cut in (*fast, slow)]
    run = reconcile([shard(f"{i}.json", part) for i, part in enumerate(parts)], SHARDS)
    ordered = sorted([t for cut in (*fast, slow) for t in cut])
    truth = ordered[math.ceil(0.95 * len(ordered)) - 1]
    averaged = (
        sum(
            m.value
            for p in parts
            for m in p.measurements
            if m[:2] == (OVERALL, metric("latency.p95"))
        )
        / 4
    )
    assert value(run, "latency.p95") == pytest.approx(truth, rel=ACCURACY)
    assert abs(averaged / truth - 1) > 0.1


@pytest.mark.parametrize(
    ("times", "merged"),
    [
        pytest.param(((0, 10), (1, 11)), True, id="side by side"),
        pytest.param(((0, 10), (5, 15)), True, id="half of the time together"),
        pytest.param(((0, 10), (20, 30)), False, id="one after the other: perhaps yesterday's"),
        pytest.param(((0, 10), (9, 19)), False, id="hardly any time together"),
        pytest.param(((0, 10), (None, 0)), False, id="one does not say when"),
    ],
)
def test_only_shards_show_themselves(
    times: tuple[tuple[float | None, float], ...], merged: bool
) -> None:
    """Runs at the same time are shards; everything else has to be said, because it may be an old file."""
    readings = [
        shard(f"{i}.json", counted(cut), begin, end)
        for i, (cut, (begin, end)) in enumerate(zip((TIMES, SLOW), times, strict=True))
    ]
    if merged:
        assert value(reconcile(readings), "requests") == 1000
        return
    with pytest.raises(InputError) as caught:
        reconcile(readings)
    assert caught.value.message == "0.json and 1.json are of different runs."
    assert "`merge: repetitions`" in (caught.value.tip or "")


def test_a_lost_shard_is_an_error() -> None:
    """Where the number of parts is said, fewer of them are no run."""
    with pytest.raises(InputError, match=r"3 parts of the run are expected, and 2 are there"):
        reconcile(
            (shard("a.json", counted(TIMES)), shard("b.json", counted(SLOW))),
            Merging("shards", 3),
        )


def test_an_idle_shard_makes_the_run_invalid() -> None:
    """A shard that sent nothing is told: the load was not the one that was asked for."""
    run = reconcile((shard("a.json", counted(TIMES)), shard("b.json", RunFacts())), SHARDS)
    assert run.facts.invalid == ("1 of the 2 parts of the run measured nothing.",)


def test_a_damaged_shard_damages_the_run() -> None:
    """One partial part: the whole is partial, so it is never a pass."""
    damaged = shard("b.json", counted(SLOW))._replace(state="partial", problem="b.json is cut.")
    assert reconcile((shard("a.json", counted(TIMES)), damaged), SHARDS).state == "partial"


def test_a_suite_in_several_files_is_one_run() -> None:
    """Benchmarks that no other file has are put side by side without a word from the user."""
    run = reconcile(
        (suite("a.json", of_rounds("sort", (1.0, 2.0))), suite("b.json", of_rounds("sum", (3.0,))))
    )
    assert (value(run, "time.mean", "sort"), value(run, "time.mean", "sum")) == (1.5, 3.0)
    assert run.notes == ("The benchmarks are in 2 files.",)


def test_repetitions_of_a_benchmark_keep_every_round() -> None:
    """The rounds of all repetitions, their median, and the spread over all of them."""
    run = reconcile(
        (
            suite("a.json", of_rounds("sort", (1.0, 2.0))),
            suite("b.json", of_rounds("sort", (3.0, 6.0))),
        ),
        REPETITIONS,
    )
    (mean,) = (m for m in run.facts.measurements if m.metric.name == "time.mean")
    assert (mean.value, mean.n, mean.rounds) == (3.0, 4, (1.0, 2.0, 3.0, 6.0))
    assert value(run, "time.median", "sort") == 2.5
    assert value(run, "time.min", "sort") == 1.0


def test_runs_of_a_benchmark_that_tells_one_number_are_its_rounds() -> None:
    """Tools that write one time a run: each run is a round."""
    run = reconcile(
        [suite(f"{i}.json", Benchmark("sort", mean=float(i))) for i in range(1, 6)], REPETITIONS
    )
    (mean,) = (m for m in run.facts.measurements if m.metric.name == "time.mean")
    assert (mean.value, mean.n, mean.rounds) == (3.0, 5, (1.0, 2.0, 3.0, 4.0, 5.0))


def windows(begin: int, rates: list[float], users: int) -> tuple[Window, ...]:
    return tuple(
        Window(begin + i, OVERALL, users, rate, 0.5, (("latency.p95", 100.0),), 10 * (i + 1), 0)
        for i, rate in enumerate(rates)
    )


def page(path: str, address: str, score: float, paint: float) -> Reading[RunFacts]:
    facts = RunFacts(
        (
            Measurement(address, metric("score.performance"), score, 1),
            Measurement(address, metric("page.largest_contentful_paint"), paint, 1),
        )
    )
    return Reading(path, "lighthouse", "report-json", "complete", facts, unit="pages")


def test_several_loads_of_a_page_count_by_their_median() -> None:
    """One load proves little; each one's value is a round, and nothing is left out."""
    loads = [page(f"{n}.json", "u", score, 10 * n) for n, score in enumerate((0.9, 0.5, 0.8), 1)]
    run = reconcile(loads, REPETITIONS)
    (score, paint) = run.facts.measurements
    assert (score.value, score.n, score.rounds) == (0.8, 3, (0.9, 0.5, 0.8))
    assert (paint.value, paint.rounds) == (20, (10, 20, 30))
    assert not [note for note in run.notes if "Not merged" in note]


def test_reports_of_several_pages_are_one_run() -> None:
    """They stand beside each other, as the benchmarks of a suite do."""
    run = reconcile([page("a.json", "a", 0.9, 1), page("b.json", "b", 0.8, 2)])
    assert [m.subject for m in run.facts.measurements] == ["a", "a", "b", "b"]
    assert run.notes == ("The pages are in 2 files.",)


def test_rates_and_allocations_of_repeated_benchmarks_have_a_median() -> None:
    """A rate of a benchmark is no rate of a load test: repetitions do not share its time."""
    files = [
        suite(f"{n}.json", Benchmark("a", others=(("throughput", 10.0 * n), ("memory.peak", n))))
        for n in (1, 2, 3)
    ]
    run = reconcile(files, REPETITIONS)
    assert (value(run, "throughput", "a"), value(run, "memory.peak", "a")) == (20, 2)


def test_the_course_of_shards_adds_up() -> None:
    """Users, rates and counts of one second add up; a percentile of two shards is not made."""
    facts = [
        counted(times)._replace(timeline=windows(100, rates, 5))
        for times, rates in ((TIMES, [1.0, 2.0]), (SLOW, [10.0, 20.0]))
    ]
    run = reconcile([shard(f"{i}.json", each) for i, each in enumerate(facts)], SHARDS)
    assert [
        (w.at, w.users, w.throughput, w.failures, w.percentiles) for w in run.facts.timeline
    ] == [
        (100, 10, 11.0, 1.0, ()),
        (101, 10, 22.0, 1.0, ()),
    ]


def test_errors_are_counted_together() -> None:
    """The same message of the same endpoint is one line with the sum."""
    facts = [
        counted(times)._replace(errors=(ErrorCount("GET /", "HTTP 500", count),))
        for times, count in ((TIMES, 2), (SLOW, 3))
    ]
    run = reconcile([shard(f"{i}.json", each) for i, each in enumerate(facts)], SHARDS)
    assert run.facts.errors == (ErrorCount("GET /", "HTTP 500", 5),)


def test_a_file_belongs_to_the_run_whose_files_lie_nearest() -> None:
    """Error texts of two shards in two folders: each explains its own shard's failures."""
    readings = [
        Reading(f"{folder}/run_stats.csv", "locust", "stats-csv", "complete", facts)
        for folder, facts in (("one", counted(TIMES, failed=2)), ("two", counted(SLOW, failed=3)))
    ]
    texts = [
        Reading(
            f"{folder}/run_failures.csv",
            "locust",
            "failures-csv",
            "complete",
            RunFacts(errors=(ErrorCount("GET /", folder, count),)),
            unit="errors",
        )
        for folder, count in (("one", 2), ("two", 3))
    ]
    run = reconcile([*readings, *texts], SHARDS)
    assert [error.count for error in run.facts.errors] == [2, 3]
    assert not any("explains" in note for r in run.readings for note in r.notes)


def test_a_file_of_no_certain_run_is_refused() -> None:
    """Nothing says whose it is: it is not guessed."""
    readings = [
        Reading(f"{name}_stats.csv", "locust", "stats-csv", "complete", facts)
        for name, facts in (("a", counted(TIMES, failed=2)), ("b", counted(SLOW)))
    ]
    lone = Reading(
        "errors.csv",
        "locust",
        "failures-csv",
        "complete",
        RunFacts(errors=(ErrorCount("GET /", "x", 2),)),
        unit="errors",
    )
    with pytest.raises(InputError, match=r"errors.csv could belong to any of 2 runs"):
        reconcile([*readings, lone], SHARDS)
    assert isinstance(readings[0].facts, RunFacts)
    assert isinstance(readings[0].facts.measurements[0], Measurement)
