"""Reconciling: which file of a run is believed, what is said, and what is not one run."""

from __future__ import annotations

import pytest

from tests.perf.readers.reading import LOCUST
from tests.perf.readers.reading import read as read_file
from trivigil.core.errors import InputError
from trivigil.core.measurement import OVERALL, Measurement, metric
from trivigil.core.reading import Reading, State
from trivigil.perf.facts import ErrorCount, ExceptionCount, RunFacts, Window
from trivigil.perf.runs import Run, reconcile

STATS, JSON, HISTORY = "stats-csv", "json", "history-csv"
FAILURES, EXCEPTIONS = "failures-csv", "exceptions-csv"


def measured(**requests: int) -> RunFacts:
    """Facts of endpoints with so many requests, a twentieth of them failures, and of the whole run."""
    counts = {OVERALL: sum(requests.values()), **requests}
    return RunFacts(
        tuple(
            Measurement(subject, metric(name), value)
            for subject, count in counts.items()
            for name, value in (("requests", count), ("failures", count // 20))
        )
    )


def reading(
    path: str,
    kind: str,
    facts: RunFacts | None,
    state: State = "complete",
    problem: str | None = None,
) -> Reading[RunFacts]:
    return Reading(path, "locust", kind, state, facts, problem=problem)


def value(run: Run, subject: str = OVERALL, name: str = "requests") -> float:
    (found,) = (
        m.value for m in run.facts.measurements if (m.subject, m.metric.name) == (subject, name)
    )
    return found


def notes(run: Run) -> dict[str, tuple[str, ...]]:
    return {reading.path: reading.notes for reading in run.readings if reading.notes}


STATS_CSV = reading("run_stats.csv", STATS, measured(a=300, b=7))
RUN_JSON = reading("run.json", JSON, measured(a=350, b=15))
EMPTY_JSON = reading("run.json", JSON, RunFacts(), "empty")
HISTORY_CSV = reading("run_stats_history.csv", HISTORY, measured()._replace(timeline=()))
LAG = "Locust writes it once a second and does not finish it"
ALONE = f"{LAG}, so its counts may differ from the run's."


@pytest.mark.parametrize(
    ("readings", "requests", "said"),
    [
        pytest.param(
            (STATS_CSV,), 307, {"run_stats.csv": (ALONE,)}, id="a CSV alone says that it may lag"
        ),
        pytest.param((RUN_JSON,), 365, {}, id="the JSON speaks for itself"),
        pytest.param(
            (STATS_CSV, RUN_JSON),
            365,
            {
                "run_stats.csv": (
                    f"It counts 307 of the 365 requests in run.json: {LAG}; run.json is used.",
                )
            },
            id="JSON is exact, CSV lags",
        ),
        pytest.param(
            (RUN_JSON, STATS_CSV._replace(facts=RUN_JSON.facts)), 365, {}, id="both say the same"
        ),
        pytest.param(
            (EMPTY_JSON, STATS_CSV),
            307,
            {
                "run.json": ("It says nothing, so run_stats.csv is used.",),
                "run_stats.csv": (ALONE,),
            },
            id="an empty JSON beside a CSV that is not",
        ),
        pytest.param(
            (STATS_CSV, reading("run_stats_history.csv", HISTORY, measured(a=200))),
            307,
            {
                "run_stats_history.csv": (
                    f"It counts 200 of the 307 requests in run_stats.csv: {LAG}; run_stats.csv is used.",
                ),
                "run_stats.csv": (ALONE,),
            },
            id="a table beats a history",
        ),
        pytest.param(
            (EMPTY_JSON, RUN_JSON._replace(path="stdout.txt")),
            365,
            {"run.json": ("It says nothing, so stdout.txt is used.",)},
            id="--json and --json-file together: the captured output is right",
        ),
        pytest.param(
            (RUN_JSON, RUN_JSON._replace(path="copy.json")),
            365,
            {"copy.json": ("It says the same as run.json and is not counted twice.",)},
            id="the same file twice",
        ),
    ],
)
def test_which_file_is_believed(
    readings: tuple[Reading[RunFacts], ...], requests: int, said: dict[str, tuple[str, ...]]
) -> None:
    """JSON, then the table, then the history; a shortfall is said on the file that has it."""
    run = reconcile(readings)
    assert (run.state, value(run)) == ("complete", requests)
    assert notes(run) == said
    assert [r.path for r in run.readings] == [r.path for r in readings]


def errors(path: str, count: int) -> Reading[RunFacts]:
    made = reading(path, FAILURES, RunFacts(errors=(ErrorCount("GET /a", "boom", count),)))
    return made._replace(unit="errors")


@pytest.mark.parametrize(
    ("count", "said"),
    [
        pytest.param(18, (), id="all explained"),
        pytest.param(
            10,
            (f"It explains 10 of the 18 failures in run.json: {LAG}.",),
            id="fewer",
        ),
        pytest.param(20, ("It counts 20 failures where run.json counts 18.",), id="more"),
    ],
)
def test_failures_are_counted_up(count: int, said: tuple[str, ...]) -> None:
    """The error texts come from their own file; its sum is held against the run's failures."""
    run = reconcile((RUN_JSON, errors("run_failures.csv", count)))
    assert run.readings[1].notes == said
    assert [error.count for error in run.facts.errors] == [count]


def test_everything_that_only_one_file_knows_is_kept() -> None:
    """Errors, exceptions, course and times come together."""
    window = Window(5.0, OVERALL, 3, 9.0, 0.0, (), 365, 18)
    history = measured(a=350, b=15)._replace(timeline=(window,), started=4.0, ended=9.0)
    raised = RunFacts(exceptions=(ExceptionCount("boom", 2),))
    run = reconcile(
        (
            reading("h.csv", HISTORY, history),
            errors("f.csv", 18),
            reading("e.csv", EXCEPTIONS, raised),
            RUN_JSON,
        )
    )
    assert run.facts.timeline == (window,)
    assert run.facts.exceptions == raised.exceptions
    assert len(run.facts.errors) == 1
    assert (run.facts.started, run.facts.ended) == (4.0, 9.0)
    assert value(run) == 365


@pytest.mark.parametrize(
    ("one", "other", "why"),
    [
        pytest.param(
            STATS_CSV, reading("b/run_stats.csv", STATS, measured(a=1)), "", id="two tables"
        ),
        pytest.param(RUN_JSON, reading("b.json", JSON, measured(a=1)), "", id="two lists"),
        pytest.param(errors("a/f.csv", 1), errors("b/f.csv", 2), "", id="two files of error texts"),
        pytest.param(
            RUN_JSON,
            reading("b/run_stats.csv", STATS, measured(a=351)),
            " (a has 350 requests in one and 351 in the other)",
            id="a table that counts more than the JSON",
        ),
        pytest.param(
            RUN_JSON,
            reading("b/run_stats.csv", STATS, measured(c=1)),
            " (c has 0 requests in one and 1 in the other)",
            id="a table with other endpoints",
        ),
        pytest.param(
            RUN_JSON._replace(facts=measured(a=9)._replace(started=1000.0, ended=1060.0)),
            reading("h.csv", HISTORY, measured(a=9)._replace(started=9000.0, ended=9060.0)),
            " (their times are apart)",
            id="another day",
        ),
        pytest.param(
            RUN_JSON,
            Reading("k6.json", "k6", "k6-summary", "complete", measured(a=350)),
            " (locust and k6)",
            id="two tools",
        ),
    ],
)
def test_two_runs_are_not_one(one: Reading[RunFacts], other: Reading[RunFacts], why: str) -> None:
    """Files of different runs are refused with both names; nothing is mixed or dropped."""
    with pytest.raises(InputError) as caught:
        reconcile((one, other))
    assert caught.value.message == f"{one.path} and {other.path} are of different runs{why}."
    assert (caught.value.tip or "").startswith("Judge one run at a time, or say what they are")


@pytest.mark.parametrize(
    ("readings", "state"),
    [
        pytest.param((), "missing", id="nothing at all"),
        pytest.param((errors("f.csv", 3),), "missing", id="error texts alone measure nothing"),
        pytest.param((EMPTY_JSON,), "empty", id="no requests"),
        pytest.param(
            (EMPTY_JSON, reading("s.csv", STATS, measured(), "empty")), "empty", id="twice nothing"
        ),
        pytest.param(
            (RUN_JSON, reading("s.csv", STATS, None, "missing", "s.csv is empty.")),
            "partial",
            id="a problem beside a good file",
        ),
        pytest.param((RUN_JSON._replace(state="partial"),), "partial", id="a drifted record"),
        pytest.param(
            (RUN_JSON, reading("h.csv", HISTORY, measured(), "empty")), "complete", id="no course"
        ),
    ],
)
def test_states(readings: tuple[Reading[RunFacts], ...], state: State) -> None:
    """A run is as whole as the file it is judged by, unless another one is damaged."""
    assert reconcile(readings).state == state


def test_error_texts_alone_ask_for_the_measurements() -> None:
    """What is missing is said on the file that is there."""
    (alone,) = reconcile((errors("f.csv", 3),)).readings
    assert alone.notes == (
        "There are no measurements beside it: name the run's `_stats.csv` or its JSON too.",
    )


def _run(folder: str, *names: str) -> Run:
    return reconcile([read_file(LOCUST / folder / name) for name in names])


def test_a_real_run_of_five_files() -> None:
    """What Locust wrote of one run is one run, judged by the JSON, with the lag said three times."""
    names = (
        "run.json",
        "run_stats.csv",
        "run_stats_history.csv",
        "run_failures.csv",
        "run_exceptions.csv",
    )
    run = _run("v2.47-run", *names)
    assert run.state == "complete"
    assert value(run) == value(_run("v2.47-run", "run.json"))
    assert [bool(r.notes) for r in run.readings] == [False, True, True, True, False]
    assert (len(run.facts.timeline), len(run.facts.errors), len(run.facts.exceptions)) == (30, 1, 1)


def test_the_two_files_of_0_11_are_one_table() -> None:
    """Counts from one, percentiles from the other."""
    run = _run("v0.11", "run_distribution.csv", "run_requests.csv")
    assert run.state == "complete"
    assert value(run, "POST /login", "failures") == 14
    assert value(run, "POST /login", "latency.p95") == 31
    assert value(run, OVERALL, "throughput") == 54.0
    assert notes(run) == {"run_requests.csv": (ALONE,)}


def test_a_percentile_of_the_users_choice_comes_from_the_table() -> None:
    """The JSON is believed, but a percentile that it does not give is not lost; its n is its own."""
    chosen = Measurement("a", metric("latency.p97"), 41.0, 300)
    facts = measured(a=300)
    table = STATS_CSV._replace(facts=facts._replace(measurements=(*facts.measurements, chosen)))
    run = reconcile((RUN_JSON, table))
    assert chosen in run.facts.measurements
    assert value(run, "a") == 350
