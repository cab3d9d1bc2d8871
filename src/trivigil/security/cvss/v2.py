"""The base score of CVSS 2.0: section 3.2.1 of FIRST's "A Complete Guide to the CVSS, Version 2.0"."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

METRICS: Final = {
    "AV": "L A N",
    "AC": "H M L",
    "Au": "M S N",
    "C": "N P C",
    "I": "N P C",
    "A": "N P C",
}
"""Every base metric and its values, from the least severe to the most."""

_VECTOR: Final = {"L": 0.395, "A": 0.646, "N": 1.0}
_COMPLEXITY: Final = {"H": 0.35, "M": 0.61, "L": 0.71}
_AUTHENTICATION: Final = {"M": 0.45, "S": 0.56, "N": 0.704}
_IMPACT: Final = {"N": 0.0, "P": 0.275, "C": 0.660}


def score(metrics: Mapping[str, str]) -> float:
    """The base score, 0.0 to 10.0."""
    kept = 1.0
    for name in ("C", "I", "A"):
        kept *= 1 - _IMPACT[metrics[name]]
    impact = 10.41 * (1 - kept)
    if impact == 0:
        return 0.0
    way = _VECTOR[metrics["AV"]] * _COMPLEXITY[metrics["AC"]] * _AUTHENTICATION[metrics["Au"]]
    exact = (0.6 * impact + 0.4 * 20 * way - 1.5) * 1.176
    return int(exact * 10 + 0.5 + 1e-6) / 10
