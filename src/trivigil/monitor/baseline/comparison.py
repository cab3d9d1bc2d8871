"""Whether a target is slower than it usually is, phase by phase, from a few samples: pure.

A phase is slower where three things hold: its median is slower by at least so many milliseconds and at least so many percent, and
the samples stand so high among the baseline's that luck does that in one run of a thousand, all phases taken together. The first few
samples only raise a suspicion; where they do, more are taken, and all of them decide.
"""

from __future__ import annotations

from statistics import median
from typing import TYPE_CHECKING, Final, Literal

from trivigil.core.record import NamedTuple
from trivigil.monitor.baseline.ranks import adjusted, p_larger

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from trivigil.web.observation import Phases

PHASES: Final = ("dns", "connect", "tls", "ttfb", "transfer", "total")
LUCK: Final = 0.001
"""How often a run of a stable target may be called slower by luck, all phases taken together."""
FEWEST: Final = 5
"""Values of a phase below which nothing is said of it."""
FIRST: Final = 5
"""Samples of a run that has no suspicion."""
ENOUGH: Final = 20
"""Samples of a run whose first ones look slower."""
_SCALE: Final = 1.4826
"""What makes the MAD of normal values their standard deviation."""
_TRIPS: Final = ("connect", "tls", "ttfb")
"""Phases that take at least one way to the target and back."""

Verdict = Literal["usual", "slower", "faster"]


class Tolerance(NamedTuple):
    """By how much a phase has to be slower; both must be so."""

    ms: float = 50.0
    percent: float = 25.0

    def of(self, usual: float) -> float:
        """In milliseconds, for a phase that usually takes so many."""
        return max(self.ms, usual * self.percent / 100)


class Usual(NamedTuple):
    """A phase as it usually is, in milliseconds."""

    median: float
    mad: float
    """Median of the distances from the median."""
    values: tuple[float, ...]

    @property
    def spread(self) -> float:
        """The MAD, scaled to be a standard deviation where the values are normal."""
        return self.mad * _SCALE


class Compared(NamedTuple):
    """A phase now."""

    usual: float
    spread: float
    now: float
    own: float
    """Change that is not the way's, in milliseconds."""
    p: float
    """How likely that is by luck, all phases taken together."""
    slower: bool = False
    faster: bool = False

    @property
    def change(self) -> float:
        """Milliseconds."""
        return self.now - self.usual

    @property
    def percent(self) -> float | None:
        """The change in percent; None where nothing is usual."""
        return 100 * self.change / self.usual if self.usual else None


class Comparison(NamedTuple):
    """All phases that both sides have."""

    phases: Mapping[str, Compared]
    samples: int
    farther: float = 0.0
    """Milliseconds that a connection takes longer than it usually does: of each way to the target and back."""

    @property
    def verdict(self) -> Verdict:
        """Slower where any phase is, else faster where any is."""
        found = self.phases.values()
        if any(each.slower for each in found):
            return "slower"
        return "faster" if any(each.faster for each in found) else "usual"


def usual(values: Sequence[float]) -> Usual:
    """What these values say of a phase."""
    middle = median(values)
    return Usual(middle, median(abs(each - middle) for each in values), tuple(values))


def by_phase(samples: Sequence[Phases]) -> dict[str, tuple[float, ...]]:
    """The values of each phase that enough samples have."""
    found: dict[str, tuple[float, ...]] = {}
    for phase in PHASES:
        values = tuple(each for one in samples if (each := getattr(one, phase)) is not None)
        if len(values) >= FEWEST:
            found[phase] = values
    return found


def suspicious(samples: Sequence[Phases], base: Mapping[str, Usual], tolerance: Tolerance) -> bool:
    """Whether the medians alone look slower in any phase, so that more samples are worth their requests."""
    now = {phase: median(values) for phase, values in by_phase(samples).items() if phase in base}
    farther = _farther(now, base)
    return any(
        value - base[phase].median - farther * _trips(phase, now)
        >= tolerance.of(base[phase].median)
        for phase, value in now.items()
    )


def compare(
    samples: Sequence[Phases], base: Mapping[str, Usual], tolerance: Tolerance
) -> Comparison:
    """The phases now, against what is usual."""
    now = {phase: values for phase, values in by_phase(samples).items() if phase in base}
    middle = {phase: median(values) for phase, values in now.items()}
    farther = _farther(middle, base)
    own = {phase: farther * _trips(phase, now) for phase in now}
    luck = adjusted(
        [p_larger([each - own[phase] for each in now[phase]], base[phase].values) for phase in now]
    )
    luck_faster = adjusted([p_larger(base[phase].values, now[phase]) for phase in now])
    found = {}
    for phase, p, p_faster in zip(now, luck, luck_faster, strict=True):
        one = Compared(
            base[phase].median,
            base[phase].spread,
            middle[phase],
            middle[phase] - base[phase].median - own[phase],
            p,
        )
        least = tolerance.of(one.usual)
        found[phase] = one._replace(
            slower=one.own >= least and p <= LUCK,
            faster=-one.change >= least and p_faster <= LUCK,
        )
    return Comparison(found, len(samples), farther)


def _farther(now: Mapping[str, float], base: Mapping[str, Usual]) -> float:
    """How much longer a way to the target and back takes: a runner that stands elsewhere today is not the target's fault.

    Where the connection itself is so much slower that it matters, that phase says so, and the others are not blamed for it.
    """
    if "connect" not in now or "connect" not in base:
        return 0.0
    return max(now["connect"] - base["connect"].median, 0.0)


def _trips(phase: str, now: Mapping[str, object]) -> int:
    """How many ways of that kind a phase is made of, beside the connection's own."""
    if phase == "total":
        return sum(1 for each in _TRIPS if each in now)
    return 1 if phase in _TRIPS[1:] else 0
