"""k6's `--out json=FILE[.gz]`: every sample of the run, a line each, read as a stream.

Written by internal/output/json of grafana/k6. Gives what the summaries do not: endpoints, the run's course, errors
and histograms.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from trivigil import sources
from trivigil.core.errors import SourceError
from trivigil.core.untrusted import printable
from trivigil.perf.readers import k6_tally
from trivigil.perf.readers.k6_series import Series
from trivigil.perf.readers.k6_tally import Place, Tally

if TYPE_CHECKING:
    from collections.abc import Sequence

    from trivigil.core.reading import Reading
    from trivigil.perf.facts import RunFacts
    from trivigil.perf.readers.k6_records import Line, Point, Stray
    from trivigil.sources import Source

TOOL: Final = "k6"
FORMAT: Final = "points-json"
RANK: int | None = 0
LAG = ""
WINDOWED = False

_TYPE: Final = re.compile(rb'"type"\s*:\s*"(?:Metric|Point)"')
_METRIC: Final = re.compile(rb'"metric"\s*:\s*"')
_HTTP: Final = ("http_reqs", "http_req_duration", "http_req_failed")
_READ: Final = frozenset((*_HTTP, "checks", "dropped_iterations", "vus"))
_MAX_CACHED: Final = 20_000
"""Sets of tags that are remembered; addresses that vary have one each."""
_MAX_DRIFTED: Final = 5
_NO_OUTCOMES: Final = (
    "It names thresholds of the run, but not how they ended; that stands in `--summary-export`."
)


def recognises(source: Source) -> bool:
    """Whether the first line is one of a metric or of a point."""
    first = source.head.removeprefix(b"\xef\xbb\xbf").lstrip().partition(b"\n")[0]
    return first.startswith(b"{") and bool(_TYPE.search(first) and _METRIC.search(first))


def read(source: Source) -> Reading[RunFacts]:
    """Measurements of the run, of every endpoint and of tagged parts. Damage ends it and is kept."""
    stream = _Stream()
    problem = None
    try:
        for block in sources.blocks(source):
            stream.block(block)
    except SourceError as error:
        damage = SourceError(error.message, path=printable(source.path), line=error.line)
        problem = str(damage)
    return k6_tally.reading(
        source,
        FORMAT,
        stream.tally,
        problem=problem,
        notes=stream.notes(),
        drifted=stream.drifts(),
    )


class _Stream:
    """Counts a file block by block."""

    def __init__(self) -> None:
        from trivigil.perf.readers import k6_records

        self.records = k6_records
        self.tally = Tally()
        self.line = 0
        self.thresholds = False
        self.drifted: list[str] = []
        self.strays = 0
        self._parts: dict[str, list[tuple[dict[str, str], Series]]] = {name: [] for name in _HTTP}
        self._places: dict[tuple[str, bytes], Place] = {}
        self._checks: dict[bytes, list[int]] = {}
        self._seconds: dict[str, int] = {}

    def block(self, block: bytes) -> None:
        """Count whole lines. Raises SourceError with the line where one is damaged."""
        try:
            lines = self.records.lines(block)
        except self.records.DamagedError as error:
            self._count(error.before)
            why = printable(str(error), 200)
            message = f"the line is no JSON ({why}); the file is damaged or cut."
            raise SourceError(message, line=self.line + 1) from None
        self._count(lines)

    def _count(self, lines: Sequence[Line | Stray]) -> None:
        """The loop over everything, of which most is not used and leaves at once."""
        start, times, others = self.line, 0, 0
        used = [
            each
            for each in enumerate(lines, start + 1)
            if each[1].metric in _READ or each[1].type != "Point"
        ]
        for self.line, line in used:
            if line.type == "Point" and isinstance(line, self.records.Line):
                times += self._point(line)
            else:
                others += 1
                self._other(line)
        self.line = start + len(lines)
        self.tally.points += len(lines) - others
        self.tally.rested(times)

    def _other(self, line: Line | Stray) -> None:
        if isinstance(line, self.records.Stray):
            self._stray(line.why)
        elif line.type == "Metric":
            self.tally.own[line.metric] = None
            self._define(line)
        else:
            self._stray(f"its type is `{line.type}`")

    def _stray(self, why: str) -> None:
        self.strays += 1
        if len(self.drifted) < _MAX_DRIFTED:
            self.drifted.append(
                f"Line {self.line} is not as k6 writes it and left out: {printable(why, 200)}."
            )

    def _define(self, line: Line) -> None:
        """A metric's thresholds and parts; `submetrics` name the tags of each part."""
        try:
            definition = self.records.DEFINITION.decode(line.data)
        except ValueError as error:
            self._stray(str(error))
            return
        self.thresholds = self.thresholds or bool(definition.thresholds)
        for sub in definition.submetrics or ():
            name, brace, rest = sub.name.partition("{")
            if brace and name in self._parts and (tags := sub.tags or _tags(rest)):
                part = self.tally.parts.setdefault(brace + rest, Series())
                self._parts[name].append((tags, part))

    def _point(self, line: Line) -> int:
        """Count one point of a metric that is used; how many times were kept."""
        try:
            point = self.records.POINT.decode(line.data)
            time = point.time
            key = time[:19] if time[-1] == "Z" else time[:19] + time[-6:]
            second = self._seconds.get(key) or self._second(key)
        except (ValueError, OverflowError, IndexError) as error:
            self._stray(str(error))
            return 0
        metric, value = line.metric, point.value
        if value < 0:  # JSON has neither infinity nor NaN
            message = f"a `{metric}` of {value:g} cannot be; the file is damaged."
            raise SourceError(message, line=self.line)
        if metric not in self._parts:
            self._other_point(metric, point, second)
            return 0
        if metric == "http_req_duration":
            at = second + _fraction(time)
            self.tally.spans(at - value / 1000, at)
        tags = bytes(point.tags)
        place = self._places.get((metric, tags)) or self._place(metric, tags)
        return self.tally.request(metric, value, second, place)

    def _other_point(self, metric: str, point: Point, second: int) -> None:
        if metric == "vus":
            self.tally.course.at(second).users = int(point.value)
        elif metric == "checks":
            tags = bytes(point.tags)
            place = self._checks.get(tags) or self._check(tags)
            place[0 if point.value else 1] += 1
        else:
            self.tally.dropped += point.value

    def _check(self, written: bytes) -> list[int]:
        """The counts of the check with these tags, remembered."""
        if len(self._checks) >= _MAX_CACHED:
            self._checks.clear()
        counts = self._checks[written] = self.tally.check(self._decoded(written))
        return counts

    def _place(self, metric: str, written: bytes) -> Place:
        """Where points of this metric with these tags belong, remembered."""
        if len(self._places) >= _MAX_CACHED:
            self._places.clear()
        tags = self._decoded(written)
        parts = [part for wanted, part in self._parts[metric] if wanted.items() <= tags.items()]
        try:
            place = self._places[metric, written] = self.tally.place(tags, parts)
        except SourceError as error:
            raise SourceError(error.message, line=self.line, tip=error.tip) from None
        return place

    def _decoded(self, written: bytes) -> dict[str, str]:
        try:
            return self.records.TAGS.decode(written) or {}
        except ValueError as error:
            self._stray(str(error))
            return {}

    def _second(self, key: str) -> int:
        """Unix time of a point's second, remembered: a stream has few of them."""
        from datetime import UTC, datetime

        if len(self._seconds) >= _MAX_CACHED:
            self._seconds.clear()
        moment = datetime.fromisoformat(key)
        moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        second = self._seconds[key] = int(moment.timestamp())
        return second

    def notes(self) -> tuple[str, ...]:
        """What else is to be said of the file."""
        return (_NO_OUTCOMES,) if self.thresholds else ()

    def drifts(self) -> tuple[str, ...]:
        """A sentence for each line that was left out, up to a few."""
        more = self.strays - len(self.drifted)
        return (*self.drifted, f"{more} more lines are left out.") if more else tuple(self.drifted)


def _fraction(time: str) -> float:
    """The part of a second behind the point, up to the zone."""
    digits = time[20 : len(time) - (1 if time.endswith("Z") else 6)]
    return float(f"0.{digits}") if digits.isdecimal() else 0.0


def _tags(braces: str) -> dict[str, str]:
    """`status:500, kind:a}` as tags, for a k6 that does not write them apart."""
    pairs = (pair.partition(":") for pair in braces.removesuffix("}").split(","))
    return {name.strip(): value.strip() for name, _, value in pairs}
