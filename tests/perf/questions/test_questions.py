"""What each profile asks, on courses whose knee, recovery and drift are known."""

from __future__ import annotations

import math
import random
from collections.abc import Iterable, Sequence

import pytest

from trivigil.core.histogram import of_counts
from trivigil.core.measurement import OVERALL, Measurement, metric
from trivigil.core.result import Result
from trivigil.core.threshold import Limit, Pattern, Threshold
from trivigil.perf.facts import RunFacts, Window
from trivigil.perf.profiles import PROFILES, Profile
from trivigil.perf.questions import ask, drift, stress
from trivigil.perf.questions.answer import Answer, span


def measured(**values: float) -> tuple[Measurement, ...]:
    """`requests=10` of the whole run, `failures__GET_a=1` of an endpoint."""
    found = []
    for key, value in values.items():
        name, _, subject = key.partition("__")
        found.append(Measurement(subject.replace("_", " ") or OVERALL, metric(name), value))
    return tuple(found)


def course(moments: Iterable[tuple[int | None, float, float, float | None]]) -> tuple[Window, ...]:
    """Windows a second: (users, throughput, failures, p95) each."""
    windows, requests, failures = [], 0.0, 0.0
    for at, (users, rate, failed, p95) in enumerate(moments):
        requests, failures = requests + rate, failures + failed
        percentiles = () if p95 is None else (("latency.p95", p95),)
        windows.append(
            Window(
                1000.0 + at, OVERALL, users, rate, failed, percentiles, int(requests), int(failures)
            )
        )
    return tuple(windows)


def asked(profile: Profile, windows: Sequence[Window]) -> Answer:
    """The answer of a run whose last moment is cut short."""
    cut = [windows[-1]._replace(at=windows[-1].at + 1, throughput=0.0)] if windows else []
    facts = RunFacts(measurements=measured(requests=1), timeline=(*windows, *cut))
    return ask(profile, facts, ())


def one(results: Iterable[Result], rule: str) -> Result:
    [found] = [result for result in results if result.rule.id == rule]
    return found


class TestSmoke:
    """Correct, and how cold the start is."""

    @pytest.mark.parametrize(
        ("facts", "kind", "words"),
        [
            pytest.param(measured(requests=9, failures=0), "pass", "Every request", id="all"),
            pytest.param(
                measured(requests=9, failures=2, failures__GET_a=2), "fail", "2 of GET a", id="some"
            ),
            pytest.param(
                measured(requests=9, failures=3, failures__GET_a=2), "fail", "1 of others",
                id="of no endpoint",
            ),
            pytest.param(measured(requests=9), "open", "do not say which", id="not said"),
        ],
    )  # fmt: skip
    def test_any_failed_request_fails(
        self, facts: tuple[Measurement, ...], kind: str, words: str
    ) -> None:
        """One is enough; where the tool counts no failures, nothing is claimed."""
        result = one(ask(PROFILES["smoke"], RunFacts(facts), ()).results, "smoke.correct")
        assert result.kind == kind
        assert words in result.message

    @pytest.mark.parametrize(
        ("subject", "name", "kind"),
        [
            pytest.param("GET a", "error_rate", "pass", id="its own budget"),
            pytest.param(OVERALL, "failures", "pass", id="the whole run's"),
            pytest.param("GET a", "latency.p95", "fail", id="a budget of something else"),
            pytest.param("GET b", "error_rate", "fail", id="of another endpoint"),
        ],
    )
    def test_what_a_budget_speaks_of_is_left_to_it(
        self, subject: str, name: str, kind: str
    ) -> None:
        """A team that says how many requests may fail is believed."""
        budget = Threshold(Pattern("exact", subject), metric(name), Limit("<=", 5))
        facts = RunFacts(measured(requests=9, failures=2, failures__GET_a=2))
        assert one(ask(PROFILES["smoke"], facts, (budget,)).results, "smoke.correct").kind == kind

    def test_the_first_request_is_shown_where_it_is_known(self) -> None:
        """A measurement, so that a budget can speak of it; without it nothing is invented."""
        facts = RunFacts(measured(requests=9, failures=0))
        assert ask(PROFILES["smoke"], facts, ()).measurements == ()
        cold = ask(PROFILES["smoke"], facts._replace(first=812.0), ())
        assert [(m.metric.name, m.value) for m in cold.measurements] == [("latency.first", 812.0)]
        assert "812 ms" in one(cold.results, "smoke.cold-start").message

    def test_nothing_is_asked_of_a_run_without_requests(self) -> None:
        """That is said elsewhere."""
        assert ask(PROFILES["smoke"], RunFacts(), ()) == Answer()


class TestLoad:
    """The steady state."""

    LOAD = Profile("load", 10, 2, 30)

    def test_the_ramp_is_trimmed_by_the_users_that_were_counted(self) -> None:
        """Five seconds of ramp at other rates leave no trace in the steady numbers."""
        ramp = [(2 * n, 3.0, 3.0, 900.0) for n in range(5)]
        answer = asked(self.LOAD, course([*ramp, *[(10, 50.0, 1.0, 100.0)] * 21]))
        found = {m.metric.name: m.value for m in answer.measurements}
        assert {m.subject for m in answer.measurements} == {"{phase:steady}"}
        assert found == {"requests": 1000, "failures": 20, "throughput": 50, "error_rate": 2}
        said = one(answer.results, "load.steady-state").message
        assert said.startswith("Steady from 5 s on for 20 s: 50/s, 2 % errors")
        assert "between 100 ms and 100 ms" in said

    def test_without_users_the_plan_says_where_the_ramp_ends(self) -> None:
        """Ten users at two a second: five seconds."""
        answer = asked(
            self.LOAD, course([(None, 1.0, 0.0, None)] * 5 + [(None, 8.0, 0.0, None)] * 6)
        )
        found = {m.metric.name: m.value for m in answer.measurements}
        assert (found["throughput"], found["requests"]) == (8, 40)

    def test_users_that_arrive_are_an_outcome_and_no_plan(self) -> None:
        """Artillery counts those in flight, which are few where the service is fast."""
        windows = course([(1, 1.0, 0.0, None)] * 5 + [(2, 8.0, 0.0, None)] * 6)
        assert one(asked(self.LOAD, windows).results, "load.steady-state").kind == "open"
        arriving = asked(self.LOAD._replace(arrivals=True), windows)
        assert {m.metric.name: m.value for m in arriving.measurements}["throughput"] == 8

    def test_percentiles_of_the_steady_part_need_single_requests(self) -> None:
        """Where windows keep their times they are merged, and are exact to the histogram's accuracy."""
        windows = [
            window._replace(times=of_counts([(10.0, 96), (200.0, 4)]))
            for window in course([(10, 100.0, 0.0, 10.0)] * 9)
        ]
        found = {m.metric.name: m for m in asked(self.LOAD, windows).measurements}
        assert found["latency.p95"].value == pytest.approx(10, rel=0.01)
        assert found["latency.p99"].value == pytest.approx(200, rel=0.01)
        assert found["latency.p99"].n == 800

    @pytest.mark.parametrize(
        ("windows", "words"),
        [
            pytest.param((), "no course over time", id="no course"),
            pytest.param(course([(9, 5.0, 0.0, 1.0)] * 9), "never became steady", id="never all"),
            pytest.param(course([(10, 5.0, 0.0, 1.0)]), "never became steady", id="one moment"),
        ],
    )
    def test_what_cannot_be_trimmed_is_said(self, windows: tuple[Window, ...], words: str) -> None:
        """Open, as a warning: the whole run is judged all the same."""
        [result] = asked(self.LOAD, windows).results
        assert (result.kind, result.gates) == ("open", False)
        assert words in result.message


def system(users: float, capacity: float, each: float = 10.0) -> float:
    """The throughput of a closed system: so many requests a second and user, up to its capacity."""
    return min(users * each, capacity)


def climb(
    profile: Profile, capacity: float, *, after: float = 20.0, late: int = 0
) -> tuple[Window, ...]:
    """The course of a stepped run on a system of this capacity; `late` seconds of `after` ms at its end."""
    moments: list[tuple[int | None, float, float, float | None]] = []
    for index, users in enumerate(profile.levels):
        falling = index == len(profile.levels) - 1
        for second in range(int(profile.hold)):
            rate = system(users, capacity)
            p95 = 20.0 * users * 10 / rate
            slow = falling and second < late
            moments.append((users, rate, 0.0, after if slow else p95))
    return course(moments)


class TestStress:
    """The knee and the recovery."""

    STRESS = Profile("stress", 100, 50, 120, 5)

    @pytest.mark.parametrize(
        ("capacity", "held"),
        [
            pytest.param(250, 20, id="between the first and the second step"),
            pytest.param(620, 60, id="between the third and the fourth"),
            pytest.param(820, 80, id="before the last"),
            pytest.param(5000, 100, id="none up to the last step"),
        ],
    )
    def test_the_knee_is_the_first_step_that_is_not_followed(
        self, capacity: float, held: float
    ) -> None:
        """A system of known capacity: users up to the knee are those that it still served."""
        answer = asked(self.STRESS, climb(self.STRESS, capacity))
        found = {m.metric.name: m.value for m in answer.measurements}
        assert found["knee.users"] == held
        assert found["knee.throughput"] == pytest.approx(10 * held)
        assert len(answer.facts["steps"]) == 6  # type: ignore[arg-type]
        said = one(answer.results, "stress.knee")
        assert said.kind == "pass"
        assert ("No knee" in said.message) is (held == 100)

    @pytest.mark.parametrize(
        ("failed", "knee"),
        [
            pytest.param(30.0, 2, id="five percent from the third step on"),
            pytest.param(3.0, None, id="half a percent"),
        ],
    )
    def test_a_jump_of_failures_is_a_knee(self, failed: float, knee: int | None) -> None:
        """Throughput that is kept up by fast failures follows only in looks."""
        windows = course(
            (users, users * 10.0, failed if users >= 60 else 0.0, 20.0)
            for users in self.STRESS.levels
            for _ in range(20)
        )
        answer = asked(self.STRESS, windows)
        assert answer.facts["knee"] == knee
        said = one(answer.results, "stress.knee").message
        assert ("failures jump: 5 % of the requests" in said) is (knee is not None)

    def test_a_jump_of_latency_is_a_knee(self) -> None:
        """Twice the first step's p95, and not within a few milliseconds."""

        def windows(slow: float) -> tuple[Window, ...]:
            return course(
                (users, users * 10.0, 0.0, slow if users == 80 else 20.0)
                for users in self.STRESS.levels
                for _ in range(20)
            )

        assert "p95 jumps" in one(asked(self.STRESS, windows(60)).results, "stress.knee").message
        assert asked(self.STRESS, windows(39)).facts["knee"] is None

    def test_noise_of_the_counts_is_no_knee(self) -> None:
        """A hundred systems that follow every step, with the scatter of real counts: no knee in nearly all."""
        chance = random.Random(5)
        found = 0
        for _ in range(100):
            windows = course(
                (users, max(0.0, chance.gauss(users * 10.0, math.sqrt(users * 10.0))), 0.0, 20.0)
                for users in self.STRESS.levels
                for _ in range(20)
            )
            found += asked(self.STRESS, windows).facts["knee"] is not None
        assert found <= 2

    @pytest.mark.parametrize(
        ("late", "expected"),
        [
            pytest.param(0, 0, id="at once"),
            pytest.param(7, 7, id="after seven seconds"),
        ],
    )
    def test_recovery_is_the_time_to_the_first_steps_band(self, late: int, expected: float) -> None:
        """From the fall of the load to the moment after which everything is as in the first step."""
        answer = asked(self.STRESS, climb(self.STRESS, 620, after=500, late=late))
        found = {m.metric.name: m.value for m in answer.measurements}
        assert found["recovery"] == expected

    @pytest.mark.parametrize(
        ("fallen", "expected"),
        [
            pytest.param([(22.0, 0)] * 19, 0, id="within twenty milliseconds"),
            pytest.param([(20.0, 0)] * 9 + [(900.0, 0)] + [(20.0, 0)] * 9, 0, id="a wild one"),
            pytest.param([(20.0, 1)] + [(20.0, 0)] * 18, 0, id="a failure"),
            pytest.param([(20.0, 150)] * 4 + [(20.0, 0)] * 15, 4, id="failures for four seconds"),
            pytest.param([(20.0, 0)] * 17 + [(900.0, 0)] * 2, None, id="it does not last"),
        ],
    )
    def test_the_band_bears_single_wild_moments(
        self, fallen: list[tuple[float, int]], expected: float | None
    ) -> None:
        """Two hundred requests a second, twenty milliseconds each, before the climb."""
        before = course([(20, 200.0, 0.0, 20.0)] * 10)
        part = span(before)
        assert part is not None
        after = course((20, 200.0, float(failed), p95) for p95, failed in fallen)
        assert stress.recovery(stress.Step(20, part, before), after, 1000.0) == expected

    def test_a_service_that_does_not_recover_fails(self) -> None:
        """Not back in the band by the end of the run: no measurement, and a failed gate."""
        answer = asked(self.STRESS, climb(self.STRESS, 620, after=500, late=20))
        result = one(answer.results, "stress.recovery")
        assert (result.kind, result.gates) == ("fail", True)
        assert "recovery" not in {m.metric.name for m in answer.measurements}

    def test_a_short_fall_accuses_nobody(self) -> None:
        """Ten seconds after the fall some tools still show what was before it."""
        short = self.STRESS._replace(run_time=60)
        result = one(asked(short, climb(short, 620, after=500, late=10)).results, "stress.recovery")
        assert (result.kind, result.gates) == ("open", False)

    @pytest.mark.parametrize(
        ("profile", "windows", "words"),
        [
            pytest.param(STRESS, (), "no course", id="no course"),
            pytest.param(
                STRESS, course([(100, 9.0, 0.0, 1.0)] * 120), "did not follow its steps", id="flat"
            ),
            pytest.param(STRESS, climb(STRESS, 900)[:100], "too few moments", id="ended too early"),
            pytest.param(
                STRESS._replace(users=1),
                course([(1, 9.0, 0.0, 1.0)] * 120),
                "no steps",
                id="one user",
            ),
        ],
    )
    def test_what_cannot_be_told_is_open(
        self, profile: Profile, windows: tuple[Window, ...], words: str
    ) -> None:
        """Both questions are open, with the reason, and warn."""
        results = asked(profile, windows).results
        assert {(r.rule.id, r.kind, r.gates) for r in results} == {
            ("stress.knee", "open", False),
            ("stress.recovery", "open", False),
        }
        assert all(words in result.message for result in results)

    def test_the_table_has_each_step_as_it_was(self) -> None:
        """Users, rate and latency of each level, the fall included."""
        steps, why = stress.table(self.STRESS, climb(self.STRESS, 620))
        assert why == ""
        assert [(s.load, round(s.part.throughput)) for s in steps] == [
            (20, 200), (40, 400), (60, 600), (80, 620), (100, 620), (20, 200),
        ]  # fmt: skip


class TestEndurance:
    """Drift over time."""

    LONG = Profile("endurance", 10, 10, 3600)

    def noisy(self, rise: float, spread: float = 0.1, seed: int = 1) -> tuple[Window, ...]:
        """An hour of p95 around 100 ms, that rises by this share of it, with scatter and a few wild moments."""
        chance = random.Random(seed)
        moments: list[tuple[int | None, float, float, float | None]] = []
        for second in range(0, 3600, 10):
            p95 = 100 * (1 + rise * second / 3600) * chance.lognormvariate(0, spread)
            moments.append((10, 50.0, 0.0, 3000.0 if chance.random() < 0.02 else p95))
        return tuple(w._replace(at=1000.0 + 10 * n) for n, w in enumerate(course(moments)))

    @pytest.mark.parametrize("rise", [0.2, 0.5, 2.0])
    def test_a_leak_of_known_slope_is_found(self, rise: float) -> None:
        """The slope is recovered within a tenth of the level, wild moments and all."""
        answer = asked(self.LONG, self.noisy(rise))
        [fact] = [f for f in answer.facts["drift"] if f["metric"] == "latency"]  # type: ignore[attr-defined]
        assert fact["per_hour"] == pytest.approx(100 * rise, abs=10)
        result = one(answer.results, "endurance.drift.latency")
        assert (result.kind, result.gates) == ("fail", True)
        assert "rises" in result.message

    def test_a_steady_service_is_not_accused(self) -> None:
        """Fifty hours without a drift, none of them failed."""
        results = [
            one(asked(self.LONG, self.noisy(0, seed=seed)).results, "endurance.drift.latency")
            for seed in range(50)
        ]
        assert [result.kind for result in results].count("fail") == 0

    def test_lost_throughput_and_more_failures_are_drifts(self) -> None:
        """Each in its own direction."""
        windows = course((10, 50.0 - at / 12, at / 60, 100.0) for at in range(120))
        answer = asked(self.LONG, windows)
        kinds = {r.rule.id: r.kind for r in answer.results}
        assert kinds == {
            "endurance.drift.latency": "pass",
            "endurance.drift.error_rate": "fail",
            "endurance.drift.throughput": "fail",
        }
        found = {m.metric.name: m.value for m in answer.measurements}
        assert found["drift.throughput"] > 15
        assert found["drift.latency"] == 0

    def test_what_gets_better_is_no_finding(self) -> None:
        """Falling latency is a negative drift."""
        answer = asked(self.LONG, course((10, 50.0, 0.0, 200.0 - at) for at in range(120)))
        assert one(answer.results, "endurance.drift.latency").kind == "pass"
        assert {m.metric.name: m.value for m in answer.measurements}["drift.latency"] < 0

    def test_too_few_moments_are_said(self) -> None:
        """Seven points carry no interval."""
        results = asked(self.LONG, course([(10, 50.0, 0.0, 100.0)] * 7)).results
        assert {(r.kind, r.gates) for r in results} == {("open", False)}
        assert "7 moments" in results[0].message

    def test_the_slope_is_the_median_of_all_slopes(self) -> None:
        """On a line with one wild point it is the line's own."""
        points = [(float(n), 2.0 * n + 1) for n in range(20)]
        points[7] = (7.0, 500.0)
        found = drift.slope(points)
        assert found.value == pytest.approx(2)
        assert found.low <= 2 <= found.high
        assert drift.blocks([(float(n), 1.0) for n in range(1000)])[0] == (8.0, 1.0)
