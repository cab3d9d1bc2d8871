"""The run's course: what came in each second, with percentiles of that second.

Samples of one second come close together, so a second's times are dropped once many later seconds have
begun; what is later still counts, but not for that second's percentiles.
"""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING, Final

from trivigil.core.measurement import OVERALL
from trivigil.perf.facts import Window
from trivigil.perf.readers.k6_series import interpolated

if TYPE_CHECKING:
    from collections.abc import Iterator

OPEN: Final = 60
"""Seconds whose times are held."""
MAX_SECONDS: Final = 200_000
"""More than two days; later ones are not in the course."""
_PERCENTILES: Final = (("latency.p50", 0.5), ("latency.p95", 0.95), ("latency.p99", 0.99))


class Moment:
    """One second. `values` is None once its percentiles are computed."""

    __slots__ = ("failures", "percentiles", "requests", "users", "values")

    def __init__(self) -> None:
        self.requests, self.failures = 0.0, 0.0
        self.users: int | None = None
        self.values: array[float] | None = array("d")
        self.percentiles: tuple[tuple[str, float], ...] = ()

    def close(self) -> None:
        """Compute the percentiles, and let the times go."""
        ordered = sorted(self.values or ())
        self.values = None
        if ordered and ordered[-1]:
            self.percentiles = tuple((name, interpolated(ordered, q)) for name, q in _PERCENTILES)


class Course:
    """The moments of a run by their second (Unix time)."""

    def __init__(self) -> None:
        self.moments: dict[int, Moment] = {}
        self._open: list[int] = []
        self._second, self._moment = -1, Moment()

    def at(self, second: int) -> Moment:
        """The moment of a second, which is nearly always that of the call before."""
        if second != self._second:
            found = self.moments.get(second)
            self._second, self._moment = second, self._new(second) if found is None else found
        return self._moment

    def _new(self, second: int) -> Moment:
        made = Moment()
        if len(self.moments) < MAX_SECONDS:
            self.moments[second] = made
            self._open.append(second)
        if len(self._open) > OPEN:
            oldest = min(self._open)
            self._open.remove(oldest)
            self.moments[oldest].close()
        return made

    def windows(self) -> Iterator[Window]:
        """The course in order; the number of users stays until k6 says another."""
        users, requests, failures = None, 0.0, 0.0
        for second, moment in sorted(self.moments.items()):
            if moment.values is not None:
                moment.close()
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
            )
