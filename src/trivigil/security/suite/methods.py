"""Methods that a site should not offer to everybody: TRACE, PUT, DELETE (RFC 9110, 9.3)."""

from __future__ import annotations

import re
import secrets
from typing import TYPE_CHECKING, Final

from trivigil.core.result import Severity
from trivigil.security.suite import site as sites
from trivigil.security.suite.weakness import Weakness

if TYPE_CHECKING:
    from collections.abc import Iterator

    from trivigil.security.suite.site import Site

TITLE: Final = "TRACE is off; PUT and DELETE are not announced"
CATEGORY: Final = "methods"
WRITES: Final = False

_WRITING: Final = frozenset({"PUT", "DELETE", "CONNECT", "TRACK", "PROPFIND", "MOVE", "COPY"})


def test(site: Site) -> Iterator[Weakness]:
    """TRACE that sends a header of ours back, and what the page's answer to OPTIONS announces; neither changes anything."""
    path = sites.path(site.page())
    canary = secrets.token_hex(16)
    traced = site.ask(path, method="TRACE", headers=(("X-Trivigil-Probe", canary),))
    if traced.status == 200 and canary.encode() in traced.body:  # noqa: PLR2004 (RFC 9110, 9.3.8)
        yield Weakness(
            "method-trace",
            "TRACE sends requests back as they came",
            Severity.MEDIUM,
            "What proxies add to a request, and cookies that scripts cannot read, become readable.",
            sites.shown(traced),
            489,
            "Switch TRACE off (Apache: `TraceEnable off`), and answer it with 405.",
            "TRACE",
            facts={"status": traced.status},
        )
    announced = site.ask(path, method="OPTIONS")
    allowed = set(re.findall(r"[A-Z]+", (announced.value("allow") or "").upper())) & _WRITING
    if allowed:
        yield Weakness(
            "methods-announced",
            "The page announces methods that write",
            Severity.LOW,
            "Who may PUT or DELETE is then a question of every single route being right.",
            sites.shown(announced),
            749,
            "Answer 405 to methods that the page does not need, and name in Allow those it has.",
            "OPTIONS",
            facts={"methods": sorted(allowed)},
        )
