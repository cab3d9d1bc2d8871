"""Whether a target is slower than usual, from samples made by hand."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trivigil.monitor.baseline.comparison import (
    Comparison,
    Tolerance,
    Usual,
    by_phase,
    compare,
    suspicious,
    usual,
)
from trivigil.web.observation import Phases

PHASES = Phases(8.0, 20.0, 45.0, 180.0, 15.0)
TOLERANCE = Tolerance()


def samples(
    count: int = 20,
    phases: Phases = PHASES,
    added: Mapping[str, float] = MappingProxyType({}),
    **more: float,
) -> list[Phases]:
    """Samples that differ a little, with so many milliseconds more in a phase."""
    found, added = [], {**added, **more}
    for place in range(count):
        part = 1 + (place * 7 % 11 - 5) / 100
        values = {
            name: None if value is None else value * part + added.get(name, 0)
            for name, value in phases._asdict().items()
        }
        found.append(Phases(**values))
    return found


BASE = {phase: usual(values) for phase, values in by_phase(samples()).items()}


def compared(
    now: list[Phases], base: dict[str, Usual] = BASE, tolerance: Tolerance = TOLERANCE
) -> Comparison:
    """The comparison, at the defaults."""
    return compare(now, base, tolerance)


def slower(found: Comparison) -> list[str]:
    """The phases that are."""
    return [phase for phase, one in found.phases.items() if one.slower]


def test_median_and_mad() -> None:
    """One value far away moves neither; the spread is that of normal values."""
    found = usual([1, 2, 3, 4, 1000])
    assert (found.median, found.mad) == (3, 1)
    assert found.spread == pytest.approx(1.4826)


@pytest.mark.parametrize(
    ("added", "phases"),
    [
        pytest.param({}, [], id="nothing"),
        pytest.param({"ttfb": 100}, ["ttfb", "total"], id="the first byte"),
        pytest.param({"dns": 100}, ["dns", "total"], id="the name"),
        pytest.param({"transfer": 60}, ["transfer"], id="less than 25 % of the total"),
        pytest.param({"transfer": 45}, [], id="more than 25 %, less than 50 ms"),
        pytest.param({"connect": 200}, ["connect"], id="the way: others are not blamed"),
        pytest.param({"connect": 40, "tls": 40, "ttfb": 40}, [], id="a runner farther away"),
        pytest.param({"connect": 40, "tls": 40, "ttfb": 140}, ["ttfb", "total"], id="farther and slower"),
        pytest.param({"ttfb": -40}, [], id="faster"),
    ],
)  # fmt: skip
def test_the_phase_is_named(added: dict[str, float], phases: list[str]) -> None:
    """A phase that is slower by enough is named, and no other one."""
    found = compared(samples(10, added=added))
    assert slower(found) == phases
    assert found.verdict == ("slower" if phases else "usual")


def test_less_than_the_percentage() -> None:
    """60 ms of a first byte of two seconds are no change."""
    slow = PHASES._replace(ttfb=2000.0)
    base = {phase: usual(values) for phase, values in by_phase(samples(phases=slow)).items()}
    assert slower(compared(samples(20, slow, ttfb=400), base)) == []
    assert slower(compared(samples(20, slow, ttfb=700), base)) == ["ttfb", "total"]


def test_a_tolerance_of_ones_own() -> None:
    """The least effect is what the file says."""
    now = samples(20, ttfb=100)
    assert slower(compared(now, tolerance=Tolerance(120, 25))) == []
    assert slower(compared(now, tolerance=Tolerance(10, 90))) == []


def test_faster_is_no_alarm() -> None:
    """What takes less time is noted and nothing is slower."""
    found = compared(samples(20, ttfb=-120))
    assert found.verdict == "faster"
    assert slower(found) == []
    assert [phase for phase, one in found.phases.items() if one.faster] == ["ttfb", "total"]


@given(
    place=st.integers(0, 4),
    phase=st.sampled_from(Phases._fields),
    ms=st.floats(0, 600_000),
)
def test_one_slow_sample_never_alarms(place: int, phase: str, ms: float) -> None:
    """However slow it is: it does not even raise a suspicion."""
    now = samples(5)
    now[place] = now[place]._replace(**{phase: 1000.0 + ms})
    assert not suspicious(now, BASE, TOLERANCE)
    assert slower(compared(now)) == []


def test_a_suspicion_alone_is_no_alarm() -> None:
    """Three slow samples of five ask for more, and three of twenty are nothing."""
    five = [*samples(2), *samples(3, ttfb=500)]
    assert suspicious(five, BASE, TOLERANCE)
    assert slower(compared(five)) == []
    assert slower(compared([*five, *samples(15)])) == []


def test_a_slow_sample_in_the_baseline_hides_nothing() -> None:
    """Nor does one in twenty keep a change from being told."""
    spiked = [*samples(19), PHASES._replace(ttfb=5000.0)]
    base = {phase: usual(values) for phase, values in by_phase(spiked).items()}
    assert slower(compared(samples(20, ttfb=150), base)) == ["ttfb", "total"]


def test_too_little_to_say() -> None:
    """A phase with fewer values than five, or that one side lacks, is not compared."""
    no_tls = PHASES._replace(tls=None)
    assert set(compared(samples(20, no_tls)).phases) == {"dns", "connect", "ttfb", "transfer", "total"}  # fmt: skip
    assert compared(samples(4, ttfb=900)).phases == {}
    assert compared([]).verdict == "usual"


def test_a_usual_time_of_nothing() -> None:
    """There is no percentage of zero."""
    base = {"dns": usual([0.0] * 20)}
    found = compared(samples(20, dns=100), base)
    assert found.phases["dns"].percent is None
    assert slower(found) == ["dns"]
