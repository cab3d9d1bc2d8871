"""The run itself, for the document of a performance report: numbers, course, endpoints, errors, sources."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from trivigil.core.measurement import OVERALL, is_part, metric
from trivigil.core.threshold import quantity
from trivigil.render.document import (
    Block,
    Bullets,
    Code,
    Column,
    Details,
    Icon,
    IconName,
    Item,
    Row,
    Spans,
    Table,
    Text,
    counted,
    of_units,
    prose,
    text,
)
from trivigil.render.figures import by_subject
from trivigil.render.perf_results import figure, held_row, result_columns, subject
from trivigil.render.sparkline import LEAST_POINTS, sparkline

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from trivigil.core.report import Report, SourceRecord
    from trivigil.core.result import Result

_NUMBERS = {
    "requests": "Requests",
    "error_rate": "Errors",
    "throughput": "Throughput",
    "latency.mean": "Mean",
    "latency.p50": "p50",
    "latency.p95": "p95",
    "latency.p99": "p99",
    "time.mean": "Mean",
    "time.median": "Median",
    "time.min": "Lowest",
    "time.stddev": "Std. dev.",
    "data_rate": "Data rate",
    "memory.allocated": "Memory",
    "memory.allocations": "Allocations",
    "memory.peak": "Peak memory",
    "memory.size": "Size",
    "instructions": "Instructions",
    "cycles": "Cycles",
    "score.performance": "Performance",
    "page.first_contentful_paint": "FCP",
    "page.largest_contentful_paint": "LCP",
    "page.total_blocking_time": "TBT",
    "page.cumulative_layout_shift": "CLS",
    "page.speed_index": "Speed index",
}
_ORDER: tuple[IconName | None, ...] = ("fail", "open", "warning", None)
_KEY_NUMBERS, _COURSE, _BROKEN_ENDPOINT, _ERROR, _SOURCE, _ENDPOINT, _HELD = (
    80,
    55,
    45,
    40,
    35,
    30,
    20,
)


def key_numbers(report: Report) -> Iterable[Block]:
    """The whole run in one row, as far as it was measured."""
    values = by_subject(report.measurements).get(OVERALL, {})
    names = [name for name in _NUMBERS if name in values]
    if names:
        columns = tuple(Column(_NUMBERS[name], "right") for name in names)
        cells = tuple(_value(name, values) for name in names)
        yield Table(columns, (Row(cells, _KEY_NUMBERS),), "row of key numbers")


def _value(name: str, values: Mapping[str, float]) -> Spans:
    value = values.get(name)
    if value is None or not math.isfinite(value):
        return text("\N{EN DASH}")
    return text(figure(value, metric(name).unit))


def course(report: Report) -> Iterable[Block]:
    """How p95 and throughput went over time, where there are enough points to see it."""
    points = entries(report.facts, "timeline")
    if len(points) < LEAST_POINTS:
        return
    rows = [
        row
        for title, key, unit in (("p95 latency", "p95", "ms"), ("throughput", "throughput", "1/s"))
        if (row := _course_row(title, [_number(point, key) for point in points], unit)) is not None
    ]
    if rows:
        columns = (
            Column(f"Over time{_span(points)}"),
            Column(""),
            Column("Lowest", "right"),
            Column("Highest", "right"),
        )
        yield Table(columns, tuple(rows), "curve")


def _course_row(title: str, values: Sequence[float | None], unit: str) -> Row | None:
    known = [value for value in values if value is not None]
    if len(known) < LEAST_POINTS:
        return None
    lowest, highest = figure(min(known), unit), figure(max(known), unit)
    return Row((text(title), (Code(sparkline(values)),), text(lowest), text(highest)), _COURSE)


def _span(points: Sequence[Mapping[str, object]]) -> str:
    """How long the points reach, as ` (1 min 30 s)`; empty where the file has no times."""
    times = [time for point in points if (time := _number(point, "at")) is not None]
    seconds = int(max(times) - min(times)) if times else 0
    minutes, rest = divmod(seconds, 60)
    parts = [f"{minutes:,} min"] * (minutes > 0) + [f"{rest} s"] * (rest > 0)
    return f" ({' '.join(parts)})" if parts else ""


def endpoints(report: Report) -> Iterable[Block]:
    """Every endpoint with its numbers: those with findings first, then the slowest.

    Parts of the run, which go across endpoints, have a table of their own.
    """
    subjects = by_subject(report.measurements)
    subjects.pop(OVERALL, None)
    signs = _signs(report.findings)
    parts = {name: values for name, values in subjects.items() if is_part(name)}
    whole = {name: values for name, values in subjects.items() if name not in parts}
    yield from _subjects(whole, _noun(subjects.values()), signs)
    yield from _subjects(parts, "part of the run", signs)


def _noun(subjects: Iterable[Mapping[str, float]]) -> str:
    """What the subjects are, by their metrics: a benchmark may have a throughput alone, an endpoint has requests."""
    names = {name for values in subjects for name in values}
    if any(name.startswith(("page.", "score.")) for name in names):
        return "page"
    loaded = any(name == "requests" or name.startswith("latency.") for name in names)
    return "endpoint" if loaded else "benchmark"


def _subjects(
    subjects: Mapping[str, Mapping[str, float]], noun: str, signs: Mapping[str, IconName]
) -> Iterable[Block]:
    if not subjects:
        return
    names = [name for name in _NUMBERS if any(name in values for values in subjects.values())]
    order = sorted(
        subjects, key=lambda name: (_ORDER.index(signs.get(name)), -_slowness(subjects[name]))
    )
    rows = tuple(_endpoint_row(name, subjects[name], names, signs.get(name)) for name in order)
    first = noun.partition(" ")[0]
    columns = (Column(first.capitalize()), *(Column(_NUMBERS[name], "right") for name in names))
    count = counted(len(subjects), first) + noun.removeprefix(first)
    yield Details(
        text(f"All {count}" if len(subjects) > 1 else count), (Table(columns, rows, first),)
    )


def _signs(findings: Iterable[Result]) -> dict[str, IconName]:
    """The worst sign of each subject that has a finding."""
    signs: dict[str, IconName] = {}
    for result in findings:
        sign: IconName = (
            "warning" if not result.gates else "fail" if result.kind == "fail" else "open"
        )
        name = result.location.name
        signs[name] = min(sign, signs.get(name, sign), key=_ORDER.index)
    return signs


def _slowness(values: Mapping[str, float]) -> float:
    return values.get("latency.p95", values.get("latency.mean", values.get("time.mean", 0.0)))


def _endpoint_row(
    name: str, values: Mapping[str, float], names: Sequence[str], sign: IconName | None
) -> Row:
    signed: Spans = () if sign is None else (Icon(sign), Text(" "))
    cells = ((*signed, *subject(name)), *(_value(metric_name, values) for metric_name in names))
    return Row(cells, _ENDPOINT if sign is None else _BROKEN_ENDPOINT)


def errors(report: Report) -> Iterable[Block]:
    """Failed requests by endpoint and message, most frequent first."""
    found = _by_count(entries(report.facts, "errors"))
    if found:
        rows = (
            Row(
                (
                    text(_count(entry)),
                    subject(_words(entry, "subject")),
                    (Code(_words(entry, "text")),),
                ),
                _ERROR,
            )
            for entry in found
        )
        columns = (Column("Count", "right"), Column("Endpoint"), Column("Error"))
        what = "requests" if not _is_benchmark(report) else "benchmarks"
        title = f"{counted(len(found), 'kind')} of error in {_total(found)} failed {what}"
        yield Details(text(title), (Table(columns, tuple(rows), "error"),))


def _is_benchmark(report: Report) -> bool:
    return any(source.unit == "benchmarks" for source in report.sources)


def exceptions(report: Report) -> Iterable[Block]:
    """What the load script itself raised, most frequent first."""
    found = _by_count(entries(report.facts, "exceptions"))
    if found:
        rows = (
            Row((text(_count(entry)), (Code(_words(entry, "message")),)), _ERROR) for entry in found
        )
        columns = (Column("Count", "right"), Column("Exception"))
        title = f"{counted(len(found), 'exception')} in the load script"
        yield Details(text(title), (Table(columns, tuple(rows), "exception"),))


def held(report: Report, results: Sequence[Result]) -> Iterable[Block]:
    """The budgets that hold, with the room they leave, tightest first."""
    if results:
        ordered = sorted(results, key=lambda result: -_excess(result))
        rows = tuple(held_row(result, report.origin, _HELD) for result in ordered)
        title = f"{counted(len(results), 'budget')} that hold{'s' if len(results) == 1 else ''}"
        yield Details(text(title), (Table(result_columns("Room"), rows, "budget"),))


def _excess(result: Result) -> float:
    excess = result.evidence.get("excess")
    return excess if isinstance(excess, (int, float)) and math.isfinite(excess) else 0.0


def sources(report: Report) -> Iterable[Block]:
    """What was read, how complete it is, and what the readers had to say."""
    items = [item for source in report.sources for item in _source_items(source)]
    items += [Item(prose(note), _SOURCE) for note in report.notes]
    if items:
        title = counted(len(report.sources), "source") if report.sources else "Notes"
        yield Details(text(title), (Bullets(tuple(items), "note"),))


def _source_items(source: SourceRecord) -> Iterable[Item]:
    tool = " ".join(part for part in (source.tool, source.tool_version) if part)
    amount = of_units(source.count, source.unit) if source.count is not None and source.unit else ""
    parts = [part for part in (tool, source.format, source.state, amount) if part]
    yield Item((Code(source.path), Text(f": {', '.join(parts)}")), _SOURCE)
    yield from (Item((Code(source.path), *prose(f": {note}")), _SOURCE) for note in source.notes)


def entries(facts: Mapping[str, object], key: str) -> list[dict[str, object]]:
    """A list of objects in the facts; whatever else stands there is not shown."""
    found = facts.get(key)
    return [entry for entry in found if isinstance(entry, dict)] if isinstance(found, list) else []


def _number(entry: Mapping[str, object], key: str) -> float | None:
    value = entry.get(key)
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        return None
    return float(value)


def _words(entry: Mapping[str, object], key: str) -> str:
    value = entry.get(key)
    return value if isinstance(value, str) else ""


def _by_count(entries: Sequence[dict[str, object]]) -> list[dict[str, object]]:
    return sorted(entries, key=lambda entry: -(_number(entry, "count") or 0))


def _count(entry: Mapping[str, object]) -> str:
    return quantity(_number(entry, "count") or 0, "count")


def _total(entries: Iterable[Mapping[str, object]]) -> str:
    return quantity(sum(_number(entry, "count") or 0 for entry in entries), "count")
