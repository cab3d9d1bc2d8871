"""Which addresses may be connected to."""

from __future__ import annotations

import pytest

from trivigil.web.guard import refusal


@pytest.mark.parametrize(
    ("address", "public", "private"),
    [
        pytest.param("93.184.216.34", True, True, id="public"),
        pytest.param("2606:2800:220:1::1", True, True, id="public IPv6"),
        pytest.param("127.0.0.1", False, True, id="loopback"),
        pytest.param("127.8.9.1", False, True, id="all of 127/8"),
        pytest.param("::1", False, True, id="loopback IPv6"),
        pytest.param("10.1.2.3", False, True, id="private"),
        pytest.param("172.20.0.1", False, True, id="private, where Docker is"),
        pytest.param("192.168.1.1", False, True, id="private, at home"),
        pytest.param("100.64.0.1", False, True, id="shared by a carrier"),
        pytest.param("fd12::1", False, True, id="unique local IPv6"),
        pytest.param("::ffff:10.1.2.3", False, True, id="private, mapped into IPv6"),
        pytest.param("2002:0a01:0203::1", False, True, id="private, in 6to4"),
        pytest.param("64:ff9b::a01:203", False, True, id="private, in NAT64"),
        pytest.param("64:ff9b::5db8:d822", True, True, id="public, in NAT64"),
        pytest.param("169.254.169.254", False, False, id="metadata"),
        pytest.param("::ffff:169.254.169.254", False, False, id="metadata, mapped"),
        pytest.param("fd00:ec2::254", False, False, id="metadata over IPv6"),
        pytest.param("100.100.100.200", False, False, id="metadata of another cloud"),
        pytest.param("168.63.129.16", False, False, id="metadata at a public address"),
        pytest.param("169.254.1.1", False, False, id="link-local"),
        pytest.param("fe80::1%eth0", False, False, id="link-local IPv6"),
        pytest.param("0.0.0.0", False, False, id="any: loopback on Linux"),  # noqa: S104 (not bound)
        pytest.param("0.1.2.3", False, False, id="this network"),
        pytest.param("::", False, False, id="any IPv6"),
        pytest.param("224.0.0.1", False, False, id="multicast"),
        pytest.param("ff02::1", False, False, id="multicast IPv6"),
    ],
)
def test_addresses(address: str, public: bool, private: bool) -> None:
    """Whether an address may be connected to, without and with leave for private ones."""
    assert (refusal(address, allow_private=False) is None) is public
    assert (refusal(address, allow_private=True) is None) is private
