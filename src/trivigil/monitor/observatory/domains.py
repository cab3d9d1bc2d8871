"""The registrable domain of a host: the label below its public suffix.

The whole Public Suffix List has some ten thousand rules and changes weekly. Here are its default rule (the last label) and the second
levels that registries share; a host under a rarer suffix (a Japanese city, say) counts one label too few.
"""

from __future__ import annotations

from typing import Final

from trivigil.monitor.observatory import urls

_SHARED: Final = frozenset(
    (
        "ac",
        "co",
        "com",
        "edu",
        "gob",
        "gov",
        "gouv",
        "govt",
        "ltd",
        "mil",
        "net",
        "ngo",
        "nom",
        "org",
        "sch",
    )
)
"""Second levels that registries of countries commonly reserve."""
_OF_COUNTRY: Final = {
    "jp": "ad ed go gr lg ne or",
    "kr": "es go hs kg ms ne or pe re sc",
    "uk": "me nhs plc police",
    "nz": "cri geek gen health iwi kiwi maori parliament school",
    "au": "asn id",
    "br": "art blog eco eng ind inf jus leg mus tv",
    "za": "law school web",
    "in": "firm gen ind nic res",
    "id": "biz desa go my or web",
    "th": "go in mi or",
    "il": "idf k12 muni",
    "tr": "av bbs bel biz dr gen info k12 kep name pol tel tsk tv web",
    "tw": "club ebiz game idv",
    "hk": "idv",
    "at": "gv or",
    "hu": "info shop",
    "pl": "biz info waw",
    "ke": "go info me ne or",
    "tz": "go info me ne or",
    "ug": "go ne or sc",
    "cr": "ed fi go or sa",
    "cy": "biz press pro tm",
    "fr": "asso prd tm",
}
_NOT_SHARED: Final = frozenset(
    (
        "de",
        "nl",
        "ch",
        "be",
        "dk",
        "se",
        "no",
        "fi",
        "cz",
        "eu",
        "us",
        "ca",
        "ru",
        "io",
        "ai",
        "me",
        "tv",
        "li",
    )
)
"""Countries whose registries sell the shared names as ordinary ones, mostly."""


def registrable(name: str) -> str | None:
    """`example.co.uk` of `www.example.co.uk`; None for an IP address and for a bare suffix."""
    labels = name.rstrip(".").lower().split(".")
    if urls.is_address(name) or "" in labels:
        return None
    size = _suffix(labels) + 1
    return ".".join(labels[-size:]) if len(labels) >= size else None


def _suffix(labels: list[str]) -> int:
    """How many labels the public suffix has."""
    country = labels[-1]
    if len(labels) < 2 or len(country) != 2:  # noqa: PLR2004 (two labels; two letters of a country)
        return 1
    second = labels[-2]
    if second in _OF_COUNTRY.get(country, "").split():
        return 2
    return 2 if second in _SHARED and country not in _NOT_SHARED else 1
