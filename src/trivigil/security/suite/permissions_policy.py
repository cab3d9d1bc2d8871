"""Permissions-Policy: which of the browser's powers a page and its frames may ask for (W3C)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from trivigil.core.result import Severity
from trivigil.security.suite import site as sites
from trivigil.security.suite.weakness import Weakness

if TYPE_CHECKING:
    from collections.abc import Iterator

    from trivigil.security.suite.site import Site

TITLE: Final = "Permissions-Policy is sent"
CATEGORY: Final = "headers"
WRITES: Final = False

_LINE: Final = "Permissions-Policy: camera=(), geolocation=(), microphone=()"


def test(site: Site) -> Iterator[Weakness]:
    """Pages without it."""
    pages = [page for page in site.documents() if not page.value("permissions-policy")]
    if pages:
        yield Weakness(
            "permissions-policy",
            "Pages do not give up powers that they do not use",
            Severity.INFO,
            "An injected script may ask for camera, microphone and place in the site's name.",
            sites.shown(pages[0]),
            693,
            f"Send `{_LINE}`, without what the pages use.",
            parameter="permissions-policy",
            facts=sites.paths(pages),
        )
