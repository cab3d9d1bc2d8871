"""How severe a SARIF result is: every opinion that it and its rule give.

Trivy writes one rule for all packages of an advisory and overwrites its score, so the severity stands in the message alone.
`security-severity` is a number by GitHub's rules, and a word, `undefined` or null by those who do not know them. What CVSS pieces a tool
writes have the names that Dependency-Check and Trivy share.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from trivigil.core.result import Severity
from trivigil.security import leak, lenient
from trivigil.security.facts import Rating
from trivigil.security.readers import sarif_tools
from trivigil.security.severity import of_score, of_word

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from trivigil.foreign import Fields
    from trivigil.security.facts import System
    from trivigil.security.readers.sarif_rules import Rule

LEVELS: Final = {
    "error": Severity.HIGH,
    "warning": Severity.MEDIUM,
    "note": Severity.LOW,
    "none": Severity.INFO,
}
BY_MESSAGE: Final = frozenset({"trivy"})
"""Tools whose severities stand in the messages."""
_NUCLEI: Final = {
    "9.5": "unknown",
    "9.4": "critical",
    "8": "high",
    "5": "medium",
    "2": "low",
    "1": "info",
}
"""The scores that Nuclei writes for its words, pkg/reporting/exporters/sarif of projectdiscovery/nuclei: the highest is of what nobody rated."""
_BY_HELP: Final = frozenset({"grype"})
"""Tools whose severities stand in the help texts of their rules, each of which is of one package."""
_WORDS: Final = (
    "issue_severity",
    "severity",
    "zizmor/severity",
    "baseSeverity",
    "cvssV4_severity",
    "cvssV3_severity",
    "DevSkimSeverity",
    "securityRisk",
    "risk",
)
_RULE_WORDS: Final = frozenset({"gosec"})
"""Tools that write a rule's own severity as one of its tags, and round its level up."""
_TRIVY: Final = re.compile(r"^Severity: *(\w+)\s*$", re.MULTILINE)
_NUMBER: Final = re.compile(r"\s*(\d{1,2}(?:[.,]\d+)?)\s*")
_SCORES: Final = (
    ("cvssv4_baseScore", "cvssv4_vector", "cvssv4_version", "4.0"),
    ("cvssv3_baseScore", "cvssv3_vector", "cvssv3_version", "3.1"),
    ("cvssv2_score", "cvssv2_vector", "cvssv2_version", "2.0"),
)
_RANKS: Final = ("critical", "high", "medium", "low", "info", "unassigned")
"""What Dependency-Track's `severityRank` counts, templates/findings/sarif.peb of DependencyTrack/dependency-track; its levels know no critical."""
PROPERTIES: Final = (
    *_WORDS,
    *(key for each in _SCORES for key in each[:3]),
    "source",
    "security-severity",
    "severityRank",
    "cvssV3BaseScore",
)
"""What is read of the properties of a result."""
_REMEMBERED: Final = 1_024
"""Words for severities."""
_HIGHEST: Final = 10
_SYSTEMS: Final[dict[str, System]] = {
    "2.0": "cvss:2.0",
    "3.0": "cvss:3.0",
    "3.1": "cvss:3.1",
    "4.0": "cvss:4.0",
}


def of_rule(tool: str, fields: Fields, tags: Sequence[str]) -> Iterator[Rating]:
    """What a rule says of all of its results."""
    properties = lenient.inner(fields, "properties")
    if tool == "nuclei" and (given := _NUCLEI.get(str(properties.value.get("security-severity")))):
        yield Rating(tool, "word", of_word(given), word=given)
        return
    if tool in _BY_HELP and (told := _TRIVY.search(_help(fields))) is not None:
        # Its score is 0.0 where nobody rated the advisory, which would be harmless.
        yield Rating(tool, "word", of_word(told[1]), word=told[1])
        if not number(properties.value.get("security-severity")):
            return
    yield from _said(tool, properties)
    if tool in _RULE_WORDS:
        for tag in tags:
            if tag.isupper() and (found := of_word(tag)) is not Severity.UNKNOWN:
                yield Rating(tool, "word", found, word=tag)


def _help(fields: Fields) -> str:
    return lenient.text(lenient.inner(fields, "help"), "text") or ""


def level_known(word: str | None) -> bool:
    """Whether it is one of SARIF's levels, or a severity that a tool writes in its place."""
    return word in LEVELS or of_word(word) is not Severity.UNKNOWN


def ratings(tool: str, own: Fields, rule: Rule, text: str, level: str) -> Iterator[Rating]:
    """Every opinion on a result, its own before its rule's, and the level at the end."""
    if tool in BY_MESSAGE:
        yield from by_message(tool, rule, text)
        return
    if tool == "dependency-track" and (ranked := tuple(_ranked(tool, own))):
        yield from ranked
        return
    if own.value:
        yield from _said(tool, own)
    yield from rule.ratings
    if tool == "checkov" and rule.kind != "secret":
        yield Rating(leak.POLICY, "level", Severity.MEDIUM)
    if tool not in sarif_tools.LEVEL_SAYS_OTHER and level_known(level):
        yield Rating(tool, "level", LEVELS.get(level) or of_word(level), word=level)


def _ranked(tool: str, own: Fields) -> Iterator[Rating]:
    """The severity by its rank, and the score if there is one."""
    rank = lenient.whole(own.value.get("severityRank"))
    if rank is not None and rank < len(_RANKS):
        yield Rating(tool, "word", of_word(_RANKS[rank]), word=_RANKS[rank])
        if score := number(own.value.get("cvssV3BaseScore")):
            yield Rating(tool, "cvss:3.1", of_score(score), score)


def by_message(tool: str, rule: Rule, text: str) -> tuple[Rating, ...]:
    """The severity in a message."""
    match = _TRIVY.search(text)
    # Of licences it is in no message, but among the tags of the rule, which no other package shares.
    word = match[1] if match else next((tag for tag in rule.tags if tag.isupper()), None)
    return _by_word(tool, word)


@lru_cache(_REMEMBERED)
def _by_word(tool: str, word: str | None) -> tuple[Rating, ...]:
    return (Rating(tool, "word", of_word(word), word=word),)


def _said(tool: str, properties: Fields) -> Iterator[Rating]:
    yield from _words(tool, properties)
    yield from _cvss(tool, properties)
    yield from _score(tool, properties.value.get("security-severity"))


def _words(tool: str, properties: Fields) -> Iterator[Rating]:
    for key in _WORDS:
        word = lenient.text(properties, key)
        if word and (found := of_word(word)) is not Severity.UNKNOWN:
            yield Rating(tool, "word", found, word=word)
            return


def _cvss(tool: str, properties: Fields) -> Iterator[Rating]:
    source = (lenient.text(properties, "source") or tool).lower()
    for score_key, vector_key, version_key, version in _SCORES:
        score = number(properties.value.get(score_key))
        if not score:
            continue
        vector = lenient.text(properties, vector_key)
        given = vector or f"CVSS:{properties.value.get(version_key) or version}"
        found = next((each for each in _SYSTEMS if given.startswith(f"CVSS:{each}")), version)
        yield Rating(source, _SYSTEMS[found], of_score(score, found), score, vector)


def _score(tool: str, value: object) -> Iterator[Rating]:
    score = number(value)
    if score is not None:
        yield Rating(tool, "cvss:3.1", of_score(score), score)
    elif isinstance(value, str) and (found := of_word(value)) is not Severity.UNKNOWN:
        yield Rating(tool, "word", found, word=value)


def number(value: object) -> float | None:
    """A score from 0 to 10, as a number or as text; None for anything else."""
    if isinstance(value, str) and (match := _NUMBER.fullmatch(value)):
        value = float(match[1].replace(",", "."))
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    return float(value) if 0 <= value <= _HIGHEST else None
