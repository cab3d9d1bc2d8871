"""Single requests counted together: percentiles, a histogram, and the run's course by seconds.

Times are counted by value, so that a file of millions of requests stays small in memory. Where there are too many different values,
each becomes the middle of its bucket (see core.histogram), so that percentiles are exact to 0.5 %; means, the fastest and the
slowest stay exact. Percentiles are of nearest rank: the smallest time that no less than q of all requests did not exceed.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections import Counter
from itertools import accumulate
from operator import mul
from typing import TYPE_CHECKING, Final

from trivigil.core import histogram
from trivigil.core.histogram import Histogram
from trivigil.core.measurement import OVERALL, percentile_name
from trivigil.perf.entry import Entry
from trivigil.perf.facts import Window

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

_UNIT: Final = 2.0**40
_PERCENTS: Final = (50, 75, 90, 95, 99)
MOST: Final = 20_000
"""Different times of one subject that are kept as they are."""
OPEN: Final = 60
"""Seconds behind the newest one whose times are held: what belongs together comes close together."""
MAX_SECONDS: Final = 200_000
"""More than two days; later ones are not in the course."""
MAX_TIMED: Final = 7_200
"""Seconds whose times are kept as histograms, some kilobytes each."""


class Tally:
    """What is counted of one subject; the only thing here that changes, while a file is read.

    Whatever the order of what is counted, and in whatever parts: the same numbers come out, to the last bit.
    """

    def __init__(self) -> None:
        self.times: Counter[float] = Counter()
        """How often each time was measured, in ms: those that are not folded."""
        self.failures = 0
        self.unanswered = 0
        """Requests without a time, not in `times`."""
        self.folded: Histogram | None = None
        """The times that were too many to be kept as they are."""
        self.total = 0
        """The sum of folded times in units of 2^-40 ms: of whole numbers the order does not matter."""
        self.fastest, self.slowest = math.inf, -math.inf
        """Of folded times."""

    def add(self, time: float | None, *, failed: bool, count: int = 1) -> None:
        """One request, or several alike."""
        if time is None:
            self.unanswered += count
        else:
            self.times[time] += count
            if len(self.times) > MOST:
                self._fold()
        if failed:
            self.failures += count

    def add_all(self, times: Iterable[float], failures: int) -> None:
        """Many requests at once, all of them answered."""
        self.times.update(times)
        self.failures += failures
        if len(self.times) > MOST:
            self._fold()

    def merge(self, others: Iterable[Tally]) -> Tally:
        """Itself, with everything that the others counted."""
        for other in others:
            self.times.update(other.times)
            self.failures += other.failures
            self.unanswered += other.unanswered
            if other.folded is not None:
                self.folded = other.folded.merge(self.folded or Histogram({}))
                self.total += other.total
                self.fastest = min(self.fastest, other.fastest)
                self.slowest = max(self.slowest, other.slowest)
            if len(self.times) > MOST:
                self._fold()
        return self

    def _fold(self) -> None:
        """Let the single times go: counts by bucket and their exact sum stay."""
        before, self.times = self.times, Counter()
        found = histogram.of_counts(before.items())
        self.folded = found if self.folded is None else self.folded.merge(found)
        self.total += sum(
            map(mul, map(int, map(_UNIT.__mul__, map(float, before))), before.values())
        )
        self.fastest = min(self.fastest, *before)
        self.slowest = max(self.slowest, *before)

    @property
    def requests(self) -> int:
        """How many requests were counted, answered or not."""
        kept = self.folded.total if self.folded else 0
        return self.times.total() + kept + self.unanswered

    def entry(self, subject: str, seconds: float) -> Entry:
        """The counts and times of the subject, over so many seconds."""
        if self.folded and self.times:
            self._fold()
        timed, requests = self.requests - self.unanswered, self.requests
        return Entry(
            subject=subject,
            requests=requests,
            failures=self.failures,
            timed=timed,
            mean=self._sum() / timed if timed else None,
            fastest=float(min((*self.times, self.fastest))) if timed else None,
            slowest=float(max((*self.times, self.slowest))) if timed else None,
            throughput=requests / seconds if seconds else None,
            percentiles=tuple(percentiles(self.times if not self.folded else _near(self.folded))),
            histogram=(self.folded or histogram.of_counts(self.times.items())) if timed else None,
        )

    def _sum(self) -> float:
        if self.folded:
            return self.total / _UNIT
        return sum(time * count for time, count in self.times.items())


def _near(folded: Histogram) -> dict[float, int]:
    """Times of a histogram by the middle of their bucket."""
    near = {histogram.middle(bucket): count for bucket, count in folded.buckets.items()}
    return {0.0: folded.zeros, **near} if folded.zeros else near


def percentiles(times: Mapping[float, int]) -> Iterator[tuple[str, float]]:
    """(metric name, ms) of times counted by value."""
    ordered = sorted(times)
    seen = list(accumulate(map(times.__getitem__, ordered)))
    for percent in _PERCENTS if ordered else ():
        rank = max(1, math.ceil(percent / 100 * seen[-1]))
        yield percentile_name("latency", percent), float(ordered[bisect_left(seen, rank)])


def ranks(ordered: Sequence[float]) -> Iterator[tuple[str, float]]:
    """(metric name, ms) of times in order, by the same rule."""
    for percent in _PERCENTS if ordered else ():
        place = max(1, math.ceil(percent / 100 * len(ordered)))
        yield percentile_name("latency", percent), float(ordered[place - 1])


class Moment:
    """One second. `times` is None once its percentiles are computed."""

    __slots__ = ("failures", "histogram", "percentiles", "requests", "times", "users")

    def __init__(self) -> None:
        self.requests = self.failures = 0
        self.users: int | None = None
        self.times: list[float] | None = []
        self.percentiles: tuple[tuple[str, float], ...] = ()
        self.histogram: Histogram | None = None

    def add_all(self, times: Sequence[float], failures: int) -> None:
        """Requests that ended in this second."""
        self.requests += len(times)
        self.failures += failures
        if self.times is not None:
            self.times.extend(times)

    def take(self, other: Moment) -> None:
        """Add what was counted of the same second elsewhere, and later."""
        self.add_all(other.times or (), other.failures)
        self.requests += other.requests - len(other.times or ())
        self.users = self.users if other.users is None else other.users

    def close(self, *, keep: bool) -> None:
        """Compute the percentiles, and let the times go; a histogram of them is kept where there is room."""
        if self.times is None:
            return
        times, self.times = self.times, None
        counted = Counter(times)
        if 2 * len(counted) < len(times):  # whole milliseconds: most are there several times
            self.percentiles = tuple(percentiles(counted))
            self.histogram = histogram.of_counts(counted.items()) if keep else None
            return
        ordered = sorted(times)
        self.percentiles = tuple(ranks(ordered))
        self.histogram = histogram.of_sorted(ordered) if keep and ordered else None


class Course:
    """The whole run by seconds."""

    def __init__(self) -> None:
        self.moments: dict[int, Moment] = {}
        self._open: list[int] = []
        self.newest, self.lag = -math.inf, 0.0
        """The latest second, and by how many seconds another one came after it at most."""
        self.patience: float = OPEN
        self.first, self.last = math.inf, -math.inf
        self.opening: float | None = None
        """How long the request that began first took, in ms; None where it got no answer."""

    def add(
        self,
        begin: float,
        time: float,
        *,
        failed: bool,
        users: int | None = None,
        timed: bool = True,
    ) -> None:
        """A request that began at a Unix time and took so many ms; it counts where it ended."""
        end = begin + time / 1000
        self.spans(begin, end, time if timed else None)
        moment = self.at(int(end))
        moment.requests += 1
        moment.failures += failed
        if timed and moment.times is not None:
            moment.times.append(time)
        if users is not None:
            moment.users = users

    def spans(self, begin: float, end: float, opening: float | None) -> None:
        """Note when the first request began, how long it took (ms), and when the last one ended, in Unix seconds."""
        if begin < self.first:
            self.opening = opening
        self.first, self.last = min(self.first, begin), max(self.last, end)

    def at(self, second: int) -> Moment:
        """The moment of a second (Unix time)."""
        if second < self.newest - self.lag:
            self.lag = self.newest - second
        return self.moments.get(second) or self._new(second)

    def _new(self, second: int) -> Moment:
        made = Moment()
        if len(self.moments) < MAX_SECONDS:
            self.moments[second] = made
            self._open.append(second)
        if second > self.newest:
            self.newest = second
            self._close(second - self.patience)
        return made

    def _close(self, last: float) -> None:
        """Close what is held up to a second, the oldest first."""
        gone = sorted(second for second in self._open if second <= last)
        for second in gone:
            self._open.remove(second)
            self.moments[second].close(keep=len(self.moments) <= MAX_TIMED)

    def apart(self) -> Course:
        """Itself, for a part of a file: all is held until it is taken into the course of the whole."""
        self.patience = math.inf
        return self

    def follows(self, other: Course) -> bool:
        """Whether nothing in it is so late that it makes a difference that it was counted apart."""
        oldest = min(other.moments, default=math.inf)
        return other.lag < self.patience and oldest > self.newest - self.patience

    def take(self, other: Course) -> None:
        """Add what `follows` and was counted apart."""
        self.spans(other.first, other.last, other.opening)
        for second, moment in other.moments.items():
            self.at(second).take(moment)

    @property
    def length(self) -> float:
        """Seconds from the first request's beginning to the last one's end."""
        return max(0.0, self.last - self.first)

    def windows(self) -> Iterator[Window]:
        """A window for each second in which a request ended."""
        requests = failures = 0
        for second, moment in sorted(self.moments.items()):
            moment.close(keep=len(self.moments) <= MAX_TIMED)
            requests, failures = requests + moment.requests, failures + moment.failures
            yield Window(
                at=float(second),
                subject=OVERALL,
                users=moment.users,
                throughput=float(moment.requests),
                failures=float(moment.failures),
                percentiles=moment.percentiles,
                total_requests=requests,
                total_failures=failures,
                times=moment.histogram if len(self.moments) <= MAX_TIMED else None,
            )
