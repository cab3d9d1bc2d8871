"""A case of the rules' unit tests: series over time, and which alerts fire when."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trivigil.core.record import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence


class Expectation(NamedTuple):
    """What an expression gives at a time, in seconds from the beginning."""

    at: float
    expression: str
    samples: tuple[tuple[str, float], ...]
    """Labels and value of each."""


class Case(NamedTuple):
    """One course of things."""

    name: str
    interval: float
    """Seconds from one value of a series to the next."""
    series: tuple[tuple[str, str], ...]
    """Names with labels, and values in promtool's notation."""
    expected: tuple[Expectation, ...]


def labelled(name: str, labels: Mapping[str, str]) -> str:
    """A series with its labels, as PromQL writes it."""
    inner = ", ".join(f'{key}="{value}"' for key, value in labels.items())
    return f"{name}{{{inner}}}"


def fires(at: float, alert: str, *firing: Mapping[str, str]) -> Expectation:
    """At that time the alert fires with exactly these sets of labels; with none of them: it is quiet."""
    common = {"alertname": alert, "alertstate": "firing"}
    samples = tuple((labelled("ALERTS", {**common, **labels}), 1.0) for labels in firing)
    return Expectation(at, labelled("ALERTS", common), samples)


def quiet(alerts: Iterable[str], *times: float) -> tuple[Expectation, ...]:
    """None of them fires at any of the times."""
    return tuple(fires(at, alert) for at in times for alert in alerts)


def steps(*parts: tuple[float, float, int], start: float = 0.0) -> str:
    """A counter that grows by so much a step, for so many steps: parts of (growth, jump before, steps)."""
    written, value = [], start
    for growth, jump, count in parts:
        value += jump
        written.append(f"{_number(value)}+{_number(growth)}x{count - 1}")
        value += growth * count
    return " ".join(written)


def growing(*parts: tuple[float, int]) -> str:
    """A counter from nothing: so much a step, for so many steps, and on from there."""
    return steps(*((growth, 0.0, count) for growth, count in parts))


def runs(values: Sequence[float | None], each: int = 1) -> str:
    """One value a run, each shown so many times; None where nothing came."""
    return " ".join(_shown(value, each) for value in values)


def _shown(value: float | None, times: int) -> str:
    if value is None:
        return f"_x{times}"
    return f"{_number(value)}x{times - 1}"


def _number(value: float) -> str:
    return f"{value:.12g}"
