"""The list of hosts that browsers reach by HTTPS alone (HSTS preload list)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trivigil.core.record import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping


class Entry(NamedTuple):
    """One host of the list."""

    mode: str
    subdomains: bool


def covers(entries: Mapping[str, Entry], host: str) -> bool:
    """Whether a host is on the list, itself or below a domain that includes its subdomains."""
    own = entries.get(host)
    if own is not None and own.mode == "force-https":
        return True
    labels = host.split(".")
    above = (entries.get(".".join(labels[start:])) for start in range(1, len(labels)))
    return any(entry and entry.mode == "force-https" and entry.subdomains for entry in above)
