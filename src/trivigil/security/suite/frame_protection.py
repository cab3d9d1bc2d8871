"""Who may show a page in a frame: frame-ancestors (CSP 3), or X-Frame-Options (RFC 7034, HTML standard)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from trivigil.core.result import Severity
from trivigil.security.suite import csp
from trivigil.security.suite import site as sites
from trivigil.security.suite.weakness import Weakness

if TYPE_CHECKING:
    from collections.abc import Iterator

    from trivigil.security.suite.site import Site
    from trivigil.web.observation import Observation

TITLE: Final = "Pages cannot be framed by others"
CATEGORY: Final = "headers"
WRITES: Final = False

_ANYBODY: Final = frozenset({"*", "http:", "https:", "http://*", "https://*"})


def test(site: Site) -> Iterator[Weakness]:
    """Neither frame-ancestors nor X-Frame-Options; ALLOW-FROM counts for nothing, as in browsers."""
    pages = [page for page in site.documents() if not protected(page)]
    if pages:
        yield Weakness(
            "frame-protection",
            "Pages can be shown in a frame of any other site",
            Severity.MEDIUM,
            "A page can be laid invisibly over another one, so that people press its buttons unknowingly.",
            sites.shown(pages[0]),
            1021,
            "Send `Content-Security-Policy: frame-ancestors 'none'` (or 'self'), and `X-Frame-Options: DENY` for old browsers.",
            parameter="x-frame-options",
            facts=sites.paths(pages),
        )


def protected(page: Observation) -> bool:
    """Whether a browser would refuse a foreign frame. Where there is frame-ancestors, browsers read nothing else."""
    named = [p["frame-ancestors"] for p in csp.policies(page) if "frame-ancestors" in p]
    if named:
        return any(_ANYBODY.isdisjoint(sources) for sources in named)
    values = {each.strip().lower() for each in (page.value("x-frame-options") or "").split(",")}
    return values in ({"deny"}, {"sameorigin"}, {"deny", "sameorigin"})
