"""Following redirects hop by hop, each hop an observation of its own; another host or port only where that is allowed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import urljoin

from trivigil.core.errors import InputError
from trivigil.core.record import NamedTuple
from trivigil.web import probe, target

if TYPE_CHECKING:
    from trivigil.web.observation import Observation
    from trivigil.web.probe import Request, Rules
    from trivigil.web.target import Target

STATUSES: Final = frozenset({301, 302, 303, 307, 308})
MOST: Final = 10
_PRIVATE: Final = frozenset({"authorization", "cookie", "proxy-authorization"})


class Journey(NamedTuple):
    """Every hop, and where it would have gone on."""

    hops: tuple[Observation, ...]
    elsewhere: str | None = None
    """Where the last hop leads and was not followed to: another host, or port. Without its query's values."""

    @property
    def last(self) -> Observation:
        """The answer that is not followed further."""
        return self.hops[-1]


def location(seen: Observation) -> str | None:
    """Where a redirect leads, as a whole URL; None where the answer is no redirect."""
    found = seen.values("location")
    if seen.status not in STATUSES or not found:
        return None
    try:
        return urljoin(seen.url, found[0])
    except ValueError:
        return None


def follow(request: Request, rules: Rules, *, other_hosts: bool = False) -> Journey:
    """GET and HEAD by hop, at most MOST of them. Credentials are not carried to another origin."""
    hops: list[Observation] = []
    visited: set[str] = set()
    while True:
        seen = probe.observe(request, rules)
        hops.append(seen)
        visited.add(seen.url)
        following = _following(seen, request)
        if following is None:
            return Journey(tuple(hops))
        here, there = target.read(seen.url), target.read(following.url)
        if not (other_hosts or _same_server(here, there)):
            return Journey(tuple(hops), there.shown)
        if there.url in visited or len(hops) > MOST:
            hops[-1] = seen._replace(error="redirect-loop", reason="the redirects do not end")
            return Journey(tuple(hops))
        request = following if there.origin == here.origin else _bare(following)


def _same_server(here: Target, there: Target) -> bool:
    """Whether it is the same host at the same port, or at its scheme's own: behind any other port there may be anything."""
    usual = all(each.port == target.PORTS[each.scheme] for each in (here, there))
    return here.host == there.host and (here.port == there.port or usual)


def _following(seen: Observation, request: Request) -> Request | None:
    """The request that a redirect asks for; None where there is none to follow."""
    leads = location(seen)
    if leads is None or seen.error or request.method not in ("GET", "HEAD"):
        return None
    try:
        return request._replace(url=target.read(leads).url)
    except InputError:
        return None


def _bare(request: Request) -> Request:
    kept = tuple(pair for pair in request.headers if pair[0].lower() not in _PRIVATE)
    return request._replace(headers=kept)
