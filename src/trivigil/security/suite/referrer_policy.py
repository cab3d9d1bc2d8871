"""Referrer-Policy: how much of an address other sites learn (W3C Referrer Policy)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from trivigil.core.result import Severity
from trivigil.security.suite import site as sites
from trivigil.security.suite.weakness import Weakness

if TYPE_CHECKING:
    from collections.abc import Iterator

    from trivigil.security.suite.site import Site
    from trivigil.web.observation import Observation

TITLE: Final = "Referrer-Policy keeps addresses to the site"
CATEGORY: Final = "headers"
WRITES: Final = False

_PRIVATE: Final = frozenset(
    {"no-referrer", "same-origin", "strict-origin", "strict-origin-when-cross-origin"}
)
_TALKATIVE: Final = frozenset(
    {"unsafe-url", "no-referrer-when-downgrade", "origin", "origin-when-cross-origin"}
)
_LINE: Final = "Referrer-Policy: strict-origin-when-cross-origin"


def test(site: Site) -> Iterator[Weakness]:
    """A policy that tells addresses to others, or none, which leaves it to the browser."""
    pages = site.documents()
    talkative = [page for page in pages if effective(page) in _TALKATIVE]
    silent = [page for page in pages if effective(page) is None]
    for found, severity, title in (
        (talkative, Severity.LOW, "Other sites learn the addresses of pages"),
        (silent, Severity.INFO, "The pages leave it to the browser what other sites learn of them"),
    ):
        if found:
            yield Weakness(
                "referrer-policy" if found is silent else "referrer-policy-unsafe",
                title,
                severity,
                "An address may hold a token or a search, and goes along with every link that leads away.",
                sites.shown(found[0]),
                200,
                f"Send `{_LINE}`, or no-referrer.",
                parameter="referrer-policy",
                facts=sites.paths(found),
            )


def effective(page: Observation) -> str | None:
    """The last value that browsers know."""
    values = (page.value("referrer-policy") or "").lower().replace(" ", "").split(",")
    known = [value for value in values if value in _PRIVATE | _TALKATIVE]
    return known[-1] if known else None
