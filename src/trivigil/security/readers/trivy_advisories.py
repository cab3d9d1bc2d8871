"""What Trivy's vulnerabilities say that does not depend on the package: names, words, weaknesses, ratings.

An advisory stands in a report once for each package that it is about, with all of this every time: what is read of it is made once.
"""

from __future__ import annotations

from functools import lru_cache
from operator import attrgetter
from typing import TYPE_CHECKING, Final

from msgspec import Raw

from trivigil.core.record import NamedTuple
from trivigil.core.result import Severity
from trivigil.foreign import Fields
from trivigil.security import advisory, cvss, dependency, lenient
from trivigil.security.facts import Rating
from trivigil.security.readers import typed
from trivigil.security.severity import of_score, of_word

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from trivigil.security.facts import System
    from trivigil.security.readers.trivy_records import Vulnerability

TOOL: Final = "trivy"
_REMEMBERED: Final = 16_384
"""Advisories: an image has some thousand at most."""
_FEWER: Final = 4_096
"""Lists of weaknesses, sets of ratings."""
_WORDS: Final = (
    *("VulnerabilityID", "Title", "Description", "Severity", "SeveritySource", "PrimaryURL"),
)
_PARTS: Final = ("VendorIDs", "Aliases", "CweIDs", "VendorSeverity", "CVSS")
_RATED: Final = ("SeveritySource", "Severity", "VendorSeverity", "CVSS")
_VENDOR: Final = (
    Severity.UNKNOWN,
    Severity.LOW,
    Severity.MEDIUM,
    Severity.HIGH,
    Severity.CRITICAL,
)
_SYSTEMS: Final[dict[str, System]] = {
    "4.0": "cvss:4.0",
    "3.1": "cvss:3.1",
    "3.0": "cvss:3.0",
    "2.0": "cvss:2.0",
}


class Advisory(NamedTuple):
    """What a vulnerability says that does not depend on the package."""

    id: str
    title: str | None
    description: str
    aliases: tuple[str, ...]
    cwes: tuple[int, ...]
    ratings: tuple[Rating, ...]
    help_uri: str | None
    malicious: bool


class Advisories(dict[tuple[object, ...], Advisory]):
    """The advisories of a report, made when they are first asked for."""

    def of(self, records: Sequence[Vulnerability]) -> list[Advisory]:
        """The advisory of each record."""
        words = map(attrgetter(*_WORDS), records)
        parts = [map(bytes, map(attrgetter(name), records)) for name in _PARTS]
        return list(map(self.__getitem__, zip(words, *parts, strict=True)))

    def __missing__(self, key: tuple[object, ...]) -> Advisory:
        """What is JSON of its own is decoded now, unless it was for another advisory."""
        if len(self) >= _REMEMBERED:
            self.clear()
        words, vendors, aliases, weaknesses, severities, scores = key
        name, title, about, word, chosen, uri = map(str.strip, words)  # type: ignore[call-overload]  # texts
        others = (*_texts(vendors), *_texts(aliases))
        ratings = _rated(chosen, word, severities, scores)
        told = _Told(name, title, about, uri, others, _cwes(weaknesses), ratings)
        made = self[key] = _advisory(told)
        return made


@lru_cache(_FEWER)
def _texts(written: bytes) -> tuple[str, ...]:
    return lenient.texts(typed.anything(Raw(written)))


@lru_cache(_FEWER)
def _cwes(written: bytes) -> tuple[int, ...]:
    return lenient.cwes(typed.anything(Raw(written)))


@lru_cache(_FEWER)
def _rated(chosen: str, word: str, severities: bytes, scores: bytes) -> tuple[Rating, ...]:
    parts = (chosen, word, typed.anything(Raw(severities)), typed.anything(Raw(scores)))
    return tuple(_ratings(Fields(dict(zip(_RATED, parts, strict=True)))))


class _Told(NamedTuple):
    """The same, with an empty text for what is not there."""

    name: str
    title: str
    about: str
    uri: str
    others: tuple[str, ...]
    cwes: tuple[int, ...]
    ratings: tuple[Rating, ...]


def read(record: Fields) -> Advisory:
    """The advisory of a vulnerability of any shape."""
    words = ("VulnerabilityID", "Title", "Description", "PrimaryURL")
    name, title, about, uri = (lenient.text(record, key) or "" for key in words)
    value = record.value
    others = (*lenient.texts(value.get("VendorIDs")), *lenient.texts(value.get("Aliases")))
    cwes, ratings = lenient.cwes(value.get("CweIDs")), tuple(_ratings(record))
    return _advisory(_Told(name, title, about, uri, others, cwes, ratings))


def _advisory(told: _Told) -> Advisory:
    name = told.name or "unknown advisory"
    malicious = advisory.is_malware((name, *told.others))
    return Advisory(
        name,
        told.title or None,
        told.about,
        told.others,
        told.cwes,
        told.ratings,
        told.uri or None,
        malicious,
    )


def _ratings(record: Fields) -> Iterator[Rating]:
    """Trivy's choice as the word of its source, every vendor's own, and every CVSS score."""
    chosen = lenient.text(record, "SeveritySource") or TOOL
    word = lenient.text(record, "Severity")
    yield Rating(chosen, "word", of_word(word), word=word)
    for vendor, number in lenient.inner(record, "VendorSeverity").value.items():
        if vendor != chosen and isinstance(number, int) and 0 <= number < len(_VENDOR):
            yield Rating(vendor, "word", _VENDOR[number], word=_VENDOR[number].label)
    scores = lenient.inner(record, "CVSS")
    for vendor in scores.value:
        yield from _scores(vendor, lenient.inner(scores, vendor))


def _scores(vendor: str, scores: Fields) -> Iterator[Rating]:
    for key, version in (("V40", "4.0"), ("V3", "3.1"), ("V2", "2.0")):
        vector = lenient.text(scores, f"{key}Vector")
        score = dependency.number(scores.value.get(f"{key}Score"))
        if score is None:
            if vector:
                yield cvss.rating(vendor, vector)
            continue
        of = "3.0" if (vector or "").startswith("CVSS:3.0") else version
        yield Rating(vendor, _SYSTEMS[of], of_score(score, of), score, vector)
