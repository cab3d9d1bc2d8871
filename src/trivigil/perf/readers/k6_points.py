"""k6's `--out json=FILE[.gz]`: every sample of the run, a line each, read as a stream.

Written by internal/output/json of grafana/k6. Gives what the summaries do not: endpoints, the run's course, errors
and histograms.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from trivigil.core.errors import SourceError
from trivigil.core.record import NamedTuple
from trivigil.core.untrusted import printable
from trivigil.perf import byte_ranges
from trivigil.perf.readers import k6_batch, k6_tally
from trivigil.perf.readers.k6_batch import HTTP, READ, Known, fraction
from trivigil.perf.readers.k6_series import Series
from trivigil.perf.readers.k6_tally import Place, Tally

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from trivigil.core.reading import Reading
    from trivigil.perf.facts import RunFacts
    from trivigil.perf.readers.k6_records import Line, PlainLine, Point, SkippedLine, Stray
    from trivigil.sources import Source

    Definition = tuple[str, str, dict[str, str]]
    """The metric, the name of its part, and the part's tags."""
    Order = tuple[tuple[Definition, ...], tuple[str, ...]]
    """The parts of metrics, and the names of metrics of the script."""

TOOL: Final = "k6"
FORMAT: Final = "points-json"
RANK: int | None = 0
LAG = ""
WINDOWED = False

_TYPE: Final = re.compile(rb'"type"\s*:\s*"(?:Metric|Point)"')
_METRIC: Final = re.compile(rb'"metric"\s*:\s*"')
_MAX_CACHED: Final = 20_000
"""Sets of tags that are remembered; addresses that vary have one each."""
_MAX_HELD: Final = 1_000
"""Lines at a block's end among which the last request's first one is looked for."""
_MAX_DRIFTED: Final = 5
_NO_OUTCOMES: Final = (
    "It names thresholds of the run, but not how they ended; that stands in `--summary-export`."
)


def recognises(source: Source) -> bool:
    """Whether the first line is one of a metric or of a point."""
    first = source.head.lstrip().partition(b"\n")[0]
    return first.startswith(b"{") and bool(_TYPE.search(first) and _METRIC.search(first))


class Part(NamedTuple):
    """What was counted of a range of the file, where nothing but points and plain definitions is."""

    tally: Tally
    lines: int
    thresholds: bool
    parts: int
    """How many parts of metrics were known."""


def part(order: Order, blocks: Iterable[bytes]) -> Part | None:
    """A range of lines; None where one is left out or tells of a part of a metric."""
    definitions, metrics = order
    stream = _Stream()
    stream.points.learn(metrics)
    for each in definitions:
        stream.part(*each)
    stream.tally.apart()
    for block in blocks:
        stream.block(block)
        if stream.strays or len(stream.definitions) > len(definitions):
            return None
    stream.pause()
    whole = not stream.strays and len(stream.definitions) == len(definitions)
    return Part(stream.tally, stream.line, stream.thresholds, len(definitions)) if whole else None


def read(source: Source) -> Reading[RunFacts]:
    """Measurements of the run, of every endpoint and of tagged parts. Damage ends it and is kept."""
    stream = _Stream()
    problem = None
    try:
        byte_ranges.count(source, stream)
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
        self.points = k6_records.Points(READ)
        self._kinds = {kind: metric for metric, kind in self.points.used.items()}
        self.tally = Tally()
        self.line = 0
        self.thresholds = False
        self.drifted: list[str] = []
        self.strays = 0
        self.definitions: list[Definition] = []
        self._parts: dict[str, list[tuple[dict[str, str], Series]]] = {name: [] for name in HTTP}
        self._places: dict[tuple[str, bytes], Place] = {}
        self._checks: dict[bytes, list[int]] = {}
        self._seconds: dict[str, int] = {}
        self._known_tags: dict[bytes, dict[str, str]] = {}
        self._held: list[PlainLine | SkippedLine] = []
        """The points of a request whose others may be in the next block."""
        self._known = Known(
            lambda key: self._seconds.get(key) or self._second(key),
            lambda metric, tags: self._places.get((metric, tags)) or self._place(metric, tags),
            lambda tags: self._checks.get(tags) or self._check(tags),
            self._tags,
        )

    def block(self, block: bytes) -> None:
        """Count whole lines. Raises SourceError with the line where one is damaged."""
        plain = self.points.decode(block)
        if plain is None:
            self.pause()
            self._by_line(block)
            return
        lines, self._held = [*self._held, *plain], []
        first = self.points.used[HTTP[0]]
        for at in range(len(lines) - 1, max(0, len(lines) - _MAX_HELD), -1):
            if type(lines[at]) is first:  # the first of a request
                lines, self._held = lines[:at], lines[at:]
                break
        self._batch(lines)

    def pause(self) -> None:
        """Count what was held back."""
        lines, self._held = self._held, []
        if lines:
            self._batch(lines)

    def order(self) -> tuple[str, object]:
        """What a process has to know: the parts of metrics, and which the script has."""
        return __name__, (tuple(self.definitions), self.points.learnt)

    def take(self, part: Part) -> bool:
        """Add the next range; False, and nothing is, where it was counted without all parts, or too much is in it."""
        if part.parts != len(self.definitions) or not self.tally.take(part.tally):
            return False
        self.thresholds = self.thresholds or part.thresholds
        self.line += part.lines
        return True

    def _batch(self, lines: Sequence[PlainLine | SkippedLine]) -> None:
        if k6_batch.count(lines, self.points.used, self.tally, self._known):
            self.line += len(lines)
            return
        times = 0
        for line in lines:
            self.line += 1
            if isinstance(line, self.records.PlainLine):
                times += self._counted(self._kinds[type(line)], line.data)
        self.tally.points += len(lines)
        self.tally.rested(times)

    def _by_line(self, block: bytes) -> None:
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
            if each[1].metric in READ or each[1].type != "Point"
        ]
        for self.line, line in used:
            if line.type == "Point" and isinstance(line, self.records.Line):
                times += self._point(line)
            else:
                others += 1
                self._other(line)
        self.line = start + len(lines)
        self.points.learn(each.metric for each in lines if each.type == "Point")
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
                self.part(name, brace + rest, tags)

    def part(self, metric: str, name: str, tags: dict[str, str]) -> None:
        """From here on a metric has a part of its own: what has these tags."""
        self.definitions.append((metric, name, tags))
        part = self.tally.parts.setdefault(name, Series())
        self._parts[metric].append((tags, part))
        self._places.clear()

    def _point(self, line: Line) -> int:
        """Count one point of a metric that is used; how many times were kept."""
        try:
            point = self.records.POINT.decode(line.data)
        except ValueError as error:
            self._stray(str(error))
            return 0
        return self._counted(line.metric, point)

    def _counted(self, metric: str, point: Point) -> int:
        try:
            time = point.time
            key = time[:19] if time[-1] == "Z" else time[:19] + time[-6:]
            second = self._seconds.get(key) or self._second(key)
        except (ValueError, OverflowError, IndexError) as error:
            self._stray(str(error))
            return 0
        value = point.value
        if value < 0:  # JSON has neither infinity nor NaN
            message = f"a `{metric}` of {value:g} cannot be; the file is damaged."
            raise SourceError(message, line=self.line)
        if metric not in self._parts:
            self._other_point(metric, point, second)
            return 0
        if metric == "http_req_duration":
            at = second + fraction(time)
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
            return self._tags(written)
        except ValueError as error:
            self._stray(str(error))
            return {}

    def _tags(self, written: bytes) -> dict[str, str]:
        found = self._known_tags.get(written)
        if found is None:
            if len(self._known_tags) >= _MAX_CACHED:
                self._known_tags.clear()
            found = self._known_tags[written] = self.records.TAGS.decode(written) or {}
        return found

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


def _tags(braces: str) -> dict[str, str]:
    """`status:500, kind:a}` as tags, for a k6 that does not write them apart."""
    pairs = (pair.partition(":") for pair in braces.removesuffix("}").split(","))
    return {name.strip(): value.strip() for name, _, value in pairs}
