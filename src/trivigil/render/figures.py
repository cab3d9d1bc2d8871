"""Key numbers of a performance report, by subject: as its result file and its tables name them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trivigil.core.measurement import OVERALL, PERCENTILE, is_part

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from trivigil.core.measurement import Measurement

NO_P95 = "No file gives this percentile of the whole run, and percentiles of endpoints cannot be combined into one."

_KEYS = {
    "requests": "requests",
    "failures": "failures",
    "error_rate": "error_rate",
    "throughput": "throughput",
    "latency.mean": "avg_response_time",
    "latency.p95": "p95_response_time",
    "latency.min": "min_response_time",
    "latency.max": "max_response_time",
    "latency.stddev": "stddev_response_time",
    "latency.median": "median_response_time",
}
_ALWAYS = (
    "avg_response_time",
    "p95_response_time",
    "error_rate",
    "throughput",
    "requests",
    "failures",
)


def by_subject(measurements: Iterable[Measurement]) -> dict[str, dict[str, float]]:
    """Metric name → value for each subject, in the order they were measured; the first value stays."""
    subjects: dict[str, dict[str, float]] = {}
    for measurement in measurements:
        values = subjects.setdefault(measurement.subject, {})
        values.setdefault(measurement.metric.name, measurement.value)
    return {subject: _with_rate(values) for subject, values in subjects.items()}


def _with_rate(values: dict[str, float]) -> dict[str, float]:
    """The error rate in percent, computed where only the counts were given."""
    requests, failures = values.get("requests"), values.get("failures")
    if requests and failures is not None and "error_rate" not in values:
        return values | {"error_rate": 100 * failures / requests}
    return values


def leading(measurements: Iterable[Measurement]) -> str | None:
    """The profile whose numbers stand for the run: load where it ran, else the first one."""
    names = dict.fromkeys(measurement.profile for measurement in measurements)
    return "load" if "load" in names else next(iter(names), None)


def overall_figures(measurements: Sequence[Measurement]) -> dict[str, object]:
    """The whole run's numbers under the names that scripts know; null, and why, where there is none.

    Of several profiles those of the leading one.
    """
    profile = leading(measurements)
    own = [measurement for measurement in measurements if measurement.profile == profile]
    values = by_subject(own).get(OVERALL, {})
    p95 = values.get("latency.p95")
    return {
        "avg_response_time": values.get("latency.mean"),
        "p95_response_time": p95,
        "p95_response_time_note": NO_P95 if p95 is None and values else None,
        "error_rate": values.get("error_rate"),
        "throughput": values.get("throughput"),
        "figures_profile": profile,
    }


def endpoint_metrics(measurements: Sequence[Measurement]) -> dict[str, dict[str, float | None]]:
    """The same names for every endpoint, with `p50`, `p99_9` … for its percentiles."""
    profile = leading(measurements)
    subjects = by_subject(m for m in measurements if m.profile == profile)
    return {
        subject: _named(values)
        for subject, values in subjects.items()
        if subject != OVERALL and not is_part(subject)
    }


def _named(values: dict[str, float]) -> dict[str, float | None]:
    named: dict[str, float | None] = dict.fromkeys(_ALWAYS)
    for name, value in values.items():
        if (key := _KEYS.get(name)) is not None:
            named[key] = value
        if name.startswith("latency.p") and PERCENTILE.fullmatch(name):
            named[name.removeprefix("latency.")] = value
    return named
