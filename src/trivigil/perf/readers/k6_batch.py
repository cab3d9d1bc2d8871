"""Many points of a k6 run at once, column by column, several times as fast as one by one.

k6 writes the points of a request together and with the same tags and time, so that what is found out about one metric's holds for the
others'. Whatever is unusual in a batch is refused before anything is counted: then it is gone through one by one, which finds the line.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from itertools import compress
from typing import TYPE_CHECKING, Final, TypeVar

from trivigil.core.measurement import OVERALL
from trivigil.core.record import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Mapping, Sequence

    from trivigil.perf.readers.k6_records import PlainLine, Point, SkippedLine
    from trivigil.perf.readers.k6_tally import Place, Tally

K = TypeVar("K", bound="Hashable")

HTTP: Final = ("http_reqs", "http_req_duration", "http_req_failed")
READ: Final = (*HTTP, "checks", "dropped_iterations", "vus")
_SECOND: Final = len("2026-01-02T03:04:05")
_LONGEST: Final = len("2026-01-02T03:04:05.123456789Z")


class Column(NamedTuple):
    """The points of one metric: what they say, with which tags, and when (as written, and in Unix seconds)."""

    values: list[float]
    tags: list[bytes]
    stamps: list[str]
    seconds: list[int]
    utc: bool
    """Whether all of it is written in UTC."""


class Known(NamedTuple):
    """What the stream remembers, by key or by tags as they are written."""

    second: Callable[[str], int]
    place: Callable[[str, bytes], Place]
    check: Callable[[bytes], list[int]]
    tags: Callable[[bytes], Mapping[str, str]]
    """Raises ValueError where they are not k6's."""


def count(
    lines: Sequence[PlainLine | SkippedLine],
    metrics: Mapping[str, type[PlainLine]],
    tally: Tally,
    known: Known,
) -> bool:
    """Count points, of metrics by their class; False, and nothing is counted, where one of them is unusual."""
    columns = _columns(lines, metrics, known)
    if columns is None:
        return False
    requests, durations, failed = (columns.get(name) for name in HTTP)
    if requests is not None:
        _requests(requests, tally, known)
    if failed is not None:
        _failed(failed, tally, known)
    times = 0
    if durations is not None:
        times = _durations(durations, tally, known)
        _spans(durations, tally)
    _others(columns, tally, known)
    tally.points += len(lines)
    tally.rested(times)
    return True


def _columns(
    lines: Sequence[PlainLine | SkippedLine], metrics: Mapping[str, type[PlainLine]], known: Known
) -> dict[str, Column] | None:
    points: dict[str, list[Point]] = {metric: [] for metric in metrics}
    keeping = {kind: points[metric].append for metric, kind in metrics.items()}.get
    for line in lines:
        if keep := keeping(type(line)):  # type: ignore[arg-type]  # those that are not used have none
            keep(line.data)  # type: ignore[arg-type]  # only used ones
    columns: dict[str, Column] = {}
    before: tuple[Column, list[object]] | None = None
    try:
        for metric, found in points.items():
            if found:
                columns[metric], before = _column(found, known, before)
    except (ValueError, OverflowError, IndexError):
        return None
    apart = {id(column.tags): column.tags for column in columns.values()}
    return columns if all(_plain(set(tags), known) for tags in apart.values()) else None


def _column(
    points: list[Point], known: Known, before: tuple[Column, list[object]] | None
) -> tuple[Column, tuple[Column, list[object]]]:
    """The columns of a metric's points, and those of the one before or, where they differ in tags or time, their own."""
    values = [point.value for point in points]
    if min(values) < 0:
        raise ValueError("a negative value")
    stamps, tags = [point.time for point in points], [point.tags for point in points]
    if before is not None and before[0].stamps == stamps and before[1] == tags:
        return before[0]._replace(values=values), before
    keys = [stamp[:_SECOND] for stamp in stamps]
    utc = not [stamp for stamp in stamps if stamp[-1] != "Z"]
    if not utc:
        keys = [stamp[:_SECOND] + ("" if stamp[-1] == "Z" else stamp[-6:]) for stamp in stamps]
    at = {key: known.second(key) for key in set(keys)}
    column = Column(values, list(map(bytes, tags)), stamps, [at[key] for key in keys], utc)
    return column, (column, list[object](tags))


def _plain(tags: set[bytes], known: Known) -> bool:
    """Whether all tags are k6's, and none claims to be the whole run."""
    try:
        return all(
            OVERALL not in (each.get("name"), each.get("url")) for each in map(known.tags, tags)
        )
    except ValueError:
        return False


def _requests(column: Column, tally: Tally, known: Known) -> None:
    for second, some in _sums(column.seconds, column.values).items():
        tally.course.at(second).requests += some
    for tags, some in _sums(column.tags, column.values).items():
        for series in known.place(HTTP[0], tags).series:
            series.requests = (series.requests or 0.0) + some


def _sums(keys: Sequence[K], values: list[float]) -> Mapping[K, float]:
    """The sum of values by key, which is a count where all of them are 1."""
    if values.count(1) == len(values):
        return Counter(keys)
    sums: defaultdict[K, float] = defaultdict(float)
    for key, value in zip(keys, values, strict=True):
        sums[key] += value
    return sums


def _durations(column: Column, tally: Tally, known: Known) -> int:
    """Keep times; how many were."""
    for second, some in _grouped(column.seconds, column.values).items():
        moment = tally.course.at(second)
        if moment.values is not None:
            moment.values.extend(some)
    kept = 0
    for tags, some in _grouped(column.tags, column.values).items():
        place = known.place(HTTP[1], tags)
        kept += len(some) * len(place.series)
        for series in place.series:
            series.values.extend(some)
    return kept


def _grouped(keys: Sequence[K], values: list[float]) -> dict[K, list[float]]:
    found: defaultdict[K, list[float]] = defaultdict(list)
    for key, value in zip(keys, values, strict=True):
        found[key].append(value)
    return found


def _failed(column: Column, tally: Tally, known: Known) -> None:
    for tags, rated in Counter(column.tags).items():
        for series in known.place(HTTP[2], tags).series:
            series.rated += rated
    values = [*filter(None, column.values)]
    if not values:
        return
    for second, some in _sums([*compress(column.seconds, column.values)], values).items():
        tally.course.at(second).failures += some
    for tags, value in zip(compress(column.tags, column.values), values, strict=True):
        place = known.place(HTTP[2], tags)
        for series in place.series:
            series.failures += value
        tally.failed(place)


def _spans(column: Column, tally: Tally) -> None:
    """When the first request began and the last one ended, looking closer only where that may be in this batch."""
    if min(column.seconds) - max(column.values) / 1000 < tally.started:
        for second, stamp, value in zip(column.seconds, column.stamps, column.values, strict=True):
            at = second + fraction(stamp)
            tally.spans(at - value / 1000, at)
        return
    newest, latest = max(column.seconds), max(column.stamps)
    if (
        column.utc and len(latest) == _LONGEST
    ):  # no other text begins with it: it is the latest time
        tally.ended = max(tally.ended, newest + fraction(latest))
    elif newest + 1 > tally.ended:
        pairs = zip(column.stamps, column.seconds, strict=True)
        last = (fraction(stamp) for stamp, second in pairs if second == newest)
        tally.ended = max(tally.ended, newest + max(last))


def fraction(time: str) -> float:
    """The part of a second behind the point, up to the zone."""
    digits = time[20 : len(time) - (1 if time.endswith("Z") else 6)]
    return float(f"0.{digits}") if digits.isdecimal() else 0.0


def _others(columns: dict[str, Column], tally: Tally, known: Known) -> None:
    if (column := columns.get("checks")) is not None:
        outcomes = zip(column.tags, map(bool, column.values), strict=True)
        for (tags, passed), some in Counter(outcomes).items():
            known.check(tags)[0 if passed else 1] += some
    if (column := columns.get("vus")) is not None:
        for second, value in zip(column.seconds, column.values, strict=True):
            tally.course.at(second).users = int(value)
    if (column := columns.get("dropped_iterations")) is not None:
        tally.dropped += sum(column.values)
