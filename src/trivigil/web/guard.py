"""Which addresses may be connected to: public ones, and private ones where that is allowed.

A target may come from a workflow's input, and a redirect from anybody; the machine that probes can see cloud metadata and
internal services. What is judged is the address itself, after the name was looked up, and that address is the one
that is connected to, so that a name which changes its mind in between changes nothing.
"""

from __future__ import annotations

from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    Address = IPv4Address | IPv6Address

_METADATA: Final = frozenset(
    ip_address(each)
    for each in (
        "169.254.169.254",
        "169.254.170.2",
        "fd00:ec2::254",
        "100.100.100.200",
        "168.63.129.16",
    )
)
"""Where clouds hand out a machine's credentials (AWS, Google, Azure, Alibaba): never, whatever is allowed."""
_NAT64: Final = ip_network("64:ff9b::/96")
_COMPATIBLE: Final = ip_network("::/96")
_NO_HOST: Final = ip_network("0.0.0.0/8")


@lru_cache(maxsize=1024)
def refusal(text: str, *, allow_private: bool) -> str | None:
    """Why this IP address is not connected to, in a few words; None where it may be."""
    address = _inner(ip_address(text.partition("%")[0]))
    if address in _METADATA:
        return "it is a cloud's metadata service"
    if address.is_multicast or address.is_unspecified or address in _NO_HOST:
        return "it is no address of a host"
    if address.is_link_local:
        return "it is a link-local address"
    if address.is_global or allow_private:
        return None
    return "it is a loopback address" if address.is_loopback else "it is a private address"


def _inner(address: Address) -> Address:
    """The IPv4 address that an IPv6 address only wraps: mapped, compatible, 6to4 and NAT64 (RFC 4291, 3056, 6052)."""
    if isinstance(address, IPv4Address):
        return address
    for wrapped in (address.ipv4_mapped, address.sixtofour):
        if wrapped is not None:
            return wrapped
    wraps = address in _NAT64 or (address in _COMPATIBLE and int(address) > 1)
    return IPv4Address(int(address) & 0xFFFFFFFF) if wraps else address
