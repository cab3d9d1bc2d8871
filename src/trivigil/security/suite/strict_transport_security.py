"""HSTS: browsers come back over https only (RFC 6797)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from trivigil.core.result import Severity
from trivigil.security.suite import site as sites
from trivigil.security.suite.weakness import Weakness

if TYPE_CHECKING:
    from collections.abc import Iterator

    from trivigil.security.suite.site import Site

TITLE: Final = "Strict-Transport-Security is sent, and for long"
CATEGORY: Final = "headers"
WRITES: Final = False

LEAST_S: Final = 15_552_000
"""180 days, what graders of headers ask for."""
_AGE: Final = re.compile(r'\s*max-age\s*=\s*(?:"(\d{1,15})"|(\d{1,15}))\s*', re.IGNORECASE)
_LINE: Final = "Strict-Transport-Security: max-age=31536000; includeSubDomains"


def test(site: Site) -> Iterator[Weakness]:
    """Missing, without a valid age, or for less than 180 days; browsers obey it over https alone."""
    site.needs_https()
    page = site.page()
    sent = page.values("strict-transport-security")
    age = max_age(sent[0]) if sent else None
    if age is not None and age >= LEAST_S:
        return
    yield Weakness(
        "strict-transport-security",
        "Browsers are not told to use https alone",
        Severity.MEDIUM if not age else Severity.LOW,
        "The first visit, and each one typed without https, can be read and changed on its way.",
        sites.shown(page),
        319,
        f"Send `{_LINE}` over https.",
        parameter="strict-transport-security",
        facts={"sent": bool(sent), "max_age_s": age},
    )


def max_age(value: str) -> int | None:
    """The age of a header, None where it has none, twice or not a number: browsers then ignore the whole."""
    ages = [match[1] or match[2] for part in value.split(";") if (match := _AGE.fullmatch(part))]
    named = sum(part.strip().lower().startswith("max-age") for part in value.split(";"))
    return int(ages[0]) if len(ages) == named == 1 else None
