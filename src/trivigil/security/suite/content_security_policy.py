"""Content-Security-Policy: which scripts a page may run (CSP 3)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from trivigil.core.result import Severity
from trivigil.security.suite import csp
from trivigil.security.suite import site as sites
from trivigil.security.suite.weakness import Weakness

if TYPE_CHECKING:
    from collections.abc import Iterator

    from trivigil.security.suite.csp import Policy
    from trivigil.security.suite.site import Site

TITLE: Final = "Content-Security-Policy says which scripts run"
CATEGORY: Final = "headers"
WRITES: Final = False

_BROAD: Final = frozenset({"*", "http:", "https:", "data:", "blob:", "http://*", "https://*"})
_LINE: Final = "Content-Security-Policy: default-src 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'"


def test(site: Site) -> Iterator[Weakness]:
    """No enforced policy, or one that lets injected scripts run; of several policies one good one is enough."""
    pages = site.documents()
    without = [page for page in pages if not csp.policies(page)]
    loose = [page for page in pages if (p := csp.policies(page)) and all(map(allows, p))]
    if without:
        yield Weakness(
            "content-security-policy",
            "Pages have no Content-Security-Policy",
            Severity.MEDIUM,
            "A script that somebody gets into a page runs with all the rights of the page.",
            sites.shown(without[0]),
            693,
            f"Send `{_LINE}`, and allow what the pages need.",
            parameter="content-security-policy",
            facts=sites.paths(without),
        )
    if loose:
        yield Weakness(
            "content-security-policy-loose",
            "The Content-Security-Policy lets injected scripts run",
            Severity.MEDIUM,
            "It has no script-src or default-src, or they allow inline scripts, eval or scripts from anywhere.",
            sites.shown(loose[0]),
            693,
            "Name the sources of scripts, with nonces or hashes for inline ones: "
            "`Content-Security-Policy: script-src 'nonce-…' 'strict-dynamic'; object-src 'none'; base-uri 'none'`.",
            parameter="content-security-policy",
            facts=sites.paths(loose),
        )


def allows(policy: Policy) -> bool:
    """Whether a policy alone lets an injected script run."""
    sources = policy.get("script-src", policy.get("default-src"))
    if sources is None:
        return True
    trusted = any(
        word.startswith(("'nonce-", "'sha256-", "'sha384-", "'sha512-")) for word in sources
    )
    if "'strict-dynamic'" in sources and trusted:
        return "'unsafe-eval'" in sources
    inline = "'unsafe-inline'" in sources and not trusted
    return inline or "'unsafe-eval'" in sources or not _BROAD.isdisjoint(sources)
