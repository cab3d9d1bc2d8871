"""A log of single requests: each counted for its endpoint, for the run and for its second.

What repeats requests (a transaction, a group) has times of its own and is no request of the whole run. Memory does not
grow with the number of requests.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from itertools import compress
from operator import add
from typing import TYPE_CHECKING, Final, TypeVar

from trivigil import foreign
from trivigil.core.errors import SourceError
from trivigil.core.measurement import OVERALL
from trivigil.core.reading import Reading
from trivigil.perf import entry
from trivigil.perf.facts import ErrorCount, RunFacts
from trivigil.perf.tally import MOST, Course, Tally

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Iterator, Sequence

    from trivigil.core.reading import State
    from trivigil.sources import Source

K = TypeVar("K", bound="Hashable")

MAX_ENDPOINTS: Final = 2_000
MAX_TEXTS: Final = 1_000
"""Different error texts that are told apart."""
BACK: Final = 120.0
"""Seconds that a request may end before the one that was written ahead of it: JMeter's remote engines send theirs in batches of
up to a minute (`time_threshold` in jmeter.properties)."""


class Samples:
    """What is counted while a log is read."""

    def __init__(self) -> None:
        self.course = Course()
        self.endpoints: dict[str, Tally] = {}
        self.rest = Tally()
        """Requests of endpoints beyond MAX_ENDPOINTS."""
        self.groups: dict[str, Tally] = {}
        self.errors: dict[tuple[str, str], int] = {}
        self.lumped = False
        self.earliest = math.inf
        """When the request that ended first did so, in Unix ms."""

    def add(
        self,
        subject: str,
        begin: float,
        time: float,
        *,
        failed: bool,
        error: str = "",
        users: int | None = None,
        timed: bool = True,
    ) -> None:
        """A request that began at a Unix time and took so many ms; `timed` where that is how long an answer took.

        Raises SourceError for a clock that went back.
        """
        end = begin + time / 1000
        self.runs_on(end)
        self.earliest = min(self.earliest, end * 1000)
        self.endpoint(subject).add(time if timed else None, failed=failed)
        self.course.add(begin, time, failed=failed, users=users, timed=timed)
        if failed:
            self.failed(subject, error)

    def add_all(
        self,
        subjects: Sequence[str],
        begins: Sequence[float],
        times: Sequence[float],
        failed: Sequence[bool],
        prefix: str = "",
    ) -> list[float] | None:
        """Many requests at once, several times as fast, their errors apart; None, and nothing is counted, where the clock goes back.

        Beginnings are Unix times in ms; what begins the names of all subjects may be given apart. `failed` is
        empty where nothing did. Returned are the seconds in which requests ended.
        """
        ends = list(map(add, begins, times))
        first, last = min(ends), max(ends)
        if first < max(self.course.last * 1000, last) - BACK * 1000:
            return None
        self.earliest = min(self.earliest, first)
        broken = Counter(compress(subjects, failed))
        for subject, some in _grouped(subjects, times).items():
            self.endpoint(prefix + subject).add_all(some, broken[subject])
        seconds = [end // 1000 for end in ends]
        late = Counter(compress(seconds, failed))
        for second, some in _grouped(seconds, times).items():
            self.course.at(int(second)).add_all(some, late[second])
        begun = min(begins)
        self.course.spans(begun / 1000, last / 1000, times[begins.index(begun)])
        return seconds

    def apart(self) -> Samples:
        """Itself, for a part of a file that is taken into the whole."""
        self.course.apart()
        return self

    def take(self, other: Samples) -> bool:
        """Add what was counted of the next part of a file; False, and nothing is, where that is not as if it was counted here."""
        back = other.earliest < (self.course.last - BACK) * 1000
        many = other.lumped or len(other.errors) >= MAX_TEXTS or len(other.groups) >= MAX_ENDPOINTS
        if back or many or not self.course.follows(other.course):
            return False
        for subject, tally in other.endpoints.items():
            self.endpoint(subject).merge((tally,))
        for name, tally in other.groups.items():
            if name in self.groups or len(self.groups) < MAX_ENDPOINTS:
                self.groups.setdefault(name, Tally()).merge((tally,))
        for key, count in other.errors.items():
            self.failed(*key, count)
        self.course.take(other.course)
        self.earliest = min(self.earliest, other.earliest)
        return True

    def runs_on(self, end: float) -> None:
        """Raises SourceError where a request ends long before one that was written ahead of it."""
        if end < self.course.last - BACK:
            message = f"the clock goes back by {self.course.last - end:,.0f} s here."
            raise SourceError(message, tip="Are there several runs in it? Give each a file.")

    def endpoint(self, subject: str) -> Tally:
        """Where requests of a subject are counted. Raises SourceError for one that is called OVERALL."""
        found = self.endpoints.get(subject)
        if found is not None:
            return found
        if subject == OVERALL:
            message = f"an endpoint is called {OVERALL}, which is the name of the whole run here."
            raise SourceError(message, tip="Give it another name in the test plan.")
        if len(self.endpoints) >= MAX_ENDPOINTS:
            self.lumped = True
            return self.rest
        return self.endpoints.setdefault(subject, Tally())

    def failed(self, subject: str, error: str, count: int = 1) -> None:
        """Why requests of a subject failed."""
        key = subject, error
        if key not in self.errors and len(self.errors) >= MAX_TEXTS:
            key = OVERALL, "(other errors)"
        self.errors[key] = self.errors.get(key, 0) + count

    def group(self, name: str, time: float, *, failed: bool) -> None:
        """One transaction or group, which is no request."""
        if name in self.groups or len(self.groups) < MAX_ENDPOINTS:
            self.groups.setdefault(name, Tally()).add(time, failed=failed)

    def entries(self, kind: str) -> Iterator[entry.Entry]:
        """The whole run, its endpoints, and its groups, which are called a `kind` where they share a name."""
        seconds = self.course.length
        whole = Tally().merge((self.rest, *self.endpoints.values()))
        yield whole.entry(OVERALL, seconds)
        for subject, tally in self.endpoints.items():
            yield tally.entry(subject, seconds)
        for name, tally in self.groups.items():
            taken = name in self.endpoints or name == OVERALL
            yield tally.entry(f"{name} ({kind})" if taken else name, seconds)

    def notes(self) -> Iterator[str]:
        """What the limits of memory cost."""
        if self.lumped:
            yield (
                f"There are more than {MAX_ENDPOINTS:,} endpoints; those beyond are in the whole run only. "
                "Give requests whose addresses vary one name."
            )
        if any(tally.folded for tally in (self.rest, *self.endpoints.values())):
            yield f"There are more than {MOST:,} different times: percentiles are exact to 0.5 %."


def _grouped(keys: Sequence[K], times: Sequence[float]) -> dict[K, list[float]]:
    found: defaultdict[K, list[float]] = defaultdict(list)
    for key, time in zip(keys, times, strict=True):
        found[key].append(time)
    return found


def reading(
    source: Source,
    reader: tuple[str, str],
    samples: Samples,
    *,
    damage: SourceError | None = None,
    drifted: tuple[str, ...] = (),
    notes: Iterable[str] = (),
    facts: RunFacts | None = None,
    kind: str = "transaction",
) -> Reading[RunFacts]:
    """The reading of a whole log; `reader` is its tool and format. What is damaged or left out makes it partial."""
    tool, form = reader
    listed = list(samples.entries(kind))
    requests, course = listed[0].requests, samples.course
    state: State = "complete" if requests else "empty"
    return Reading(
        path=source.path,
        tool=tool,
        format=form,
        state="partial" if damage or drifted else state,
        facts=(facts or RunFacts())._replace(
            measurements=tuple(m for each in listed for m in entry.measurements(each)),
            errors=tuple(ErrorCount(*key, count) for key, count in samples.errors.items()),
            timeline=tuple(course.windows()),
            started=course.first if requests else None,
            ended=course.last if requests else None,
            first=course.opening,
        ),
        count=len(listed) - 1,
        unit="endpoints",
        notes=(*drifted, *notes, *samples.notes()),
        problem=foreign.located(damage, source.path) if damage else None,
    )
