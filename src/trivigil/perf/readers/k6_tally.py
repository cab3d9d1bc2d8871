"""Counting the points of a k6 run, in memory that does not grow with their number.

A point of `http_reqs`, `http_req_duration` or `http_req_failed` belongs to an endpoint (the tags `method` and
`name`) and so to the run; what has neither tag belongs to the run only.
"""

from __future__ import annotations

import math
import sys
from typing import TYPE_CHECKING, Final

from trivigil.core.errors import SourceError
from trivigil.core.measurement import OVERALL
from trivigil.core.reading import Reading
from trivigil.core.record import NamedTuple
from trivigil.perf.facts import ErrorCount, RunFacts
from trivigil.perf.readers import k6_figures, k6_series, k6_summary, k6_verdicts
from trivigil.perf.readers.k6_course import Course
from trivigil.perf.readers.k6_series import Series

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from trivigil.core.reading import State
    from trivigil.perf.readers.k6_figures import Figures
    from trivigil.sources import Source

EXACT: Final = 1_000_000
"""So many times are kept one by one (8 bytes each); beyond, histograms (see core.histogram)."""
_FOLD_EVERY: Final = 100_000
MAX_ENDPOINTS: Final = 2_000
MAX_TEXTS: Final = 1_000
"""Distinct error texts, and distinct checks, that are told apart."""


class Place(NamedTuple):
    """Where points with the same tags belong: an endpoint, or the run only, then its tagged parts."""

    series: tuple[Series, ...]
    subject: str
    error: str
    """What a failed request is called: k6's `error`, else its status."""


class Tally:
    """Everything that is counted while the points of a file go by."""

    def __init__(self) -> None:
        self.points = 0
        self.rest = Series()
        self.endpoints: dict[str, Series] = {}
        self.parts: dict[str, Series] = {}
        self.course = Course()
        self.errors: dict[tuple[str, str], int] = {}
        self.checks: dict[str, list[int]] = {}
        self.own: dict[str, None] = {}
        """The metrics that have been seen, in order."""
        self.dropped = 0.0
        self.started, self.ended = float("inf"), float("-inf")
        self.first = 0.0
        """How long the request that began first took, in ms."""
        self.lumped = self.folding = False
        self._held, self._limit = 0, EXACT

    def place(self, tags: Mapping[str, str], parts: Sequence[Series] = ()) -> Place:
        """Where points with these tags belong. Raises SourceError for an endpoint called OVERALL."""
        method, name = tags.get("method"), tags.get("name") or tags.get("url")
        subject = f"{method} {name}" if method and name else name or OVERALL
        if name and subject == OVERALL:
            message = f"an endpoint is called {OVERALL}, which is the name of the whole run here."
            raise SourceError(message, tip="Give it another name in the k6 script.")
        error = tags.get("error") or f"HTTP status {tags.get('status') or 'unknown'}"
        if not name:
            return Place((self.rest, *parts), OVERALL, error)
        if subject not in self.endpoints and len(self.endpoints) >= MAX_ENDPOINTS:
            self.lumped = True
            return Place((self.rest, *parts), OVERALL, error)
        series = self.endpoints.setdefault(subject, Series())
        return Place((series, *parts), subject, error)

    def request(self, metric: str, value: float, second: int, place: Place) -> int:
        """Count one sample of a request; how many times (ms) were kept."""
        moment = self.course.at(second)
        if metric == "http_req_duration":
            if moment.values is not None:
                moment.values.append(value)
            for series in place.series:
                series.values.append(value)
            return len(place.series)
        if metric == "http_reqs":
            moment.requests += value
            for series in place.series:
                series.requests = (series.requests or 0) + value
            return 0
        moment.failures += value
        for series in place.series:
            series.failures += value
            series.rated += 1
        if value:
            self.failed(place)
        return 0

    def spans(self, started: float, ended: float) -> None:
        """Note when a request began and ended, in Unix seconds."""
        if started < self.started:
            self.started, self.first = started, round((ended - started) * 1000, 3)
        self.ended = max(self.ended, ended)

    def failed(self, place: Place) -> None:
        """Note why one request failed."""
        key = place.subject, place.error
        if key not in self.errors and len(self.errors) >= MAX_TEXTS:
            key = OVERALL, "(other errors)"
        self.errors[key] = self.errors.get(key, 0) + 1

    def check(self, tags: Mapping[str, str]) -> list[int]:
        """The counts of a check, to be counted up: how often it passed, how often it failed."""
        place = f"{tags.get('group') or ''}::{tags.get('check') or ''}".removeprefix("::")
        if place not in self.checks and len(self.checks) >= MAX_TEXTS:
            place = "(other checks)"
        return self.checks.setdefault(place, [0, 0])

    def rested(self, times: int) -> None:
        """After each block of the file: what is too much to keep is folded into histograms."""
        self._held += times
        if self._held <= self._limit:
            return
        for series in self._all():
            series.fold()
        self.folding, self._held, self._limit = True, 0, _FOLD_EVERY

    def apart(self) -> Tally:
        """Itself, for a part of a file that is taken into the whole: nothing is folded or closed."""
        self._limit, self.course.patience = sys.maxsize, math.inf
        return self

    def take(self, other: Tally) -> bool:
        """Add what was counted of the next part of a file; False, and nothing is, where that is not as if it was counted here."""
        room = (
            not other.lumped
            and len(self.endpoints.keys() | other.endpoints.keys()) <= MAX_ENDPOINTS
            and len(self.errors.keys() | other.errors.keys()) <= MAX_TEXTS
            and len(self.checks.keys() | other.checks.keys()) <= MAX_TEXTS
        )
        if not room or not self.course.follows(other.course):
            return False
        self.course.take(other.course)
        self.rest.take(other.rest)
        for name, series in other.endpoints.items():
            self.endpoints.setdefault(name, Series()).take(series)
        for name, series in other.parts.items():
            self.parts.setdefault(name, Series()).take(series)
        for key, count in other.errors.items():
            self.errors[key] = self.errors.get(key, 0) + count
        for name, (passed, failed) in other.checks.items():
            counts = self.checks.setdefault(name, [0, 0])
            counts[:] = counts[0] + passed, counts[1] + failed
        self.own |= other.own
        self.points, self.dropped = self.points + other.points, self.dropped + other.dropped
        if other.started < self.started:
            self.started, self.first = other.started, other.first
        self.ended = max(self.ended, other.ended)
        self.rested(other._held)
        return True

    def _all(self) -> Iterator[Series]:
        yield self.rest
        yield from self.endpoints.values()
        yield from self.parts.values()


def reading(
    source: Source,
    form: str,
    tally: Tally,
    *,
    coarse: bool = False,
    problem: str | None = None,
    notes: tuple[str, ...] = (),
    drifted: tuple[str, ...] = (),
) -> Reading[RunFacts]:
    """The reading of a whole stream; `coarse` where its times are whole seconds."""
    parts = [k6_figures.check(part) for part in _figures(tally, coarse=coarse)]
    requests = parts[0].requests
    timed = tally.started <= tally.ended
    return Reading(
        path=source.path,
        tool="k6",
        format=form,
        state=_state(requests, damaged=bool(problem or drifted)),
        facts=RunFacts(
            measurements=tuple(m for part in parts for m in k6_figures.measurements(part)),
            errors=tuple(ErrorCount(*key, count) for key, count in tally.errors.items()),
            timeline=tuple(tally.course.windows()),
            verdicts=tuple(k6_verdicts.check(place, *n) for place, n in tally.checks.items()),
            invalid=k6_verdicts.dropped(tally.dropped),
            started=tally.started if timed else None,
            ended=tally.ended if timed else None,
            first=tally.first if timed and not coarse else None,
        ),
        count=tally.points,
        unit="points",
        notes=(*drifted, *notes, *_notes(tally, parts[0])),
        problem=problem,
    )


def _state(requests: float | None, *, damaged: bool) -> State:
    if damaged:
        return "partial"
    return "complete" if requests else "empty"


_SHORTEST: Final = 10.0
"""Seconds below which whole seconds say too little of a rate."""


def _figures(tally: Tally, *, coarse: bool) -> Iterator[Figures]:
    """The whole run first; its exact percentiles are taken before its endpoints are folded."""
    seconds: float | None = tally.ended - tally.started
    if seconds is None or seconds <= 0 or (coarse and seconds < _SHORTEST):
        seconds = None
    everything = (tally.rest, *tally.endpoints.values())
    percentiles = k6_series.exact(everything)
    endpoints = [
        k6_series.figures(name, (series,), seconds) for name, series in tally.endpoints.items()
    ]
    yield k6_series.figures(OVERALL, everything, seconds, percentiles)
    yield from endpoints
    for name, series in tally.parts.items():
        yield k6_series.figures(name, (series,), seconds)


def _notes(tally: Tally, overall: Figures) -> Iterator[str]:
    if not overall.requests:
        yield k6_summary.NO_HTTP
    elif not overall.slowest:
        yield "No request got an answer, so there are no times."
    if tally.lumped:
        yield (
            f"There are more than {MAX_ENDPOINTS:,} endpoints; those beyond are in the whole run only. "
            "Give requests whose addresses vary a `name` tag in the k6 script."
        )
    if tally.folding:
        yield f"There are more than {EXACT:,} times: percentiles are exact to 0.5 %."
    yield from k6_summary.left_out(tally.own)
