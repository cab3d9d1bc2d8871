"""The run's course: what came in each second, with percentiles of that second.

Samples of one second come close together, so a second's times are dropped once many later seconds have
begun; what is later still counts, but not for that second's percentiles.
"""

from __future__ import annotations

import math
from array import array
from typing import TYPE_CHECKING, Final

from trivigil.core.histogram import of_sorted
from trivigil.core.measurement import OVERALL
from trivigil.perf.facts import Window
from trivigil.perf.readers.k6_series import interpolated

if TYPE_CHECKING:
    from collections.abc import Iterator

    from trivigil.core.histogram import Histogram

OPEN: Final = 60
"""Seconds behind the newest one whose times are held."""
MAX_SECONDS: Final = 200_000
"""More than two days; later ones are not in the course."""
MAX_TIMED: Final = 7_200
"""Seconds whose times are kept as histograms, some kilobytes each."""
_PERCENTILES: Final = (("latency.p50", 0.5), ("latency.p95", 0.95), ("latency.p99", 0.99))


class Moment:
    """One second. `values` is None once its percentiles are computed."""

    __slots__ = ("failures", "percentiles", "requests", "times", "users", "values")

    def __init__(self) -> None:
        self.requests, self.failures = 0.0, 0.0
        self.users: int | None = None
        self.values: array[float] | None = array("d")
        self.percentiles: tuple[tuple[str, float], ...] = ()
        self.times: Histogram | None = None

    def take(self, other: Moment) -> None:
        """Add what was counted of the same second elsewhere, and later."""
        self.requests, self.failures = (
            self.requests + other.requests,
            self.failures + other.failures,
        )
        self.users = self.users if other.users is None else other.users
        if self.values is not None and other.values is not None:
            self.values.extend(other.values)

    def close(self, *, keep: bool) -> None:
        """Compute the percentiles, and let the times go; a histogram of them is kept where there is room."""
        ordered = sorted(self.values or ())
        self.values = None
        if keep and ordered:
            self.times = of_sorted(ordered)
        if ordered and ordered[-1]:
            self.percentiles = tuple((name, interpolated(ordered, q)) for name, q in _PERCENTILES)


class Course:
    """The moments of a run by their second (Unix time)."""

    def __init__(self) -> None:
        self.moments: dict[int, Moment] = {}
        self._kept = 0
        self._open: list[int] = []
        self._second, self._moment = -1, Moment()
        self.newest, self.lag = -math.inf, 0.0
        """The latest second, and by how many seconds another one came after it at most."""
        self.patience: float = OPEN

    def at(self, second: int) -> Moment:
        """The moment of a second, which is nearly always that of the call before."""
        if second != self._second:
            if second < self.newest - self.lag:
                self.lag = self.newest - second
            found = self.moments.get(second)
            self._second, self._moment = second, self._new(second) if found is None else found
        return self._moment

    def _new(self, second: int) -> Moment:
        made = Moment()
        if len(self.moments) < MAX_SECONDS:
            self.moments[second] = made
            self._open.append(second)
        if second > self.newest:
            self.newest = second
            for old in sorted(each for each in self._open if each <= second - self.patience):
                self._open.remove(old)
                self._close(self.moments[old])
        return made

    def follows(self, other: Course) -> bool:
        """Whether nothing in it is so late that it makes a difference that it was counted apart."""
        oldest = min(other.moments, default=math.inf)
        return other.lag < self.patience and oldest > self.newest - self.patience

    def take(self, other: Course) -> None:
        """Add what `follows` and was counted apart, where nothing was closed."""
        for second, moment in other.moments.items():
            self.at(second).take(moment)

    def _close(self, moment: Moment) -> None:
        self._kept += 1
        moment.close(keep=self._kept <= MAX_TIMED)

    def windows(self) -> Iterator[Window]:
        """The course in order; the number of users stays until k6 says another."""
        users, requests, failures = None, 0.0, 0.0
        for second, moment in sorted(self.moments.items()):
            if moment.values is not None:
                self._close(moment)
            users = users if moment.users is None else moment.users
            requests, failures = requests + moment.requests, failures + moment.failures
            yield Window(
                at=second,
                subject=OVERALL,
                users=users,
                throughput=moment.requests,
                failures=moment.failures,
                percentiles=moment.percentiles,
                total_requests=int(requests),
                total_failures=int(failures),
                times=moment.times,
            )
