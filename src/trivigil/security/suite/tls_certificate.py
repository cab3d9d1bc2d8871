"""The certificate: that it is trusted, for this host, and for some time yet (RFC 5280, RFC 9525)."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

from trivigil.core.result import Severity
from trivigil.security.suite import site as sites
from trivigil.security.suite.weakness import Failed, Weakness

if TYPE_CHECKING:
    from collections.abc import Iterator

    from trivigil.security.suite.site import Site
    from trivigil.web.observation import Observation

TITLE: Final = "The certificate is valid, for this name, and not about to end"
CATEGORY: Final = "tls"
WRITES: Final = False

SOON_DAYS: Final = 14


def test(site: Site) -> Iterator[Weakness]:
    """Ended, about to end, for another name, or signed by nobody who is trusted."""
    site.needs_https()
    page = site.page()
    if page.certificate is None:
        raise Failed("the certificate could not be read")
    left = page.certificate.days_left(time.time())
    if left < 0 or page.distrust == "tls-expired":
        yield _weakness(page, "ended", "The certificate is not valid today", Severity.HIGH, 298)
    elif left < SOON_DAYS:
        yield _weakness(page, "ends-soon", "The certificate ends soon", Severity.LOW, 298)
    if not page.certificate.covers(site.target.host):
        yield _weakness(page, "name", "The certificate is for another name", Severity.HIGH, 297)
    if page.distrust == "tls-untrusted":
        severity = Severity.HIGH if site.public() else Severity.LOW
        title = "The certificate is signed by nobody who is trusted"
        yield _weakness(page, "untrusted", title, severity, 295)


def _weakness(page: Observation, what: str, title: str, severity: Severity, cwe: int) -> Weakness:
    assert page.certificate is not None  # noqa: S101 (looked at before)
    return Weakness(
        f"tls-certificate-{what}",
        title,
        severity,
        "Browsers warn of the site, and people learn to click the warning away.",
        sites.shown(page),
        cwe,
        "Have it renewed by an authority that browsers trust, for all names of the site, in time and by a program.",
        facts={"not_after": page.certificate.not_after, "sha256": page.certificate.sha256},
    )
