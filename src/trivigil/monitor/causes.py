"""Why an exchange was not as it should be: one cause of the contract's closed list, and the reason in words of ours. Pure.

What the way broke (names, connection, TLS, transfer) the probe has said already. Here an answer that came whole is judged: a
firewall's page is not the site's, an error status is, and one that took too long is slow.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from trivigil.core.record import NamedTuple
from trivigil.monitor.walls import wall

if TYPE_CHECKING:
    from collections.abc import Sequence

    from trivigil.web.observation import Cause, Observation

SILENT: Final[frozenset[Cause]] = frozenset(
    {
        "dns-nxdomain",
        "dns-timeout",
        "refused",
        "reset",
        "unreachable",
        "connect-timeout",
        "tls-timeout",
        "ttfb-timeout",
    }
)
"""Nothing was heard of the site: the fault may as well be on the runner's side."""
_CLIENT_ERROR: Final = range(400, 500)
_SERVER_ERROR: Final = range(500, 1000)


class Reason(NamedTuple):
    """A cause and how to say it, with nothing of the site's in it."""

    cause: Cause
    message: str


def decide(seen: Observation, slow: float | None = None) -> Reason | None:
    """Why this exchange is not as it should be; None where it is. `slow`: more milliseconds than that are too many."""
    return decide_all((seen,), slow)


def decide_all(hops: Sequence[Observation], slow: float | None = None) -> Reason | None:
    """The same of an exchange with its redirects: the last answer counts, and the time of all of them."""
    last = hops[-1]
    return _broken(last) or _answered(last) or _slow(hops, slow)


def _broken(seen: Observation) -> Reason | None:
    if seen.error is None:
        return None
    if seen.error == "too-large" and (found := wall(seen)):
        return _blocked(seen, found)
    return Reason(seen.error, seen.reason or "the exchange failed")


def _answered(seen: Observation) -> Reason | None:
    if seen.status is None:
        return None
    if found := wall(seen):
        return _blocked(seen, found)
    if seen.status in _SERVER_ERROR:
        return Reason("http-5xx", f"the answer is {seen.status}")
    return (
        Reason("http-4xx", f"the answer is {seen.status}") if seen.status in _CLIENT_ERROR else None
    )


def _blocked(seen: Observation, found: str) -> Reason:
    return Reason("waf-block", f"{found} turned the probe away with {seen.status}")


def _slow(hops: Sequence[Observation], slow: float | None) -> Reason | None:
    took = sum(hop.phases.total for hop in hops)
    if slow is None or took <= slow:
        return None
    return Reason("slow", f"it took {took:.0f} ms, more than {slow:g} ms")
