"""The protocol of a check: a module with these names, listed in `trivigil.security.suite.TABLE`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable

    from trivigil.security.suite.site import Site
    from trivigil.security.suite.weakness import Weakness


class Check(Protocol):
    """One question about a site."""

    TITLE: str
    """What is asked, in a few words."""
    CATEGORY: str
    """headers, cookies, cors, tls, methods, information, files, redirects or session."""
    WRITES: bool
    """Whether it sends more than GET, HEAD, OPTIONS and TRACE: only where the user allows it."""

    def test(self, site: Site) -> Iterable[Weakness]:
        """What is found. Raises Skipped where it does not apply, Failed where it cannot be decided."""
        ...
