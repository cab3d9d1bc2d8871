"""Looking a name up, within a time: the system's resolver cannot be given one, so a thread of its own asks it."""

from __future__ import annotations

import socket
from collections.abc import Callable
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Final, Literal

from trivigil.web.observation import Stopped

Family = Literal["any", "ipv4", "ipv6"]
Resolver = Callable[[str, int, Family], tuple[str, ...]]
"""Host, port and family to IP addresses, in the order to be tried. Raises OSError as getaddrinfo does."""

_FAMILIES: Final = {"any": socket.AF_UNSPEC, "ipv4": socket.AF_INET, "ipv6": socket.AF_INET6}
_ABSENT: Final = {
    getattr(socket, name) for name in ("EAI_NONAME", "EAI_NODATA") if hasattr(socket, name)
}


def system(host: str, port: int, family: Family) -> tuple[str, ...]:
    """What the system's resolver says."""
    found = socket.getaddrinfo(host, port, _FAMILIES[family], socket.SOCK_STREAM)
    return tuple(dict.fromkeys(str(entry[4][0]) for entry in found))


def resolve(
    resolver: Resolver, host: str, port: int, family: Family, timeout: float
) -> tuple[str, ...]:
    """The addresses of a host. Raises Stopped: there is no such name, or no answer in time."""
    answers: SimpleQueue[tuple[str, ...] | Exception] = SimpleQueue()

    def ask() -> None:
        try:
            answers.put(resolver(host, port, family))
        except (OSError, UnicodeError) as error:
            answers.put(error)

    Thread(target=ask, name="name lookup", daemon=True).start()
    try:
        answer = answers.get(timeout=max(timeout, 0.0))
    except Empty:
        raise Stopped("dns-timeout", "the name was not looked up in time") from None
    if isinstance(answer, Exception):
        raise _stopped(answer) from None
    if not answer:
        raise Stopped("dns-nxdomain", "the name has no address")
    return answer


def _stopped(error: Exception) -> Stopped:
    if isinstance(error, UnicodeError):
        return Stopped("dns-nxdomain", "this cannot be the name of a host")
    if not isinstance(error, socket.gaierror) or error.errno in _ABSENT:
        return Stopped("dns-nxdomain", "the name is not known")
    if error.errno == socket.EAI_AGAIN:
        return Stopped("dns-timeout", "the name server gave no answer")
    return Stopped("unknown", "the name could not be looked up")
