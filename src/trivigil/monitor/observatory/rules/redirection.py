"""From http to https: at once, on the same host."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from trivigil.monitor.observatory import preload, urls

if TYPE_CHECKING:
    from trivigil.monitor.observatory.algorithm import Algorithm
    from trivigil.monitor.observatory.scan import Scan

NAME: Final = "redirection"


def judge(scan: Scan, _algorithm: Algorithm) -> str:
    """The result's name. The preload list is asked first, so it also excuses a host that stays on http."""
    if scan.http.answer is None:
        return "redirection-not-needed-no-http"
    if not scan.http.verified:
        return "redirection-invalid-cert"
    route = scan.http.route
    if all(preload.covers(scan.preload, urls.host(url)) for url in route):
        return "redirection-all-redirects-preloaded"
    if len(route) == 1:
        return "redirection-missing"
    if urls.scheme(route[-1]) != "https":
        return "redirection-not-to-https"
    if urls.scheme(route[1]) != "https":
        return "redirection-not-to-https-on-initial-redirection"
    if urls.host(route[0]) != urls.host(route[1]):
        return "redirection-off-host-from-http"
    return "redirection-to-https"
