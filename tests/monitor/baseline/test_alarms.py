"""How often the comparison alarms for nothing and how soon it tells, on seeded series: the tables of docs/baseline.md, with fewer seeds."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks import baseline_alarms as alarms

HERE = Path(__file__).parents[3]


@pytest.mark.parametrize("series", alarms.STABLE, ids=lambda series: series.name)
def test_a_stable_target_is_left_alone(series: alarms.Series) -> None:
    """At most one run in a thousand alarms, heavy tails and all, and most runs cost little."""
    found = alarms.rate(series, 50)
    assert found.runs == 2000
    assert found.of_a_thousand <= 1
    assert found.samples <= 12


@pytest.mark.parametrize(
    "series",
    [alarms.STABLE[0], alarms.STABLE[1], alarms.STABLE[2], alarms.STABLE[5]],
    ids=lambda series: series.name,
)
def test_a_doubled_first_byte_is_told_at_once(series: alarms.Series) -> None:
    """In the first run."""
    assert alarms.within(alarms.delays(series, alarms.CHANGES[0], 50), 1) >= 95


@pytest.mark.parametrize(
    "series",
    [alarms.STABLE[0], alarms.STABLE[1], alarms.STABLE[5]],
    ids=lambda series: series.name,
)
def test_half_as_long_again_is_told_soon(series: alarms.Series) -> None:
    """Within two runs."""
    assert alarms.within(alarms.delays(series, alarms.CHANGES[1], 50), 2) >= 90


@pytest.mark.parametrize("change", alarms.STEPS, ids=lambda change: change.name)
def test_each_phase_is_named_for_its_own(change: alarms.Change) -> None:
    """100 ms more in one phase name that phase and no other one."""
    own, _, others = alarms.named(change, 20)
    assert (own, others) == (100, 0)


def test_the_same_seeds_give_the_same() -> None:
    """On any machine, in any order."""
    one, other = (alarms.Target(alarms.STABLE[0], 7) for _ in range(2))
    assert one.usual == other.usual
    assert one.usual["ttfb"].median == pytest.approx(182.6, abs=60)


def test_the_tables_are_published() -> None:
    """Every series and change stands in the documentation."""
    text = (HERE / "docs" / "baseline.md").read_text(encoding="utf-8")
    names = [one.name for one in (*alarms.STABLE, *alarms.UNSTEADY, *alarms.CHANGED)]
    names += [one.name for one in (*alarms.CHANGES, *alarms.STEPS)]
    assert [name for name in names if f"| {name} |" not in text] == []
