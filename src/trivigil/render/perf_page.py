"""A performance report as a page: verdict, findings, charts, percentiles with their intervals, errors, sources."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from trivigil.core.interval import LEVEL
from trivigil.core.measurement import OVERALL, quantile
from trivigil.render import escape, perf, perf_charts, perf_run
from trivigil.render.page import blocks, grid, page, section
from trivigil.render.perf_profiles import answer, views
from trivigil.render.perf_results import figure
from trivigil.render.verdict import tally

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from trivigil.core.measurement import Measurement
    from trivigil.core.report import Report

_LISTED: Final = 500
"""How many endpoints the table of percentiles has; the result file has all."""
_TAIL: Final = ("latency.mean", "latency.max")


def render(report: Report) -> str:
    """The whole page. It says the same as the result file, and nothing that is withheld there."""
    return page(report, _parts(report))


def _parts(report: Report) -> Iterable[str]:
    yield section("Findings", blocks(perf.findings(report)))
    for own in views(report) or (report,):
        yield from _one(own)
    yield section("Sources", blocks((*perf_run.sources(report), *perf.footer(report))))


def _one(report: Report) -> Iterable[str]:
    """The sections of one profile's run."""
    profile = next((m.profile for m in report.measurements), None)
    suffix = f": {profile}" if profile else ""
    told = (*perf_run.errors(report), *perf_run.exceptions(report))
    kept = perf_run.held(report, tally(report).held)
    yield section(f"The run{suffix}", _run(report))
    yield section(f"Percentiles{suffix}", _percentiles(report.measurements))
    yield section(f"Errors{suffix}", blocks(told))
    yield section(f"All numbers{suffix}", blocks(perf_run.endpoints(report)))
    yield section(f"Budgets that hold{suffix}", blocks(kept))


def _run(report: Report) -> str:
    """What was asked of it, key numbers and charts."""
    course = perf_run.entries(report.facts, "timeline")
    numbers = blocks((*answer(report), *perf_run.key_numbers(report)))
    charts = (perf_charts.over_time(course), perf_charts.by_percentile(report.measurements))
    return numbers + grid(charts)


def _percentiles(measurements: Sequence[Measurement]) -> str:
    """Every endpoint's percentiles, with the interval that holds the true one, the slowest endpoints first."""
    subjects: dict[str, dict[str, Measurement]] = {}
    for m in measurements:
        if m.metric.unit == "ms":
            subjects.setdefault(m.subject, {})[m.metric.name] = m
    names = {name for values in subjects.values() for name in values if quantile(name) is not None}
    if not names:
        return ""
    columns = ["latency.mean", *sorted(names, key=lambda name: quantile(name) or 0), "latency.max"]
    order = sorted(subjects, key=lambda name: (name != OVERALL, -_slowness(subjects[name])))
    rows = "".join(_row(name, subjects[name], columns) for name in order[:_LISTED])
    head = "".join(f'<th align="right">{_title(name)}</th>' for name in columns)
    rest = len(order) - _LISTED
    more = f"<p><small>… and {rest:,} more in the result file.</small></p>" if rest > 0 else ""
    return (
        f'<div class="wide"><table><thead><tr><th>Endpoint</th><th align="right">n</th>{head}</tr></thead>'
        f"<tbody>{rows}</tbody></table></div>{more}{_explained(measurements)}"
    )


def _explained(measurements: Iterable[Measurement]) -> str:
    if all(m.ci is None for m in measurements):
        return ""
    return f"<p><small>Small figures: the interval that holds the percentile with {100 * LEVEL:.0f} % certainty.</small></p>"


def _title(name: str) -> str:
    part = quantile(name)
    return name.partition(".")[2] if part is None else f"p{100 * part:g}"


def _slowness(values: dict[str, Measurement]) -> float:
    return max((m.value for name, m in values.items() if name not in _TAIL), default=0.0)


def _row(subject: str, values: dict[str, Measurement], columns: Sequence[str]) -> str:
    name = "whole run" if subject == OVERALL else f"<code>{escape.html_code(subject)}</code>"
    n = next((m.n for m in values.values() if m.n is not None), None)
    cells = "".join(_cell(values.get(column)) for column in columns)
    count = "\N{EN DASH}" if n is None else f"{n:,}"
    return f'<tr><td>{name}</td><td align="right">{count}</td>{cells}</tr>'


def _cell(measurement: Measurement | None) -> str:
    if measurement is None or not math.isfinite(measurement.value):
        return '<td align="right">\N{EN DASH}</td>'
    return f'<td align="right">{figure(measurement.value, "ms")}{_interval(measurement)}</td>'


def _interval(measurement: Measurement) -> str:
    ci = measurement.ci
    if ci is None:
        return ""
    low = figure(ci.low, "ms").partition("\u00a0")[0]
    high = "…" if ci.high is None else figure(ci.high, "ms").partition("\u00a0")[0]
    return f"<small>{low}\N{EN DASH}{high}</small>"
