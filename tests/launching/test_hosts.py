"""Which machines may be sent requests."""

from __future__ import annotations

import pytest

from trivigil.core.errors import InputError
from trivigil.launching.hosts import check_host


@pytest.mark.parametrize(
    "host",
    ["http://localhost:8080", "http://127.0.0.1", "https://[::1]:8443/x", "http://127.8.9.1:1"],
)
def test_this_machine_may_be_loaded(host: str) -> None:
    """Loopback needs no permission."""
    check_host(host, allow_remote=False)


@pytest.mark.parametrize(
    ("host", "words"),
    [
        pytest.param("https://example.com", "not this machine", id="remote"),
        pytest.param("http://127.0.0.1.example.com", "not this machine", id="looks-local"),
        pytest.param("http://localhost@example.com", "not this machine", id="user-part"),
        pytest.param("http://10.0.0.1", "not this machine", id="private-network"),
        pytest.param("ftp://localhost", "not a URL", id="scheme"),
        pytest.param("localhost:8080", "not a URL", id="no-scheme"),
        pytest.param("http://[::1", "not a URL", id="malformed"),
        pytest.param("", "is needed", id="empty"),
    ],
)
def test_another_machine_is_refused(host: str, words: str) -> None:
    """Loading somebody else's machine needs `allow-remote`."""
    with pytest.raises(InputError, match=words) as caught:
        check_host(host, allow_remote=False)
    assert caught.value.key == "host"


def test_a_remote_host_may_be_allowed() -> None:
    """`allow-remote` is the user's word that they may."""
    check_host("https://staging.example.com", allow_remote=True)
