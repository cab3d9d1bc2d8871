"""What is shown of an address."""

from __future__ import annotations

import pytest

from trivigil.web import target


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        pytest.param("http://[::1]:8080/a?key=1#x", "http://[::1]:8080/a?key", id="IPv6 stays whole"),
        pytest.param("https://[2001:db8::7]/", "https://[2001:db8::7]/", id="IPv6 without a port"),
        pytest.param("https://shop.example/::error::x", "https://shop.example/:\u200b:error:\u200b:x", id="a command in the path"),
    ],
)  # fmt: skip
def test_shown(url: str, shown: str) -> None:
    """Without the query's values and without a command; an address of IPv6 can be copied."""
    assert target.read(url).shown == shown
