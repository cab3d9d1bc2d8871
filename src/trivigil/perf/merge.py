"""Merging the parts of one run: shards that ran at the same time, or repetitions one after another.

Counts add up, means are weighted by their counts, spreads are pooled, and percentiles come from the parts' histograms
added up. Percentiles of percentiles do not exist: where a part has no histogram they are left out, and it is said. The
rates of shards add up; repetitions made all their requests in the sum of their times.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from trivigil.core.measurement import PERCENTILE, Measurement, metric, quantile, thinned
from trivigil.core.record import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from trivigil.core.histogram import Histogram

    Values = Mapping[str, Measurement]

WAY_OUT: Final = (
    "percentiles cannot be merged from percentiles: give files with a histogram or with every request "
    "(Locust `--json-file`, k6 `--out json=`, JMeter's CSV), or judge the parts one by one"
)


_SINGLE: Final = (
    "page.",
    "score.",
    "resources.",
    "memory.",
    "data_rate",
    "instructions",
    "cycles",
    "ram_hits",
)


class Merged(NamedTuple):
    """The measurements of all parts, and what could not be merged."""

    measurements: tuple[Measurement, ...]
    refused: tuple[tuple[str, str], ...]
    """(subject, metric name)."""


def merge(parts: Sequence[Sequence[Measurement]], *, at_once: bool) -> Merged:
    """The measurements of a run in several parts; `at_once` for shards, else repetitions."""
    measured: list[Measurement] = []
    refused: list[tuple[str, str]] = []
    for subject, values in _by_subject(parts).items():
        if len(values) == 1:
            measured += values[0].values()
            continue
        merged = {m.metric.name: m for m in _subject(subject, values, at_once=at_once)}
        measured += merged.values()
        named = dict.fromkeys(name for part in values for name in part)
        refused += [(subject, name) for name in named if name not in merged]
    return Merged(tuple(measured), tuple(refused))


def _by_subject(parts: Sequence[Sequence[Measurement]]) -> dict[str, list[dict[str, Measurement]]]:
    subjects: dict[str, list[dict[str, Measurement]]] = {}
    for part in parts:
        own: dict[str, dict[str, Measurement]] = {}
        for measurement in part:
            own.setdefault(measurement.subject, {})[measurement.metric.name] = measurement
        for subject, values in own.items():
            subjects.setdefault(subject, []).append(values)
    return subjects


def _subject(subject: str, parts: Sequence[Values], *, at_once: bool) -> Iterator[Measurement]:
    """One subject's measurements over the parts that measured it."""
    yield from _counts(subject, parts)
    rate = _throughput(parts, at_once=at_once)
    if rate is not None:
        yield Measurement(subject, metric("throughput"), rate, _total(parts, "requests"))
    for family in ("latency", "time"):
        timed = [part for part in parts if any(name.startswith(f"{family}.") for name in part)]
        if len(timed) == 1:
            yield from (m for name, m in timed[0].items() if name.startswith(f"{family}."))
        elif timed:
            yield from _family(subject, family, timed)
    yield from _medians(subject, parts)


def _medians(subject: str, parts: Sequence[Values]) -> Iterator[Measurement]:
    """What has neither counts nor a spread, such as a page's scores: the median, and every part's value as a round.

    Lighthouse itself advises the median of several runs (docs/variability.md of GoogleChrome/lighthouse).
    """
    rates = () if any("requests" in part for part in parts) else ("throughput",)
    for name in dict.fromkeys(name for part in parts for name in part):
        values = _values(parts, name)
        if values and (name in rates or name.startswith(_SINGLE)):
            known = metric(name)
            yield Measurement(subject, known, _median(values), len(values), rounds=thinned(values))


def _counts(subject: str, parts: Sequence[Values]) -> Iterator[Measurement]:
    requests, failures = _total(parts, "requests"), _total(parts, "failures")
    for name, count in (("requests", requests), ("failures", failures)):
        if count is not None:
            yield Measurement(subject, metric(name), count)
    if requests and failures is not None:
        yield Measurement(subject, metric("error_rate"), 100 * failures / requests, requests)


def _total(parts: Sequence[Values], name: str) -> int | None:
    """The sum over all parts; None where one does not say."""
    if any(name not in part for part in parts):
        return None
    return int(sum(part[name].value for part in parts))


def _throughput(parts: Sequence[Values], *, at_once: bool) -> float | None:
    busy = [part for part in parts if "requests" not in part or part["requests"].value]
    if not busy or any("throughput" not in part for part in busy):
        return None
    if at_once:
        return sum(part["throughput"].value for part in busy)
    if any("requests" not in part for part in busy):
        return None
    seconds = sum(part["requests"].value / part["throughput"].value for part in busy)
    return sum(part["requests"].value for part in busy) / seconds


def _family(subject: str, family: str, parts: Sequence[Values]) -> Iterator[Measurement]:
    """Latencies or benchmark times: each part's own have the same metrics, or they are left out."""
    counts = _observations(family, parts)
    n = sum(counts) if counts else None

    def made(name: str, value: float) -> Measurement:
        return Measurement(subject, metric(f"{family}.{name}"), value, n)

    for name, extreme in (("min", min), ("max", max)):
        values = _values(parts, f"{family}.{name}")
        if values:
            yield made(name, extreme(values))
    means = _values(parts, f"{family}.mean")
    histogram = _histogram(family, parts)
    if counts and means:
        mean = math.fsum(a * b for a, b in zip(means, counts, strict=True)) / sum(counts)
        rounds = _rounds(f"{family}.mean", parts)
        kept = histogram if family == "time" else None
        yield made("mean", mean)._replace(rounds=thinned(rounds), histogram=kept)
        spread = _pooled(_values(parts, f"{family}.stddev"), means, counts)
        if spread is not None:
            yield made("stddev", spread)
        if family == "time" and rounds and len(rounds) == n:
            yield made("median", _median(rounds))
    if histogram is not None:
        yield from _percentiles(made, family, parts, histogram)


def _percentiles(
    made: Callable[[str, float], Measurement],
    family: str,
    parts: Sequence[Values],
    histogram: Histogram,
) -> Iterator[Measurement]:
    """Every percentile that a part has, from the histogram of all; it is carried by `latency.p50`."""
    names = dict.fromkeys(name for part in parts for name in part if PERCENTILE.fullmatch(name))
    for name in names:
        part = quantile(name)
        if name.startswith(f"{family}.") and part is not None:
            kept = histogram if name == "latency.p50" else None
            short = name.partition(".")[2]
            yield made(short, histogram.quantile(part))._replace(histogram=kept)


def histogram_of(family: str, values: Values) -> Histogram | None:
    """The histogram of one subject's times, whichever measurement carries it."""
    own = (m.histogram for name, m in values.items() if name.startswith(f"{family}."))
    return next((histogram for histogram in own if histogram is not None), None)


def _histogram(family: str, parts: Sequence[Values]) -> Histogram | None:
    """All parts' together; None where one has none."""
    whole: Histogram | None = None
    for part in parts:
        own = histogram_of(family, part)
        if own is None:
            return None
        whole = own if whole is None else whole.merge(own)
    return whole


def _values(parts: Sequence[Values], name: str) -> list[float]:
    """What every part measured; nothing where one did not."""
    return [part[name].value for part in parts] if all(name in part for part in parts) else []


def _observations(family: str, parts: Sequence[Values]) -> list[int]:
    """How many times each part's mean summarises; a benchmark that does not say it was one."""
    counts = [part[f"{family}.mean"].n if f"{family}.mean" in part else None for part in parts]
    if family == "time" and all(count is None for count in counts):
        return [1] * len(parts)
    return [count for count in counts if count] if all(counts) else []


def _rounds(name: str, parts: Sequence[Values]) -> tuple[float, ...]:
    """All repetitions in order. A benchmark without rounds is one of its own."""
    if any(part[name].n not in (None, 1) and not part[name].rounds for part in parts):
        return ()
    return tuple(each for part in parts for each in (part[name].rounds or (part[name].value,)))


def _pooled(
    spreads: Sequence[float], means: Sequence[float], counts: Sequence[int]
) -> float | None:
    """The spread of all values: within the parts, and between their means (the law of total variance)."""
    if not spreads:
        return None
    total = sum(counts)
    mean = math.fsum(a * b for a, b in zip(means, counts, strict=True)) / total
    squares = math.fsum(
        count * (spread**2 + (own - mean) ** 2)
        for spread, own, count in zip(spreads, means, counts, strict=True)
    )
    return math.sqrt(squares / total)


def _median(values: Iterable[float]) -> float:
    ordered = sorted(values)
    n = len(ordered)
    return (ordered[(n - 1) // 2] + ordered[n // 2]) / 2
