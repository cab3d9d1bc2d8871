"""What a percentile's interval means for a budget on it."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from trivigil.core import interval
from trivigil.core.measurement import quantile
from trivigil.core.untrusted import printable

if TYPE_CHECKING:
    from collections.abc import Iterable

    from trivigil.core.measurement import Measurement
    from trivigil.core.result import Result


def worst(measurement: Measurement, operator: str) -> float:
    """The end of the interval that is nearer to breaking the condition; the value where there is none to judge on."""
    ci, part = measurement.ci, quantile(measurement.metric.name)
    if ci is None or part is None or not interval.enough(measurement.n or 0, part):
        return measurement.value
    if operator.startswith(">"):
        return ci.low
    return measurement.value if ci.high is None else ci.high


def evidence(measurement: Measurement) -> dict[str, object]:
    """The interval, and how many observations a percentile of too few of them would need."""
    found: dict[str, object] = {}
    if (ci := measurement.ci) is not None:
        found |= {"ci": [ci.low, ci.high], "level": interval.LEVEL}
    part = quantile(measurement.metric.name)
    if part is not None and measurement.n and not interval.enough(measurement.n, part):
        found |= {"needed": interval.needed(part)}
    return found


def few(results: Iterable[Result]) -> tuple[str, ...]:
    """One sentence about percentiles that were judged on too few observations to mean much."""
    short = [result for result in results if "needed" in result.evidence]
    if not short:
        return ()
    worst = min(short, key=lambda result: cast("int", result.evidence["n"]))
    what = worst.rule.title.removeprefix("budget for ")
    n = cast("int", worst.evidence["n"])
    seen = f"{n} observation{'' if n == 1 else 's'}"
    judged = f"{what} of {printable(worst.location.name, 120)} is judged on only {seen}"
    why = f"below {worst.evidence['needed']} it is the luck of the slowest few"
    others = len(short) - 1
    many = f". {others} more {'percentile has' if others == 1 else 'percentiles have'} too few"
    return (f"{judged}; {why}{many if others else ''}.",)
