"""The interval of every percentile whose subject has a histogram."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trivigil.core.measurement import quantile

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from trivigil.core.histogram import Histogram
    from trivigil.core.measurement import Measurement


def with_intervals(measurements: Iterable[Measurement]) -> tuple[Measurement, ...]:
    """The same measurements, percentiles with their interval where single observations are known."""
    listed = tuple(measurements)
    histograms = dict(_histograms(listed))
    return tuple(_with_interval(m, histograms) for m in listed) if histograms else listed


def _histograms(measurements: Iterable[Measurement]) -> Iterator[tuple[tuple[str, str], Histogram]]:
    for measurement in measurements:
        if measurement.histogram is not None:
            yield _key(measurement), measurement.histogram


def _key(measurement: Measurement) -> tuple[str, str]:
    return measurement.subject, measurement.metric.name.partition(".")[0]


def _with_interval(
    measurement: Measurement, histograms: dict[tuple[str, str], Histogram]
) -> Measurement:
    from trivigil.core import interval

    part = quantile(measurement.metric.name)
    histogram = histograms.get(_key(measurement))
    if part is None or histogram is None or not 0 < part < 1:
        return measurement
    return measurement._replace(ci=interval.of_quantile(histogram, part, measurement.value))
