"""Ids of advisories: how they are written, which of several names the problem, and what is malware."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

_FAMILIES: Final = (
    "CVE",
    "GHSA",
    "PYSEC",
    "GO",
    "RUSTSEC",
    "MAL",
    "OSV",
    "SNYK",
    "DSA",
    "DLA",
    "RHSA",
    "ALAS",
    "USN",
)
"""Families of ids in the order in which one of them names a problem."""
_REMEMBERED: Final = 65_536
_ID = re.compile(
    r"(?i)\b(CVE-\d{4}-\d{4,}|GHSA(?:-[23456789cfghjmpqrvwx]{4}){3}|PYSEC-\d{4}-\d+|GO-\d{4}-\d+"
    r"|RUSTSEC-\d{4}-\d+|MAL-\d{4}-\d+|OSV-\d{4}-\d+|SNYK-[A-Z0-9]+-[A-Z0-9_-]+-\d+)\b"
)


@lru_cache(maxsize=_REMEMBERED)
def normal(text: str) -> str:
    """An id as everybody writes it: `cve-2024-1` as CVE-2024-1, `ghsa-ABCD…` as GHSA-abcd…."""
    bare = text.strip()
    family, dash, rest = bare.partition("-")
    if not dash or family.upper() not in _FAMILIES:
        return bare
    if family.upper() == "GHSA":
        return f"GHSA-{rest.lower()}"
    return bare.upper()


_NORMAL = re.compile(
    r"(?:CVE|PYSEC|GO|RUSTSEC|DSA|DLA|ALAS)-[0-9-]+|GHSA-[0-9a-z-]+|[0-9A-Za-z_.]+"
)
"""What `normal` leaves as it is, as nearly all ids."""


def normals(texts: Iterable[str]) -> list[str]:
    """`normal` of each."""
    is_normal = _NORMAL.fullmatch
    return [text if is_normal(text) else normal(text) for text in texts]


def found(text: str) -> tuple[str, ...]:
    """Every id of a known family in a text, each once, in order."""
    return tuple(dict.fromkeys(normal(match) for match in _ID.findall(text)))


def is_known(text: str) -> bool:
    """Whether it is the id of a published advisory, and not a tool's own."""
    return _ID.fullmatch(text.strip()) is not None


def leading(ids: Iterable[str]) -> str:
    """The one that names the problem: of the first family, then the lowest; never depends on the order."""
    return min(ids, key=lambda each: (_rank(each), each))


@lru_cache(maxsize=_REMEMBERED)
def _rank(text: str) -> int:
    family = text.partition("-")[0].upper()
    return _FAMILIES.index(family) if family in _FAMILIES else len(_FAMILIES)


def is_malware(ids: Iterable[str]) -> bool:
    """Whether one of the ids is of the list of malicious packages (OSSF's MAL ids)."""
    return any(each.upper().startswith("MAL-") for each in ids)
