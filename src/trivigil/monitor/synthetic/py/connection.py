"""httpx over the monitor's own connection: the guards, the phases and the causes are those of every other check."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import httpx

from trivigil.web.probe import USER_AGENT

from ..course import Over, Refused
from ..problem import Trouble
from ..rendering import Options, Outgoing
from ..sending import READING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from trivigil.monitor.planned import Bounds

    from .given import Site

_HOPS = frozenset({"host", "connection", "content-length", "transfer-encoding", "keep-alive"})
"""What the connection says itself."""
_PACKED = frozenset({"content-encoding", "content-length", "transfer-encoding"})


class NotAllowed(RuntimeError):
    """The check would do what the run does not allow."""


class _Through(httpx.BaseTransport):
    """Sends by the monitor's sender. One request is one connection, and HTTP/1.1."""

    def __init__(self, site: Site, bounds: Bounds, *, insecure: bool) -> None:
        self._site, self._bounds, self._insecure = site, bounds, insecure

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        site = self._site
        if request.method not in READING and not self._bounds.allow_writes:
            site.undone = f"{request.method} may change something; allow it with `allow-writes`"
            raise NotAllowed(site.undone)
        site.asked = True
        headers = tuple(
            (name.decode("latin-1"), value.decode("latin-1"))
            for name, value in request.headers.raw
            if name.decode("latin-1").lower() not in _HOPS
        )
        sent = Outgoing(request.method, str(request.url), headers, request.read())
        try:
            seen = site.sender(sent, _how(request, self._insecure))
            body = seen.content
        except Refused as refused:
            site.reason = str(refused)
            raise _error(refused, request) from None
        except Trouble as trouble:
            raise httpx.DecodingError(trouble.message, request=request) from None
        kept = [pair for pair in seen.headers if pair[0].lower() not in _PACKED]
        extensions = {"http_version": b"HTTP/1.1", "duration_ms": seen.duration, "ip": seen.ip}
        return httpx.Response(
            seen.status, headers=kept, content=body, request=request, extensions=extensions
        )


def _how(request: httpx.Request, insecure: bool) -> Options:  # noqa: FBT001 (one call, below)
    limits: Mapping[str, Any] = request.extensions.get("timeout") or {}
    read, connect = limits.get("read"), limits.get("connect")
    return Options(
        insecure=insecure,
        max_time=max(1, int(read * 1000)) if read else None,
        connect_timeout=max(1, int(connect * 1000)) if connect else None,
    )


def _error(refused: Refused, request: httpx.Request) -> httpx.TransportError:
    cause = getattr(refused, "cause", "")
    if isinstance(refused, Over):
        return httpx.ReadTimeout(str(refused), request=request)
    if cause in ("dns-timeout", "connect-timeout", "tls-timeout"):
        return httpx.ConnectTimeout(str(refused), request=request)
    if cause in ("ttfb-timeout", "transfer-timeout"):
        return httpx.ReadTimeout(str(refused), request=request)
    if cause in ("reset", "transfer-short", "too-large"):
        return httpx.ReadError(str(refused), request=request)
    return httpx.ConnectError(str(refused), request=request)


def client(site: Site, bounds: Bounds, *, insecure: bool, options: dict[str, Any]) -> httpx.Client:
    """A client that starts at the target."""
    given = {"base_url": bounds.target, "timeout": bounds.timeout, **options}
    made = httpx.Client(
        transport=_Through(site, bounds, insecure=insecure), trust_env=False, **given
    )
    if "user-agent" not in httpx.Headers(options.get("headers")):
        made.headers["User-Agent"] = USER_AGENT
    made.headers["Accept-Encoding"] = "gzip, deflate"
    return made
