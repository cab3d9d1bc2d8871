"""Addresses as they are asked and as `url` gives them."""

from __future__ import annotations

import pytest

from trivigil.monitor.synthetic import addresses


@pytest.mark.parametrize(
    ("url", "asked", "written"),
    [
        pytest.param("http://x", "http://x/", "http://x/", id="no path"),
        pytest.param("http://X:80/a", "http://x/a", "http://x/a", id="the port that goes without saying"),
        pytest.param("https://x:80/a?", "https://x:80/a?", "https://x:80/a?", id="an empty query"),
        pytest.param("http://x/a/../b/./c/..", "http://x/b/", "http://x/b/", id="dots"),
        pytest.param("http://x/../../a", "http://x/a", "http://x/a", id="dots above the root"),
        pytest.param("http://x//a", "http://x//a", "http://x//a", id="an empty segment"),
        pytest.param('http://x/é"{?q=é<\'|', 'http://x/é"{?q=é<\'|', "http://x/%C3%A9%22%7B?q=%C3%A9%3C%27|", id="odd characters"),
        pytest.param("http://[::1]:81/a", "http://[::1]:81/a", "http://[::1]:81/a", id="IPv6"),
        pytest.param("http://u%20s:p@x/", "http://x/", "http://u%20s:p@x/", id="a user"),
    ],
)  # fmt: skip
def test_both_forms(url: str, asked: str, written: str) -> None:
    """The written one is what real Hurl gives for `url`."""
    found = addresses.read(url)
    assert (found.asked, found.written) == (asked, written)


def test_who_asks() -> None:
    """User and password are decoded."""
    assert addresses.read("http://u%20s:p%40w@x/")[2:] == ("u s", "p@w")
    assert addresses.read("http://x/")[2:] == (None, "")
