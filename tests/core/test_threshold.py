"""Judging measurements against thresholds."""

from __future__ import annotations

import pytest

from trivigil.core.certainty import few
from trivigil.core.interval import Interval
from trivigil.core.measurement import OVERALL, Measurement, metric
from trivigil.core.result import Result
from trivigil.core.threshold import Limit, Pattern, Threshold, judge, phrase, quantity

TODAY = "2026-06-15"
P95, ERRORS, RATE = metric("latency.p95"), metric("error_rate"), metric("throughput")


def at_most(value: float) -> Limit:
    return Limit("<=", value)


def exact(text: str) -> Pattern:
    return Pattern("exact", text)


def glob(text: str) -> Pattern:
    return Pattern("glob", text)


DEFAULT = Pattern("default", "default")


def measured(subject: str, value: float, name: str = "latency.p95") -> Measurement:
    return Measurement(subject, metric(name), value, 100)


def only(results: tuple[Result, ...]) -> Result:
    assert len(results) == 1, [result.message for result in results]
    return results[0]


@pytest.mark.parametrize(
    ("limit", "value", "holds"),
    [
        pytest.param(Limit("<", 5), 5, False, id="less-than-excludes-the-limit"),
        pytest.param(Limit("<=", 5), 5, True, id="at-most-includes-the-limit"),
        pytest.param(Limit(">", 5), 5, False, id="more-than-excludes-the-limit"),
        pytest.param(Limit(">=", 5), 5, True, id="at-least-includes-the-limit"),
        pytest.param(Limit(">=", 5), 4.99, False, id="below-the-least"),
        pytest.param(Limit("<=", 0), 0, True, id="none-allowed-and-none-there"),
    ],
)
def test_a_limit_holds(limit: Limit, value: float, holds: bool) -> None:
    """A limit's operator means what it says at the limit itself."""
    assert limit.holds(value) is holds


@pytest.mark.parametrize(
    ("thresholds", "subject", "limit"),
    [
        pytest.param(
            [Threshold(exact("GET /a"), P95, at_most(1)), Threshold(DEFAULT, P95, at_most(2))],
            "GET /a",
            1,
            id="exact-beats-default-though-default-comes-later",
        ),
        pytest.param(
            [
                Threshold(exact("GET /a"), P95, at_most(1)),
                Threshold(glob("GET *"), P95, at_most(2)),
            ],
            "GET /a",
            1,
            id="exact-beats-a-later-pattern",
        ),
        pytest.param(
            [Threshold(glob("*"), P95, at_most(1)), Threshold(glob("GET *"), P95, at_most(2))],
            "GET /a",
            2,
            id="the-later-pattern-wins",
        ),
        pytest.param(
            [Threshold(glob("*"), P95, at_most(1)), Threshold(DEFAULT, P95, at_most(2))],
            "GET /a",
            1,
            id="a-pattern-beats-the-default",
        ),
        pytest.param(
            [Threshold(exact("/a"), P95, at_most(1)), Threshold(DEFAULT, P95, at_most(2))],
            "GET /a",
            1,
            id="a-bare-path-means-every-method",
        ),
        pytest.param(
            [
                Threshold(Pattern("regex", r"GET /a\d"), P95, at_most(1)),
                Threshold(DEFAULT, P95, at_most(2)),
            ],
            "GET /a7",
            1,
            id="a-regular-expression-matches-the-whole-name",
        ),
        pytest.param(
            [Threshold(glob("GET /[x]"), P95, at_most(1)), Threshold(DEFAULT, P95, at_most(2))],
            "GET /x",
            2,
            id="brackets-in-a-glob-are-plain-text",
        ),
        pytest.param(
            [
                Threshold(exact("GET /a"), P95, at_most(1), expires="2026-06-14"),
                Threshold(DEFAULT, P95, at_most(2)),
            ],
            "GET /a",
            2,
            id="an-expired-exception-gives-way-to-the-default",
        ),
        pytest.param(
            [
                Threshold(exact("GET /a"), P95, at_most(1), expires=TODAY),
                Threshold(DEFAULT, P95, at_most(2)),
            ],
            "GET /a",
            1,
            id="the-last-day-still-counts",
        ),
    ],
)
def test_which_threshold_applies(thresholds: list[Threshold], subject: str, limit: float) -> None:
    """For one subject and metric the most specific threshold applies, and among equals the later."""
    result = next(r for r in judge(thresholds, [measured(subject, 0.5)], TODAY) if r.kind == "pass")
    assert result.evidence["limit"] == limit


def test_the_default_does_not_judge_the_whole_run() -> None:
    """`default` covers endpoints; OVERALL has budgets only under its own name."""
    thresholds = [Threshold(DEFAULT, P95, at_most(1))]
    results = judge(thresholds, [measured(OVERALL, 9), measured("GET /a", 0.5)], TODAY)
    assert [(r.location.name, r.kind) for r in results] == [("GET /a", "pass")]


@pytest.mark.parametrize(
    ("pattern", "covers"),
    [
        pytest.param(DEFAULT, False, id="default"),
        pytest.param(glob("*"), False, id="everything"),
        pytest.param(glob("{status:*}"), True, id="a pattern that begins like it"),
        pytest.param(Pattern("regex", r"\{status:5..\}"), True, id="an expression that does"),
        pytest.param(Pattern("regex", ".*"), False, id="an expression of everything"),
        pytest.param(exact("{status:500}"), True, id="its name"),
    ],
)
def test_a_part_of_the_run_is_meant_only_by_a_brace(pattern: Pattern, *, covers: bool) -> None:
    """Else every objective would count twice: a part repeats what endpoints say."""
    threshold = Threshold(pattern, P95, at_most(100), optional=True)
    results = judge([threshold], [measured("{status:500}", 900)], TODAY)
    assert bool(results) is covers


def test_an_endpoint_called_overall_is_not_the_whole_run() -> None:
    """`OVERALL` never means `GET OVERALL`, which has to be written with its method."""
    thresholds = [
        Threshold(exact(OVERALL), P95, at_most(1)),
        Threshold(exact("GET OVERALL"), P95, at_most(5)),
    ]
    results = judge(thresholds, [measured(OVERALL, 9), measured("GET OVERALL", 3)], TODAY)
    assert [(r.location.name, r.kind) for r in results] == [
        (OVERALL, "fail"),
        ("GET OVERALL", "pass"),
    ]


def test_the_default_leaves_endpoints_with_an_entry_of_their_own_alone() -> None:
    """An endpoint with its own entry is judged by that entry only, metric for metric."""
    thresholds = [Threshold(DEFAULT, ERRORS, at_most(1)), Threshold(exact("/a"), P95, at_most(1))]
    measurements = [
        measured("GET /a", 0.5),
        measured("GET /a", 9, "error_rate"),
        measured("GET /b", 0, "error_rate"),
    ]
    results = judge(thresholds, measurements, TODAY)
    assert [(r.location.name, r.rule.id) for r in results] == [
        ("GET /a", "budget.latency.p95"),
        ("GET /b", "budget.error_rate"),
    ]


def test_throughput_is_a_minimum() -> None:
    """More than enough throughput passes, too little fails: the direction belongs to the metric."""
    threshold = Threshold(exact(OVERALL), RATE, Limit(">=", 20))
    assert only(judge([threshold], [measured(OVERALL, 25, "throughput")], TODAY)).kind == "pass"
    failed = only(judge([threshold], [measured(OVERALL, 15, "throughput")], TODAY))
    assert (failed.kind, failed.evidence["excess"]) == ("fail", 0.25)
    assert failed.message == "OVERALL: throughput is 15/s, at least 20/s required"


def test_a_warning_does_not_gate() -> None:
    """Beyond `warn` but within `fail` is a finding that fails nothing."""
    threshold = Threshold(exact("GET /a"), P95, at_most(500), warn=at_most(300))
    result = only(judge([threshold], [measured("GET /a", 400)], TODAY))
    assert (result.kind, result.gates, result.severity.label) == ("fail", False, "low")
    assert result.message == "GET /a: p95 latency is 400 ms, at most 300 ms expected"


def test_a_budget_that_nobody_measured_is_open_and_gates() -> None:
    """What was asked and not measured is undecided, and undecided is not a pass."""
    threshold = Threshold(exact("GET /a"), metric("latency.p99_9"), at_most(1))
    result = only(judge([threshold], [measured("GET /a", 1)], TODAY))
    assert (result.kind, result.gates, result.finding) == ("open", True, True)


def test_an_endpoint_without_requests_leaves_its_budgets_open() -> None:
    """Zero requests are a count, not a latency of zero."""
    threshold = Threshold(exact("GET /a"), P95, at_most(1))
    assert only(judge([threshold], [measured("GET /a", 0, "requests")], TODAY)).kind == "open"


def test_a_budget_that_expired_without_another_is_open() -> None:
    """Forgetting to renew a budget is never a pass."""
    threshold = Threshold(exact("GET /a"), P95, at_most(1), expires="2026-01-01")
    result = only(judge([threshold], [measured("GET /a", 0.5)], TODAY))
    assert (result.kind, result.gates) == ("open", True)
    assert "expired on 2026-01-01" in result.message


@pytest.mark.parametrize(
    "pattern",
    [exact("GET /gone"), glob("GET /gone/*"), Pattern("regex", "GET /g.*")],
    ids=lambda p: p.kind,
)
def test_a_budgeted_subject_that_vanished_fails_once(pattern: Pattern) -> None:
    """A subject that has budgets and is not in the results is one failure, however many metrics it has."""
    thresholds = [Threshold(pattern, P95, at_most(1)), Threshold(pattern, ERRORS, at_most(1))]
    result = only(judge(thresholds, [measured("POST /a", 1)], TODAY))
    assert (result.rule.id, result.kind, result.gates) == ("budget.vanished", "fail", True)


def test_an_optional_subject_may_vanish() -> None:
    """`optional: true` says that absence is fine."""
    assert judge([Threshold(exact("GET /a"), P95, at_most(1), optional=True)], [], TODAY) == ()


def test_a_default_with_no_endpoint_at_all_fails() -> None:
    """Nothing measured cannot satisfy a budget for everything."""
    result = only(judge([Threshold(DEFAULT, P95, at_most(1))], [measured(OVERALL, 1)], TODAY))
    assert (result.rule.id, result.kind) == ("budget.vanished", "fail")


def test_the_fingerprint_stays_when_value_line_and_message_change() -> None:
    """A finding keeps its identity over runs; another place or rule has another."""
    before = only(
        judge([Threshold(exact("GET /a"), P95, at_most(1), line=3)], [measured("GET /a", 2)], TODAY)
    )
    after = only(
        judge(
            [Threshold(exact("GET /a"), P95, at_most(9), line=7)], [measured("GET /a", 99)], TODAY
        )
    )
    other = only(
        judge([Threshold(exact("GET /b"), P95, at_most(1))], [measured("GET /b", 2)], TODAY)
    )
    assert before.fingerprint == after.fingerprint != other.fingerprint


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (412.0, "ms", "412 ms"),
        (3.14159, "ms", "3.14 ms"),
        (31.4159, "ms", "31.4 ms"),
        (1234.5, "ms", "1,234 ms"),
        (0.00042, "s", "420 \N{MICRO SIGN}s"),
        (0.25, "s", "250 ms"),
        (1.5, "s", "1.50 s"),
        (0.0, "s", "0 s"),
        (2.5e-10, "s", "0.25 ns"),
        (1200, "count", "1,200"),
        (0.5, "%", "0.50 %"),
        (20, "1/s", "20/s"),
        pytest.param(4096, "B", "4,096 B", id="bytes are exact while they are few"),
        pytest.param(2_317_117, "B", "2.32 MB", id="many bytes"),
        pytest.param(75_467_559_173, "B/s", "75.5 GB/s", id="a data rate"),
        pytest.param(0.05, "1", "0.05", id="a score has no unit"),
    ],
)
def test_quantities_for_people(value: float, unit: str, text: str) -> None:
    """A value is shown with its unit and about three significant digits."""
    assert quantity(value, unit) == text


def test_a_limit_in_words() -> None:
    """Limits are sentences, not symbols."""
    assert phrase(Limit(">", 20), "1/s") == "more than 20/s"


def of_requests(n: int, value: float, low: float, high: float | None) -> Measurement:
    return Measurement("GET /a", P95, value, n, ci=Interval(low, high))


@pytest.mark.parametrize(
    ("measurement", "kind", "gates", "words"),
    [
        pytest.param(of_requests(1000, 250, 240, 270), "pass", True, "", id="all-of-it-within"),
        pytest.param(of_requests(1000, 350, 330, 380), "fail", True, "", id="all-of-it-beyond"),
        pytest.param(of_requests(1000, 310, 290, 340), "fail", True, "", id="the-value-is-beyond"),
        pytest.param(
            of_requests(1000, 290, 270, 320),
            "open",
            True,
            "but 1,000 observations leave it anywhere between 270 ms and 320 ms",
            id="within-but-not-proven",
        ),
        pytest.param(
            of_requests(40, 290, 200, None), "pass", True, "", id="too-few-for-an-interval"
        ),
        pytest.param(
            of_requests(1000, 190, 180, 210),
            "fail",
            False,
            "at most 200 ms expected",
            id="the-warning-is-not-proven-either",
        ),
    ],
)
def test_a_percentile_is_judged_on_its_interval(
    measurement: Measurement, kind: str, gates: bool, words: str
) -> None:
    """The worse end must hold; where only the value does, the result is open, and says why."""
    threshold = Threshold(exact("GET /a"), P95, at_most(300), at_most(200))
    if measurement.value > 200:
        threshold = threshold._replace(warn=None)
    result = only(judge([threshold], [measurement], TODAY))
    assert (result.kind, result.gates) == (kind, gates)
    assert words in result.message


def test_by_value_nothing_is_open() -> None:
    """`judge: value` goes by the value alone."""
    threshold = Threshold(exact("GET /a"), P95, at_most(300), by_value=True)
    assert only(judge([threshold], [of_requests(1000, 290, 270, 320)], TODAY)).kind == "pass"


def test_at_least_is_judged_on_the_lower_end() -> None:
    """A percentile that must not fall below something."""
    threshold = Threshold(exact("GET /a"), P95, Limit(">=", 280))
    assert only(judge([threshold], [of_requests(1000, 290, 270, 320)], TODAY)).kind == "open"


def test_few_observations_are_said_once() -> None:
    """One sentence names the one with the fewest, and how many more there are."""
    measurements = [
        of_requests(40, 100, 90, None),
        of_requests(20, 100, 90, None)._replace(subject="GET /b"),
        of_requests(100, 100, 90, 110)._replace(subject="GET /c"),
    ]
    results = judge([Threshold(glob("*"), P95, at_most(300))], measurements, TODAY)
    assert few(results) == (
        (
            "p95 latency of GET /b is judged on only 20 observations; below 100 it is the luck of the slowest few. "
            "1 more percentile has too few."
        ),
    )


@pytest.mark.parametrize(
    ("failures", "kind", "gates", "message"),
    [
        pytest.param(
            31,
            "fail",
            False,
            "GET /a: error budget spent is 62 %, at most 50 % expected (31 of the 50 failures that 99.5 % allows)",
            id="more-than-half-is-a-warning",
        ),
        pytest.param(
            51,
            "fail",
            True,
            "GET /a: error budget spent is 102 %, at most 100 % required (51 of the 50 failures that 99.5 % allows)",
            id="overspent",
        ),
        pytest.param(
            0,
            "pass",
            True,
            "GET /a: error budget spent is 0 %, at most 100 % required (0 of the 50 failures that 99.5 % allows)",
            id="nothing-spent",
        ),
    ],
)
def test_an_error_budget(failures: int, kind: str, gates: bool, message: str) -> None:
    """What a run spends of the failures that its objective allows."""
    threshold = Threshold(
        exact("GET /a"), metric("error_budget"), at_most(100), at_most(50), objective=99.5
    )
    rates = [
        measured("GET /a", 10_000, "requests"),
        measured("GET /a", failures, "failures"),
        measured("GET /a", failures / 100, "error_rate"),
    ]
    result = only(judge([threshold], rates, TODAY))
    assert (result.kind, result.gates) == (kind, gates)
    assert result.message == message


def test_no_request_spends_nothing_and_proves_nothing() -> None:
    """An endpoint that was never requested has no error rate: its budget is open."""
    threshold = Threshold(exact("GET /a"), metric("error_budget"), at_most(100), objective=99.5)
    assert only(judge([threshold], [measured("GET /a", 0, "requests")], TODAY)).kind == "open"


@pytest.mark.parametrize(
    ("first", "second", "limit"),
    [
        pytest.param(("glob", ("load",)), ("glob", ()), 1, id="the profile's own, though earlier"),
        pytest.param(("glob", ()), ("glob", ("load",)), 2, id="the profile's own, as the later"),
        pytest.param(("exact", ()), ("glob", ("load",)), 1, id="an exact subject goes before"),
    ],
)
def test_an_entry_for_the_profile_beats_one_for_every_run(
    first: tuple[str, tuple[str, ...]], second: tuple[str, tuple[str, ...]], limit: float
) -> None:
    """Among entries that name the subject alike."""
    given = [
        Threshold(
            exact("GET /a") if kind == "exact" else glob("*"), P95, at_most(n), profiles=profiles
        )
        for n, (kind, profiles) in enumerate((first, second), start=1)
    ]
    assert only(judge(given, [measured("GET /a", 9)], TODAY)).evidence["limit"] == limit


@pytest.mark.parametrize(
    ("profiles", "profile", "applies"),
    [
        ((), None, True),
        ((), "load", True),
        (("load",), "load", True),
        (("load",), "smoke", False),
        (("load",), None, False),
    ],
)
def test_a_threshold_applies_to_its_profiles(
    profiles: tuple[str, ...], profile: str | None, applies: bool
) -> None:
    """Without profiles it applies to every run, with them to no run that has none."""
    made = Threshold(glob("*"), P95, at_most(1), profiles=profiles)
    assert made.applies(profile) is applies
