"""How often the comparison with a baseline alarms for nothing, and how soon it tells of what is slower.

Run by hand: `python benchmarks/baseline_alarms.py [SEEDS]`; the tables stand in docs/baseline.md. Each seed makes a baseline of 20 samples and
then runs as the monitor makes them, at the defaults: 5 samples, and 20 where they look slower. Same seeds, same tables, on any machine.
Goals: at most 1 false alarm in 1000 runs of a stable target, heavy tails too; a doubled first byte told in the first run,
one that takes half as long again within 2 runs.
"""

from __future__ import annotations

import math
import sys
from random import Random
from statistics import median
from typing import TYPE_CHECKING, NamedTuple

from trivigil.monitor.baseline.comparison import (
    ENOUGH,
    FIRST,
    Tolerance,
    by_phase,
    compare,
    suspicious,
    usual,
)
from trivigil.web.observation import Phases

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from trivigil.monitor.baseline.comparison import Usual

    Noise = Callable[[Random, str, float], float]
    """Milliseconds of one sample's phase that usually takes so many."""
    Level = Callable[[Random, int], float]
    """What all phases of a run are multiplied by, or what each way costs more; the baseline's run is 0."""

USUAL = {"dns": 8.0, "connect": 20.0, "tls": 45.0, "ttfb": 180.0, "transfer": 15.0}
SAMPLES = 20
RUNS = 40
"""Of each baseline."""
LONGEST = 10
"""Runs after which a change counts as not told."""
A_DAY = 48
"""Runs of every 30 minutes."""
WIDE = Tolerance(100, 50)


class Series(NamedTuple):
    """A target that is as it is."""

    name: str
    noise: Noise
    level: Level = lambda _random, _run: 1.0
    farther: Level = lambda _random, _run: 0.0
    samples: int = SAMPLES
    """Of the baseline."""
    tolerance: Tolerance = Tolerance()


class Change(NamedTuple):
    """What becomes slower, by phase: how many times as long, and by how many milliseconds."""

    name: str
    times: Mapping[str, float] = {}
    added: Mapping[str, float] = {}


NONE = Change("nothing")


# --- what targets are like -----------------------------------------------------------------------


def normal(spread: float) -> Noise:
    """Normal, by this part of what is usual."""
    return lambda random, _phase, ms: max(ms * (1 + random.gauss(0, spread)), 0.01)


def lognormal(spread: float) -> Noise:
    """With a heavy tail: of spread 1 one sample of a hundred takes ten times as long as usual."""
    return lambda random, _phase, ms: ms * math.exp(random.gauss(0, spread))


def spikes(share: float, times: float) -> Noise:
    """Now and then a phase takes many times as long."""

    def noise(random: Random, phase: str, ms: float) -> float:
        return normal(0.1)(random, phase, ms) * (times if random.random() < share else 1)

    return noise


def cached(misses: float, ms: float) -> Noise:
    """A share of the first bytes comes from no cache."""

    def noise(random: Random, phase: str, usually: float) -> float:
        missed = ms if phase == "ttfb" and random.random() < misses else 0.0
        return normal(0.1)(random, phase, usually + missed)

    return noise


def daily(part: float) -> Level:
    """Slower by day than by night."""
    return lambda _random, run: 1 + part * math.sin(2 * math.pi * run / A_DAY)


def drift(a_day: float) -> Level:
    """Slower from day to day."""
    return lambda _random, run: 1 + a_day * run / A_DAY


def other_machines(spread: float) -> Level:
    """Each run meets another machine."""
    return lambda random, _run: math.exp(random.gauss(0, spread))


def moves(ms: float) -> Level:
    """Every third run starts in a region from which each way takes longer."""
    return lambda random, run: ms if run and random.random() < 1 / 3 else 0.0


STABLE = (
    Series("normal, ±10 %", normal(0.1)),
    Series("normal, ±20 %", normal(0.2)),
    Series("lognormal, sigma 0.3", lognormal(0.3)),
    Series("lognormal, sigma 0.5", lognormal(0.5)),
    Series("lognormal, sigma 1.0", lognormal(1.0)),
    Series("spikes: 5 % of samples x 10", spikes(0.05, 10)),
    Series("spikes: 10 % of samples x 10", spikes(0.1, 10)),
    Series("cache: 30 % of samples +300 ms", cached(0.3, 300)),
    Series("daily rhythm, ±8 %", normal(0.1), daily(0.08)),
    Series("each run on another machine, ±5 %", normal(0.1), other_machines(0.05)),
    Series("every third run 30 ms farther away", normal(0.1), farther=moves(30)),
)
UNSTEADY = (
    Series("daily rhythm, ±15 %", normal(0.1), daily(0.15)),
    Series("each run on another machine, ±10 %", normal(0.1), other_machines(0.1)),
    Series("the same, tolerance 100 ms and 50 %", normal(0.1), other_machines(0.1), tolerance=WIDE),
)
"""What a baseline of one moment cannot know."""
CHANGES = (
    Change("first byte x 2", {"ttfb": 2}),
    Change("first byte +50 %", {"ttfb": 1.5}),
    Change("first byte +100 ms", added={"ttfb": 100}),
    Change("everything +30 %", dict.fromkeys(USUAL, 1.3)),
)
CHANGED = (
    *STABLE[:7],
    Series("lognormal, sigma 0.3, baseline of 60 samples", lognormal(0.3), samples=60),
    Series("lognormal, sigma 0.5, baseline of 60 samples", lognormal(0.5), samples=60),
)
STEPS = tuple(Change(phase, added={phase: 100}) for phase in USUAL)


# --- runs ----------------------------------------------------------------------------------------


class Run(NamedTuple):
    """What one run of the monitor came to."""

    samples: int
    slower: tuple[str, ...]


class Target:
    """One seed of a series, with its baseline."""

    def __init__(self, series: Series, seed: int) -> None:
        self.series, self.random = series, Random(f"{series.name}/{seed}")  # noqa: S311 (a simulation)
        self.first = self.random.randrange(A_DAY)
        found = by_phase(self.samples(series.samples, 0, NONE))
        self.usual: dict[str, Usual] = {phase: usual(values) for phase, values in found.items()}

    def samples(self, count: int, run: int, change: Change) -> list[Phases]:
        """Samples of one moment."""
        level = self.series.level(self.random, run + self.first)
        farther = self.series.farther(self.random, run)
        return [self.sample(level, farther, change) for _ in range(count)]

    def sample(self, level: float, farther: float, change: Change) -> Phases:
        """One exchange."""
        found = {}
        for phase, ms in USUAL.items():
            took = self.series.noise(self.random, phase, ms * level * change.times.get(phase, 1))
            way = farther if phase in {"connect", "tls", "ttfb"} else 0.0
            found[phase] = took + way + change.added.get(phase, 0)
        return Phases(**found)

    def run(self, number: int, change: Change = NONE) -> Run:
        """What the monitor does, and what it says."""
        taken = self.samples(ENOUGH, number, change)
        if not suspicious(taken[:FIRST], self.usual, self.series.tolerance):
            return Run(FIRST, ())
        compared = compare(taken, self.usual, self.series.tolerance).phases
        return Run(ENOUGH, tuple(phase for phase, one in compared.items() if one.slower))


class Rate(NamedTuple):
    """Of many runs of many baselines."""

    runs: int
    alarms: int
    samples: float
    """In the mean, of a run."""

    @property
    def of_a_thousand(self) -> float:
        """Alarms."""
        return 1000 * self.alarms / self.runs


def rate(series: Series, seeds: int, runs: int = RUNS) -> Rate:
    """How often a series alarms that does not change."""
    found = [
        target.run(number)
        for target in (Target(series, seed) for seed in range(seeds))
        for number in range(1, runs + 1)
    ]
    alarms = sum(1 for one in found if one.slower)
    return Rate(len(found), alarms, sum(one.samples for one in found) / len(found))


def delays(series: Series, change: Change, seeds: int) -> list[int]:
    """In which run after the change it is told, for each seed; one more than LONGEST where in none."""
    return [_delay(Target(series, seed), change) for seed in range(seeds)]


def _delay(target: Target, change: Change) -> int:
    told = (run for run in range(1, LONGEST + 1) if target.run(run, change).slower)
    return next(told, LONGEST + 1)


def within(found: Sequence[int], runs: int) -> float:
    """Percent that are told by then."""
    return 100 * sum(1 for each in found if each <= runs) / len(found)


def named(change: Change, seeds: int) -> tuple[float, float, float]:
    """Percent of runs that name the phase, the total, and any other phase."""
    [phase] = change.added
    found = [set(Target(STABLE[0], seed).run(1, change).slower) for seed in range(seeds)]
    kinds = ({phase}, {"total"}, set(USUAL) - {phase})
    own, total, others = (100 * sum(1 for one in found if one & kind) / seeds for kind in kinds)
    return own, total, others


def told_at(series: Series, seeds: int, days: int) -> float:
    """By how many percent a drift has gone when half of the seeds are told."""
    found = []
    for seed in range(seeds):
        target = Target(series._replace(level=drift(0.0)), seed)
        target.series, target.first = series, 0
        runs = range(1, days * A_DAY + 1)
        at = next((run for run in runs if target.run(run).slower), days * A_DAY)
        found.append(100 * (series.level(target.random, at) - 1))
    return median(found)


# --- the tables ----------------------------------------------------------------------------------


def main(seeds: int) -> None:
    """All tables, as Markdown."""
    print("| a target that does not change | runs | alarms in 1000 runs | samples a run |")
    print("|---|---:|---:|---:|")
    for series in (*STABLE, *UNSTEADY):
        found = rate(series, seeds)
        print(
            f"| {series.name} | {found.runs} | {found.of_a_thousand:.2f} | {found.samples:.1f} |",
            flush=True,
        )
    print("\n| told within 1, 2, 3 runs (%) |", " | ".join(each.name for each in CHANGES), "|")
    print("|---|" + "---|" * len(CHANGES))
    for series in CHANGED:
        cells = []
        for change in CHANGES:
            late = delays(series, change, max(seeds // 4, 1))
            cells.append(", ".join(f"{within(late, runs):.0f}" for runs in (1, 2, 3)))
        print(f"| {series.name} |", " | ".join(cells), "|", flush=True)
    print("\n| +100 ms in | named (%) | total named (%) | another phase named (%) |")
    print("|---|---:|---:|---:|")
    for change in STEPS:
        own, total, others = named(change, max(seeds // 4, 1))
        print(f"| {change.name} | {own:.1f} | {total:.1f} | {others:.1f} |")
    slow = Series("drift, +1 % a day", normal(0.1), drift(0.01))
    at = told_at(slow, max(seeds // 20, 1), 60)
    print(f"\nA drift of 1 % a day is told when the target is slower by {at:.0f} % (median).")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1000)
