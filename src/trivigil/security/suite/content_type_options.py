"""X-Content-Type-Options: browsers keep to the type that was sent (Fetch, 3.6)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from trivigil.core.result import Severity
from trivigil.security.suite import site as sites
from trivigil.security.suite.weakness import Weakness

if TYPE_CHECKING:
    from collections.abc import Iterator

    from trivigil.security.suite.site import Site

TITLE: Final = "X-Content-Type-Options is nosniff"
CATEGORY: Final = "headers"
WRITES: Final = False


def test(site: Site) -> Iterator[Weakness]:
    """Pages without it, or with another value; of a list browsers read the first."""
    pages = [
        page
        for page in site.pages()
        if (page.value("x-content-type-options") or "").split(",")[0].strip().lower() != "nosniff"
    ]
    if pages:
        yield Weakness(
            "content-type-options",
            "Browsers may guess the type of answers",
            Severity.LOW,
            "An uploaded file that is served as text or image can be taken for a script.",
            sites.shown(pages[0]),
            693,
            "Send `X-Content-Type-Options: nosniff` with every answer.",
            parameter="x-content-type-options",
            facts=sites.paths(pages),
        )
