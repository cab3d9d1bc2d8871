"""What the readers of dependency scanners share: ratings, ids, versions, days and findings of their records."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote

from trivigil.core.errors import SourceError
from trivigil.core.untrusted import printable
from trivigil.security import advisory, cvss, lenient
from trivigil.security.facts import Package, Rating
from trivigil.security.severity import of_score, of_word

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from trivigil.foreign import Fields
    from trivigil.security.facts import Finding, System

_SYSTEMS: Final[tuple[tuple[str, System], ...]] = (
    ("4", "cvss:4.0"),
    ("3.0", "cvss:3.0"),
    ("3", "cvss:3.1"),
    ("2", "cvss:2.0"),
)
_CREDENTIALS: Final = re.compile(r"//[^/\s@]+@")
_DAY: Final = re.compile(r"(\d{4}-\d\d-\d\d)(?:[T ].*)?", re.ASCII)
_PURL: Final = re.compile(r"pkg:/*([A-Za-z][\w.+-]*)/([^@?#]+)(?:@([^?#]*))?")
_DISTRIBUTIONS: Final = ("deb", "apk", "rpm")
_HIGHEST: Final = 10.0


def worded(source: str, word: object) -> Iterator[Rating]:
    """The rating that a word is; nothing where there is none."""
    if isinstance(word, str) and word.strip():
        yield Rating(source, "word", of_word(word), word=word.strip())


def scored(
    source: str, vector: object = None, score: object = None, version: str = ""
) -> Iterator[Rating]:
    """The rating of a CVSS vector, a score, or both; nothing where there is neither.

    A score that the source states is believed before the vector's. A zero without a vector is a field that nobody filled in.
    """
    stated = number(score)
    if isinstance(vector, str) and vector.strip():
        rated = cvss.rating(source, vector.strip())
        if stated is not None and (stated or rated.score == 0):
            rated = rated._replace(score=stated, severity=of_score(stated, rated.system[5:]))
        yield rated
    elif stated:
        system = system_of(version)
        yield Rating(source, system, of_score(stated, system[5:]), stated)


def number(value: object) -> float | None:
    """A score from 0 to 10, also one written as text."""
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return None
    try:
        found = float(value)
    except (ValueError, OverflowError):
        return None
    return found if 0 <= found <= _HIGHEST else None


def system_of(version: str) -> System:
    """The CVSS version that a tool's word names: `CVSSv31`, `3.0`, `CVSS_V4`; 3.1 where it names none."""
    digits = re.sub(r"[^\d.]", "", version.replace("31", "3.1").replace("30", "3.0"))
    return next((system for start, system in _SYSTEMS if digits.startswith(start)), "cvss:3.1")


def aliases(own: str, *more: Iterable[str]) -> tuple[str, ...]:
    """All other ids of an advisory, each once."""
    ids = (advisory.normal(each) for ids in more for each in ids)
    return tuple(dict.fromkeys(each for each in ids if each and each != advisory.normal(own)))


def versions(text: object) -> tuple[str, ...]:
    """The versions of a text or list: `>=1.2.3 <2 || >=2.1` as its parts are separated by commas or bars."""
    parts = [part for each in lenient.texts(text) for part in re.split(r",|\|\|", each)]
    return tuple(dict.fromkeys(part.strip() for part in parts if part.strip()))


def package(purl_: str | None, name: str | None = None, version: str | None = None) -> Package:
    """A package by its package URL; by name and version where it has none.

    Maven's group is joined by a colon; the namespace of a distribution's package is no part of its name.
    """
    match = _PURL.match(purl_ or "")
    if match is None:
        return Package(name=name or "unknown package", version=version)
    kind, inside, release = match.group(1).lower(), unquote(match.group(2)), match.group(3)
    if kind == "maven":
        inside = inside.replace("/", ":")
    elif kind in _DISTRIBUTIONS:
        inside = inside.rpartition("/")[2]
    return Package(
        name=name or inside,
        version=version or (unquote(release) if release else None),
        ecosystem=kind,
        purl=purl_,
    )


def day(value: object) -> str | None:
    """The day of a date or time, as YYYY-MM-DD."""
    match = _DAY.fullmatch(value.strip()) if isinstance(value, str) else None
    return match.group(1) if match else None


def paragraph(text: str | None, most: int = 4000) -> str:
    """A description as it is kept: long ones are cut, because advisories hold whole pages."""
    bare = (text or "").strip()
    return bare if len(bare) <= most else f"{bare[:most].rstrip()} …"


def inside(fields: Fields, key: str) -> lenient.Objects:
    """The objects of a list that holds findings, and a sentence for what is none, or where it is no list at all."""
    where = f"{fields.place}.{key}" if fields.place else key
    value = fields.value.get(key)
    if value is not None and not isinstance(value, list):
        return (), (f"`{where}` is left out: it is not a list.",)
    return lenient.objects(value, where)


def every(
    records: Iterable[Fields], make: Callable[[Fields], Finding]
) -> tuple[list[Finding], list[str]]:
    """The finding of each record, and a sentence for each that could not be one."""
    found: list[Finding] = []
    left: list[str] = []
    for record in records:
        try:
            found.append(make(record))
        except SourceError as error:
            left.append(f"`{record.place}` is left out: {error.message}")
    return found, left


def said(*texts: str | None) -> str:
    """What a tool says of its failure: the first text there is, in one line, without credentials in its addresses."""
    found = next((text for text in texts if text), "it does not say why")
    return _CREDENTIALS.sub("//", printable(found, 200)).rstrip(". ")


def few(sentences: Sequence[str], most: int = 5) -> tuple[str, ...]:
    """The first sentences, and how many more there are."""
    if len(sentences) <= most:
        return tuple(sentences)
    return (*sentences[:most], f"{len(sentences) - most} more records are left out.")
