"""Severity: every tool's words on one scale, and which of many ratings is believed.

Order of trust: malicious packages are critical; then the tool's own word, because a vendor rated the problem as it is in
this package; then CVSS 4.0, 3.1, 3.0, 2.0; then a linter's level. What nobody rated is unknown, and stays it.
"""

from __future__ import annotations

from collections import Counter
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from trivigil.core.record import NamedTuple
from trivigil.core.result import Severity

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from trivigil.security.facts import Finding, Rating, System

_WORDS: Final = {
    "critical": Severity.CRITICAL,
    "crit": Severity.CRITICAL,
    "defcon1": Severity.CRITICAL,
    "very-high": Severity.CRITICAL,
    "high": Severity.HIGH,
    "important": Severity.HIGH,
    "severe": Severity.HIGH,
    "medium": Severity.MEDIUM,
    "moderate": Severity.MEDIUM,
    "low": Severity.LOW,
    "minor": Severity.LOW,
    "info": Severity.INFO,
    "informational": Severity.INFO,
    "information": Severity.INFO,
    "negligible": Severity.INFO,
    "none": Severity.INFO,
    "trace": Severity.INFO,
    "style": Severity.INFO,
    "unimportant": Severity.INFO,
}
_ORDER: Final[tuple[System, ...]] = (
    "word",
    "cvss:4.0",
    "cvss:3.1",
    "cvss:3.0",
    "cvss:2.0",
    "level",
)
_REMEMBERED: Final = 4_096
"""Sets of ratings, of which the findings of a file have few."""
_MALICIOUS = "malicious package"


LEVELS: Final[dict[str, Severity | None]] = {
    **{severity.label: severity for severity in sorted(Severity, reverse=True)},
    "none": None,
}
"""What `fail-on` may say: the lowest severity that fails, or that none does."""


class Chosen(NamedTuple):
    """A severity, and why it is this one."""

    severity: Severity
    rule: str
    """`malicious package`, `word of nvd`, `cvss:3.1 of ghsa`, `nobody rated it`."""
    disagree: bool = False
    """Whether ratings of the same finding fall in different bands."""


def of_word(word: object) -> Severity:
    """The scale's step for a tool's word, whatever its case; UNKNOWN for any other."""
    return _of_word(word) if isinstance(word, str) else Severity.UNKNOWN


@lru_cache(maxsize=1_024)
def _of_word(word: str) -> Severity:
    return _WORDS.get(word.strip().lower().replace(" ", "-"), Severity.UNKNOWN)


def of_score(score: float, version: str = "3.1") -> Severity:
    """The band of a CVSS base score; version 2 knows no critical (FIRST, CVSS v3.1 specification, section 5)."""
    if version.startswith("2"):
        bands: Sequence[tuple[float, Severity]] = _BANDS_2
    else:
        bands = _BANDS
    return next(severity for least, severity in bands if score >= least)


_BANDS: Final = (
    (9.0, Severity.CRITICAL),
    (7.0, Severity.HIGH),
    (4.0, Severity.MEDIUM),
    (0.1, Severity.LOW),
    (float("-inf"), Severity.INFO),
)
_BANDS_2: Final = (
    (7.0, Severity.HIGH),
    (4.0, Severity.MEDIUM),
    (float("-inf"), Severity.LOW),
)


def choose(finding: Finding) -> Chosen:
    """The severity of one tool's finding."""
    return chosen(finding.ratings, malicious=finding.malicious)


def counted(findings: Sequence[Finding]) -> Counter[str]:
    """How many there are of each severity, by its label; each as severe as it would be judged alone.

    Findings of a rule share their ratings: these are told apart by identity, because to compare them takes longer than to choose.
    """
    ratings = [finding.ratings for finding in findings]
    ids = list(map(id, ratings))
    by_id = dict(zip(ids, ratings, strict=True))
    counts: Counter[str] = Counter()
    found = Counter(zip(ids, [finding.malicious for finding in findings], strict=True))
    for (each, malicious), number in found.items():
        counts[chosen(by_id[each], malicious=malicious).severity.label] += number
    return counts


@lru_cache(maxsize=_REMEMBERED)
def chosen(ratings: tuple[Rating, ...], *, malicious: bool) -> Chosen:
    """The severity of what one tool says of a problem."""
    known = [r for r in ratings if r.severity is not Severity.UNKNOWN]
    disagree = len({rating.severity for rating in known}) > 1
    if malicious:
        return Chosen(Severity.CRITICAL, _MALICIOUS, disagree)
    if not known:
        return Chosen(Severity.UNKNOWN, "nobody rated it")
    first = min(known, key=_trust)
    return Chosen(first.severity, f"{first.system} of {first.source}", disagree)


def _trust(rating: Rating) -> int:
    return _ORDER.index(rating.system)


def highest(each: Iterable[Chosen]) -> Chosen:
    """The severity of what several tools say about one problem: the highest; unknown only where none knows."""
    given = list(each)
    if len(given) == 1:
        return given[0]
    ordered = sorted(given, key=lambda each: (-each.severity, each.rule))
    apart = {each.severity for each in ordered if each.severity is not Severity.UNKNOWN}
    disagree = len(apart) > 1 or any(each.disagree for each in ordered)
    return ordered[0]._replace(disagree=disagree)
