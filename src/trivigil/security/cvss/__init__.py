"""Scores of CVSS vectors, versions 2.0, 3.0, 3.1 and 4.0, computed by FIRST's specifications.

Versions 2 and 3 have a base score, whatever other metrics stand in the vector. Version 4.0 has one score for all of its metrics
(section 8 of its specification), so its threat and environmental metrics count where they are written. CVSS is owned by FIRST and
used by permission; https://www.first.org/cvss/.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Final, Literal

from trivigil.core.errors import SourceError
from trivigil.core.result import Severity
from trivigil.core.untrusted import printable
from trivigil.security.cvss import v2, v3, v4
from trivigil.security.facts import Rating
from trivigil.security.severity import of_score

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from trivigil.security.facts import System

Version = Literal["2.0", "3.0", "3.1", "4.0"]

_PREFIX: Final = re.compile(r"(?i)CVSS(?::(\d\.\d)/|2#)")
_WAYS: Final[dict[Version, tuple[dict[str, str], Callable[[Mapping[str, str]], float]]]] = {
    "2.0": (v2.METRICS, v2.score),
    "3.0": (v3.METRICS, v3.score),
    "3.1": (v3.METRICS, v3.score),
    "4.0": (v4.METRICS, v4.score),
}
_SYSTEMS: Final[dict[Version, System]] = {
    "2.0": "cvss:2.0",
    "3.0": "cvss:3.0",
    "3.1": "cvss:3.1",
    "4.0": "cvss:4.0",
}
_OWN: Final[tuple[tuple[str, Version], ...]] = (("VC", "4.0"), ("PR", "3.1"), ("Au", "2.0"))
"""A metric that only one version has, which tells it where the prefix is missing; 3.0 and 3.1 have the same base score."""


@lru_cache(maxsize=4096)
def score(vector: str) -> tuple[Version, float]:
    """The version and the score, 0.0 to 10.0. Raises SourceError for what is no vector of a known version."""
    bare = vector.strip().strip("()").rstrip("/")
    prefix = _PREFIX.match(bare)
    metrics = _metrics(vector, bare[prefix.end() :] if prefix else bare)
    version = _version(vector, prefix, metrics)
    base, compute = _WAYS[version]
    for name in base:
        if name not in metrics:
            raise _malformed(vector, f"{name} is missing")
    for name, values in (base | v4.OPTIONAL if version == "4.0" else base).items():
        if name in metrics and metrics[name] not in values.split():
            raise _malformed(vector, f"{name} has no value {printable(metrics[name], 20)}")
    return version, compute(metrics)


def rating(source: str, vector: str) -> Rating:
    """The opinion that a vector is; of unknown severity, and with no score, where it is malformed."""
    try:
        version, number = score(vector)
    except SourceError:
        return Rating(source, _claimed(vector), Severity.UNKNOWN, vector=vector)
    return Rating(source, _SYSTEMS[version], of_score(number, version), number, vector)


def _metrics(vector: str, bare: str) -> dict[str, str]:
    metrics: dict[str, str] = {}
    for part in bare.split("/"):
        name, colon, value = part.partition(":")
        if not (name and colon and value):
            raise _malformed(vector, f"`{printable(part, 20)}` is no metric")
        if name in metrics:
            raise _malformed(vector, f"{printable(name, 20)} stands twice")
        metrics[name] = value
    return metrics


def _version(vector: str, prefix: re.Match[str] | None, metrics: Mapping[str, str]) -> Version:
    named = (prefix.group(1) or "2.0") if prefix else None
    for version in _WAYS:
        if version == named:
            return version
    if named is None:
        for metric, version in _OWN:
            if metric in metrics:
                return version
    raise _malformed(vector, "its version is not known")


def _claimed(vector: str) -> System:
    """The version that a malformed vector names; 3.1 where it names none."""
    named: Version = next((version for version in _WAYS if f"CVSS:{version}" in vector), "3.1")
    return _SYSTEMS[named]


def _malformed(vector: str, why: str) -> SourceError:
    return SourceError(f"`{printable(vector, 120)}` is not a CVSS vector: {why}.")
