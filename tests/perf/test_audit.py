"""The audit: a generator that stood still is told from a service that did."""

from __future__ import annotations

import pytest

from trivigil.core.measurement import OVERALL, Measurement, metric
from trivigil.perf import audit
from trivigil.perf.facts import RunFacts, Window


def course(*at: float, rate: float = 20.0, users: int | None = None) -> tuple[Window, ...]:
    return tuple(Window(1000 + each, OVERALL, users, rate, 0, (), 0, 0) for each in at)


def facts(timeline: tuple[Window, ...], slowest: float = 800.0) -> RunFacts:
    return RunFacts((Measurement(OVERALL, metric("latency.max"), slowest, 100),), timeline=timeline)


STEADY = tuple(float(second) for second in range(10))
STALLED = (*STEADY, *(float(second) for second in range(17, 25)))


@pytest.mark.parametrize(
    ("run", "said"),
    [
        pytest.param(facts(course(*STEADY)), (), id="a steady run"),
        pytest.param(
            facts(course(*STALLED)),
            (
                (
                    "Nothing ended for 8 s from second 9 on, and no request took longer than 0.8 s: "
                    "the load generator stood still."
                ),
            ),
            id="the generator stood still",
        ),
        pytest.param(
            facts(course(*STALLED), slowest=8100.0),
            (),
            id="the service stood still: its times say so",
        ),
        pytest.param(facts(course(*STALLED, rate=0.5)), (), id="a slow test has gaps by nature"),
        pytest.param(
            facts(course(*(10 * second for second in STEADY))), (), id="windows of ten seconds"
        ),
        pytest.param(RunFacts(timeline=course(*STALLED)), (), id="no times: nothing can be said"),
        pytest.param(facts(course(0, 1, 20)), (), id="too short to have a usual pace"),
        pytest.param(
            facts(
                (
                    *course(*STEADY),
                    *course(*map(float, range(10, 17)), rate=0.0),
                    *course(17, 18, 19),
                )
            ),
            (
                (
                    "Nothing ended for 8 s from second 9 on, and no request took longer than 0.8 s: "
                    "the load generator stood still."
                ),
            ),
            id="windows that say nothing ended",
        ),
    ],
)
def test_who_stood_still(run: RunFacts, said: tuple[str, ...]) -> None:
    """A gap in which no request was on its way is the generator's own; the run is invalid then."""
    assert audit.stalls(run) == said


def test_many_stalls_are_not_a_wall_of_text() -> None:
    """Two are described, the rest is counted."""
    seconds = [float(20 * block + second) for block in range(5) for second in range(8)]
    assert len(audit.stalls(facts(course(*seconds)))) == 3
    assert audit.stalls(facts(course(*seconds)))[2] == "It stood still 2 more times."


@pytest.mark.parametrize(
    ("seen", "asked", "short"),
    [
        pytest.param(50, 50, False, id="all of them"),
        pytest.param(49, 50, False, id="nearly all"),
        pytest.param(37, 50, True, id="too few"),
        pytest.param(None, 50, False, id="the tool does not say"),
    ],
)
def test_users_that_never_ran(seen: int | None, asked: int, short: bool) -> None:
    """A run with fewer users than asked for proves less than it says."""
    said = audit.users(facts(course(*STEADY, users=seen)), asked)
    assert bool(said) is short
    assert not said or said[0].startswith("At most 37 of the 50 users ran at once")
