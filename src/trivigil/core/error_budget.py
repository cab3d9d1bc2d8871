"""The error budget: how much of the failures that an objective allows a run has spent.

An objective of 99.5 % allows 0.5 % of all requests to fail; that is the budget (Beyer et al.: "Site Reliability Engineering", 2016,
chapter 3). Within one run it is spent to 100 * failures / (requests * (1 - objective)) percent.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from trivigil.core.measurement import Measurement, metric

if TYPE_CHECKING:
    from collections.abc import Mapping

METRIC = "error_budget"


def spent(subject: str, values: Mapping[str, Measurement], objective: float) -> Measurement | None:
    """Percent of the budget that the subject spent; `objective` in percent. None where nothing was requested."""
    rate = values.get("error_rate")
    if rate is None:
        return None
    value = 100 * rate.value / (100 - objective)
    return Measurement(subject, metric(METRIC), value, rate.n, profile=rate.profile)


def evidence(values: Mapping[str, Measurement], objective: float) -> dict[str, object]:
    """The objective, and where the counts are known how many failures there were and are allowed."""
    requests, failures = values.get("requests"), values.get("failures")
    found: dict[str, object] = {"objective": objective}
    if requests is not None and failures is not None:
        allowed = requests.value * (100 - objective) / 100
        found |= {"failures": failures.value, "allowed": round(allowed, 2)}
    return found


def words(found: Mapping[str, object]) -> str:
    """` (31 of the 50 failures that 99.5 % allows)`."""
    if "allowed" not in found:
        return f" ({found['objective']:g} % must succeed)"
    return (
        f" ({found['failures']:,.0f} of the {found['allowed']:,.4g} failures that "
        f"{found['objective']:g} % allows)"
    )
