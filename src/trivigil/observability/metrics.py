"""A report of any watch, as metrics."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Final

from trivigil.core.result import Severity
from trivigil.observability import exposition, monitoring
from trivigil.observability.exposition import Family, sample
from trivigil.observability.moments import seconds

if TYPE_CHECKING:
    from collections.abc import Iterator

    from trivigil.core.measurement import Measurement
    from trivigil.core.report import Report

UNITS: Final = {
    "ms": ("seconds", 0.001),
    "s": ("seconds", 1.0),
    "%": ("ratio", 0.01),
    "B": ("bytes", 1.0),
    "1/s": ("per_second", 1.0),
    "B/s": ("bytes_per_second", 1.0),
}
"""A metric's own unit, and how the base unit is named in metrics, with the factor to it."""
_STATISTICS: Final = {"latency": "loadtest_latency", "time": "benchmark_time"}
_ODD: Final = re.compile(r"[^a-zA-Z0-9_]")


def families(report: Report) -> tuple[Family, ...]:
    """All metrics of a report; those of its own watch after those that every watch has."""
    own = {"monitor": monitoring.families, "perf": _performance, "security": _security}
    every = (*_common(report), *(own[report.action](report) if report.action in own else ()))
    return exposition.joined(_finite(each) for each in every)


def text(report: Report) -> str:
    """The same as OpenMetrics."""
    return exposition.text(families(report))


def _finite(family: Family) -> Family:
    return family._replace(samples=tuple(s for s in family.samples if math.isfinite(s.value)))


def _common(report: Report) -> Iterator[Family]:
    of = {"watch": report.name, "action": report.action}
    yield Family(
        "trivigil_run_passed",
        "Whether the last run of the watch passed its gate.",
        (sample(report.conclusion.passed, **of),),
    )
    written = seconds(report.generated_at)
    yield Family(
        "trivigil_run_timestamp_seconds",
        "When the last run of the watch wrote its report.",
        () if written is None else (sample(written, **of),),
        "seconds",
    )


# --- load tests and benchmarks -------------------------------------------------------------------


def _performance(report: Report) -> Iterator[Family]:
    for measurement in report.measurements:
        name, unit, factor, statistic = _named(measurement)
        labels = {"watch": report.name, "subject": measurement.subject}
        labels |= {"profile": measurement.profile} if measurement.profile else {}
        labels |= {"statistic": statistic} if statistic else {}
        value = sample(measurement.value * factor, **labels)
        yield Family(name, f"Measured by a test: {measurement.metric.title}.", (value,), unit)


def _named(measurement: Measurement) -> tuple[str, str, float, str]:
    """Name, unit and factor; the statistic where one metric has several of them."""
    metric = measurement.metric
    unit, factor = UNITS.get(metric.unit, ("", 1.0))
    family, dot, statistic = metric.name.partition(".")
    if dot and family in _STATISTICS:
        return f"{_STATISTICS[family]}_{unit}", unit, factor, statistic
    name = f"loadtest_{_ODD.sub('_', metric.name)}"
    return (f"{name}_{unit}" if unit else name), unit, factor, ""


# --- security ------------------------------------------------------------------------------------


def _security(report: Report) -> Iterator[Family]:
    counts = dict.fromkeys(((severity.label, False) for severity in Severity), 0)
    for result in report.results:
        if result.kind == "fail":
            key = (result.severity.label, result.suppression is not None)
            counts[key] = counts.get(key, 0) + 1
    yield Family(
        "security_findings",
        "Findings of the last scan, merged; accepted ones apart.",
        tuple(
            sample(count, watch=report.name, severity=severity, accepted=str(accepted).lower())
            for (severity, accepted), count in counts.items()
        ),
    )
