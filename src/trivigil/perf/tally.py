"""Single requests counted together: exact percentiles, a histogram, and the run's course by seconds.

Times are counted by value, so that a file of millions of requests stays small in memory. Percentiles are of nearest
rank: the smallest time that no less than q of all requests did not exceed.
"""

from __future__ import annotations

import math
from collections import Counter
from typing import TYPE_CHECKING, Final

from trivigil.core import histogram
from trivigil.core.measurement import OVERALL, percentile_name
from trivigil.perf.entry import Entry
from trivigil.perf.facts import Window

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

MAX_TIMED: Final = 7_200
"""In a run of more seconds no second keeps its times."""
_PERCENTS: Final = (50, 75, 90, 95, 99)


class Tally:
    """What is counted of one subject; the only thing here that changes, while a file is read."""

    def __init__(self) -> None:
        self.times: Counter[float] = Counter()
        """How often each time was measured, in ms."""
        self.failures = 0
        self.unanswered = 0
        """Requests without a time, not in `times`."""

    def add(self, time: float | None, *, failed: bool) -> None:
        """One request."""
        if time is None:
            self.unanswered += 1
        else:
            self.times[time] += 1
        self.failures += failed

    def entry(self, subject: str, seconds: float) -> Entry:
        """The counts and times of the subject, over so many seconds."""
        timed = self.times.total()
        requests = timed + self.unanswered
        mean = sum(time * count for time, count in self.times.items()) / timed if timed else None
        return Entry(
            subject=subject,
            requests=requests,
            failures=self.failures,
            timed=timed,
            mean=mean,
            fastest=min(self.times, default=None),
            slowest=max(self.times, default=None),
            throughput=requests / seconds if seconds else None,
            percentiles=tuple(percentiles(self.times)),
            histogram=histogram.of_counts(self.times.items()) if timed else None,
        )


def percentiles(times: Mapping[float, int]) -> Iterator[tuple[str, float]]:
    """(metric name, ms) of times counted by value."""
    total, seen, due = sum(times.values()), 0, list(_PERCENTS)
    for time in sorted(times):
        seen += times[time]
        while due and seen >= max(1, math.ceil(due[0] / 100 * total)):
            yield percentile_name("latency", due.pop(0)), time


class Course:
    """The whole run by seconds."""

    def __init__(self) -> None:
        self.seconds: dict[int, Tally] = {}
        self.users: dict[int, int] = {}
        self.first = math.inf
        self.last = 0.0
        self.opening: float | None = None
        """How long the request that began first took, in ms."""

    def add(self, begin: float, time: float, *, failed: bool, users: int | None = None) -> None:
        """A request that began at a Unix time and took so many ms; it counts where it ended."""
        end = begin + time / 1000
        if begin < self.first:
            self.opening = time
        self.first, self.last = min(self.first, begin), max(self.last, end)
        second = int(end)
        self.seconds.setdefault(second, Tally()).add(time, failed=failed)
        if users is not None:
            self.users[second] = max(users, self.users.get(second, 0))

    @property
    def length(self) -> float:
        """Seconds from the first request's beginning to the last one's end."""
        return max(0.0, self.last - self.first)

    def windows(self) -> Iterator[Window]:
        """A window for each second in which a request ended."""
        requests = failures = 0
        for second in sorted(self.seconds):
            now = self.seconds[second]
            requests, failures = requests + now.times.total(), failures + now.failures
            yield Window(
                at=float(second),
                subject=OVERALL,
                users=self.users.get(second),
                throughput=float(now.times.total()),
                failures=float(now.failures),
                percentiles=tuple(percentiles(now.times)),
                total_requests=requests,
                total_failures=failures,
                times=histogram.of_counts(now.times.items())
                if len(self.seconds) <= MAX_TIMED
                else None,
            )
