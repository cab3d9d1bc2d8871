"""Metrics and measurements: what was measured, in which unit, and which way is better.

The direction belongs to the metric and is declared here once. Names and units are public
(docs/budgets.md): `latency.*` in milliseconds, `time.*` in seconds, `error_rate` in percent,
`throughput` in 1/s, `requests` and `failures` as counts; sizes in bytes, `page.*` of a web page mostly
in milliseconds, scores from 0 to 1.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal

from trivigil.core.record import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    from trivigil.core.histogram import Histogram
    from trivigil.core.interval import Interval

Better = Literal["lower", "higher"]

OVERALL = "OVERALL"
"""The subject that stands for the whole run; a tool's totals row becomes this, never an endpoint."""


_PART = re.compile(r"\{[^{}:]+:.*\}", re.DOTALL)


def is_part(subject: str) -> bool:
    """Whether it is a part of the run across endpoints, such as k6's `{status:500}`.

    Like the whole run it repeats what endpoints say, so only its own name means it.
    """
    return subject.startswith("{") and bool(_PART.fullmatch(subject))


PERCENTILE = re.compile(r"(latency|time)\.p(\d{1,2}|100)(?:_(\d{1,4}))?")


class Metric(NamedTuple):
    """A metric's public name, its unit and which direction is better."""

    name: str
    unit: str
    better: Better
    title: str


class Measurement(NamedTuple):
    """One value of one metric for one subject. A zero is not a measurement: no requests, no value."""

    subject: str
    metric: Metric
    value: float
    n: int | None = None
    """How many observations the value summarises, where that is known."""
    histogram: Histogram | None = None
    profile: str | None = None
    rounds: tuple[float, ...] = ()
    """What each repetition measured, in order, in the metric's unit; at most MAX_ROUNDS of them."""
    ci: Interval | None = None
    """Where a percentile lies with 95 % certainty, where single observations or a histogram are known."""


MAX_ROUNDS = 500
"""How many repetitions a measurement keeps: enough for every test of a difference, and bounded."""


def thinned(rounds: Sequence[float]) -> tuple[float, ...]:
    """At most MAX_ROUNDS of them, evenly over the whole run and in order."""
    step = len(rounds) / MAX_ROUNDS
    if step <= 1:
        return tuple(rounds)
    return tuple(rounds[int(position * step)] for position in range(MAX_ROUNDS))


def quantile(name: str) -> float | None:
    """0.999 for `latency.p99_9`; None for what is no percentile."""
    match = PERCENTILE.fullmatch(name)
    if match is None:
        return None
    _, whole, part = match.groups()
    return float(f"{whole}.{part or 0}") / 100


_UNITS = {"latency": "ms", "time": "s"}
_STATISTICS = {"mean": "mean", "min": "lowest", "max": "highest", "stddev": "standard deviation of"}
_FIXED = {
    metric.name: metric
    for metric in (
        Metric("requests", "count", "higher", "requests"),
        Metric("failures", "count", "lower", "failures"),
        Metric("error_rate", "%", "lower", "error rate"),
        Metric("error_budget", "%", "lower", "error budget spent"),
        Metric("throughput", "1/s", "higher", "throughput"),
        *(
            Metric(f"{family}.{key}", unit, "lower", f"{title} {family}")
            for family, unit in _UNITS.items()
            for key, title in _STATISTICS.items()
        ),
        Metric("time.median", "s", "lower", "median time"),
        Metric("latency.first", "ms", "lower", "first request's latency"),
        Metric("knee.users", "count", "higher", "users up to the knee"),
        Metric("knee.throughput", "1/s", "higher", "throughput up to the knee"),
        Metric("recovery", "s", "lower", "time to recover"),
        Metric("drift.latency", "%", "lower", "rise of p95 over the run"),
        Metric("drift.error_rate", "%", "lower", "rise of the error rate over the run"),
        Metric("drift.throughput", "%", "lower", "loss of throughput over the run"),
        Metric("data_rate", "B/s", "higher", "data rate"),
        Metric("memory.allocated", "B", "lower", "memory that a call allocates"),
        Metric("memory.allocations", "count", "lower", "allocations of a call"),
        Metric("memory.peak", "B", "lower", "peak memory"),
        Metric("memory.size", "B", "lower", "size in memory"),
        Metric("instructions", "count", "lower", "instructions"),
        Metric("cycles", "count", "lower", "estimated cycles"),
        Metric("ram_hits", "count", "lower", "RAM hits"),
        Metric("page.cumulative_layout_shift", "1", "lower", "cumulative layout shift"),
        Metric("page.total_byte_weight", "B", "lower", "total byte weight"),
        Metric("page.dom_size", "count", "lower", "DOM elements"),
        *(
            Metric(f"page.{key}", "ms", "lower", key.replace("_", " "))
            for key in (
                "first_contentful_paint",
                "largest_contentful_paint",
                "first_meaningful_paint",
                "speed_index",
                "total_blocking_time",
                "interactive",
                "max_potential_fid",
                "interaction_to_next_paint",
                "server_response_time",
            )
        ),
        *(
            Metric(f"phase.{key}", "ms", "lower", title)
            for key, title in (
                ("dns", "name lookup"),
                ("connect", "connection"),
                ("tls", "TLS handshake"),
                ("ttfb", "time to first byte"),
                ("transfer", "transfer"),
            )
        ),
        *(
            Metric(f"score.{key}", "1", "higher", f"{key.replace('_', ' ')} score")
            for key in ("performance", "accessibility", "best_practices", "seo", "pwa")
        ),
        *(
            Metric(f"resources.{kind}.{key}", unit, "lower", f"{kind.replace('_', ' ')} {title}")
            for kind in (
                "total",
                "document",
                "script",
                "stylesheet",
                "image",
                "media",
                "font",
                "other",
                "third_party",
            )
            for key, unit, title in (("size", "B", "transfer size"), ("count", "count", "requests"))
        ),
    )
}


def metric(name: str) -> Metric:
    """The metric of this public name, percentiles such as `latency.p99_9` included.

    Raises KeyError for a name that is not in the vocabulary.
    """
    if (known := _FIXED.get(name)) is not None:
        return known
    match = PERCENTILE.fullmatch(name)
    if match is None:
        raise KeyError(name)
    family, whole, part = match.groups()
    label = f"{whole}.{part}" if part else whole
    return Metric(name, _UNITS[family], "lower", f"p{label} {family}")


def names() -> tuple[str, ...]:
    """The fixed names of the vocabulary, for suggestions in error texts."""
    return (*_FIXED, "latency.p50", "latency.p90", "latency.p95", "latency.p99")


def percentile_name(family: str, percent: float) -> str:
    """`latency.p95` for 95.0, `latency.p99_9` for 99.9."""
    text = f"{percent:.4f}".rstrip("0").rstrip(".")
    return f"{family}.p{text.replace('.', '_')}"
