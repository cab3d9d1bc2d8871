"""The base score of CVSS 3.0 and 3.1, which is the same: section 7.1 of FIRST's specifications.

The two differ in environmental scores alone; 3.1 says how to round so that floating point does no harm (its appendix A).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

METRICS: Final = {
    "AV": "P L A N",
    "AC": "H L",
    "PR": "H L N",
    "UI": "R N",
    "S": "U C",
    "C": "N L H",
    "I": "N L H",
    "A": "N L H",
}
"""Every base metric and its values, from the least severe to the most."""

_VECTOR: Final = {"N": 0.85, "A": 0.62, "L": 0.55, "P": 0.2}
_COMPLEXITY: Final = {"L": 0.77, "H": 0.44}
_PRIVILEGES: Final = {"N": 0.85, "L": 0.62, "H": 0.27}
_PRIVILEGES_CHANGED: Final = {"N": 0.85, "L": 0.68, "H": 0.5}
_INTERACTION: Final = {"N": 0.85, "R": 0.62}
_IMPACT: Final = {"H": 0.56, "L": 0.22, "N": 0.0}


def score(metrics: Mapping[str, str]) -> float:
    """The base score, 0.0 to 10.0."""
    impact = _impact(metrics)
    if impact <= 0:
        return 0.0
    total = impact + _exploitability(metrics)
    return _up(min(1.08 * total if metrics["S"] == "C" else total, 10.0))


def _impact(metrics: Mapping[str, str]) -> float:
    kept = 1.0
    for name in ("C", "I", "A"):
        kept *= 1 - _IMPACT[metrics[name]]
    lost = 1 - kept
    if metrics["S"] == "C":
        return 7.52 * (lost - 0.029) - 3.25 * (lost - 0.02) ** 15
    return 6.42 * lost


def _exploitability(metrics: Mapping[str, str]) -> float:
    privileges = _PRIVILEGES_CHANGED if metrics["S"] == "C" else _PRIVILEGES
    return (
        8.22
        * _VECTOR[metrics["AV"]]
        * _COMPLEXITY[metrics["AC"]]
        * privileges[metrics["PR"]]
        * _INTERACTION[metrics["UI"]]
    )


def _up(number: float) -> float:
    """The smallest number with one decimal place that is not less (appendix A of 3.1)."""
    whole = round(number * 100_000)
    return -(-whole // 10_000) / 10
